// A bar at the top for what takes longer than 300 ms; quick answers stay quiet.

const bar = document.getElementById("progress");
const waiting = new Map();

function show() {
  bar.toggleAttribute("data-busy", [...waiting.values()].some((timer) => timer === null));
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const timer = setTimeout(() => {
    waiting.set(ctx, null);
    show();
  }, 300);
  waiting.set(ctx, timer);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  clearTimeout(waiting.get(ctx));
  waiting.delete(ctx);
  show();
});
