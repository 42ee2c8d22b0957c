// What one may do when the film is over: go on, say something, watch again.
export function offerWhatNext({ root, video, find }) {
  const screen = find("end-screen");
  video.addEventListener("ended", () => {
    screen.hidden = false;
    if (document.activeElement === document.body || root.contains(document.activeElement)) screen.querySelector("a").focus();
  });
  ["play", "seeking"].forEach((name) => video.addEventListener(name, () => (screen.hidden = true)));
  find("end-again").addEventListener("click", () => {
    video.currentTime = 0;
    video.play();
  });
  find("end-talk")?.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    const panel = document.getElementById("conversation");
    if (panel?.matches("[popover]:not(:popover-open)") && getComputedStyle(panel).display === "none") panel.showPopover();
    const field = panel?.querySelector("textarea");
    field?.scrollIntoView({ block: "center" });
    field?.focus();
  });
}
