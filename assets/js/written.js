// What somebody has written in a form: its text, and the fields beside it that a draft keeps too.
const OTHERS = ["title", "kind", "tags", "choices", "after_reply"];

const othersOf = (field) => OTHERS.map((name) => field.form.elements[name]).filter(Boolean);

export const inputsOf = (field) => [field, ...othersOf(field)];

export const hasWords = (field) => Boolean(field.value || field.form.elements.title?.value);

const valueOf = (input) => (input.type === "checkbox" ? (input.checked ? "1" : "") : input.value);

export function wordsIn(field) {
  return Object.fromEntries([["body", field.value], ...othersOf(field).map((input) => [input.name, valueOf(input)])]);
}

export function differs(field, kept) {
  return Object.entries(wordsIn(field)).some(([name, value]) => (kept[name] ?? value) !== value);
}

export function writeIn(field, kept) {
  field.value = kept.body;
  for (const input of othersOf(field)) {
    if (input.type === "checkbox") input.checked = Boolean(kept[input.name]);
    else input.value = kept[input.name] ?? input.value;
  }
}
