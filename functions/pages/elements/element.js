// What all elements share: attributes, the token, loading and recovering, and how a change is made.

import { ServiceError, Client } from "./api.js";
import { SHEET } from "./style.js";
import { languageOf, translated } from "./texts.js";

/** Waits before a request that failed is tried again, in milliseconds. */
const RETRIES = [1_000, 2_000, 4_000, 8_000, 15_000];

/** The service says when it can be asked again; in seconds, no longer than this. */
const LONGEST_WAIT = 60;

/** Makes an element. Text is only ever text: nothing that comes from outside becomes markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [properties] attributes; `onclick` and the like are listeners
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  for (const child of children) if (child != null) node.append(child);
  return node;
}

/** Sets a text, and hides the node where there is none.
 * @param {HTMLElement} node
 * @param {string | null | undefined} text
 */
export function say(node, text) {
  if (node.textContent !== (text ?? "")) node.textContent = text ?? "";
  node.hidden = !text;
}

/** What the nodes of lists show. @type {WeakMap<Element, string>} */
const KEYS = new WeakMap();

/** Shows items in a list, in their order. What is there already is not touched: it keeps its focus, and what is written in it.
 * @param {HTMLElement} list
 * @param {[string, () => HTMLElement][]} items each with a key of its own that has all that it shows
 */
export function arrange(list, items) {
  const known = new Map([...list.children].map((it) => [KEYS.get(it), it]));
  const nodes = items.map(([key, make]) => {
    const node = known.get(key) ?? make();
    KEYS.set(node, key);
    return node;
  });
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let at = list.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
}

/** A small label with a colour. The words say what the colour says.
 * @param {string} text
 * @param {"good" | "bad" | "warn" | "plain"} kind
 */
export function chip(text, kind = "plain") {
  return h("span", { class: `chip ${kind}` }, text);
}

/** Names the class as an element, unless the page has it already.
 * @param {string} name
 * @param {CustomElementConstructor} constructor
 */
export function define(name, constructor) {
  if (!customElements.get(name)) customElements.define(name, constructor);
}

/** The base of the elements. */
export class ConsentElement extends HTMLElement {
  static observedAttributes = ["api", "facility", "tenant", "lang"];
  /** The attributes without which there is nothing to show. @type {string[]} */
  static needs = [];
  /** Seconds after which a visible element looks again; 0 for never. */
  static poll = 0;

