// Small comforts of forms: filters that send themselves, a count of what is left, one send per press.
import { attach } from "./attach.js";

attach("form[data-submit-on-change]", (form) => {
  form.addEventListener("change", () => form.requestSubmit());
});

attach("[data-count-for]", (shown) => {
  const field = document.getElementById(shown.dataset.countFor);
  const count = () => {
    shown.textContent = field.maxLength - field.value.length;
  };
  field?.addEventListener("input", count);
  if (field) count();
});

// A double click must not send twice where the page is about to change anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.closest("[hx-post]")) return;
  if (form.dataset.sending) event.preventDefault();
  form.dataset.sending = "yes";
  setTimeout(() => delete form.dataset.sending, 5000);
});
addEventListener("pageshow", () => document.querySelectorAll("[data-sending]").forEach((form) => delete form.dataset.sending));
