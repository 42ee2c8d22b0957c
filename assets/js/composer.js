// Where people write: Markdown buttons, mentions, pasted files, Ctrl+Enter; drafts live in drafts.js.
import "@github/text-expander-element";
import { attach } from "./attach.js";
import { keepDraft } from "./drafts.js";
import { acceptFiles } from "./uploads.js";

const MARKS = {
  bold: ["**", "**"], italic: ["*", "*"], quote: ["\n> ", ""], list: ["\n- ", ""], link: ["[", "](https://)"], code: ["`", "`"],
};

// execCommand keeps the browser's own undo working, which setting the value would lose.
export function insert(field, text) {
  field.focus();
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(field, name) {
  const [open, close] = MARKS[name];
  const { selectionStart: start, value } = field;
  const chosen = value.slice(start, field.selectionEnd);
  const opening = open.startsWith("\n") && (start === 0 || value[start - 1] === "\n") ? open.slice(1) : open;
  insert(field, opening + chosen + close);
  if (!chosen || name === "link") {
    const caret = start + opening.length + (name === "link" && chosen ? chosen.length + 2 : 0);
    field.setSelectionRange(caret, name === "link" && chosen ? caret + 8 : caret);
  }
}

// In the top layer, below the caret or above it, and never past an edge of the window.
function showInWindow(list) {
  list.showPopover();
  requestAnimationFrame(() => {
    const { bottom, right, height } = list.getBoundingClientRect();
    if (bottom > innerHeight) list.style.top = `calc(${getComputedStyle(list).top} - ${height + 28}px)`;
    if (right > innerWidth) list.style.left = `calc(${getComputedStyle(list).left} - ${right - innerWidth + 8}px)`;
  });
}

function offerMentions(expander, url) {
  expander.addEventListener("text-expander-activate", () => showInWindow(expander.querySelector("[role=listbox]")));
  expander.addEventListener("text-expander-change", ({ detail: { key, provide, text } }) => {
    if (key !== "@" || text.length < 1) return;
    provide(fetch(`${url}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((html) => {
        // Our server's own fragment, escaped there; what a template holds runs nothing.
        const box = document.createElement("template");
        box.innerHTML = html;
        const fragment = box.content.querySelector("[role=listbox]");
        return { matched: Boolean(fragment?.querySelector("[role=option]")), fragment };
      })
      .catch(() => ({ matched: false })));
  });
  expander.addEventListener("text-expander-value", ({ detail }) => {
    detail.value = detail.item.dataset.value;
  });
}

attach("[data-composer]", (composer) => {
  const field = composer.querySelector("textarea");
  const expander = composer.querySelector("text-expander");
  if (expander && composer.dataset.suggestUrl) offerMentions(expander, composer.dataset.suggestUrl);
  composer.querySelectorAll("[data-mark]").forEach((button) => {
    button.addEventListener("click", () => mark(field, button.dataset.mark));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      field.form.requestSubmit();
    }
  });
  if (composer.dataset.uploadUrl) acceptFiles(composer, field, insert);
  if (composer.dataset.place) keepDraft(composer, field);
});
