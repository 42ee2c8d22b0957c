// Dots on the seek bar where people spoke, and every element that names a moment of the film: [data-moment="192"].
export function placeMoments({ root, video }) {
  const length = Number(root.dataset.duration);
  root.querySelectorAll("[data-dot]").forEach((dot) => {
    dot.style.setProperty("left", `${Math.min((100 * Number(dot.dataset.moment)) / length, 100)}%`);
  });
  // A finger needs 24 px: of dots that would lie on each other the first stays, the transcript names them all.
  const bar = root.querySelector("[data-seek]");
  new ResizeObserver(() => {
    let taken = -Infinity;
    root.querySelectorAll("[data-dot]").forEach((dot) => {
      const place = (bar.clientWidth * Number(dot.dataset.moment)) / length;
      dot.hidden = place - taken < 25;
      if (!dot.hidden) taken = place;
    });
  }).observe(bar);
  document.addEventListener("click", (event) => {
    const place = event.target.closest("[data-moment]");
    if (!place || !root.isConnected) return;
    event.preventDefault();
    video.currentTime = Number(place.dataset.moment);
    if (place.closest("[data-player]") === null) root.scrollIntoView({ block: "nearest" });
    root.dispatchEvent(new CustomEvent("palabre:moment", { bubbles: true, detail: { at: Number(place.dataset.moment), shows: place.matches("[data-dot]") } }));
  });
  // Composers on the page learn where the film stands: [data-moment-field] keeps seconds, [data-moment-words] shows them.
  const tell = () => document.dispatchEvent(new CustomEvent("palabre:playing", { detail: { at: video.currentTime } }));
  video.addEventListener("timeupdate", tell);
  video.addEventListener("seeked", tell);
}
