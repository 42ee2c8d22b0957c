// [data-transcript]: a line is a place in the film; the list follows the film and can be searched.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function followTranscript(box, { video }) {
  const list = box.querySelector("ol");
  const lines = Array.from(list.children);
  const starts = lines.map((line) => Number(line.dataset.start));
  let current = null;
  let handled = 0;
  // Someone who reads ahead is not pulled back.
  const noteHand = () => (handled = Date.now());
  ["wheel", "touchmove", "pointerdown", "keydown"].forEach((name) => list.addEventListener(name, noteHand, { passive: true }));

  const follow = () => {
    let at = starts.findLastIndex((start) => start <= video.currentTime + 0.05);
    if (at >= 0 && video.currentTime > Number(lines[at].dataset.end) + 4) at = -1;
    const line = lines[at] || null;
    if (line === current) return;
    current?.removeAttribute("aria-current");
    current = line;
    if (!line) return;
    line.setAttribute("aria-current", "true");
    if (!video.paused && Date.now() - handled > 4000) {
      const top = line.offsetTop - list.offsetTop - list.clientHeight / 3;
      list.scrollTo({ top, behavior: "smooth" });
    }
  };
  video.addEventListener("timeupdate", follow);
  video.addEventListener("seeked", follow);

  const field = box.querySelector("[data-transcript-search]");
  const found = box.querySelector("[data-transcript-found]");
  const words = lines.map((line) => plain(line.textContent));
  field.addEventListener("input", () => {
    const asked = plain(field.value.trim());
    let count = 0;
    lines.forEach((line, index) => {
      line.hidden = Boolean(asked) && !words[index].includes(asked);
      count += Number(!line.hidden);
    });
    found.textContent = asked ? (count === 1 ? found.dataset.one : found.dataset.many.replace("%n", String(count))) : "";
  });
}
