// Says every ten seconds, and when one stops or leaves, what was played. The whole list each time: a report that got
// lost on the way comes again with the next one.
import { showStanding } from "../standing.js";
import { recall, remember } from "./memory.js";

const EVERY = 10_000;

export function reportWatching({ root, video }) {
  const address = root.dataset.watching;
  if (!address) return;
  const unsent = `unsent:${address}`;
  let sent = "";
  const earlier = JSON.parse(recall(unsent) || "[]");

  const played = () => {
    const ranges = [...earlier];
    for (let n = 0; n < video.played.length; n += 1) ranges.push([video.played.start(n), video.played.end(n)]);
    return ranges;
  };

  async function send() {
    const ranges = played();
    const body = JSON.stringify({ ranges, position: video.currentTime });
    if (!ranges.length || body === sent) return;
    remember(unsent, JSON.stringify(ranges));
    try {
      const answer = await fetch(address, {
        method: "POST",
        body,
        keepalive: true,
        headers: { "Content-Type": "application/json", "X-CSRFToken": root.dataset.token },
      });
      if (!answer.ok) return;
      sent = body;
      remember(unsent, null);
      showStanding(await answer.json(), root.dataset.doneWords);
    } catch {
      // No network: what was played is remembered and goes with the next report.
    }
  }

  setInterval(() => video.paused || send(), EVERY);
  ["pause", "ended", "seeked"].forEach((name) => video.addEventListener(name, send));
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
  addEventListener("pagehide", send);
  if (earlier.length) send();
}
