// Keys for those who like them. "?" lists them, a switch turns them off, and nothing happens while someone types.

const OFF = "palabre:shortcuts-off";
let prefix = "";

const isOff = () => document.body.dataset.shortcuts === "off" || localStorage.getItem(OFF) === "yes";
const isTyping = (element) => element.closest?.("input, textarea, select, [contenteditable], dialog[open], [popover]:popover-open");

function find(attribute, keys) {
  return [...document.querySelectorAll(`[${attribute}]`)].find((element) => element.getAttribute(attribute) === keys);
}

function walk(step) {
  const items = [...document.querySelectorAll("[data-item]")].filter((item) => item.checkVisibility());
  const here = items.indexOf(document.activeElement.closest("[data-item]"));
  const next = items[Math.min(Math.max(here + step, 0), items.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

// To the message one stands on, else to the conversation.
function reply() {
  const link = document.activeElement.closest("[data-item]")?.querySelector(":scope > article a[data-slot][href$='/reply/']");
  const field = document.querySelector("#composer textarea, #conversation-composer textarea");
  const sheet = field?.closest("[popover]");
  if (sheet && !field.checkVisibility()) sheet.showPopover();
  if (link) link.click();
  else field?.focus();
  return Boolean(link || field);
}

function act(keys) {
  if (keys === "?") return document.getElementById("shortcuts")?.showModal() ?? true;
  if (keys === "j" || keys === "k") return walk(keys === "j" ? 1 : -1) ?? true;
  if (keys === "r") return reply();
  const focused = find("data-shortcut-focus", keys);
  focused?.focus();
  focused?.scrollIntoView({ block: "nearest" });
  if (focused) return true;
  const pressed = find("data-shortcut", keys);
  pressed?.click();
  return Boolean(pressed);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isOff() || isTyping(event.target) || event.key.length > 1) return;
  const keys = prefix + event.key;
  prefix = "";
  if (event.key === "g" && keys === "g") {
    prefix = "g";
    setTimeout(() => (prefix = ""), 1200);
  } else if (act(keys)) event.preventDefault();
});

document.querySelectorAll("[data-shortcuts-switch]").forEach((box) => {
  box.checked = !isOff();
  box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "no" : "yes"));
});
