// What a person chose once (speed, captions) is chosen for the next film. A browser may refuse to remember.
export function recall(name) {
  try {
    return localStorage.getItem(`palabre:player:${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`palabre:player:${name}`);
    else localStorage.setItem(`palabre:player:${name}`, value);
  } catch {
    // Private windows have no storage: the choice lasts as long as the page.
  }
}
