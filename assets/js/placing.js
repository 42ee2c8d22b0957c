// Each post of an open conversation goes to its place, once; what is being typed there stays.
import { toast } from "./toasts.js";

// Says whether the post is new to the page.
export function place(talk, post) {
  const here = document.getElementById(post.id);
  if (here) return redraw(talk, here, post);
  if (post.hasAttribute("data-removed")) return false;
  const { parent } = post.dataset;
  const replies = parent && document.getElementById(`replies-${parent}`);
  if (parent && !replies) return sayMore(talk);
  if (!parent && talk.list.dataset.more) return sayMore(talk);
  (replies || talk.list).append(post);
  window.htmx?.process(post);
  return true;
}

const slotOf = (post) => post.querySelector(":scope > article > [id^='slot-'], :scope > div > [id^='slot-']");
const typed = (slot) => slot?.querySelector("textarea")?.value.trim();

function redraw(talk, here, post) {
  const [replies, slot] = [here.querySelector(":scope > ol"), slotOf(here)];
  const isGone = post.hasAttribute("data-removed");
  if (isGone && typed(slot)) moveWords(talk, typed(slot));
  if (isGone && !replies?.children.length) return here.remove();
  if (replies?.children.length) post.querySelector(":scope > ol")?.replaceWith(replies);
  if (slot?.children.length) slotOf(post)?.replaceWith(slot);
  here.replaceWith(post);
  window.htmx?.process(post);
  return false;
}

// The post that was being answered is gone: the words go on in the composer of the whole conversation.
function moveWords({ list, root }, words) {
  const field = document.querySelector("#composer textarea, #conversation-composer textarea");
  if (!field) return;
  field.value = [field.value.trim(), words].filter(Boolean).join("\n\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  toast(list.dataset.sayMoved, { level: "warning" });
  if (root.contains(document.activeElement)) field.focus();
}

function sayMore({ root }) {
  root.querySelector("[data-talk-more]")?.removeAttribute("hidden");
  return false;
}

// What stands above the list says how many there are now; one's own post is shown, another's is told.
export function count({ list, root }, { number, heading, say, mine }, fresh) {
  document.querySelectorAll("[data-talk-number]").forEach((one) => (one.textContent = number));
  document.querySelectorAll("[data-talk-heading]").forEach((one) => (one.textContent = heading));
  root.querySelector("[data-talk-empty]")?.toggleAttribute("hidden", Boolean(list.querySelector("[data-post]")));
  const status = root.querySelector("[data-talk-status]");
  if (status && say) status.textContent = say;
  const own = fresh.find((post) => post.dataset.post === mine);
  const far = fresh.find((post) => post.getBoundingClientRect().top > innerHeight);
  if (own) show(own);
  else if (far) offer(root, far);
}

function show(post) {
  post.scrollIntoView({ block: "nearest", behavior: "smooth" });
  post.classList.add("just-written");
  setTimeout(() => post.classList.remove("just-written"), 2500);
}

// "1 new ↓", where one reads elsewhere.
function offer(root, post) {
  const pill = root.querySelector("[data-talk-pill]");
  if (!pill) return;
  const unseen = [...root.querySelectorAll("[data-fresh]")].filter((one) => one.getBoundingClientRect().top > innerHeight);
  post.dataset.fresh = "";
  pill.querySelector("span").textContent = unseen.length + 1;
  pill.hidden = false;
  pill.onclick = () => [show(root.querySelector("[data-fresh]") || post), (pill.hidden = true)];
  new IntersectionObserver(([{ isIntersecting }], watcher) => {
    if (!isIntersecting) return;
    delete post.dataset.fresh;
    pill.hidden = !root.querySelector("[data-fresh]");
    watcher.disconnect();
  }).observe(post);
}
