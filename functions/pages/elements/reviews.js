// Texts that a person has to read.

import { ConsentElement, arrange, chip, define, h, say } from "./element.js";
import { day, daysLeft, phone, time } from "./format.js";

/** What may be decided of each kind. */
const DECISIONS = /** @type {Record<string, string[]>} */ ({ hold: ["opt_out", "no_opt_out"], opted_out: ["seen"] });
/** Days before `decide_by` from which on it is said. */
const SOON = 3;

/** `<consent-reviews api facility>`. With `tenant-href="/tenants/{tenant_id}"`, names are links. */
export class ConsentReviews extends ConsentElement {
  static needs = ["facility"];
  static poll = 30;
  #status = "open";
  /** The ids of what is shown. @type {string[]} */
  #order = [];
  /** @type {string | null} */
  #next = null;
  #deciding = false;
  #pages = 1;

  /** @param {AbortSignal} signal */
  async load(signal) {
    /** @type {any[]} */
    const reviews = [];
    let cursor = "";
    let open = 0;
    for (let page = 0; page < this.#pages && cursor !== null; page += 1) {
      const query = new URLSearchParams({ status: this.#status, ...(cursor && { cursor }) });
      const { data } = await this.send("GET", this.atFacility(`/reviews?${query}`), { signal });
      reviews.push(...data.reviews);
      cursor = data.next;
      open = data.open;
    }
    this.#next = cursor;
    this.once(() => this.#build());
    this.#show(reviews, open);
  }

  #build() {
    this.count = h("span", { class: "chips" });
    this.list = h("ol", { class: "cards" });
    this.nothing = h("p", { class: "empty", tabindex: -1, hidden: true });
    this.more = h("button", { type: "button", onclick: () => this.#more() }, this.t("more"));
    this.tabs = ["open", "decided"].map((it) =>
      h("button", { type: "button", "aria-pressed": String(it === this.#status), onclick: () => this.#turn(it) }, this.t(/** @type {any} */ (`reviews.${it}`))));
    this.body.append(
      h("h2", { class: "title" }, this.t("reviewsTitle"), this.count),
      h("p", { class: "muted" }, this.t("reviewsWhat")),
      h("div", { class: "row tabs", role: "group", "aria-label": this.t("reviewsTitle") }, ...this.tabs),
      this.list,
      this.nothing,
      h("div", { class: "row" }, this.more));
  }

  /** @param {string} status */
  #turn(status) {
    this.#status = status;
    this.#pages = 1;
    for (const [index, tab] of (this.tabs ?? []).entries()) tab.setAttribute("aria-pressed", String((index === 0) === (status === "open")));
    void this.refresh();
  }

  #more() {
    this.#pages += 1;
    void this.refresh();
  }

  /**
   * @param {any[]} reviews
   * @param {number} open
   */
  #show(reviews, open) {
    if (!this.list || !this.nothing || !this.more || !this.count) return;
    this.count.replaceChildren(chip(this.t("openCount", { count: open }), open ? "warn" : "good"));
    this.more.hidden = !this.#next;
    say(this.nothing, reviews.length ? null : this.t(this.#status === "open" ? "nothingToRead" : "nothingDecided"));
    this.#order = reviews.map((it) => it.review_id);
    arrange(this.list, reviews.map((it) => [`${this.language} ${JSON.stringify(it)}`, () => this.#card(it)]));
  }

  /** @param {any} review */
  #card(review) {
    const id = `r-${review.review_id}`;
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const card = h("li", { class: "card" },
      h("article", { "aria-labelledby": id },
        h("div", { class: "said" },
          h("h3", { id }, ...this.#who(review)),
          h("p", { class: "meta" },
            h("span", { class: "number" }, phone(review.cell_phone)), " · ", time(review.received_at, this.language), " ", this.#due(review)),
          h("blockquote", { id: `t-${review.review_id}`, dir: "auto" }, ...marked(review.text, review.matched)),
          review.decision ? this.#decided(review) : null),
        this.#choices(review, problem),
        problem));
    card.addEventListener("keydown", (event) => this.#key(event, card));
    return card;
  }

  /** @param {any} review */
  #who({ tenants, tenant_count: count }) {
    const names = tenants.map((/** @type {any} */ it) => {
      const href = this.getAttribute("tenant-href")?.replaceAll("{tenant_id}", encodeURIComponent(it.tenant_id));
      return href ? h("a", { href }, h("bdi", {}, it.name)) : h("bdi", {}, it.name);
    });
    const listed = names.flatMap((/** @type {Node} */ it, /** @type {number} */ index) => (index ? [", ", it] : [it]));
    return count > tenants.length ? [...listed, ` ${this.t("andMore", { count: count - tenants.length })}`] : listed;
  }

  /** @param {any} review */
  #due({ decision, decide_by: by }) {
    if (decision) return null;
    const left = daysLeft(by, new Date());
    const words = this.t(left < 0 ? "overdueSince" : "decideBy", { day: day(by, this.language) });
    return chip(words, left < 0 ? "bad" : left <= SOON ? "warn" : "plain");
  }

  /** @param {any} review */
  #decided({ decision, decided_by: by, decided_at: at, note }) {
    const line = h("p", { class: "decided" }, h("strong", {}, this.t(/** @type {any} */ (`decided.${decision}`))), " ");
    if (by) line.append(h("bdi", {}, by), ", ");
    line.append(time(at, this.language));
    if (note) line.append(h("span", { class: "quoted", dir: "auto" }, ` “${note}”`));
    return line;
  }

  /**
   * @param {any} review
   * @param {HTMLElement} problem
   */
  #choices(review, problem) {
    // An opt-out may follow where a person first saw none.
    const choices = review.decision ? (review.decision === "no_opt_out" ? ["opt_out"] : []) : (DECISIONS[review.kind] ?? []);
    if (!choices.length) return null;
    const note = h("input", { type: "text", id: `n-${review.review_id}`, maxlength: 500, autocomplete: "off" });
    const buttons = choices.map((it) =>
      h("div", { class: "choice" },
        h("button", { type: "button", class: it === "opt_out" ? "strong" : null, "data-decision": it, "aria-describedby": `t-${review.review_id} e-${it}-${review.review_id}`,
          onclick: (/** @type {MouseEvent} */ event) => void this.#decide(event, review, it, note.value, problem) }, this.t(/** @type {any} */ (`decide.${it}`))),
        h("span", { id: `e-${it}-${review.review_id}`, class: "muted" }, this.t(/** @type {any} */ (`effect.${it}`)))));
    return h("div", { class: "choices" }, ...buttons, h("div", { class: "field" }, h("label", { for: note.id }, this.t("note")), note));
  }

  /**
   * @param {MouseEvent} event
   * @param {any} review
   * @param {string} decision
   * @param {string} note
   * @param {HTMLElement} problem
   */
  async #decide(event, review, decision, note, problem) {
    // The list moves up under the pointer: a double click is no decision about the next text.
    if (this.#deciding || event.detail > 1) return;
    this.#deciding = true;
    const index = this.#order.indexOf(review.review_id);
    const body = note.trim() ? { decision, note: note.trim() } : { decision };
    const path = this.atFacility(`/reviews/${encodeURIComponent(review.review_id)}`);
    const answer = await this.change(problem, () => {}, () => this.send("PUT", path, { body }));
    this.#deciding = false;
    if (!answer) return;
    this.changed(answer.data);
    await this.refresh();
    this.announce(`${this.t(/** @type {any} */ (`decided.${decision}`))} ${this.count?.textContent ?? ""}`);
    this.#focus(index);
  }

  /** On to the next: the first button of the card that is at this place now.
   * @param {number} index
   * @param {string} [decision]
   */
  #focus(index, decision) {
    const card = this.list?.children[Math.min(index, (this.list?.children.length ?? 0) - 1)];
    const wanted = decision && card?.querySelector(`button[data-decision="${decision}"]`);
    const target = wanted || card?.querySelector("button") || card?.querySelector("a") || this.nothing;
    if (target instanceof HTMLElement) target.focus();
  }

  /** The arrow keys go from a card's button to the same one of the card before or after. A key that is held down decides once.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} card
   */
  #key(event, card) {
    if (event.repeat && event.key === "Enter" && event.target instanceof HTMLButtonElement) event.preventDefault();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !(event.target instanceof HTMLButtonElement) || !this.list) return;
    const index = [...this.list.children].indexOf(card) + by;
    if (index < 0) return;
    event.preventDefault();
    this.#focus(index, event.target.dataset.decision);
  }
}

/** A text with the words marked that a rule matched.
 * @param {string} text
 * @param {string | null} matched
 */
function marked(text, matched) {
  const at = matched ? text.toLowerCase().indexOf(matched.toLowerCase()) : -1;
  if (!matched || at < 0) return [text];
  return [text.slice(0, at), h("mark", {}, text.slice(at, at + matched.length)), text.slice(at + matched.length)];
}

define("consent-reviews", ConsentReviews);
