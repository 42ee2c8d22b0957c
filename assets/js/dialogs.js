// Native dialogs: opened and closed by attributes, closed by a click beside them.
import { attach } from "./attach.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
  else if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  else if (event.target instanceof HTMLDialogElement) event.target.close();
});

attach("dialog[data-dialog-auto]", (dialog) => {
  if (dialog.open) dialog.close();
  dialog.showModal();
});

// A button that asks first: its form goes only after the dialog's yes.
document.addEventListener("click", (event) => {
  const asker = event.target.closest("[data-confirm]");
  if (!asker || asker.dataset.confirmed) return;
  const dialog = document.getElementById(asker.dataset.confirm);
  if (!dialog) return;
  event.preventDefault();
  event.stopPropagation();
  dialog.showModal();
  dialog.querySelector("[data-confirm-yes]").onclick = () => {
    dialog.close();
    asker.dataset.confirmed = "yes";
    asker.click();
    delete asker.dataset.confirmed;
  };
}, true);
