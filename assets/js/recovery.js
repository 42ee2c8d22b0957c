// What this device kept of a text, and the button that brings it back.
import { attach } from "./attach.js";

export function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    return {};
  }
}

// Whoever signs out leaves on this device no text that the server has; what it has not is kept for their return.
attach("form[action$='/accounts/logout/']", (form) =>
  form.addEventListener("submit", () =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith("palabre:draft:") && stored(key).saved)
      .forEach((key) => localStorage.removeItem(key)),
  ),
);

// The message was sent but nobody said it arrived: offer the text, do not push it.
export function offerBack(status, words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-xs btn-ghost text-primary";
  button.textContent = words;
  button.addEventListener("click", act);
  status.replaceChildren(button);
}
