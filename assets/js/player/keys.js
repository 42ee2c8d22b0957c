// Keys while the player has the focus: space, arrows, m, c, f, < and >, 0 to 9. j and k go from item to item everywhere.
export function listenToKeys({ root, video, find }, { captions, speeds }) {
  const go = (by) => {
    video.currentTime = Math.min(Math.max(video.currentTime + by, 0), video.duration || 0);
  };
  const louder = (by) => {
    video.volume = Math.min(Math.max(video.volume + by, 0), 1);
  };
  const keys = {
    " ": () => find("play").click(),
    ArrowLeft: (shift) => go(shift ? -10 : -5),
    ArrowRight: (shift) => go(shift ? 10 : 5),
    ArrowUp: () => louder(0.1),
    ArrowDown: () => louder(-0.1),
    m: () => find("mute").click(),
    c: () => captions.toggle(),
    f: () => find("full-screen").click(),
    "<": () => speeds.step(-1),
    ">": () => speeds.step(1),
  };
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target.closest("button, select, input");
    // Space presses the button it is on; arrows choose in a list.
    if (event.key === " " && onControl) return;
    if (event.key.startsWith("Arrow") && event.target.closest("select")) return;
    const act = /^[0-9]$/.test(event.key) ? () => (video.currentTime = (video.duration * event.key) / 10) : keys[event.key];
    if (!act || (event.target.closest("select") && event.key.length === 1)) return;
    event.preventDefault();
    event.stopPropagation();
    act(event.shiftKey);
  });
}
