// Where the focus is, and what hides it: nothing, or the sentence that says so.
() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const name = (one.getAttribute("aria-label") || one.innerText || one.name || one.id || "").trim().slice(0, 40);
  // A field that is drawn by its label (a file, a quiz option) is seen where the label is.
  const shown = one.offsetWidth > 2 ? one : one.closest("label") || one;
  // A link over two lines has two boxes, and its middle may be in neither.
  const boxes = [...shown.getClientRects()].filter((box) => box.width && box.height);
  const points = boxes.flatMap(({left, top, width, height}) =>
    [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]].map(([x, y]) => [left + width * x, top + height * y]));
  const onTop = points.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (shown.contains(hit) || hit.contains(shown) && hit.closest("label, a, button, summary") === hit);
  });
  const ring = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
  };
  const marked = ring(one) || ring(shown) || [...(one.labels ?? [])].some(ring) || ring(one.parentElement);
  const fault = !onTop ? "is hidden" : !marked ? "is not marked" : "";
  return {who: `${one.tagName.toLowerCase()} ${name}`, fault, at: one.getBoundingClientRect().top};
}
