// What this device kept of a text, and the button that brings it back.

export function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    return {};
  }
}

// The message was sent but nobody said it arrived: offer the text, do not push it.
export function offerBack(status, words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-xs btn-ghost text-primary";
  button.textContent = words;
  button.addEventListener("click", act);
  status.replaceChildren(button);
}
