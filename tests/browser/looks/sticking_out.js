// Words that stick out of the button, badge or tab that holds them.
() => [...document.querySelectorAll("main .btn, main .badge, main .tab, nav a, header .btn:not(.indicator)")]
  .filter((one) => one.checkVisibility() && !one.closest(".sr-only") && !one.querySelector(".truncate"))
  .filter((one) => {
    const box = one.getBoundingClientRect(), range = document.createRange();
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || node.parentElement.closest(".sr-only")) continue;
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      if (text.right > box.right + 2 || text.left < box.left - 2 || text.bottom > box.bottom + 3 || text.top < box.top - 3) return true;
    }
    return false;
  }).map((one) => `${one.className.slice(0, 40)}: ${one.innerText.trim().slice(0, 50)} sticks out`)
