// Shapes of members (FORMAT.md, its head, and §2): each answers with the value or throws Fault "shape" naming the member.
import { isObject } from "./canonical.js";
import { Fault } from "./fault.js";
import { utf8 } from "./octets.js";

export const TEXT = 64 << 10;
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/; // 43 characters carry 258 bits: the last two are zero
const HEX = /^[0-9a-f]{64}$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;
const MILLIS = /^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$/;

export const refused = (field, expected) => new Fault("shape", `${field} 应为${expected}`, field);

/** An object with exactly the members `names`. */
export function members(value, names, field) {
  mapping(value, field);
  const there = Object.keys(value);
  if (there.length !== names.length || !names.every((name) => name in value)) {
    throw new Fault("shape", `${field} 的成员不符`, field);
  }
  return value;
}

export function mapping(value, field) {
  if (!isObject(value)) throw refused(field, "对象");
  return value;
}

export function items(value, field, low, high) {
  if (!Array.isArray(value) || value.length < low || value.length > high) throw refused(field, `${low} 至 ${high} 项的列表`);
  return value;
}

/** A text of 1 to `octets` octets of UTF-8. */
export function text(value, field, octets = TEXT) {
  if (typeof value !== "string" || value === "" || utf8(value).length > octets) {
    throw refused(field, `不超过 ${octets} 字节的非空文本`);
  }
  return value;
}

/** Every text in `value`, at any depth, has at most 64 KiB. */
export function texts(value, field) {
  if (typeof value === "string") {
    if (value.length * 3 > TEXT && utf8(value).length > TEXT) throw refused(field, `不超过 ${TEXT} 字节的文本`);
  } else if (Array.isArray(value)) value.forEach((item, index) => texts(item, `${field}[${index}]`));
  else if (isObject(value)) for (const name of Object.keys(value).sort()) texts(value[name], `${field}.${name}`);
}

export function constant(value, expected, field) {
  if (value !== expected) throw refused(field, `“${expected}”`);
}

export function integer(value, field, low = 0) {
  if (typeof value !== "number" || value < low) throw refused(field, `不小于 ${low} 的整数`);
  return value;
}

const matching = (pattern, expected) => (value, field) => {
  if (typeof value !== "string" || !pattern.test(value)) throw refused(field, expected);
  return value;
};

export const uuid7 = matching(UUID7, "小写的 UUID v7");
export const code = matching(CODE, "代码");
export const digestText = matching(DIGEST, "SHA-256 摘要（base64url，43 字符）");
export const hexText = matching(HEX, "SHA-256 摘要（小写十六进制）");

function civil(value) {
  const [, year, month, day] = DATE.exec(value) ?? [];
  if (year === undefined || year < "1990" || year > "2199") return false;
  const date = new Date(Date.UTC(+year, +month - 1, +day));
  return date.getUTCMonth() === +month - 1 && date.getUTCDate() === +day;
}

function instant(value) {
  const [, date, hour, minute, second] = TIME.exec(value) ?? [];
  return date !== undefined && civil(date) && hour < "24" && minute < "60" && second < "60";
}

/** A date, or a time with offset, of 1990 to 2199. */
export function occurred(value, field) {
  if (typeof value === "string" && (civil(value) || instant(value))) return value;
  throw refused(field, "日期或带时区的时刻");
}

/** UTC with milliseconds; sorts as text the way it sorts in time. */
export function received(value, field) {
  if (typeof value === "string" && MILLIS.test(value) && instant(value)) return value;
  throw refused(field, "UTC 时刻 YYYY-MM-DDTHH:MM:SS.mmmZ");
}
