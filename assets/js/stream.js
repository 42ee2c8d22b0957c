// The line to the server of news: one EventSource, opened again with a fresh token whenever it was lost.
// `heard(event, data)` is called for each event; "back" follows every opening but the first.
const SILENCE = 45_000; // The server pings every 20 s; after this much silence the line is dead.
const LONGEST_PAUSE = 30_000;
const EVENTS = ["hello", "changed", "resync", "presence", "writing", "ping"];

export class Stream {
  #source = null;
  #pause = 1_000;
  #opened = false;
  #watchdog;
  #attempt;

  constructor({ url, token, renewal, heard }) {
    Object.assign(this, { url, token, renewal, heard });
  }

  get isOpen() {
    return this.#source !== null;
  }

  open() {
    if (this.#source || document.hidden || !this.token) return;
    this.#source = new EventSource(`${this.url}?token=${encodeURIComponent(this.token)}`);
    this.#source.addEventListener("open", () => this.#begin());
    for (const name of EVENTS) {
      this.#source.addEventListener(name, ({ data }) => {
        this.#stillAlive();
        this.heard(name, JSON.parse(data));
      });
    }
    this.#source.addEventListener("over", () => this.#lost());
    this.#source.addEventListener("error", () => this.#lost());
    this.#stillAlive();
  }

  close() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#watchdog);
    clearTimeout(this.#attempt);
  }

  // A fresh token asks anew what this person may hear. An answer that holds none (signed out, no right left)
  // leaves the page quiet until somebody comes back to it.
  async renew() {
    this.close();
    if (document.hidden) return;
    try {
      const answer = await fetch(this.renewal, { redirect: "manual" });
      if (answer.status >= 500 || answer.status === 429) return this.#lost();
      this.token = answer.ok ? (await answer.json()).token : null;
      this.open();
    } catch {
      this.#lost();
    }
  }

  #begin() {
    this.#pause = 1_000;
    if (this.#opened) this.heard("back", {});
    this.#opened = true;
  }

  #stillAlive() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(), SILENCE);
  }

  #lost() {
    this.close();
    this.#attempt = setTimeout(() => this.renew(), this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
