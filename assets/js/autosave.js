// form[data-autosave]: what is typed is kept on the server while one writes, and when the page is left; never published.
import { attach } from "./attach.js";

const PAUSE = 1_500;
const AGAIN = 5_000;

// Files go with the form's own buttons; here only words.
function wordsOf(form) {
  const words = new URLSearchParams();
  new FormData(form).forEach((value, name) => typeof value === "string" && words.append(name, value));
  return words;
}

attach("form[data-autosave]", (form) => {
  const status = form.querySelector("[data-autosave-status]");
  let kept = wordsOf(form).toString();
  let timer = 0;
  let leaving = false;
  const keep = async () => {
    const words = wordsOf(form);
    if (leaving || words.toString() === kept) return;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: words, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      kept = words.toString();
      const said = await answer.json();
      status.textContent = said.words;
      status.classList.toggle("text-warning", said.changed);
    } catch {
      status.textContent = form.dataset.sayWaiting;
      timer = setTimeout(keep, AGAIN);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  // A refused upload leaves the page where it is.
  form.addEventListener("palabre:stayed", () => {
    leaving = false;
    keep();
  });
  addEventListener("pagehide", () => {
    const words = wordsOf(form);
    if (!leaving && words.toString() !== kept) navigator.sendBeacon(form.dataset.autosave, words);
  });
});
