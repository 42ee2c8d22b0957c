// The scripts of passkeys say on the console only that a device gave no key; the page has words for it.
document.addEventListener("allauth.error", (event) => {
  const words = document.querySelector("[data-passkey-failure]");
  if (!words) return;
  event.preventDefault();
  words.hidden = false;
});
