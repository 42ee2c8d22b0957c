// The talk beside a film: what is written may carry the moment that plays, and the list may keep to that moment.
import { attach, whenSeen } from "./attach.js";
import { clock } from "./player/clock.js";

const NEAR = 15;
let playing = 0;

function setMoment(form) {
  const field = form.querySelector("[data-moment-field]");
  if (!field || form.dataset.momentKept !== undefined) return;
  field.value = playing;
  form.querySelectorAll("[data-moment-words]").forEach((words) => (words.textContent = clock(playing)));
}

attach("#conversation", (talk) => {
  const switcher = talk.querySelector("[data-talk-moment]");
  const everything = talk.querySelector("[data-talk-all]");
  const tops = () => [...talk.querySelectorAll("#posts > [data-post]")];
  const isNear = (post) => post.dataset.at !== undefined && Math.abs(Number(post.dataset.at) - playing) <= NEAR;
  // A reply speaks of a moment as the post above it does: the transcript counts both.
  const near = (top) => [top, ...top.querySelectorAll("[data-post]")].filter(isNear);

  function show() {
    const keeps = switcher?.getAttribute("aria-pressed") === "true";
    tops().forEach((post) => (post.hidden = keeps && !near(post).length));
    const count = talk.querySelector("[data-talk-moment-count]");
    if (count) count.textContent = tops().flatMap(near).length;
  }
  function keepToMoment(on) {
    switcher.setAttribute("aria-pressed", String(on));
    switcher.classList.toggle("btn-neutral", on);
    switcher.classList.toggle("btn-ghost", !on);
    // One filter at a time looks chosen.
    const all = everything?.hasAttribute("aria-current") && !on;
    everything?.classList.toggle("btn-neutral", all);
    everything?.classList.toggle("btn-ghost", !all);
    show();
  }
  document.addEventListener("palabre:playing", ({ detail }) => {
    playing = Math.floor(detail.at);
    if (!talk.isConnected) return;
    talk.querySelectorAll("form:has([data-moment-field])").forEach(setMoment);
    show();
  });
  // A dot of the film's bar was chosen: what was said there is what one wants to see.
  document.addEventListener("palabre:moment", ({ detail }) => {
    if (!detail.shows || !switcher || !talk.isConnected) return;
    playing = Math.floor(detail.at);
    if (talk.matches("[popover]:not(:popover-open)") && getComputedStyle(talk).display === "none") talk.showPopover();
    keepToMoment(true);
    tops().flatMap(near)[0]?.scrollIntoView({ block: "nearest" });
  });
  // The panel opens at the first post that is new to its reader.
  function goToNews() {
    const news = talk.querySelector("#news");
    const box = news?.closest("[role=region]");
    if (box) box.scrollTop += news.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
  }
  talk.addEventListener("toggle", goToNews, { once: true });
  goToNews();
  switcher?.addEventListener("click", () => keepToMoment(switcher.getAttribute("aria-pressed") !== "true"));
  // A comment speaks of the moment at which its first word was typed, or its box ticked: not of when it is sent.
  talk.addEventListener("input", ({ target }) => {
    const form = target.closest("form:has([data-moment-field])");
    if (!form || !target.matches("textarea, [name=at_moment]")) return;
    if (target.name === "at_moment" && target.checked) {
      delete form.dataset.momentKept;
      setMoment(form);
    }
    const begun = form.querySelector("textarea").value.trim() || (target.name === "at_moment" && target.checked);
    form.toggleAttribute("data-moment-kept", Boolean(begun));
  });
  // What was published leaves the next comment free: no moment chosen, the film's own beside the box.
  talk.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    if (!form?.matches?.("form:has([data-moment-field])") || ctx.response.status >= 300 || ctx.response.raw.redirected) return;
    form.elements.at_moment.checked = false;
    delete form.dataset.momentKept;
    setMoment(form);
  });
  // Another filter draws the panel anew: the moment beside the box is the film's again.
  document.addEventListener("htmx:after:swap", () => {
    talk.querySelectorAll("form:has([data-moment-field])").forEach(setMoment);
    show();
  });
  // On a phone the talk is a sheet over the page: whoever walks out of it by keyboard sees the page again.
  document.addEventListener("focusin", ({ target }) => {
    const isOut = !talk.contains(target) && !target.closest("dialog, [popover], #toasts");
    if (isOut && talk.matches(":popover-open")) talk.hidePopover();
  });
  show();
});

// What comes on screen is read: the same pull that brings news says so to the server.
whenSeen("[data-unread='1']", () => document.dispatchEvent(new CustomEvent("palabre:talk")));
