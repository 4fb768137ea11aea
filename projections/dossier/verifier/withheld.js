// Withheld facts: salted digests under `_sd` and the disclosures that open them (FORMAT.md §2; RFC 9901).
// Keeps: shown and withheld parts fit the same signed digests; what is ambiguous is refused, never guessed.
import { DEPTH, isObject, parseCanonical } from "./canonical.js";
import { digestNow } from "./digest.js";
import { described } from "./entry.js";
import { Fault } from "./fault.js";
import { fromB64u, utf8 } from "./octets.js";
import * as shape from "./shapes.js";

const ONE = 1 << 20;
const MOST = 16384;
const NAME = /^[\x20-\x7e]*$/;

const without = (names) => names.filter((name) => name !== "_sd");

/** The digests of one object; Faults sd-empty, sd-unsorted, shape. */
function digestsOf(object) {
  if (!("_sd" in object)) return [];
  const listed = object._sd;
  if (!Array.isArray(listed) || listed.length === 0) throw new Fault("sd-empty", "_sd 应为非空的摘要列表", "_sd");
  listed.forEach((entry) => shape.digestText(entry, "_sd"));
  if (listed.some((entry, index) => index > 0 && listed[index - 1] >= entry)) {
    throw new Fault("sd-unsorted", "_sd 中的摘要应按升序排列且不重复", "_sd");
  }
  return listed;
}

/** All digests in `value`, at any depth, added to `found`; Faults also sd-name and digest-repeated. */
export function collect(value, found = new Set()) {
  if (Array.isArray(value)) value.forEach((item) => collect(item, found));
  if (!isObject(value)) return found;
  if ("..." in value) throw new Fault("sd-name", "成员名“...”在本格式中不使用", "...");
  digestsOf(value).forEach((entry) => addOnce(entry, found));
  without(Object.keys(value)).forEach((name) => collect(value[name], found));
  return found;
}

function addOnce(entry, found) {
  if (found.has(entry)) throw new Fault("digest-repeated", "同一摘要在一个行为中出现两次", "_sd");
  found.add(entry);
}

function opened(encoded) {
  try {
    if (encoded.length > ONE) throw new Fault("size", `披露项超过 ${ONE} 字节`);
    const [salt, name, value] = shape.items(parseCanonical(fromB64u(encoded)), "披露项", 3, 3);
    if (typeof salt !== "string" || fromB64u(salt).length < 16) throw new Fault("salt", "盐应至少为 128 位");
    if (typeof name !== "string" || !NAME.test(name) || name === "_sd" || name === "...") {
      throw new Fault("shape", "披露项的名称无效");
    }
    shape.texts(value, name);
    return { name, value, digest: digestNow(utf8(encoded)) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault("disclosure-malformed", `披露项无法读取：${error.message}`);
  }
}

class Disclosing {
  constructor(value, encoded) {
    this.open = new Map();
    encoded.forEach((text, index) => {
      if (index >= MOST) throw new Fault("disclosure-malformed", `披露项超过 ${MOST} 个`);
      const one = opened(text);
      if (this.open.has(one.digest)) throw new Fault("disclosure-repeated", "同一披露项出现两次", one.name);
      this.open.set(one.digest, one);
    });
    const all = collect(value);
    for (const one of this.open.values()) collect(one.value).forEach((entry) => addOnce(entry, all));
    this.used = new Set();
    this.result = this.value(value, 1);
    for (const one of this.open.values()) {
      if (!this.used.has(one.digest)) throw new Fault("disclosure-unmatched", "披露项与任何摘要都不相符", one.name);
    }
  }

  value(value, depth) {
    if (!Array.isArray(value) && !isObject(value)) return value;
    if (depth > DEPTH) throw new Fault("json-depth", `披露后的 JSON 嵌套超过 ${DEPTH} 层`);
    return Array.isArray(value) ? value.map((item) => this.value(item, depth + 1)) : this.object(value, depth);
  }

  object(object, depth) {
    const shown = Object.create(null);
    without(Object.keys(object)).forEach((name) => {
      shown[name] = this.value(object[name], depth + 1);
    });
    const left = [];
    for (const entry of digestsOf(object)) {
      const one = this.open.get(entry);
      if (one === undefined) left.push(entry);
      else {
        if (one.name in shown) throw new Fault("disclosure-name", "披露项的名称在该处已存在", one.name);
        this.used.add(entry);
        shown[one.name] = this.value(one.value, depth + 1);
      }
    }
    if (left.length) shown._sd = left;
    return shown;
  }
}

/** `value` with the shown members put back; digests of what isn't shown stay. */
export const disclose = (value, encoded) => new Disclosing(value, encoded).result;

/** Facts and evidence of an act with the shown members put back, and how many digests stay closed. */
export function factsView(act, encoded) {
  const whole = Object.assign(Object.create(null), { facts: act.facts, evidence: act.evidence });
  const { facts, evidence } = encoded.length ? disclose(whole, encoded) : whole;
  evidence.forEach((item, index) => described(item, `evidence[${index}]`));
  return { facts, evidence, shown: encoded.length, kept: collect({ facts, evidence }).size };
}
