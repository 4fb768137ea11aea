// Canonical JSON (FORMAT.md §1): RFC 8785 without floats, read by a parser of our own, since JSON.parse takes repeated
// names, floats, −0 and texts outside NFC. Objects have no prototype, so that no name means more than it says.
import { Fault } from "./fault.js";
import { utf8Text } from "./octets.js";

export const DOCUMENT = 4 << 20;
export const DEPTH = 32;
const NUMBER = /-?(?:0|[1-9][0-9]*)/y;
const BEYOND = /\.[0-9]|[eE][+-]?[0-9]/y;
const NAME = /^[\x20-\x7e]*$/;
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;
const CONSTANTS = [["true", true], ["false", false], ["null", null]];

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) this.syntax();
    return value;
  }

  syntax() {
    throw new Fault("json-syntax", `JSON 语法错误：第 ${this.at + 1} 个字符`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  value(depth) {
    this.space();
    const first = this.text[this.at];
    if (first === '"') return plainText(this.string());
    if (first === "{") return this.object(depth + 1);
    if (first === "[") return this.array(depth + 1);
    for (const [word, value] of CONSTANTS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number() {
    if (/^(?:NaN|-?Infinity)/.test(this.text.slice(this.at, this.at + 9))) throw new Fault("json-number", "不接受非数值");
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0];
    if (found === undefined) this.syntax();
    this.at += found.length;
    BEYOND.lastIndex = this.at;
    if (BEYOND.test(this.text)) throw new Fault("json-number", "不接受小数或指数");
    const value = Number(found);
    if (found === "-0" || !Number.isSafeInteger(value)) throw new Fault("json-number", "不接受 -0 和 ±(2^53−1) 以外的整数");
    return value;
  }

  string() {
    const start = this.at;
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) this.syntax();
    } while (escaped(this.text, end));
    this.at = end + 1;
    const inner = this.text.slice(start + 1, end);
    if (!inner.includes("\\") && !/[\x00-\x1f]/.test(inner)) return inner;
    try {
      return JSON.parse(this.text.slice(start, end + 1)); // one string token: strict as it is
    } catch {
      return this.syntax();
    }
  }

  object(depth) {
    tooDeep(depth);
    const out = Object.create(null);
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") return this.closed(out);
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.syntax();
      const name = this.string();
      this.space();
      if (this.text[this.at] !== ":") this.syntax();
      this.at += 1;
      const member = this.value(depth);
      if (name in out) throw new Fault("json-duplicate", "成员名重复");
      if (!NAME.test(name)) throw new Fault("json-name", "成员名只能是可打印 ASCII 字符");
      out[name] = member;
      this.space();
      if (this.text[this.at] === "}") return this.closed(out);
      if (this.text[this.at] !== ",") this.syntax();
      this.at += 1;
    }
  }

  array(depth) {
    tooDeep(depth);
    const out = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") return this.closed(out);
    for (;;) {
      out.push(this.value(depth));
      this.space();
      if (this.text[this.at] === "]") return this.closed(out);
      if (this.text[this.at] !== ",") this.syntax();
      this.at += 1;
    }
  }

  closed(value) {
    this.at += 1;
    return value;
  }
}

function escaped(text, quote) {
  let slashes = 0;
  while (text[quote - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}

function tooDeep(depth) {
  if (depth > DEPTH) throw new Fault("json-depth", `嵌套超过 ${DEPTH} 层`);
}

function plainText(text) {
  if (NAME.test(text)) return text;
  if (CONTROL.test(text) || !text.isWellFormed()) throw new Fault("json-string", "文本含控制字符或孤立代理码");
  if (text.normalize("NFC") !== text) throw new Fault("json-string", "文本不是 NFC 形式");
  return text;
}

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The canonical text of a value that the parser gave, or that is made of such. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function read(octets, limit) {
  if (octets.length > limit) throw new Fault("json-size", `JSON 文本超过 ${limit} 字节`);
  const text = utf8Text(octets);
  if (text === null) throw new Fault("json-utf8", "JSON 文本不是有效的 UTF-8");
  return [text, new Reader(text).whole()];
}

/** The value of one JSON text, white space allowed; Faults json-size, -utf8, -depth, -syntax, -duplicate, -number, … */
export const parse = (octets, limit = DOCUMENT) => read(octets, limit)[1];

/** As `parse`; Fault "not-canonical" unless the octets are what `canonical` writes. */
export function parseCanonical(octets, limit = DOCUMENT) {
  const [text, value] = read(octets, limit);
  if (canonical(value) !== text) throw new Fault("not-canonical", "JSON 文本不是规范形式");
  return value;
}

/** As `parseCanonical`; Fault "json-object" unless it is an object. */
export function parseObject(octets, limit = DOCUMENT) {
  const value = parseCanonical(octets, limit);
  if (!isObject(value)) throw new Fault("json-object", "此处应为 JSON 对象");
  return value;
}
