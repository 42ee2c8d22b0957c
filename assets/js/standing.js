// Where one stands in the module of this page, after what a player or a reader reported.
export function showStanding(standing, doneWords) {
  for (const rule of standing.rules) {
    const line = document.querySelector(`[data-rule="${rule.kind}"]`);
    if (!line) continue;
    line.dataset.state = rule.done || standing.done ? "done" : "open";
    line.querySelector("[data-standing]").textContent = rule.standing;
  }
  if (!standing.just_done) return;
  const title = document.querySelector("[data-rules-title]");
  if (title) title.textContent = title.dataset.doneWords;
  document.querySelectorAll("[data-next-module]").forEach((next) => next.classList.replace("btn-outline", "btn-primary"));
  document.dispatchEvent(new CustomEvent("palabre:toast", { detail: { message: doneWords, level: "success" } }));
}
