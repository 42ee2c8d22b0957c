// A finger hits what it aims at 44 px around; links inside sentences are measured by their line, as WCAG allows.
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.disabled && !one.closest(".sr-only, text-expander ul"))
  .filter((one) => one.offsetWidth > 2 || one.closest("label"))
  .map((one) => [one, one.matches("input") && one.closest("label") || one])
  .filter(([one, shown]) => {
    const isInSentence = shown.tagName === "A" && (getComputedStyle(shown).display === "inline" || shown.closest("p, .written, .breadcrumbs"));
    // The dots of a film are many and close; each moment is also a line of the transcript.
    if (isInSentence || shown.matches(".player-dot")) return false;
    const box = shown.getBoundingClientRect(), after = getComputedStyle(shown, "::after");
    const larger = after.position === "absolute" && after.content !== "none";
    const [width, height] = larger ? [parseFloat(after.width), parseFloat(after.height)] : [box.width, box.height];
    return height < 43.5 || width < (one.matches("input") ? 23.5 : 43.5);
  }).map(([one, shown]) => {
    const box = shown.getBoundingClientRect();
    const name = (one.getAttribute("aria-label") || one.innerText || one.name || "").trim().slice(0, 30);
    return `${one.tagName.toLowerCase()}.${shown.className.slice(0, 50)} ${name} ${Math.round(box.width)}×${Math.round(box.height)}`;
  })
