// On paper nothing can be unfolded: what is folded is open while it prints, but for the answers that a text hides.
let opened = [];

addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")].filter((one) => !one.closest(".written"));
  for (const one of opened) one.open = true;
});

addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});
