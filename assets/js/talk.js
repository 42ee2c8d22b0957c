// An open conversation. Whatever brings it here (an act of one's own, the stream, the tab coming back, the line
// coming back), the page asks for what came after its last number and puts each post where it belongs, once.
import { attach, isSignedOut } from "./attach.js";
import { count, place } from "./placing.js";

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
    if (news) this.take(news);
  }

  take(news) {
    const fresh = [...news.children].filter((post) => place(this, post));
    Object.assign(this.list.dataset, { after: news.dataset.after, since: news.dataset.since });
    count(this, news.dataset, fresh);
  }

  // News of a post that is here already, or comes with the answer that is on its way, asks for nothing.
  hear({ number }) {
    if (this.sending) this.heard = Math.max(this.heard || 0, number || Infinity);
    else if (!(number <= Number(this.list.dataset.after))) this.pull();
  }

  answered() {
    this.sending = false;
    const { heard } = this;
    this.heard = 0;
    if (heard) this.hear({ number: heard });
  }
}

attach("[data-talk]", (list) => {
  const talk = new Talk(list);
  open.add(talk);
  list.addEventListener(`live:${list.dataset.live}`, ({ detail }) => document.visibilityState === "visible" && talk.hear(detail));
});

const talkOf = (form) => [...open].find(({ list }) => list.isConnected && list.dataset.talk === form?.getAttribute?.("action"));

// A reply says how far this page is; the answer brings the post with whatever else came.
document.addEventListener("submit", ({ target: form }) => {
  const talk = talkOf(form);
  if (!talk || !form.hasAttribute("hx-post")) return;
  for (const name of ["after", "since"]) {
    const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    field.value = talk.list.dataset[name];
  }
  talk.sending = true;
}, true);
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => setTimeout(() => talkOf(ctx?.sourceElement)?.answered()));
attach("#talk-news > [data-talk-news]", (news) => {
  news.remove(); // before its posts are looked for in the page
  [...open].find(({ list }) => list.dataset.live === news.dataset.live)?.take(news);
});

const pullAll = () => document.visibilityState === "visible" && open.forEach((talk) => talk.pull());
document.addEventListener("palabre:talk", pullAll);
document.addEventListener("visibilitychange", pullAll);
addEventListener("online", pullAll);
