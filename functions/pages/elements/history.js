// Every change of a tenant's consent, and what shows it.

import { nextOf } from "./api.js";
import { ConsentElement, arrange, define, h, say } from "./element.js";
import { day, phone, time } from "./format.js";
import { save } from "./report.js";
import { hasText, split } from "./texts.js";

/** The page of evidence is opened with the policy that the service sends with it: nothing runs in it. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'">`;

/** `<consent-history api facility tenant>`: the records as sentences, newest first, and the evidence. */
export class ConsentHistory extends ConsentElement {
  static needs = ["facility", "tenant"];
  static poll = 15;
  #pages = 1;
  /** The page of evidence that is open, which another one replaces. */
  #open = "";

  /** @param {AbortSignal} signal */
  async load(signal) {
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
    this.once(() => this.#build());
    this.#show(records, broken, cursor !== null);
  }

  #build() {
    this.broken = h("p", { class: "problem", hidden: true });
    this.list = h("ol", { class: "history" });
    this.nothing = h("p", { class: "empty", hidden: true }, this.t("noRecords"));
    this.more = h("button", { type: "button", class: "quiet", onclick: () => this.#more() }, this.t("earlierRecords"));
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.evidence = h("div", { class: "row evidence" },
      h("button", { type: "button", onclick: () => void this.#page("", 1) },
        this.t("evidencePage"), h("span", { class: "hidden" }, ` ${this.t("newTab")}`)),
      h("button", { type: "button", class: "quiet", onclick: () => void this.#packs() }, this.t("evidencePack")));
    this.body.append(h("h2", { class: "title" }, this.t("historyTitle")), this.broken, this.list, this.nothing, this.more, this.evidence, this.problem);
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
    arrange(this.list, records.map((it) => [`${this.language} ${JSON.stringify(it)}`, () => this.#record(it)]));
  }

  /** @param {any} record */
  #record(record) {
    const facts = /** @type {[import("./texts.js").Key, Node | string | null][]} */ ([
      ["recordDisclosure", record.disclosure && h("q", { class: "pre" }, record.disclosure)],
      ["recordText", record.text && h("q", { class: "pre", dir: "auto" }, record.text)],
      ["recordNote", record.note && h("q", { class: "pre", dir: "auto" }, record.note)],
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
    // A value has its own direction: marks for right to left in a text do not turn our words around.
    const sentence = () => this.#sentence(record).map(({ text, isValue }) => (isValue ? h("bdi", {}, text) : text));
    return h("li", { class: record.type },
      h("p", {}, h("span", { class: "when" }, time(record.at, this.language)), " ", h("span", {}, ...sentence())),
      h("details", {},
        h("summary", {}, this.t("recordDetails"), h("span", { class: "hidden" }, ": ", ...sentence())),
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
    return split(this.language, /** @type {any} */ (`record.${key}`), { actor: record.actor, text: record.text ?? "", via, type });
  }

  /** Opens the page to print in a tab of its own. It needs the token, so the browser cannot open it by its address.
   * @param {string} query says which part of a long one
   * @param {number} part
   */
  async #page(query, part) {
    const { problem, evidence } = this;
    if (!problem || !evidence) return;
    // A tab that opens later than the click counts as a pop-up, which browsers block.
    const tab = globalThis.open("", "_blank");
    const close = () => tab?.close();
    await this.change(problem, close, async () => {
      const { text, next } = await this.#evidence(query, "text/html");
      URL.revokeObjectURL(this.#open);
      this.#open = URL.createObjectURL(new Blob([text.replace("<head>", `<head>${POLICY}`)], { type: "text/html;charset=utf-8" }));
      if (tab) {
        tab.opener = null;
        tab.location.replace(this.#open);
      } else {
        save(this.#name(part, "html"), "text/html", text);
      }
      this.announce(this.t(tab ? "opened" : "downloaded"));
      evidence.querySelector(".next")?.remove();
      if (next) evidence.append(h("button", { type: "button", class: "next", onclick: () => void this.#page(next, part + 1) }, this.t("evidencePart", { part: part + 1 })));
    });
  }

  /** Saves the signed pack, which comes in parts where it is long. */
  async #packs() {
    const { problem } = this;
    if (!problem) return;
    await this.change(problem, () => {}, async () => {
      let query = "";
      for (let part = 1; part === 1 || query; part += 1) {
        const { text, next } = await this.#evidence(query, "application/json");
        save(this.#name(part, "json"), "application/json", text);
        query = next;
      }
      this.announce(this.t("downloaded"));
    });
  }

  /**
   * @param {string} query
   * @param {string} accept
   */
  async #evidence(query, accept) {
    const { text, headers } = await this.send("GET", this.atTenant(`/consent/evidence${query}`), { accept });
    return { text, next: nextOf(headers) };
  }

  /** A file's name.
   * @param {number} part
   * @param {string} extension
   */
  #name(part, extension) {
    return `consent-evidence-${this.getAttribute("tenant")}${part > 1 ? `-${part}` : ""}.${extension}`;
  }
}

define("consent-history", ConsentHistory);
