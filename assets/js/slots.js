// What is asked for under a post (a reply, a change, a flag) opens in its slot. Without scripts it is a page.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-slot]");
  const slot = link && document.getElementById(`slot-${link.dataset.slot}`);
  if (!slot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.getAttribute("href"), { target: slot, source: link, swap: "innerHTML" });
});
