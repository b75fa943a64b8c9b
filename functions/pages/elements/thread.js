// Two-way texting with a tenant.

import { ConsentElement, arrange, chip, define, h, say } from "./element.js";
import { dayOf, timeOf } from "./format.js";

/** The most that a text may have, in characters as the service counts them. */
const LONGEST = 1_600;

/** `<consent-thread api facility tenant>`. */
export class ConsentThread extends ConsentElement {
  static needs = ["facility", "tenant"];
  static poll = 5;
  #pages = 1;
  #atEnd = true;
  /** Makes a retry of the same text safe. @type {{body: string, key: string} | undefined} */
  #attempt;

  /** @param {AbortSignal} signal */
  async load(signal) {
    /** @type {any[]} */
    const messages = [];
    /** @type {any} */
    let data;
    for (let page = 0; page < this.#pages; page += 1) {
      if (page && !data.next) break;
      const query = page ? `?cursor=${encodeURIComponent(data.next)}` : "";
      ({ data } = await this.send("GET", this.atTenant(`/messages${query}`), { signal }));
      messages.push(...data.messages);
    }
    this.once(() => this.#build());
    this.#show(messages.reverse(), data);
  }

  #build() {
    this.earlier = h("button", { type: "button", class: "quiet", onclick: () => void this.#older() }, this.t("earlierTexts"));
    this.list = h("ol", { class: "texts" });
    this.nothing = h("p", { class: "empty", hidden: true }, this.t("noTexts"));
    this.log = h("div", { class: "log", role: "log", tabindex: 0, "aria-label": this.t("threadTitle") }, this.earlier, this.nothing, this.list);
    const { log } = this;
    log.addEventListener("scroll", () => {
      this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    });
    new ResizeObserver(() => this.#toEnd(this.#atEnd)).observe(log);
    this.notice = h("p", { class: "notice", lang: "en", hidden: true });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.input = h("textarea", { id: "text", rows: 3, "aria-describedby": "count", oninput: () => this.#count() });
    this.counter = h("span", { id: "count", class: "muted" });
    this.button = h("button", { type: "submit", class: "strong" }, this.t("send"));
    this.form = h("form", {},
      h("label", { for: "text" }, this.t("yourText")),
      this.input,
      h("div", { class: "row" }, this.counter, this.button));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.body.append(h("h2", { class: "title" }, this.t("threadTitle")), this.log, this.form, this.problem, this.notice);
    this.#count();
  }

  /**
   * @param {any[]} messages oldest first
   * @param {any} thread
   */
  #show(messages, thread) {
    if (!this.list || !this.log || !this.notice || !this.button || !this.input || !this.nothing || !this.earlier) return;
    say(this.notice, thread.notice ?? (thread.can_send ? null : this.t("twoWayOff")));
    this.notice.lang = thread.notice ? "en" : this.language;
    this.button.disabled = !thread.can_send;
    // What was typed can still be read and copied.
    this.input.disabled = !thread.can_send && !this.input.value;
    this.earlier.hidden = !thread.next;
    this.nothing.hidden = messages.length > 0;
    const { log } = this;
    const fromEnd = log.scrollHeight - log.scrollTop;
    const atEnd = this.#atEnd;
    arrange(this.list, this.#items(messages));
    log.scrollTop = log.scrollHeight - fromEnd;
    this.#toEnd(atEnd);
  }

  /** The texts, and before the first one of each day, the day.
   * @param {any[]} messages oldest first
   */
  #items(messages) {
    /** @type {[string, () => HTMLElement][]} */
    const items = [];
    let date = "";
    for (const message of messages) {
      const day = dayOf(message.at, this.language);
      if (day.textContent !== date) items.push([`${this.language} ${message.id}`, () => h("li", { class: "day" }, day)]);
      date = day.textContent ?? "";
      items.push([`${this.language} ${JSON.stringify(message)}`, () => this.#message(message)]);
    }
    return items;
  }

  /** The newest text is at the end, and stays in sight for who was there.
   * @param {boolean} wanted
   */
  #toEnd(wanted) {
    if (wanted && this.log) this.log.scrollTop = this.log.scrollHeight;
    this.#atEnd = wanted;
  }

  /** @param {any} message */
  #message(message) {
    const inbound = message.direction === "inbound";
    const meaning = inbound && message.classified_as && message.classified_as !== "none" ? message.classified_as : null;
    const failed = message.state === "failed";
    return h("li", { class: message.direction },
      h("p", { class: "bubble", dir: "auto" }, message.body),
      h("p", { class: "meta" },
        this.t(inbound ? "fromCustomer" : "fromFacility"), ", ", timeOf(message.at, this.language),
        ...(meaning ? [" ", chip(this.t(/** @type {any} */ (`meaning.${meaning}`)), meaning === "opt_in" ? "good" : meaning === "help" ? "plain" : "warn")] : []),
        ...(failed ? [" ", chip(this.t("notSent"), "bad")] : [])));
  }

  #count() {
    if (!this.counter || !this.input) return;
    const length = [...this.input.value].length;
    this.counter.textContent = this.t("characters", { count: length, most: LONGEST });
    this.counter.classList.toggle("over", length > LONGEST);
  }

  async #older() {
    this.#pages += 1;
    await this.refresh();
  }

  async #send() {
    const { input, problem, button } = this;
    if (!input || !problem || !button) return;
    const body = input.value;
    if (!body.trim()) return input.focus();
    if (this.#attempt?.body !== body) this.#attempt = { body, key: crypto.randomUUID() };
    const headers = { "idempotency-key": this.#attempt.key };
    button.disabled = true;
    const undo = () => {
      button.disabled = false;
    };
    const answer = await this.change(problem, undo, () => this.send("POST", this.atTenant("/messages"), { body: { body }, headers }));
    if (answer) {
      this.#attempt = undefined;
      input.value = "";
      this.#count();
      this.announce(this.t("sent"));
      this.changed(answer.data);
    }
    await this.refresh();
    this.#toEnd(this.#atEnd || Boolean(answer));
    input.focus();
  }
}

define("consent-thread", ConsentThread);
