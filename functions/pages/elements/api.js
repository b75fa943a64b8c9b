// The way to the HTTP interface.

/** A token, or a function that returns one or a promise of one.
 * @typedef {string | (() => string | Promise<string>)} Token
 */
/** What the service answers where it refuses (RFC 9457).
 * @typedef {{status: number, code: string, detail: string, errors?: {field: string, detail: string}[], may_have_left?: boolean, retry_after?: number}} Refusal
 */
/** @typedef {{body?: object, accept?: string, headers?: Record<string, string>, signal?: AbortSignal}} Options */
/** @typedef {{status: number, data: any, text: string, headers: Headers}} Answer */

/** The service refused, or failed. `status` is 0 where no answer came. */
export class ServiceError extends Error {
  /**
   * @param {Refusal} refusal `retry_after` is in seconds, where the service says when it can be asked again
   * @param {unknown} [cause]
   */
  constructor(refusal, cause) {
    super(refusal.detail, { cause });
    this.refusal = refusal;
  }

  /** Whether the same request may succeed later. */
  get passes() {
    return this.refusal.status === 0 || this.refusal.status === 429 || this.refusal.status >= 500;
  }
}

/** A caller of the interface. */
export class Client {
  /** @type {string | undefined} */
  #known;

  /**
   * @param {string} base where the interface is, without a slash at the end
   * @param {Token} source
   */
  constructor(base, source) {
    this.base = base;
    this.source = source;
  }

  /** Sends a request. After a 401 it asks once for another token, if it can.
   * @param {string} method
   * @param {string} path from `/v1` on
   * @param {Options} [options]
   * @returns {Promise<Answer>}
   */
  async send(method, path, options = {}) {
    const asks = typeof this.source === "function";
    let response = await this.#once(method, path, options);
    if (response.status === 401 && asks) {
      this.#known = undefined;
      response = await this.#once(method, path, options);
    }
    if (response.status === 401) this.#known = undefined;
    const text = await received(response.text(), options.signal);
    const data = parsed(text);
    if (!response.ok) throw new ServiceError(refusalOf(response, data));
    return { status: response.status, data, text, headers: response.headers };
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Options} options
   */
  async #once(method, path, { body, accept = "application/json", headers = {}, signal }) {
    this.#known ??= await received(this.#asked(), signal);
    /** @type {Record<string, string>} */
    const sent = { ...headers, authorization: `Bearer ${this.#known}`, accept };
    if (body) sent["content-type"] = "application/json";
    const request = { method, headers: sent, body: body && JSON.stringify(body), signal, cache: /** @type {const} */ ("no-store") };
    return received(fetch(this.base + path, request), signal);
  }

  /** A token from its source. Where the page gets it from a server, that can fail like the service itself. */
  async #asked() {
    return typeof this.source === "function" ? this.source() : this.source;
  }
}

/** What comes, or the error that nothing does. An aborted request stays aborted.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 */
async function received(promise, signal) {
  try {
    return await promise;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ServiceError({ status: 0, code: "offline", detail: "The service could not be reached." }, error);
  }
}

/** The query of the next part of an answer that comes in parts, or an empty text.
 * @param {Headers} headers
 */
export function nextOf(headers) {
  return /<(\?[^>]*)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? "";
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A gateway in front of the service answers with other members, or with none.
 * @param {Response} response
 * @param {any} data
 * @returns {Refusal}
 */
function refusalOf({ status, headers }, data) {
  const fields = Array.isArray(data?.errors) ? data.errors.map((/** @type {any} */ it) => it.detail).join(" ") : "";
  const detail = data?.detail ?? data?.message ?? `The service answered ${status}.`;
  const code = data?.code ?? (status === 401 ? "unauthenticated" : "unknown");
  const wait = Number(headers.get("retry-after")) || 0;
  return { ...data, status, code, detail: fields ? `${detail} ${fields}` : detail, ...(wait && { retry_after: wait }) };
}
