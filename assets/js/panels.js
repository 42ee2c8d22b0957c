// A link with data-panel="id" opens the popover of that id instead; htmx fills it. Without scripts it is a link.
const panelOf = (opener) => document.getElementById(opener.dataset.panel);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const panel = panelOf(opener);
  if (!panel?.togglePopover) return;
  event.preventDefault();
  panel.togglePopover();
});

// However it opened or closed: by its link, by Escape, by a click beside it.
document.addEventListener("toggle", ({ target, newState }) => {
  document.querySelector(`[data-panel="${target.id}"]`)?.setAttribute("aria-expanded", String(newState === "open"));
}, true);

// Whoever walks out of it with the keyboard leaves it closed.
document.addEventListener("focusin", ({ target }) => {
  for (const opener of document.querySelectorAll("[data-panel]")) {
    const panel = panelOf(opener);
    if (panel?.matches(":popover-open") && !panel.contains(target) && !opener.contains(target)) panel.hidePopover();
  }
});
