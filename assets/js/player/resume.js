// Takes the film up where it was left, on any device; the address (?t=) has the first word.
import { clock } from "./clock.js";

const EDGE = 5;

export function resume({ root, video, find }) {
  const at = Number(root.dataset.resume || 0);
  const begin = () => {
    if (video.src.includes("#t=") || video.currentSrc.includes("#t=")) return;
    if (at < EDGE || at > video.duration - EDGE) return;
    video.currentTime = at;
    const again = find("from-start");
    again.querySelector("[data-at]").textContent = clock(at);
    again.hidden = false;
    again.addEventListener("click", () => {
      video.currentTime = 0;
      again.hidden = true;
      find("play").focus();
    });
    video.addEventListener("play", () => (again.hidden = true), { once: true });
  };
  if (video.readyState >= 1) begin();
  else video.addEventListener("loadedmetadata", begin, { once: true });
}
