// What is drawn again, or goes, takes the focus with it. Here the focus comes back: to the same control, or for hands
// on a keyboard to the item it was in, its neighbour, the page; so nobody starts again from the top.
import { attach } from "./attach.js";

let held = null; // the control that has the focus, and how to find it again

const nameOf = (one) =>
  one.id || [
    one.tagName, one.parentElement?.closest("[id]")?.id, one.name || one.textContent.trim(), one.value,
    one.form?.getAttribute("action"), one.getAttribute("href"), one.getAttribute("popovertarget"),
  ].join(" ");

document.addEventListener("focusin", ({ target }) => {
  const item = target.closest("[data-item]");
  const around = [item, item?.nextElementSibling, item?.previousElementSibling, document.getElementById("main")];
  held = { one: target, name: nameOf(target), around, byKey: target.matches(":focus-visible") };
});

document.addEventListener("focusout", ({ target }) => {
  // Some browsers say so too when the control is removed: only who left by themselves wants to be elsewhere.
  setTimeout(() => {
    if (held?.one === target && target.isConnected && document.activeElement !== target) held = null;
  });
});

new MutationObserver(() => {
  if (!held || held.one.isConnected || document.activeElement !== document.body) return;
  const { one, name, around, byKey } = held;
  held = null;
  const same = [...document.querySelectorAll(one.tagName)].find((other) => nameOf(other) === name && other.checkVisibility());
  if (same) same.focus({ preventScroll: true });
  else if (byKey) around.find((other) => other?.isConnected)?.focus({ preventScroll: !around[0] });
}).observe(document.body, { childList: true, subtree: true });

// A form asked for under a post is there to be filled in at once, after what it quotes, its buttons in sight.
attach("[id^='slot-'] > form", (form) => {
  const field = form.querySelector("textarea, input[type=radio]");
  field?.focus();
  if (field?.matches("textarea")) {
    field.setSelectionRange(field.value.length, field.value.length);
    field.scrollTop = field.scrollHeight;
  }
  form.scrollIntoView({ block: "nearest" });
});
