// Automatic notification preferences.

import { ConsentElement, define, h } from "./element.js";

const CHANNELS = /** @type {const} */ (["email", "print", "text"]);

/** `<consent-notifications api facility tenant>`. */
export class ConsentNotifications extends ConsentElement {
  static needs = ["facility", "tenant"];
  static poll = 15;
  /** @type {any} */
  #preferences;
  /** A row for each template. @type {HTMLElement[]} */
  #lines = [];

  /** @param {AbortSignal} signal */
  async load(signal) {
    const { data } = await this.send("GET", this.atTenant("/notification-preferences"), { signal });
    this.once(() => this.#build());
    this.#show(data);
  }

  #build() {
    this.boxes = Object.fromEntries(CHANNELS.map((channel) => [channel, this.#box({ id: channel }, (on) => ({ channels: { [channel]: on } }))]));
    this.notice = h("p", { id: "notice", class: "notice", hidden: true }, this.t("textNotSelectable"));
    this.boxes.text?.setAttribute("aria-describedby", "notice");
    this.rows = h("tbody");
    this.#lines = [];
    this.templates = h("h3", {}, this.t("templatesTitle"));
    this.problem = h("p", { class: "problem", role: "alert", tabindex: -1, hidden: true });
    const heads = ["template", ...CHANNELS].map((it) => h("th", { scope: "col" }, this.t(/** @type {any} */ (`channel.${it}`))));
    const channels = CHANNELS.map((it) => h("div", { class: "check" }, this.boxes?.[it], h("label", { for: it }, this.t(`channel.${it}`))));
    this.body.append(
      h("h2", { class: "title" }, this.t("notificationsTitle")),
      h("fieldset", {}, h("legend", {}, this.t("sendBy")), ...channels, this.notice),
      this.problem,
      this.templates,
      h("table", { class: "templates" }, h("caption", { class: "hidden" }, this.t("templatesTitle")), h("thead", {}, h("tr", {}, ...heads)), this.rows));
  }

  /** A check box that submits itself.
   * @param {Record<string, any>} properties
   * @param {(on: boolean) => object} asked
   */
  #box(properties, asked) {
    const box = h("input", { type: "checkbox", ...properties });
    box.addEventListener("change", () => void this.#submit(box, asked(box.checked)));
    return box;
  }

  /** @param {any} preferences */
  #show(preferences) {
    this.#preferences = preferences;
    const { boxes, rows, notice } = this;
    if (!boxes || !rows || !notice) return;
    for (const channel of CHANNELS) {
      const box = boxes[channel];
      if (!box) continue;
      box.checked = preferences.channels[channel];
      box.disabled = channel === "text" && !preferences.text_selectable;
    }
    notice.hidden = preferences.text_selectable;
    if (this.#lines.length !== preferences.templates.length) {
      this.#lines = preferences.templates.map((/** @type {any} */ it) => this.#row(it));
      rows.replaceChildren(...this.#lines);
    }
    for (const [index, template] of preferences.templates.entries()) {
      for (const [place, channel] of CHANNELS.entries()) this.#cell(this.#lines[index]?.children[place + 1], template, channel);
    }
  }

  /** @param {any} template */
  #row(template) {
    return h("tr", {}, h("th", { scope: "row", lang: "en" }, template.name), ...CHANNELS.map(() => h("td")));
  }

  /** A cell has a box, or a dash. It is kept as it is where it is right.
   * @param {Element | undefined} cell
   * @param {any} template
   * @param {"email" | "print" | "text"} channel
   */
  #cell(cell, template, channel) {
    const box = cell?.querySelector("input");
    if (template[channel] === "dash") {
      if (box || !cell?.hasChildNodes()) cell?.replaceChildren(h("span", { "aria-hidden": "true" }, "—"), h("span", { class: "hidden" }, this.t("dash")));
      return;
    }
    const wanted = box ?? this.#box({ "aria-label": `${template.name}: ${this.t(`channel.${channel}`)}` }, (on) => ({ templates: { [template.id]: { [channel]: on } } }));
    if (!box) cell?.replaceChildren(wanted);
    wanted.checked = template[channel] === "on";
  }

  /** A refusal is said where the click was: under the channels, or under the template's row.
   * @param {HTMLInputElement} box
   * @param {HTMLElement} problem
   */
  #refusedAt(box, problem) {
    const row = box.closest("tr");
    this.refused?.remove();
    if (row) {
      this.refused = h("tr", { class: "refused" }, h("td", { colspan: CHANNELS.length + 1 }, problem));
      row.after(this.refused);
    } else {
      this.templates?.before(problem);
    }
  }

  /**
   * @param {HTMLInputElement} box
   * @param {object} body
   */
  async #submit(box, body) {
    const { problem } = this;
    if (!problem) return;
    this.#refusedAt(box, problem);
    const undo = () => this.#show(this.#preferences);
    const answer = await this.change(problem, undo, () => this.send("PUT", this.atTenant("/notification-preferences"), { body }));
    if (answer) {
      this.refused?.remove();
      this.#show(answer.data);
      this.announce(this.t("saved"));
      this.changed(answer.data);
    } else {
      await this.refresh();
      if (!box.isConnected || box.disabled) problem.focus();
    }
  }
}

define("consent-notifications", ConsentNotifications);
