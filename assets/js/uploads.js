// An image pasted, dropped or chosen in a composer goes up at once; its place in the text waits for it.
import { csrf } from "./attach.js";
import { toast } from "./toasts.js";

async function send(composer, field, file, insert) {
  const waiting = `![${composer.dataset.sayUploading} ${file.name || "image"}…]()`;
  insert(field, waiting);
  const body = new FormData();
  body.set("file", file, file.name || "image.png");
  body.set("place", composer.dataset.place || "");
  body.set("csrfmiddlewaretoken", csrf());
  const failed = (message) => {
    replace(field, waiting, "");
    toast(message || composer.dataset.sayUploadFailed, { level: "error", retry: () => send(composer, field, file, insert) });
  };
  try {
    const answer = await fetch(composer.dataset.uploadUrl, { method: "POST", body, headers: { Accept: "application/json" } });
    const found = await answer.json().catch(() => ({}));
    if (answer.ok) replace(field, waiting, found.markdown);
    else failed(found.detail);
  } catch {
    failed();
  }
}

function replace(field, old, text) {
  const at = field.value.indexOf(old);
  if (at < 0) return;
  field.setRangeText(text, at, at + old.length, "preserve");
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
