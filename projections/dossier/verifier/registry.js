// The register over time (FORMAT.md §7). Only the archive's first record can found it, and only if it vouches for itself:
// signed by the root key that it names, received under the archive key that it names.
import { EMPTY, after, checkMoments, settled } from "./register.js";
import { shapeless } from "./fault.js";
import { publicKey } from "./keys.js";
import * as shape from "./shapes.js";
import { unauthorised } from "./authority.js";

const TAKING = new Set(["key-revoked", "recusal", "capacities-changed"]);

export class Registry {
  constructor() {
    this.states = [EMPTY];
    this.moments = [];
    this.before = new Map(); // the register before each register record, by "case/seq"
    this.genesis = null;
  }

  /** The register after all records, later revocations included. */
  get final() {
    return this.states[this.states.length - 1];
  }

  get founded() {
    return this.final.archive !== null;
  }

  /** The states that may have held at a moment: several only where register records came in that millisecond. */
  at(moment) {
    const low = this.moments.filter((one) => one < moment).length;
    const high = this.moments.filter((one) => one <= moment).length;
    return this.states.slice(low, high + 1);
  }

  /** Every calendar that was ever adopted: name by digest. */
  calendars() {
    return new Map(this.states.flatMap((state) => [...state.calendars].map(([name, digest]) => [digest, name])));
  }
}

/** The register over time from the viewed records of all register cases; `bookOf` gives the rulebook a record pins. */
export function registryOf(cases, bookOf, findings) {
  const registry = new Registry();
  registry.genesis = founding(cases, findings);
  if (registry.genesis === null) return registry;
  const records = [...cases.values()].flat().filter((view) => counts(view, registry.genesis, findings));
  records.sort((a, b) => a.received - b.received || order(a.caseId, b.caseId) || a.seq - b.seq);
  const entered = [];
  while (records.length) {
    const tied = records.filter((view) => view.received === records[0].received);
    const next = tied.length > 1 ? firstOf(tied, registry.final) : records[0];
    records.splice(records.indexOf(next), 1);
    enter(registry, entered, next, bookOf, findings);
  }
  return registry;
}

const order = (one, other) => (one < other ? -1 : Number(one > other));

function counts(view, genesis, findings) {
  if (view.act.rulebook.id !== "register") {
    findings.failed("register", "register-malformed", view.where, "rulebook.id", { detail: "不是登记规则下的记录" });
    return false;
  }
  if (view.act.action === "genesis" && view !== genesis) {
    findings.failed("register", "genesis-malformed", view.where, "action", { detail: "不止一份创始记录" });
    return false;
  }
  return true;
}

/** Of the records of one millisecond the one that came first: case by case in order, what gives before what takes. */
function firstOf(tied, state) {
  const heads = tied.filter((view, i) => tied.findIndex((one) => one.caseId === view.caseId) === i);
  heads.sort((a, b) => rank(a) - rank(b));
  return heads.find((view) => authorised(view, state)) ?? heads[0];
}

function rank({ act }) {
  if (act.action === "genesis") return 0;
  if (act.signers.some((signer) => signer.as === "root")) return 1;
  return TAKING.has(act.action) ? 3 : 2;
}

function authorised(view, state) {
  try {
    return unauthorised(state, view).length === 0;
  } catch (error) {
    if (!shapeless(error)) throw error;
    return false;
  }
}

function enter(registry, entered, view, bookOf, findings) {
  registry.before.set(`${view.caseId}/${view.seq}`, registry.final);
  entered.push(view);
  try {
    const book = bookOf(view);
    const rectifies = (record) => book?.rectifying.has(record.act.action) ?? false;
    const state = rectifies(view) ? settled(entered, rectifies).reduce(after, EMPTY) : after(registry.final, view);
    checkMoments(state);
    registry.states.push(state);
    registry.moments.push(view.received);
  } catch (error) {
    if (!shapeless(error)) throw error;
    findings.failed("register", "register-malformed", view.where, "facts", { detail: error.message });
  }
}

function founding(cases, findings) {
  const found = [...cases.values()].filter((views) => views[0]?.act.action === "genesis").map((views) => views[0]);
  if (!found.length) {
    findings.failed("register", "genesis-missing");
    return null;
  }
  let flaws;
  try {
    flaws = flawsOf(found[0]);
  } catch (error) {
    if (!shapeless(error)) throw error;
    flaws = [[error.message, "facts"]];
  }
  for (const [detail, at] of flaws) findings.failed("register", "genesis-malformed", found[0].where, at, { detail });
  return flaws.length ? null : found[0];
}

/** What is wrong with an archive's first record; Fault where members have no shape at all. */
function flawsOf({ act, facts, record }) {
  const flaws = [];
  const [root, archive] = [publicKey(facts.root), publicKey(facts.archive)];
  if (record.seq !== 1 || act.rulebook.id !== "register") flaws.push(["不是登记规则下的首条记录", "rulebook.id"]);
  const [signer] = act.signers;
  const alone = act.signers.length === 1 && signer.officer === act.case && signer.kid === root.kid && signer.as === "root";
  if (!alone) flaws.push(["应由其中所列的 root 密钥单独签署", "signers"]);
  if (record.receipt.kid !== archive.kid) flaws.push(["回执应由其中所列的 archive 密钥签发", "receipt"]);
  if (root.kid === archive.kid) flaws.push(["root 与 archive 不得为同一密钥", "facts.archive"]);
  shape.text(facts.origin, "facts.origin");
  if (typeof facts.demonstration !== "boolean") flaws.push(["应为真假值", "facts.demonstration"]);
  for (const [name, code] of [["calendars", "name"], ["rulebooks", "id"]]) {
    shape.items(facts[name], `facts.${name}`, 0, 200).forEach((row, i) => {
      shape.members(row, [code, "digest"], `facts.${name}[${i}]`);
      shape.code(row[code], `facts.${name}[${i}].${code}`);
      shape.digestText(row.digest, `facts.${name}[${i}].digest`);
    });
  }
  return flaws;
}
