// Moments as microseconds since 1970, which are whole numbers for every year of this format.
import { Fault } from "./fault.js";

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?)?$/;

/** The moment of an RFC 3339 time; NaN for one without offset, which the register refuses; Fault for anything else. */
export function moment(text) {
  const [, date, clock, fraction, offset] = TIME.exec(text) ?? [];
  const milliseconds = date === undefined ? NaN : Date.parse(`${date}T${clock ?? "00:00"}${offset ?? "Z"}`);
  const exists = !Number.isNaN(milliseconds) && new Date(`${date}T00:00Z`).toISOString().startsWith(date);
  if (!exists) throw new Fault("moment", `不是时刻：${text}`);
  return offset === undefined ? NaN : milliseconds * 1000 + Number((fraction ?? "").padEnd(6, "0").slice(0, 6));
}

/** The moment that a fact states; where it states none, the one of the receipt (FORMAT.md §7). */
export const stated = (fact, otherwise) => (typeof fact === "string" ? moment(fact) : otherwise);
