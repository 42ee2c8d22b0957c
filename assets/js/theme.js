// The theme changes at once; the server keeps it for the next page and the next device.

const NIGHT = "palabre-night";
const root = document.documentElement;

function current() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? NIGHT : "palabre";
  return root.dataset.theme || system;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const night = current() !== NIGHT;
  root.dataset.theme = night ? NIGHT : "palabre";
  const body = new FormData(form);
  body.set("theme", night ? "dark" : "light");
  document.dispatchEvent(new CustomEvent("palabre:theme"));
  await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
}, true);
