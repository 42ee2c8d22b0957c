// An open conversation. Whatever brings it here (an act of one's own, the stream, the tab coming back, the line
// coming back), the page asks for what came after its last number and puts each post where it belongs, once.
import { attach, isSignedOut } from "./attach.js";

const open = new Set();

class Talk {
  constructor(list) {
    this.list = list;
    this.root = list.closest("[data-talk-root]") || list.parentElement;
  }

  async pull() {
    if (!this.list.isConnected) return open.delete(this);
    if (this.busy) return (this.again = true);
    this.busy = true;
    try {
      const { talk, after, since, narrow = "", more } = this.list.dataset;
      const query = new URLSearchParams({ after, since, narrow, more: more ? "1" : "" });
      const answer = await fetch(`${talk}?${query}`, { headers: { "HX-Request": "true" } });
      if (answer.ok && !isSignedOut(answer)) this.read(await answer.text());
    } catch {
      // No line: the next sign of life asks again, from the same number.
    }
    this.busy = false;
    if (this.again) [this.again] = [false, this.pull()];
  }

  read(html) {
    // Our server's own fragment, escaped there; what a template holds runs nothing.
    const box = document.createElement("template");
    box.innerHTML = html;
    const news = box.content.querySelector("[data-talk-news]");
    if (!news) return;
    [...news.children].forEach((post) => this.place(post));
    Object.assign(this.list.dataset, { after: news.dataset.after, since: news.dataset.since });
    this.count(news.dataset);
    const status = this.root.querySelector("[data-talk-status]");
    if (status && news.dataset.say) status.textContent = news.dataset.say;
  }

  // What stands above the list says how many replies there are now.
  count({ number, heading }) {
    document.querySelectorAll("[data-talk-number]").forEach((one) => (one.textContent = number));
    document.querySelectorAll("[data-talk-heading]").forEach((one) => (one.textContent = heading));
    if (this.list.children.length) this.root.querySelector("[data-talk-empty]")?.remove();
  }

  place(post) {
    const here = document.getElementById(post.id);
    if (here) return this.redraw(here, post);
    if (post.hasAttribute("data-removed")) return;
    const { parent } = post.dataset;
    const replies = parent && document.getElementById(`replies-${parent}`);
    if (parent && !replies) return this.sayMore();
    if (!parent && this.list.dataset.more) return this.sayMore();
    (replies || this.list).append(post);
    window.htmx?.process(post);
  }

  redraw(here, post) {
    const replies = here.querySelector(":scope > ol");
    if (post.hasAttribute("data-removed") && !replies?.children.length) return here.remove();
    // Somebody is writing in it or has its menu open: the words can wait.
    if (here.contains(document.activeElement) && document.activeElement.matches("textarea, input")) return;
    if (replies?.children.length) post.querySelector(":scope > ol")?.replaceWith(replies);
    here.replaceWith(post);
    window.htmx?.process(post);
  }

  sayMore() {
    this.root.querySelector("[data-talk-more]")?.removeAttribute("hidden");
  }
}

attach("[data-talk]", (list) => {
  const talk = new Talk(list);
  open.add(talk);
  list.addEventListener(`live:${list.dataset.live}`, () => document.visibilityState === "visible" && talk.pull());
});

const pullAll = () => document.visibilityState === "visible" && open.forEach((talk) => talk.pull());
document.addEventListener("palabre:talk", pullAll);
document.addEventListener("visibilitychange", pullAll);
addEventListener("online", pullAll);
document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close-slot]");
  if (close) close.closest("form").remove();
});
