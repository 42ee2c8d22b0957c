// <figure data-player>: our controls over a native <video>. Without this module the browser's own controls stay.
import { showCaptions } from "./player/captions.js";
import { driveControls } from "./player/controls.js";
import { offerWhatNext } from "./player/end.js";
import { listenToKeys } from "./player/keys.js";
import { placeMoments } from "./player/moments.js";
import { resume } from "./player/resume.js";
import { offerSpeeds } from "./player/speed.js";
import { linkTypedMoments } from "./player/typed_moments.js";
import { followTranscript } from "./player/transcript.js";
import { reportWatching } from "./player/watching.js";

export function start(root) {
  const video = root.querySelector("video");
  video.controls = false;
  root.dataset.ready = "";
  const player = { root, video, find: (name) => root.querySelector(`[data-${name}]`) };
  const captions = showCaptions(player);
  const speeds = offerSpeeds(player);
  driveControls(player);
  listenToKeys(player, { captions, speeds });
  resume(player);
  reportWatching(player);
  placeMoments(player);
  offerWhatNext(player);
  linkTypedMoments(player);
  document.querySelectorAll("[data-transcript]").forEach((list) => followTranscript(list, player));
}
