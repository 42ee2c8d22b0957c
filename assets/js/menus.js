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

function wire(button, panel) {
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
}

attach("[data-menu]", (menu) => wire(menu.querySelector("[popovertarget]"), menu.querySelector("[popover]")));

// What a link with data-menu-from unfolds is fetched each time, and says what can be done now.
async function unfold(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  const box = document.createElement("template");
  // Our server's own fragment, escaped there; what a template holds runs nothing.
  box.innerHTML = answer?.ok ? await answer.text() : "";
  const panel = box.content.querySelector("[popover]");
  if (!panel) return location.assign(link.href);
  const before = link.nextElementSibling;
  if (before?.matches("[popover]")) before.remove();
  link.after(panel);
  window.htmx?.process(panel);
  wire(link, panel);
  panel.showPopover();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-menu-from]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // A click beside an open menu has closed it; a key on its link does so here.
  if (link.getAttribute("aria-expanded") === "true") return link.nextElementSibling.hidePopover();
  unfold(link);
});
