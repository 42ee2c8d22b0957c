// What is typed is kept on this device at once and on the server a moment later. It goes away only when the server
// has acknowledged the message: an expired session, a crash or a closed tab lose nothing.
import { csrf } from "./attach.js";
import { offerBack, stored } from "./recovery.js";
import { differs, hasWords, inputsOf, wordsIn, writeIn } from "./written.js";

const PAUSE = 700;

export function keepDraft(composer, field) {
  const { place, draftUrl, sayKept, saySaved, sayRestored, sayRecover } = composer.dataset;
  const key = `palabre:draft:${document.body.dataset.person ?? ""}:${place}`;
  const status = composer.querySelector("[data-draft-status]");
  const sequenceField = composer.querySelector("input[name=sequence]");
  let sequence = Number(composer.dataset.sequence || 0);
  let timer;
  let unsaved = false;

  const say = (words) => (status.textContent = words);
  const data = () => {
    const body = new FormData();
    Object.entries({ ...wordsIn(field), place, sequence, csrfmiddlewaretoken: csrf() })
      .forEach(([name, value]) => body.set(name, value));
    return body;
  };
  async function save() {
    const sent = sequence;
    timer = undefined;
    try {
      const answer = await fetch(draftUrl, { method: "POST", body: data(), headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      if (sent !== sequence) return;
      [unsaved] = [false, say(hasWords(field) ? saySaved : "")];
      if (localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify({ ...stored(key), saved: true }));
    } catch {
      say(sayKept);
    }
  }
  function changed() {
    sequence = Math.max(Date.now(), sequence + 1);
    if (sequenceField) sequenceField.value = sequence;
    localStorage.setItem(key, JSON.stringify({ ...wordsIn(field), sequence }));
    unsaved = true;
    // While one goes on typing too: a browser that is killed loses less than a second.
    if (draftUrl) timer ||= setTimeout(save, PAUSE);
  }
  function restore(kept, words) {
    writeIn(field, kept);
    say(words);
    changed();
  }
  function forget() {
    timer = clearTimeout(timer);
    unsaved = false;
    localStorage.removeItem(key);
    say("");
  }

  const kept = stored(key);
  if (kept.sequence > sequence && differs(field, kept)) {
    if (kept.sent) offerBack(status, sayRecover, () => restore(kept, sayRestored));
    else restore(kept, kept.body || kept.title ? sayRestored : ""); // emptied just before leaving stays empty
  } else if (field.value && composer.dataset.sequence && !composer.hasAttribute("data-sent-back")) say(sayRestored);

  for (const input of inputsOf(field)) input.addEventListener("input", changed);
  field.form.addEventListener("submit", () => {
    if (localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify({ ...stored(key), sent: true }));
    unsaved = false;
    timer = clearTimeout(timer);
  });
  // An answer said that it did not arrive: here it is as it was, on this page and on the next.
  for (const failure of ["palabre:signed-out", "htmx:response:error"]) {
    document.addEventListener(failure, ({ detail: { ctx } }) => {
      if (ctx.sourceElement === field.form && localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify({ ...stored(key), sent: false }));
    });
  }
  field.form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { status: code, raw } = ctx.response;
    if (ctx.sourceElement === field.form && code < 300 && !raw.redirected) [field.value] = ["", forget()];
  });
  addEventListener("pagehide", () => {
    if (unsaved && draftUrl) navigator.sendBeacon(draftUrl, data());
  });
}
