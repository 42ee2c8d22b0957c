// How fast the film plays; remembered.
import { recall, remember } from "./memory.js";

export function offerSpeeds({ video, find }) {
  const choice = find("speed");
  const speeds = Array.from(choice.options, (option) => option.value);
  const set = (value) => {
    choice.value = speeds.includes(value) ? value : "1";
    video.defaultPlaybackRate = video.playbackRate = Number(choice.value);
    find("speed-shown").textContent = choice.selectedOptions[0].textContent;
  };
  choice.addEventListener("change", () => {
    set(choice.value);
    remember("speed", choice.value);
  });
  set(recall("speed") || "1");
  return {
    step(by) {
      const next = speeds[speeds.indexOf(choice.value) + by];
      if (!next) return;
      set(next);
      remember("speed", next);
    },
  };
}
