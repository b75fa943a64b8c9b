// The staff's screen of a tenant.

import { ConsentElement, chip, define, h, say } from "./element.js";
import { phone, time } from "./format.js";

/** The most days that a withdrawal may have been received before it is recorded. */
const LONGEST_AGO = 365;

/** A day before today, in the reader's time zone.
 * @param {number} days
 */
function daysAgo(days) {
  const date = new Date();
  date.setDate(date.getDate() - days);
  return date.toLocaleDateString("en-CA");
}

/** The words for a status, with who set it.
 * @param {ConsentElement} element
 * @param {{status: string, source: string | null}} standing
 */
export function standingText(element, { status, source }) {
  const key = source ? `${status}.${source}` : status;
  return element.t(/** @type {any} */ (`standing.${key}`));
}

/** @param {string} status */
export function standingKind(status) {
  return status === "provided" ? "good" : status === "opted_out" ? "bad" : "plain";
}

/** A check box with its label, the facility's own words, and the reason why it cannot be clicked. */
export class ConsentBox {
  /**
   * @param {ConsentElement} element
   * @param {(consented: boolean) => void} clicked
   */
  constructor(element, clicked) {
    this.input = h("input", { type: "checkbox", id: "box", "aria-describedby": "disclosure reason problem" });
    this.input.addEventListener("change", () => clicked(this.input.checked));
    this.label = h("label", { for: "box", lang: "en" });
    this.disclosure = h("p", { id: "disclosure", class: "disclosure", dir: "auto", hidden: true });
    this.reason = h("p", { id: "reason", class: "reason", lang: "en", tabindex: -1, hidden: true });
    this.problem = h("p", { id: "problem", class: "problem", role: "alert", tabindex: -1, hidden: true });
    const row = h("div", { class: "check" }, this.input, this.label);
    this.node = h("div", { class: "consent" }, row, this.disclosure, this.reason, this.problem);
  }

  /** @param {{label: string, checked: boolean, enabled: boolean, reason: string | null, disclosure?: string | null}} box */
  show(box) {
    this.input.checked = box.checked;
    this.input.disabled = !box.enabled;
    this.input.removeAttribute("aria-busy");
    say(this.label, box.label);
    say(this.disclosure, box.disclosure);
    // A refusal in the same words is there already.
    say(this.reason, box.reason === this.problem.textContent ? null : box.reason);
  }

  /** While a click is on its way, no other is taken. */
  wait() {
    this.input.setAttribute("aria-busy", "true");
    this.input.disabled = true;
  }

  /** Where the keyboard goes on after a click: the box may not be clickable any more. */
  focus() {
    const place = this.input.disabled ? (this.problem.hidden ? this.reason : this.problem) : this.input;
    place.focus();
  }
}

/** `<consent-profile api facility tenant>`: cell phone, check box, reason, hold. With `reviews-href`, a hold links there. */
export class ConsentProfile extends ConsentElement {
  static needs = ["facility", "tenant"];
  static poll = 15;
  /** @type {any} */
  #view;

  /** @param {AbortSignal} signal */
  async load(signal) {
    const { data } = await this.send("GET", this.atTenant("/consent"), { signal });
    this.once(() => this.#build());
    this.#show(data);
  }

  #build() {
    this.name = h("bdi");
    this.chips = h("span", { class: "chips" });
    this.phone = h("dd");
    this.standing = h("dd");
    this.ways = h("dd", { class: "ways" });
    this.evidence = h("dd");
    this.evidenceRow = h("div", {}, h("dt", {}, this.t("evidence")), this.evidence);
    this.waysLabel = h("dt");
    this.waysRow = h("div", {}, this.waysLabel, this.ways);
    this.hold = h("div", { class: "hold", hidden: true });
    this.box = new ConsentBox(this, (consented) => void this.#submit({ consented }));
    this.other = this.#otherWays();
    this.body.append(
      h("h2", { class: "title" }, this.name, this.chips),
      h("dl", { class: "facts" },
        h("div", {}, h("dt", {}, this.t("cellPhone")), this.phone),
        h("div", {}, h("dt", {}, this.t("status")), this.standing),
        this.evidenceRow,
        this.waysRow),
      this.hold,
      this.box.node,
      this.other);
  }

  /** @param {any} view */
  #show(view) {
    this.#view = view;
    const { name, box, other } = this;
    if (!name || !box || !other || !this.phone || !this.standing || !this.chips || !this.hold) return;
    say(name, view.name);
    this.chips.replaceChildren(chip(this.t(/** @type {any} */ (`status.${view.status}`)), standingKind(view.status)));
    if (view.hold) this.chips.append(chip(this.t("onHold"), "warn"));
    const icon = view.profile.cell_phone_icon === "x"
      ? h("span", { class: "x", title: this.t("xIcon") }, h("span", { class: "cross", "aria-hidden": "true" }, "✕"), this.t("xWords"))
      : null;
    const number = view.cell_phone ? h("bdi", { class: "number" }, phone(view.cell_phone)) : h("span", { class: "muted" }, this.t("noPhone"));
    this.phone.replaceChildren(number, icon ?? "");
    this.standing.replaceChildren(standingText(this, view));
    if (view.changed_at) this.standing.append(", ", time(view.changed_at, this.language));
    this.#details(view);
    this.#showHold(this.hold, view.hold);
    box.show(view.profile.checkbox);
    // Who has opted out cannot do so again: nothing would be recorded.
    other.hidden = view.status === "opted_out";
  }

