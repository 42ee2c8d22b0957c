// Play, seek, sound, picture in picture, full screen.
import { clock } from "./clock.js";

const QUIET_AFTER = 2500;

export function driveControls({ root, video, find }) {
  const seek = find("seek");
  const toggle = () => (video.paused ? video.play().catch(() => {}) : video.pause());
  root.querySelectorAll("[data-play]").forEach((button) => button.addEventListener("click", toggle));
  video.addEventListener("click", toggle);

  const showState = () => {
    root.toggleAttribute("data-playing", !video.paused);
    root.toggleAttribute("data-muted", video.muted || video.volume === 0);
    root.querySelectorAll("[data-play]").forEach((button) => {
      button.setAttribute("aria-label", video.paused ? button.dataset.labelPlay : button.dataset.labelPause);
    });
    const mute = find("mute");
    mute.setAttribute("aria-label", video.muted ? mute.dataset.labelOn : mute.dataset.labelOff);
  };
  ["play", "pause", "volumechange", "ended"].forEach((name) => video.addEventListener(name, showState));
  showState();

  const length = () => video.duration || Number(root.dataset.duration);
  const showTime = () => {
    find("time").textContent = clock(video.currentTime);
    seek.value = String(video.currentTime);
    seek.setAttribute("aria-valuetext", `${clock(video.currentTime)} / ${clock(length())}`);
    seek.style.setProperty("--played", `${(100 * video.currentTime) / length()}%`);
  };
  const showLength = () => {
    seek.max = String(length());
    find("length").textContent = clock(length());
    showTime();
  };
  video.addEventListener("timeupdate", showTime);
  video.addEventListener("seeking", showTime);
  video.addEventListener("loadedmetadata", showLength);
  showLength();
  seek.addEventListener("input", () => {
    video.currentTime = Number(seek.value);
  });

  find("mute").addEventListener("click", () => {
    video.muted = !video.muted;
  });
  const small = find("small-window");
  if (document.pictureInPictureEnabled) {
    small.hidden = false;
    small.addEventListener("click", () => {
      if (document.pictureInPictureElement) document.exitPictureInPicture();
      else video.requestPictureInPicture().catch(() => {});
    });
  }
  find("full-screen").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
    else video.webkitEnterFullscreen?.();
  });

  let quiet;
  const wake = () => {
    root.removeAttribute("data-quiet");
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      if (!video.paused && !root.querySelector(":focus-visible")) root.dataset.quiet = "";
    }, QUIET_AFTER);
  };
  ["pointermove", "keydown", "focusin"].forEach((name) => root.addEventListener(name, wake));
  video.addEventListener("play", wake);
  video.addEventListener("pause", wake);
}
