// The tenant's own page.

import { ConsentElement, define, h, say } from "./element.js";
import { phone } from "./format.js";
import { ConsentBox } from "./profile.js";

/** `<consent-portal api>`: the check box of the tenant for whom the token speaks. */
export class ConsentPortal extends ConsentElement {
  static poll = 15;
  /** @type {any} */
  #view;

  /** @param {AbortSignal} signal */
  async load(signal) {
    const { data } = await this.send("GET", "/v1/portal/consent", { signal });
    this.once(() => this.#build());
    this.#show(data);
  }

  #build() {
    this.phone = h("dd");
    this.box = new ConsentBox(this, (consented) => void this.#submit(consented));
    this.words = h("p", { class: "words", lang: "en", hidden: true });
    this.link = h("a", { class: "start" });
    this.note = h("div", { class: "note", hidden: true }, this.words, this.link);
    this.saved = h("p", { class: "saved", hidden: true });
    this.body.append(
      h("h2", { class: "title" }, this.t("contactInformation")),
      h("dl", { class: "facts" }, h("div", {}, h("dt", {}, this.t("cellPhone")), this.phone)),
      this.box.node,
      this.note,
      this.saved);
    this.body.classList.add("roomy");
  }

  /** @param {any} view */
  #show(view) {
    this.#view = view;
    if (!this.phone || !this.box || !this.note || !this.words || !this.link) return;
    const number = view.cell_phone ? h("bdi", { class: "number" }, phone(view.cell_phone)) : h("span", { class: "muted" }, this.t("noPhone"));
    this.phone.replaceChildren(number);
    this.box.show(view.checkbox);
    this.note.hidden = !view.note;
    say(this.words, view.note);
    this.link.hidden = !view.text_number;
    if (view.text_number) {
      // Texting apps differ in what comes before `body`; all take it like this.
      this.link.href = `sms:${view.text_number}?&body=START`;
      const [before = "", after = ""] = this.t("textStart").split("{number}");
      this.link.replaceChildren(before, h("span", { class: "number" }, phone(view.text_number)), after);
    }
  }

  /** @param {boolean} consented */
  async #submit(consented) {
    const { box, saved } = this;
    if (!box || !saved) return;
    box.wait();
    say(saved, null);
    const undo = () => this.#show(this.#view);
    const answer = await this.change(box.problem, undo, () => this.send("PUT", "/v1/portal/consent", { body: { consented } }));
    if (answer) {
      this.#show(answer.data);
      const words = this.t(answer.data.status === "provided" ? "youAgreed" : "youOptedOut");
      say(saved, words);
      this.announce(words);
      this.changed(answer.data);
    } else {
      await this.refresh();
    }
    box.focus();
  }
}

define("consent-portal", ConsentPortal);