  /** @param {any} view */
  #details(view) {
    if (!this.evidence || !this.evidenceRow || !this.ways || !this.waysRow || !this.waysLabel) return;
    this.evidenceRow.hidden = !view.evidence;
    if (view.evidence) this.evidence.textContent = this.t(/** @type {any} */ (`evidence.${view.evidence}`));
    this.waysRow.hidden = !view.opt_in_via.length;
    this.waysLabel.textContent = this.t(view.hold ? "waysToLift" : "waysToOptIn");
    const ways = view.opt_in_via.map((/** @type {string} */ it) => this.t(/** @type {any} */ (`way.${it}`)));
    this.ways.textContent = new Intl.ListFormat(this.language, { type: "disjunction" }).format(ways);
  }

  /**
   * @param {HTMLElement} place
   * @param {{since: string, text: string, review_id: string} | null | undefined} hold
   */
  #showHold(place, hold) {
    place.hidden = !hold;
    if (!hold) return;
    const href = this.getAttribute("reviews-href");
    place.replaceChildren(
      h("p", {}, h("strong", {}, this.t("holdTitle")), " ", this.t("holdSince"), " ", time(hold.since, this.language), ":"),
      h("blockquote", { dir: "auto" }, hold.text ?? ""),
      h("p", {}, this.t("holdWhat"), " ", href ? h("a", { href }, this.t("holdRead")) : null));
  }

  /** @param {{consented: boolean, received_via?: string, received_at?: string}} body */
  async #submit(body) {
    const { box } = this;
    if (!box) return;
    box.wait();
    const undo = () => this.#show(this.#view);
    const answer = await this.change(box.problem, undo, () => this.send("PUT", this.atTenant("/consent"), { body }));
    if (answer) {
      this.#show(answer.data);
      this.announce(`${this.t("saved")} ${standingText(this, answer.data)}`);
      this.changed(answer.data);
    } else {
      // What stood in the way may be new: it shows with the reason.
      await this.refresh();
    }
    box.focus();
  }

  /** What a customer said in other ways than by text or on the portal. */
  #otherWays() {
    const via = h("select", { id: "via" }, ...["voice", "email", "letter", "in_person"].map((it) => h("option", { value: it }, this.t(/** @type {any} */ (`via.${it}`)))));
    const on = h("input", { type: "date", id: "on" });
    const submit = () => {
      const received = on.value && on.value !== daysAgo(0) ? { received_at: new Date(`${on.value}T12:00:00`).toISOString() } : {};
      details.open = false;
      void this.#submit({ consented: false, received_via: via.value, ...received });
    };
    const opened = () => {
      on.min = daysAgo(LONGEST_AGO);
      on.max = daysAgo(0);
    };
    const details = h("details", { class: "other", ontoggle: opened },
      h("summary", {}, this.t("otherWay")),
      h("p", { class: "muted" }, this.t("otherWayHelp")),
      h("div", { class: "row" },
        h("div", { class: "field" }, h("label", { for: "via" }, this.t("otherWayHow")), via),
        h("div", { class: "field" }, h("label", { for: "on" }, this.t("otherWayWhen")), on),
        h("button", { type: "button", onclick: submit }, this.t("otherWayRecord"))));
    return details;
  }
}

define("consent-profile", ConsentProfile);
