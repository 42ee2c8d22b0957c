// A link with data-panel="id" opens the popover of that id instead; htmx fills it. Without scripts it is a link.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-panel]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const panel = document.getElementById(opener.dataset.panel);
  if (!panel?.togglePopover) return;
  event.preventDefault();
  panel.togglePopover();
  opener.setAttribute("aria-expanded", String(panel.matches(":popover-open")));
});
