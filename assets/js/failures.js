// A request that failed says so in a sentence and offers to try again; what was typed stays where it is.
import { isSignedOut } from "./attach.js";
import { toast } from "./toasts.js";

const say = document.getElementById("toasts").dataset;
const sentences = { 401: "saySignedOut", 403: "sayForbidden", 404: "sayGone", 410: "sayGone", 429: "saySlowDown" };

function retry(ctx) {
  const element = ctx.sourceElement;
  if (!element?.isConnected) return location.reload();
  if (element instanceof HTMLFormElement) return element.requestSubmit();
  return element.matches("a, button") ? element.click() : htmx.trigger(element, ctx.sourceEvent?.type || "load");
}

function report(ctx, message, again) {
  toast(message, { level: "error", retry: again ? () => retry(ctx) : undefined });
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 422) return; // the form itself says what is wrong
  const again = status >= 500 || status === 429;
  report(ctx, say[sentences[status]] || say.sayError, again);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  // A newer request replaces an older one: nobody has to know.
  if (!ctx || ctx.response || /AbortError/.test(ctx.status)) return;
  // Whether it is the line or the server nobody can tell from here: the sentence names both.
  report(ctx, navigator.onLine ? say.sayAway : say.sayOffline, true);
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!isSignedOut(ctx.response.raw)) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("palabre:signed-out", { detail: { ctx } }));
  toast(say.saySignedOut, { level: "error", retry: () => location.reload(), label: say.saySignIn });
});
