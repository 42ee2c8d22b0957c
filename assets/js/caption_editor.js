// form[data-caption-editor]: the film plays from the caption in which the caret stands.
import { attach } from "./attach.js";

const TIME = /(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})\s*-->/g;

// Seconds at which the last caption before the caret begins; the first one where none does.
function beginningAt(text, caret) {
  const times = [...text.matchAll(TIME)];
  const line = text.indexOf("\n", caret);
  const found = times.findLast((time) => time.index <= (line < 0 ? text.length : line)) ?? times[0];
  if (!found) return 0;
  const [, hours = 0, minutes, seconds, thousandths] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(thousandths) / 1000;
}

attach("form[data-caption-editor]", (form) => {
  const film = form.querySelector("video");
  const text = form.querySelector("textarea");
  form.querySelector("[data-play-here]").addEventListener("click", () => {
    film.currentTime = beginningAt(text.value, text.selectionStart);
    film.play();
  });
});
