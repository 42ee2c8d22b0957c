// An image pasted, dropped or chosen in a composer goes up at once; its place in the text waits for it.
import { csrf } from "./attach.js";
import { toast } from "./toasts.js";

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function send(composer, field, file, insert) {
  const name = file.name || "image.png";
  const waiting = `![${composer.dataset.sayUploading} ${name}…]()`;
  const status = composer.querySelector("[data-draft-status]");
  const say = (words) => status && (status.textContent = words);
  insert(field, waiting);
  const body = new FormData();
  body.set("file", file, name);
  body.set("place", composer.dataset.place || "");
  body.set("csrfmiddlewaretoken", csrf());
  // Only a line or a server that failed is worth a second try: a file that was refused stays refused.
  const failed = (message, again) => {
    say("");
    replace(field, waiting, "");
    const retry = again ? () => send(composer, field, file, insert) : undefined;
    toast(message || composer.dataset.sayUploadFailed, { level: "error", retry });
  };
  const request = new XMLHttpRequest();
  request.open("POST", composer.dataset.uploadUrl);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
    if (lengthComputable) say(`${name} ${percent.format(loaded / total)}`);
  });
  request.addEventListener("error", () => failed("", true));
  request.addEventListener("load", () => {
    const found = parsed(request.responseText);
    if (request.status >= 400) return failed(found.detail, request.status >= 500);
    say("");
    replace(field, waiting, found.markdown);
  });
  request.send(body);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// Whoever wrote on meanwhile stays where they were; a caret on the file's place goes after it, so that nothing is selected.
function replace(field, old, text) {
  const at = field.value.indexOf(old);
  if (at < 0) return;
  const moved = (caret) => (caret > at ? Math.max(at, caret - old.length) + text.length : caret);
  const [start, end] = [moved(field.selectionStart), moved(field.selectionEnd)];
  field.setRangeText(text, at, at + old.length);
  field.setSelectionRange(start, end, field.selectionDirection);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function acceptFiles(composer, field, insert) {
  const take = (event, files) => {
    if (!files?.length) return;
    event.preventDefault();
    [...files].forEach((file) => send(composer, field, file, insert));
  };
  field.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
  field.addEventListener("drop", (event) => take(event, event.dataTransfer?.files));
  const chooser = composer.querySelector("input[data-upload]");
  chooser?.addEventListener("change", (event) => {
    take(event, chooser.files);
    chooser.value = "";
  });
}
