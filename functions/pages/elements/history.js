// Every change of a tenant's consent, and what shows it.

import { ConsentElement, define, h, say } from "./element.js";
import { day, phone, time } from "./format.js";
import { save } from "./report.js";
import { hasText } from "./texts.js";

/** `<consent-history api facility tenant>`: the records as sentences, newest first, and the evidence. */
export class ConsentHistory extends ConsentElement {
  static needs = ["facility", "tenant"];
  static poll = 15;
  #pages = 1;
  #shown = "";

  /** @param {AbortSignal} signal */
  async load(signal) {
    this.once(() => this.#build());
    /** @type {any[]} */
    const records = [];
    /** @type {string | null} */
    let broken = null;
    let cursor = "";
    for (let page = 0; page < this.#pages && cursor !== null; page += 1) {
      const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
      const { data } = await this.send("GET", this.atTenant(`/consent/history${query}`), { signal });
      records.push(...data.records);
      broken ??= data.broken_at;
      cursor = data.next;
    }
    this.#show(records, broken, cursor !== null);
  }

  #build() {
    this.broken = h("p", { class: "problem", hidden: true });
    this.list = h("ol", { class: "history" });
    this.nothing = h("p", { class: "empty", hidden: true }, this.t("noRecords"));
    this.more = h("button", { type: "button", class: "quiet", onclick: () => this.#more() }, this.t("earlierRecords"));
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    const evidence = h("div", { class: "row evidence" },
      h("button", { type: "button", onclick: () => void this.#evidence("text/html", "html") }, this.t("evidencePage")),
      h("button", { type: "button", class: "quiet", onclick: () => void this.#evidence("application/json", "json") }, this.t("evidencePack")));
    this.body.append(h("h2", { class: "title" }, this.t("historyTitle")), this.broken, this.list, this.nothing, this.more, evidence, this.problem);
  }

  #more() {
    this.#pages += 1;
    void this.refresh();
  }

  /**
   * @param {any[]} records
   * @param {string | null} broken
   * @param {boolean} more
   */
  #show(records, broken, more) {
    if (!this.list || !this.broken || !this.nothing || !this.more) return;
    say(this.broken, broken ? this.t("brokenAt", { record: broken }) : null);
    this.nothing.hidden = records.length > 0;
    this.more.hidden = !more;
    const shown = JSON.stringify([this.language, records]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((it) => it.getAttribute("data-is")));
    this.list.replaceChildren(...records.map((it) => this.#record(it, open.has(it.record_id))));
  }

  /**
   * @param {any} record
   * @param {boolean} open
   */
  #record(record, open) {
    const facts = /** @type {[import("./texts.js").Key, Node | string | null][]} */ ([
      ["recordDisclosure", record.disclosure && h("q", { class: "pre" }, record.disclosure)],
      ["recordText", record.text && h("q", { class: "pre", dir: "auto" }, record.text)],
      ["recordActor", h("bdi", {}, record.actor)],
      ["cellPhone", record.cell_phone && phone(record.cell_phone)],
      ["recordReceived", record.received_at && time(record.received_at, this.language)],
      ["recordHonour", record.honour_by && day(record.honour_by, this.language)],
      ["recordRule", record.rule && h("code", {}, record.rule)],
      ["recordTime", h("code", {}, record.at)],
      ["recordMessage", record.provider_message_id && h("code", {}, record.provider_message_id)],
      ["recordId", h("code", {}, record.record_id)],
      ["recordHash", h("code", {}, record.hash)],
    ]);
    const rows = facts.filter(([, value]) => value).map(([key, value]) => h("div", {}, h("dt", {}, this.t(key)), h("dd", {}, value)));
    const sentence = this.#sentence(record);
    return h("li", { class: record.type },
      h("p", {}, h("span", { class: "when" }, time(record.at, this.language)), " ", h("span", {}, sentence)),
      h("details", { open, "data-is": record.record_id },
        h("summary", {}, this.t("recordDetails"), h("span", { class: "hidden" }, `: ${sentence}`)),
        h("dl", { class: "facts" }, ...rows)));
  }

  /** What happened, in words: what is most special about the record decides.
   * @param {any} record
   */
  #sentence(record) {
    const { type, channel } = record;
    const grandfathered = type === "granted" && record.to?.source === "grandfathered";
    const keys = [grandfathered && "granted.grandfathered", record.received_via && `${type}.received`, `${type}.${channel}`, type];
    const key = keys.find((it) => it && hasText(`record.${it}`)) || "other";
    const via = record.received_via ? this.t(/** @type {any} */ (`via.${record.received_via}`)) : "";
    return this.t(/** @type {any} */ (`record.${key}`), { actor: record.actor, text: record.text ?? "", via, type });
  }

  /** The evidence needs the token, so the browser cannot open it by its address: it is saved.
   * @param {string} accept
   * @param {string} extension
   */
  async #evidence(accept, extension) {
    const { problem } = this;
    if (!problem) return;
    await this.change(problem, () => {}, async () => {
      const { text } = await this.send("GET", this.atTenant("/consent/evidence"), { accept });
      save(`consent-evidence-${this.getAttribute("tenant")}.${extension}`, accept, text);
      this.announce(this.t("downloaded"));
    });
  }
}

define("consent-history", ConsentHistory);
