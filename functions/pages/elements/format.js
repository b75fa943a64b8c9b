// How times, dates and phone numbers are shown.

/** A number as people write it where it is from: `(512) 555-0142` for +1, else as it is.
 * @param {string} number in E.164
 */
export function phone(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

/** A time in the reader's time zone; the exact time in UTC shows on hover.
 * @param {string} at RFC 3339
 * @param {string} lang
 */
export function time(at, lang) {
  const node = document.createElement("time");
  const date = new Date(at);
  node.dateTime = at;
  node.title = at;
  node.textContent = Number.isNaN(date.getTime())
    ? at
    : new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(date);
  return node;
}

/** The day of a time, in the reader's time zone: for lists. The exact time in UTC shows on hover.
 * @param {string} at RFC 3339
 * @param {string} lang
 */
export function dayOf(at, lang) {
  const node = time(at, lang);
  const date = new Date(at);
  if (!Number.isNaN(date.getTime())) node.textContent = new Intl.DateTimeFormat(lang, { dateStyle: "medium" }).format(date);
  return node;
}

/** The time of a day, in the reader's time zone: below a day. The exact time in UTC shows on hover.
 * @param {string} at RFC 3339
 * @param {string} lang
 */
export function timeOf(at, lang) {
  const node = time(at, lang);
  const date = new Date(at);
  if (!Number.isNaN(date.getTime())) node.textContent = new Intl.DateTimeFormat(lang, { timeStyle: "short" }).format(date);
  return node;
}

/** A day, which has no time zone.
 * @param {string} date YYYY-MM-DD
 * @param {string} lang
 */
export function day(date, lang) {
  const at = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? date : new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(at);
}

/** Whole days from now to the end of a day: 0 on that day, negative after it.
 * @param {string} date YYYY-MM-DD
 * @param {Date} now
 */
export function daysLeft(date, now) {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((Date.parse(`${date}T00:00:00Z`) - today) / 86_400_000);
}