  /** @type {import("./api.js").Token | undefined} */
  #token;
  /** @type {Client | undefined} */
  #client;
  /** @type {AbortController | undefined} */
  #loading;
  #scheduled = false;
  #failures = 0;
  #changing = 0;
  /** Whether something was to be read while a change was on its way. */
  #missed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #built = "";
  #looked = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    this.banner = h("p", { class: "banner", role: "alert", hidden: true });
    this.live = h("p", { class: "hidden", role: "status" });
    this.body = h("div", { class: "body" });
    root.append(this.banner, this.live, this.body);
  }

  connectedCallback() {
    // A property that was set before the module came is the element's own until now.
    if (Object.hasOwn(this, "token")) {
      const { token } = this;
      Reflect.deleteProperty(this, "token");
      this.token = token;
    }
    document.addEventListener("visibilitychange", this.#again);
    globalThis.addEventListener("online", this.#again);
    this.#schedule();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#again);
    globalThis.removeEventListener("online", this.#again);
    this.#loading?.abort();
    clearTimeout(this.#timer);
  }

  attributeChangedCallback() {
    this.#client = undefined;
    this.#schedule();
  }

  /** A token, or a function that returns one or a promise of one; it is called again after a 401.
   * @returns {import("./api.js").Token | undefined}
   */
  get token() {
    return this.#token;
  }

  set token(token) {
    this.#token = token;
    this.#client = undefined;
    this.#schedule();
  }

  /** The language of what the element says itself. */
  get language() {
    return languageOf(this.lang ? [this.lang] : navigator.languages);
  }

  /** A text of the table.
   * @param {import("./texts.js").Key} key
   * @param {Record<string, string | number>} [values]
   */
  t(key, values) {
    return translated(this.language, key, values);
  }

  /** The path of the facility, or of something in it.
   * @param {string} [rest]
   */
  atFacility(rest = "") {
    return `/v1/facilities/${encodeURIComponent(this.getAttribute("facility") ?? "")}${rest}`;
  }

  /** The path of the tenant, or of something of theirs.
   * @param {string} [rest]
   */
  atTenant(rest = "") {
    return this.atFacility(`/tenants/${encodeURIComponent(this.getAttribute("tenant") ?? "")}${rest}`);
  }

  /** Sends a request with the element's token.
   * @param {string} method
   * @param {string} path
   * @param {import("./api.js").Options} [options]
   */
  send(method, path, options) {
    const base = (this.getAttribute("api") ?? "").replace(/\/+$/, "");
    this.#client ??= new Client(base, this.#token ?? "");
    return this.#client.send(method, path, options);
  }

  /** Reads again what is shown. */
  async refresh() {
    const missing = /** @type {typeof ConsentElement} */ (this.constructor).needs.some((it) => !this.getAttribute(it));
    if (!this.isConnected || this.#token === undefined || missing) return;
    if (this.#changing) {
      this.#missed = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    if (!this.#built && !this.#failures) this.setAttribute("aria-busy", "true");
    this.#looked = Date.now();
    try {
      await this.load(loading.signal);
      if (loading.signal.aborted) return;
      if (this.#failures) this.announce(this.t("connectedAgain"));
      this.#failures = 0;
      say(this.banner, null);
      this.#wait(/** @type {typeof ConsentElement} */ (this.constructor).poll * 1_000);
    } catch (error) {
      if (!loading.signal.aborted) this.#failed(error);
    } finally {
      if (this.#loading === loading) {
        this.#loading = undefined;
        this.removeAttribute("aria-busy");
      }
    }
  }

  /** Says something to those who listen to the page.
   * @param {string} text
   */
  announce(text) {
    this.live.textContent = text;
  }

  /** Makes a change. Where it is refused, it is undone on the screen, and the reason is said at `place`.
   * @template T
   * @param {HTMLElement} place
   * @param {() => void} undo
   * @param {() => Promise<T>} change
   * @returns {Promise<T | undefined>}
   */
  async change(place, undo, change) {
    say(place, null);
    this.#changing += 1;
    this.#missed ||= Boolean(this.#loading);
    this.#loading?.abort();
    try {
      const answer = await change();
      return answer;
    } catch (error) {
      undo();
      say(place, this.explain(error));
      this.#tell(error);
      return undefined;
    } finally {
      this.#changing -= 1;
      if (this.#missed && !this.#changing) {
        this.#missed = false;
        void this.refresh();
      } else {
        this.#wait(/** @type {typeof ConsentElement} */ (this.constructor).poll * 1_000);
      }
    }
  }

  /** Tells the page of a change.
   * @param {unknown} detail the answer
   */
  changed(detail) {
    this.dispatchEvent(new CustomEvent("consent-changed", { bubbles: true, composed: true, detail }));
  }

  /** In words, why something did not work.
   * @param {unknown} error
   */
  explain(error) {
    if (!(error instanceof ServiceError)) return this.t("failed");
    const { status, detail, may_have_left: unclear } = error.refusal;
    if (status === 401) return `${this.t("sessionEnded")} ${detail}`;
    if (!error.passes || unclear) return detail;
    return this.t(status === 0 ? "notSaved" : "notTaken");
  }

  /** Makes the content, once for each language.
   * @param {() => void} build
   */
  once(build) {
    if (this.#built === this.language) return;
    this.#built = this.language;
    this.body.replaceChildren();
    build();
  }

  /** Reads and shows. Elements have their own.
   * @param {AbortSignal} _signal
   * @returns {Promise<void>}
   */
  async load(_signal) {}

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      void this.refresh();
    });
  }

  /** The page is visible or connected again: it may be old. */
  #again = () => {
    if (!document.hidden && (this.#failures || Date.now() - this.#looked > 2_000)) void this.refresh();
  };

  /** @param {number} milliseconds */
  #wait(milliseconds) {
    clearTimeout(this.#timer);
    if (milliseconds) this.#timer = setTimeout(() => (document.hidden ? this.#wait(milliseconds) : void this.refresh()), milliseconds);
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#tell(error);
    if (!(error instanceof ServiceError)) {
      say(this.banner, this.t("failed"));
      throw error;
    }
    const { refusal } = error;
    if (error.passes) {
      const wait = RETRIES[Math.min(this.#failures, RETRIES.length - 1)] ?? 0;
      this.#failures += 1;
      say(this.banner, this.t(refusal.status === 0 ? "connectionLost" : "serviceAway"));
      this.#wait(Math.max(wait, Math.min(refusal.retry_after ?? 0, LONGEST_WAIT) * 1_000));
    } else {
      const words = this.explain(error);
      const said = [...this.body.querySelectorAll(".problem")].some((it) => it.textContent === words);
      say(this.banner, said ? null : words);
    }
  }

  /** @param {unknown} error */
  #tell(error) {
    const detail = error instanceof ServiceError ? error.refusal : { status: 0, code: "internal", detail: String(error) };
    this.dispatchEvent(new CustomEvent("consent-error", { bubbles: true, composed: true, detail }));
  }
}
