// A reaction shows at once. If the server refuses or cannot be reached, the button goes back to what it was.

const before = new WeakMap();

function reactionOf(ctx) {
  const element = ctx?.sourceElement;
  return element?.matches?.("[data-optimistic]") ? element : element?.querySelector?.("[data-optimistic]");
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const button = reactionOf(ctx);
  if (!button) return;
  const count = button.querySelector("[data-count]");
  const pressed = button.getAttribute("aria-pressed") === "true";
  before.set(ctx, { button, count, pressed: String(pressed), text: count?.textContent });
  button.setAttribute("aria-pressed", String(!pressed));
  if (count) count.textContent = Math.max(0, Number.parseInt(count.textContent || "0", 10) + (pressed ? -1 : 1)) || "";
});

function takeBack({ detail: { ctx } }) {
  const was = before.get(ctx);
  if (!was) return;
  was.button.setAttribute("aria-pressed", was.pressed);
  if (was.count) was.count.textContent = was.text;
  before.delete(ctx);
}

for (const name of ["htmx:response:error", "htmx:error", "palabre:signed-out"]) document.addEventListener(name, takeBack);
