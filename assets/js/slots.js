// What is asked for under a post (a reply, a change, a flag) opens in its slot. Without scripts it is a page.
let chosen = { words: "", slot: "" };

// Before the click takes the selection away: a quotation takes the words that were chosen in the post.
document.addEventListener("pointerdown", ({ target }) => {
  const link = target.closest?.("a[data-slot]");
  if (!link) return;
  const selection = getSelection();
  const at = selection.anchorNode?.parentElement?.closest(".written")?.parentElement;
  const words = at?.querySelector(`#slot-${link.dataset.slot}`) ? String(selection).slice(0, 1500) : "";
  chosen = { words, slot: link.dataset.slot };
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-slot]");
  const slot = link && document.getElementById(`slot-${link.dataset.slot}`);
  if (!slot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const address = link.getAttribute("href");
  const words = address.includes("quote=") && chosen.slot === link.dataset.slot ? chosen.words : "";
  const whole = words ? `${address}&words=${encodeURIComponent(words)}` : address;
  window.htmx.ajax("GET", whole, { target: slot, source: link, swap: "innerHTML" });
});

document.addEventListener("click", ({ target }) => target.closest?.("[data-close-slot]")?.closest("form").remove());
