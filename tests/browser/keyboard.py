"""Hands that have a keyboard only: they press, and see where they are."""

from playwright.sync_api import Locator, Page

# Where the focus is, and what hides it: nothing, or the sentence that says so.
STOP = """() => {
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
}"""
ENOUGH = 150  # places to stop on one page


def stop(page: Page) -> dict | None:
    return page.evaluate(STOP)


def is_here(target: Locator) -> bool:
    return target.evaluate("one => one === document.activeElement")


def go_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus; each place on the way is seen."""
    target.wait_for(state="attached")
    for _step in range(3 * ENOUGH):
        if is_here(target):
            return
        page.keyboard.press(key)
        here = stop(page)
        assert not here or not here["fault"], f"{here['who']} {here['fault']} ({page.url})"
    raise AssertionError(f"{target} is not reached by {key} on {page.url}")


def walk(page: Page) -> list[str]:
    """What is wrong with each place where the focus stops, down the page and back up."""
    faults, stops = [], 0
    for key in ("Tab", "Shift+Tab"):
        for _step in range(ENOUGH):
            page.keyboard.press(key)
            here = stop(page)
            if here is None:
                break
            stops += 1
            if here["fault"]:
                faults.append(f"{key} to {here['who']}: {here['fault']}")
    assert stops > 8, f"{page.url} has only {stops} places to stop"
    return faults
