// form[data-upload-progress]: a large file goes with its progress; a refusal shows the page the server answered.
import { attach } from "./attach.js";

attach("form[data-upload-progress]", (form) => {
  const bar = form.querySelector("progress");
  form.addEventListener("submit", (event) => {
    if (!Array.from(form.querySelectorAll("input[type=file]")).some((input) => input.files.length)) return;
    event.preventDefault();
    const button = event.submitter || form.querySelector("button[type=submit]");
    const request = new XMLHttpRequest();
    request.open("POST", button.formAction || form.action);
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
    });
    const again = (words) => {
      bar.hidden = true;
      button.disabled = false;
      form.dispatchEvent(new Event("palabre:stayed"));
      document.dispatchEvent(new CustomEvent("palabre:toast", { detail: { message: words, level: "error" } }));
    };
    request.addEventListener("error", () => again(form.dataset.errorWords));
    request.addEventListener("load", () => {
      if (request.status < 400) return location.assign(request.responseURL);
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const refusal = answer.querySelector("[role=alert]");
      return again(refusal ? refusal.textContent.trim() : form.dataset.errorWords);
    });
    bar.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
});
