// Menus are popovers: the browser opens and closes them; here they get their place and the arrow keys.
import { attach } from "./attach.js";

const GAP = 6;

function place(panel, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = Math.min(Math.max(GAP, at.right - width), innerWidth - width - GAP);
  const below = at.bottom + GAP;
  const top = below + height > innerHeight ? Math.max(GAP, at.top - height - GAP) : below;
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
}

attach("[data-menu]", (menu) => {
  const button = menu.querySelector("[popovertarget]");
  const panel = menu.querySelector("[popover]");
  const items = () => [...panel.querySelectorAll("a, button")].filter((item) => !item.disabled);
  panel.addEventListener("toggle", ({ newState }) => {
    const open = newState === "open";
    button.setAttribute("aria-expanded", open);
    if (open) {
      place(panel, button);
      items()[0]?.focus();
    }
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("a, button")) panel.hidePopover();
  });
  panel.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = items();
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  });
});
