// Captions drawn above our controls, from the tracks of the video; language and off are remembered.
import { recall, remember } from "./memory.js";

export function showCaptions({ video, find }) {
  const choice = find("captions");
  const line = find("caption-line");
  if (!choice) return { toggle() {} };
  let shown = null;
  const draw = () => {
    const cues = shown ? Array.from(shown.activeCues || []) : [];
    line.textContent = cues.map((cue) => cue.getCueAsHTML().textContent).join("\n");
    line.lang = shown ? shown.language : "";
    line.hidden = !line.textContent;
  };
  const set = (language) => {
    shown?.removeEventListener("cuechange", draw);
    shown = null;
    for (const track of video.textTracks) {
      const wanted = track.language === language;
      // "hidden" loads the cues and leaves the drawing to us.
      track.mode = wanted ? "hidden" : "disabled";
      if (wanted) shown = track;
    }
    shown?.addEventListener("cuechange", draw);
    choice.value = shown ? language : "";
    choice.parentElement.toggleAttribute("data-on", Boolean(shown));
    draw();
  };
  const pick = (language) => {
    set(language);
    remember("captions", choice.value || "off");
    if (choice.value) remember("captions-language", choice.value);
  };
  choice.addEventListener("change", () => pick(choice.value));
  const preferred = () => recall("captions-language") || choice.dataset.preferred;
  const last = recall("captions");
  set(last === "off" ? "" : last || choice.dataset.preferred);
  // A phone that plays in its own full screen draws the captions itself.
  video.addEventListener("webkitbeginfullscreen", () => shown && (shown.mode = "showing"));
  video.addEventListener("webkitendfullscreen", () => shown && (shown.mode = "hidden"));
  return { toggle: () => pick(choice.value ? "" : preferred()) };
}
