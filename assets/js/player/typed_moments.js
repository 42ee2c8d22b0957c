// "0:24" typed in a text beside a film is a link to that moment of it.
import { attach } from "../attach.js";

const TIMES = /(?<![\d:])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:])/g;

function linked(text, length) {
  const pieces = [];
  let at = 0;
  for (const found of text.matchAll(TIMES)) {
    const [words, hours = 0, minutes, seconds] = found;
    const moment = 3600 * hours + 60 * minutes + Number(seconds);
    if (moment > length) continue;
    const link = document.createElement("a");
    link.href = `?t=${moment}`;
    link.dataset.moment = moment;
    link.className = "link font-mono";
    link.textContent = words;
    pieces.push(text.slice(at, found.index), link);
    at = found.index + words.length;
  }
  return pieces.length ? [...pieces, text.slice(at)] : [];
}

export function linkTypedMoments({ root }) {
  const length = Number(root.dataset.duration);
  attach("#conversation .written, .lesson", (written) => {
    const texts = document.createTreeWalker(written, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest("a, code, pre") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const nodes = [];
    while (texts.nextNode()) nodes.push(texts.currentNode);
    nodes.forEach((node) => {
      const pieces = linked(node.data, length);
      if (pieces.length) node.replaceWith(...pieces);
    });
  });
}
