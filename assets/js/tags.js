// input[data-tags]: words with commas between them; the list of known tags completes the one that is being typed.
import { attach } from "./attach.js";

attach("input[data-tags]", (field) => {
  const known = [...field.list.options].map(({ value }) => value);
  field.addEventListener("input", () => {
    const before = field.value.slice(0, field.value.lastIndexOf(",") + 1);
    const chosen = before.split(",").map((word) => word.trim().toLowerCase());
    const left = known.filter((name) => !chosen.includes(name));
    field.list.replaceChildren(...left.map((name) => new Option("", before ? `${before} ${name}` : name)));
  });
});
