// Elements with data-live="thread:12" hear the event "live:thread:12" when it changed and pull what is new through
// the ordinary view. News, a tunnel, a hidden tab and a lost server all end in that same pull.
import { Stream } from "./stream.js";

const page = document.querySelector('meta[name="palabre-live"]');

function tell(topic, name, detail) {
  for (const element of document.querySelectorAll(`[data-live~="${CSS.escape(topic)}"]`)) {
    element.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function pull(topic, detail = {}) {
  tell(topic, `live:${topic}`, { ...detail, topic });
}

function heard(event, data) {
  if (event === "changed") pull(data.topic, data);
  else if (event === "resync" || event === "back") page.dataset.topics.split(",").forEach((topic) => pull(topic));
  else if (data.topic) {
    tell(data.topic, `live:${event}`, data);
    showNames(event, data);
  }
}

// <p data-live="thread:12" data-names="writing" data-one="… is writing" data-many="… are writing" data-me="Awa">
function showNames(event, { topic, names }) {
  for (const line of document.querySelectorAll(`[data-names="${event}"][data-live~="${CSS.escape(topic)}"]`)) {
    const others = names.filter((name) => name !== line.dataset.me);
    const sentence = others.length > 1 ? line.dataset.many : line.dataset.one;
    line.textContent = others.length ? sentence.replace("…", others.join(", ")) : "";
    clearTimeout(line.silence);
    if (event === "writing") line.silence = setTimeout(() => (line.textContent = ""), 6_000);
  }
}

if (page) {
  const { url, renew, topics } = page.dataset;
  const stream = new Stream({ url, token: page.content, renewal: `${renew}?topics=${topics}`, heard });
  let hiding;

  const comeBack = () => {
    clearTimeout(hiding);
    // A browser has six connections per site over HTTP/1.1: hidden tabs give theirs back.
    if (document.hidden) hiding = setTimeout(() => stream.close(), 3_000);
    else if (!stream.isOpen) stream.renew();
  };

  stream.open();
  document.addEventListener("visibilitychange", comeBack);
  addEventListener("pageshow", ({ persisted }) => persisted && stream.renew());
  addEventListener("offline", () => stream.close());
  addEventListener("online", () => stream.renew());
  addEventListener("pagehide", () => stream.close());
}
