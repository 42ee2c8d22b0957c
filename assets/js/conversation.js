// The talk beside a film: what is written may carry the moment that plays, and the list may keep to that moment.
import { attach, whenSeen } from "./attach.js";
import { clock } from "./player/clock.js";

const NEAR = 15;
let playing = 0;

attach("#conversation", (talk) => {
  const switcher = talk.querySelector("[data-talk-moment]");
  const tops = () => [...talk.querySelectorAll("#posts > [data-post]")];
  const isNear = (post) => post.dataset.at !== undefined && Math.abs(Number(post.dataset.at) - playing) <= NEAR;

  function show() {
    const keeps = switcher?.getAttribute("aria-pressed") === "true";
    tops().forEach((post) => (post.hidden = keeps && !isNear(post)));
    const count = talk.querySelector("[data-talk-moment-count]");
    if (count) count.textContent = tops().filter(isNear).length;
  }
  document.addEventListener("palabre:playing", ({ detail }) => {
    playing = Math.floor(detail.at);
    talk.querySelectorAll("[data-moment-field]").forEach((field) => (field.value = playing));
    talk.querySelectorAll("[data-moment-words]").forEach((words) => (words.textContent = clock(playing)));
    show();
  });
  switcher?.addEventListener("click", () => {
    const on = switcher.getAttribute("aria-pressed") !== "true";
    switcher.setAttribute("aria-pressed", String(on));
    switcher.classList.toggle("btn-neutral", on);
    switcher.classList.toggle("btn-ghost", !on);
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
