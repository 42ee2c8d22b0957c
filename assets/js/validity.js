// What a browser says of a field it refuses comes in its own language: here in that of the page (frame/field_words.html).
const words = JSON.parse(document.getElementById("field-words")?.textContent ?? "{}");
const MISSING = { checkbox: "unticked", radio: "unchosen", "select-one": "unchosen", file: "fileless" };
const TYPES = { email: "email", url: "url" };

function wordsFor({ type, validity, min, max, minLength }) {
  const said = (name, limit = "") => words[name]?.replace("{}", limit);
  if (validity.valueMissing) return said(MISSING[type] ?? "missing");
  if (validity.typeMismatch) return said(TYPES[type] ?? "other");
  if (validity.rangeUnderflow) return said("low", min);
  if (validity.rangeOverflow) return said("high", max);
  if (validity.tooShort) return said("short", minLength);
  return said("other");
}

document.addEventListener(
  "invalid",
  ({ target }) => {
    target.setCustomValidity("");
    if (!target.validity.valid) target.setCustomValidity(wordsFor(target) ?? "");
  },
  true,
);

// Whatever is changed, each field is judged anew: one choice of a group answers for all of it.
const forget = ({ target }) => {
  for (const field of target.form?.elements ?? []) field.setCustomValidity?.("");
};
document.addEventListener("input", forget, true);
document.addEventListener("change", forget, true);
