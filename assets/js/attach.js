// Behaviours for elements that are here now and for those that a swap brings later.

const attached = new WeakMap();

function once(element, behaviour) {
  const done = attached.get(element) || new Set();
  if (done.has(behaviour)) return;
  attached.set(element, done.add(behaviour));
  behaviour(element);
}

export function attach(selector, behaviour) {
  const look = (root) => {
    if (root.matches?.(selector)) once(root, behaviour);
    root.querySelectorAll?.(selector).forEach((element) => once(element, behaviour));
  };
  look(document);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(look))).observe(document.body, {
    childList: true,
    subtree: true,
  });
}

export function whenSeen(selector, behaviour) {
  const watcher = new IntersectionObserver(
    (entries) =>
      entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
        watcher.unobserve(target);
        behaviour(target);
      }),
    { rootMargin: "200px" },
  );
  attach(selector, (element) => watcher.observe(element));
}

export function csrf() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

// An expired session answers a fragment with the sign-in page: that is a failure, whatever its status.
export function isSignedOut(response) {
  return response.status === 401 || (response.redirected && new URL(response.url).pathname.startsWith("/accounts/"));
}
