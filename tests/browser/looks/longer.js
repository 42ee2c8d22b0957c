// The pseudo-language: every word of ours of four letters or more grows by 40 %, in one piece, as German would have it.
// What people wrote, and what a person is called, stays.
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest("script, style, noscript, svg, body [lang], .written, .avatar")) found.push(node);
  for (const node of found)
    node.data = node.data.replace(/\p{L}{4,}/gu, (word) => word + word.slice(0, Math.ceil(word.length * .4)).toLowerCase());
  return found.length;
}
