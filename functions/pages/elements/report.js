// The Customer Consent Status report.

import { nextOf } from "./api.js";
import { ConsentElement, arrange, chip, define, h, say } from "./element.js";
import { dayOf, phone, time } from "./format.js";
import { standingKind } from "./profile.js";

/** After the last key the search waits so long, in milliseconds. */
const DEBOUNCE = 250;
const PAGE = 50;
/** What is printed has so many rows at most. */
const PRINTED = 5_000;
const COLUMNS = /** @type {const} */ (["customer", "cellPhone", "units", "providedConsent", "status", "source", "changed", "evidence"]);
/** Columns that a spreadsheet takes for numbers, or for dates, where it is not told that they are text. */
const TEXT_COLUMNS = ["cell_phone", "units"];

/** `<consent-report api facility>`. With `tenant-href="/tenants/{tenant_id}"`, names are links. */
export class ConsentReport extends ConsentElement {
  static needs = ["facility"];
  /** The cursors of the pages before this one, the first page's being empty. @type {string[]} */
  #before = [""];
  /** @type {string | null} */
  #next = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;
  #asked = "";

  /** @param {AbortSignal} signal */
  async load(signal) {
    const query = this.#query();
    if (query.toString() !== this.#asked) {
      this.#asked = query.toString();
      this.#before = [""];
    }
    query.set("limit", String(PAGE));
    const cursor = this.#before.at(-1);
    if (cursor) query.set("cursor", cursor);
    this.table?.setAttribute("aria-busy", "true");
    const { data } = await this.send("GET", this.atFacility(`/consent-report?${query}`), { signal });
    this.once(() => this.#build());
    this.#show(data);
  }

  #build() {
    this.search = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", maxlength: 200, oninput: () => this.#typed() });
    const statuses = /** @type {const} */ (["", "provided", "not_provided", "opted_out"]);
    this.status = h("select", { id: "status", onchange: () => void this.refresh() },
      ...statuses.map((it) => h("option", { value: it }, this.t(it ? `status.${it}` : "allStatuses"))));
    this.totals = h("dl", { class: "totals" });
    // A narrow screen shows rows as paragraphs. The roles keep them a table for those who listen.
    this.rows = h("tbody", { role: "rowgroup" });
    const head = COLUMNS.map((it) => h("th", { scope: "col", role: "columnheader", class: it }, this.t(it)));
    this.table = h("table", { class: "report", role: "table" },
      h("caption", { class: "hidden" }, this.t("reportTitle")),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
      this.rows);
    this.region = h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": this.t("reportTitle") }, this.table);
    this.printed = h("p", { class: "printed" });
    this.nothing = h("p", { class: "empty", hidden: true });
    this.previous = h("button", { type: "button", disabled: true, onclick: () => void this.#turn(-1) }, this.t("previousPage"));
    this.following = h("button", { type: "button", disabled: true, onclick: () => void this.#turn(1) }, this.t("nextPage"));
    this.page = h("span", { class: "muted" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.body.append(
      h("h2", { class: "title" }, this.t("reportTitle")),
      this.printed,
      this.totals,
      h("div", { class: "row tools" },
        h("div", { class: "field grow" }, h("label", { for: "search" }, this.t("searchReport")), this.search),
        h("div", { class: "field" }, h("label", { for: "status" }, this.t("status")), this.status),
        h("div", { class: "actions" },
          h("button", { type: "button", onclick: () => void this.#download(false) }, this.t("download")),
          h("button", { type: "button", onclick: () => void this.#download(true) }, this.t("downloadExcel")),
          h("button", { type: "button", onclick: () => void this.#print() }, this.t("print")))),
      this.problem,
      this.region,
      this.nothing,
      h("div", { class: "row pager" }, this.previous, this.page, this.following));
  }

  #query() {
    const query = new URLSearchParams();
    const search = this.search?.value.trim();
    if (search) query.set("search", search);
    if (this.status?.value) query.set("status", this.status.value);
    return query;
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.refresh(), DEBOUNCE);
  }

  /** @param {1 | -1} by */
  async #turn(by) {
    if (by === 1 && this.#next) this.#before.push(this.#next);
    else if (by === -1 && this.#before.length > 1) this.#before.pop();
    await this.refresh();
    const again = by === 1 ? this.following : this.previous;
    if (again?.disabled) (by === 1 ? this.previous : this.following)?.focus();
  }

  /** @param {any} report */
  #show(report) {
    if (!this.totals || !this.rows || !this.table || !this.nothing || !this.page || !this.previous || !this.following) return;
    this.#next = report.next;
    const { totals } = report;
    const counted = /** @type {const} */ (["provided", "not_provided", "opted_out"]);
    this.totals.replaceChildren(...counted.map((it) =>
      h("div", { class: standingKind(it) }, h("dt", {}, this.t(`status.${it}`)), h("dd", {}, this.#number(totals[it])))));
    arrange(this.rows, report.rows.map((/** @type {any} */ row) => [`${this.language} ${JSON.stringify(row)}`, () => this.#row(row)]));
    this.table.removeAttribute("aria-busy");
    const empty = !report.rows.length;
    if (this.region) this.region.hidden = empty;
    say(this.nothing, empty ? this.t(this.#asked ? "nobodyFound" : "nobodyYet") : null);
    const turned = this.#before.length - 1;
    this.previous.disabled = !turned;
    this.following.disabled = !this.#next;
    this.previous.hidden = this.following.hidden = !turned && !this.#next;
    const shown = this.t("rowsShown", { count: report.rows.length });
    const from = turned * PAGE + 1;
    say(this.page, empty ? null : this.previous.hidden ? shown : this.t("page", { number: turned + 1, from, to: from + report.rows.length - 1 }));
    this.announce(empty ? this.t("nobodyFound") : shown);
  }

  /** @param {number} count */
  #number(count) {
    return new Intl.NumberFormat(this.language).format(count);
  }

  /** @param {any} row */
  #row(row) {
    const href = this.getAttribute("tenant-href")?.replaceAll("{tenant_id}", encodeURIComponent(row.tenant_id));
    const name = h("bdi", {}, row.name);
    const cell = (/** @type {string} */ column, /** @type {Node | string | null} */ content, properties = {}) =>
      h("td", { role: "cell", class: content ? column : `${column} none`, ...properties }, content || "—");
    const status = cell("status", chip(this.t(/** @type {any} */ (`status.${row.status}`)), standingKind(row.status)));
    if (row.on_hold) status.append(" ", chip(this.t("onHold"), "warn"));
    return h("tr", { role: "row" },
      h("th", { scope: "row", role: "rowheader" }, href ? h("a", { href }, name) : name),
      cell("cellPhone", row.cell_phone && phone(row.cell_phone)),
      cell("units", row.units.length ? h("bdi", {}, row.units.join(", ")) : null),
      cell("providedConsent", row.provided_consent, { lang: "en", "data-label": this.t("providedConsent") }),
      status,
      cell("source", row.source && this.t(/** @type {any} */ (`source.${row.source}`))),
      cell("changed", row.changed_at && dayOf(row.changed_at, this.language)),
      cell("evidence", row.evidence && this.t(/** @type {any} */ (`grade.${row.evidence}`))));
  }

  /** The whole matching report, which comes in parts where it is long.
   * @param {boolean} forExcel
   */
  async #download(forExcel) {
    const { problem } = this;
    if (!problem) return;
    await this.change(problem, () => {}, async () => {
      let text = "";
      let query = `?${this.#query()}`;
      while (query) {
        const part = await this.send("GET", this.atFacility(`/consent-report${query}`), { accept: "text/csv" });
        text += part.text;
        query = nextOf(part.headers);
      }
      save("customer-consent-status.csv", "text/csv", forExcel ? excel(text) : text);
      this.announce(this.t("downloaded"));
    });
  }

  /** Prints all that matches, and not the page alone. */
  async #print() {
    const { problem, rows, printed } = this;
    if (!problem || !rows || !printed) return;
    // The screen may still show what was asked for before.
    clearTimeout(this.#typing);
    await this.refresh();
    await this.change(problem, () => {}, async () => {
      const facility = await this.send("GET", this.atFacility());
      const query = this.#query();
      const asked = [...query].map(([name, value]) => (name === "status" ? this.t(/** @type {any} */ (`status.${value}`)) : `“${value}”`));
      query.set("limit", "200");
      /** @type {HTMLElement[]} */
      const all = [];
      for (let more = true; more && all.length < PRINTED; ) {
        const { data } = await this.send("GET", this.atFacility(`/consent-report?${query}`));
        all.push(...data.rows.map((/** @type {any} */ row) => this.#row(row)));
        query.set("cursor", data.next ?? "");
        more = Boolean(data.next);
      }
      const about = [facility.data.name, ...asked, this.t("rowsShown", { count: all.length })];
      printed.replaceChildren(`${about.join(" · ")} · `, time(new Date().toISOString(), this.language));
      const shown = [...rows.children];
      rows.replaceChildren(...all);
      // Phones print later than the call.
      globalThis.addEventListener("afterprint", () => rows.replaceChildren(...shown), { once: true });
      globalThis.print();
    });
  }
}

/** Hands a file to the reader.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function save(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** The cells of CSV (RFC 4180).
 * @param {string} csv
 */
export function cells(csv) {
  const rows = [];
  /** @type {string[]} */
  let row = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

/** CSV as Excel opens it by a double click: with a byte order mark, and with phones and units kept as text (`="007"`).
 * @param {string} csv
 */
export function excel(csv) {
  const [head = [], ...rows] = cells(csv);
  const quote = (/** @type {string} */ text) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) =>
    row.map((cell, index) => quote(cell && TEXT_COLUMNS.includes(head[index] ?? "") ? `=${quote(cell)}` : cell)));
  return `\uFEFF${[head, ...lines].map((line) => `${line.join(",")}\r\n`).join("")}`;
}

define("consent-report", ConsentReport);
