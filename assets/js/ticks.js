// [data-tick-all]: ticks every [data-tick] of its form, or none when all are.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-tick-all]");
  if (!button) return;
  const boxes = [...button.form.querySelectorAll("[data-tick]")];
  const on = boxes.some((box) => !box.checked);
  boxes.forEach((box) => (box.checked = on));
});
