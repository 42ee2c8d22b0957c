// A link that is copied instead of followed, a button that copies its `data-copy`, and tabs that show the one that is open.
import { attach } from "./attach.js";
import { toast } from "./toasts.js";

const region = document.getElementById("toasts");

// Browsers give the clipboard to secure pages only; an academy tried at http://192.168… copies the old way.
function copyTheOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("no clipboard");
}

async function copy(text) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text).catch(() => copyTheOldWay(text));
  else copyTheOldWay(text);
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy-link], button[data-copy]");
  // With a key held the person wants the browser's own: another tab, another window.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await copy(link.dataset.copy ?? link.href);
    toast(region.dataset.sayCopied);
  } catch {
    if (link.href) location.assign(link.href); // The address bar then holds it.
    else toast(region.dataset.sayError, { level: "error" });
  }
});

attach(".tabs [aria-current]", (tab) => {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
});
