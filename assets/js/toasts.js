// Short sentences that come and go, in a live region that screen readers announce.
import { attach } from "./attach.js";

const region = document.getElementById("toasts");
const STAYS = 8000;
const STAYS_WITH_A_CHOICE = 20000; // whoever goes to "Undo" by keyboard passes the rest of the page first
const AT_ONCE = 3; // what is older gives way

function remove(toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) document.getElementById("main")?.focus();
}

attach("[data-toast]", (toast) => {
  let timer;
  const wait = () => {
    const read = toast.dataset.toast === "error" || toast.querySelector("[hx-post]");
    if (!("retry" in toast.dataset)) timer = setTimeout(() => remove(toast), read ? STAYS_WITH_A_CHOICE : STAYS);
  };
  const hold = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, wait);
  toast.addEventListener("click", (event) => {
    // An undo still has to send its request: the toast leaves after it.
    if (event.target.closest("[data-toast-close]")) setTimeout(() => remove(toast));
  });
  wait();
  [...region.querySelectorAll("[data-toast]")].slice(0, -AT_ONCE).forEach(remove);
});

export function toast(message, { level = "info", retry, label = region.dataset.sayRetry } = {}) {
  const item = document.createElement("div");
  item.className = "toast-item surface shadow-lg px-4 py-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm pointer-events-auto";
  item.dataset.toast = level;
  const words = document.createElement("p");
  words.className = "flex-[1_1_9rem]";
  words.textContent = message;
  item.append(words);
  if (retry) {
    item.dataset.retry = ""; // it stays until it is answered
    item.append(button(label, retry));
  }
  item.append(button(region.dataset.sayClose, () => {}));
  region.querySelectorAll(`[data-toast="${level}"]`).forEach((other) => {
    if (other.querySelector("p")?.textContent === message) other.remove();
  });
  region.append(item);
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm btn-ghost text-primary";
  made.textContent = label;
  made.dataset.toastClose = "";
  made.addEventListener("click", act);
  return made;
}

document.addEventListener("palabre:toast", ({ detail }) => toast(detail.message, detail));
