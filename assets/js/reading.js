// [data-reading]: when the end of a text is on screen, the server hears of it; it judges whether the time was enough.
import { attach } from "./attach.js";
import { showStanding } from "./standing.js";

const EVERY = 10_000;

attach("[data-reading]", (form) => {
  let timer = 0;
  const tell = async () => {
    const words = new URLSearchParams(new FormData(form));
    words.set("reached", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: words });
      if (!answer.ok) return;
      const standing = await answer.json();
      showStanding(standing, form.dataset.doneWords);
      if (!standing.rules.some((rule) => rule.kind === "read" && rule.done)) return;
      clearInterval(timer);
      form.remove();
    } catch {
      // Without network the end is told again as long as it is on screen.
    }
  };
  new IntersectionObserver((entries) => {
    clearInterval(timer);
    if (!entries.at(-1).isIntersecting) return;
    timer = setInterval(() => document.hidden || tell(), EVERY);
    tell();
  }).observe(form);
});
