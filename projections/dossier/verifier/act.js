// The signed act (FORMAT.md §2): its exact members, and whether its signatures are exactly those of its signers.
import { parseObject } from "./canonical.js";
import { checkedEntry } from "./entry.js";
import { Fault } from "./fault.js";
import { headerKid } from "./jws.js";
import { holds } from "./keys.js";
import { b64u, fromB64u, utf8 } from "./octets.js";
import * as shape from "./shapes.js";
import { collect } from "./withheld.js";

const TYP = "anjuan-act+json";
const PAYLOAD = 1 << 20;
const SIGNERS = 32;
const EVIDENCE = 1000;
const MEMBERS = ["typ", "id", "case", "seen", "signers", "rulebook", "action", "occurred", "facts", "evidence", "_sd_alg"];

/** The act in canonical payload octets. */
export function parseAct(payload) {
  const act = shape.members(parseObject(payload, PAYLOAD), MEMBERS, "act");
  shape.constant(act.typ, "anjuan.act/1", "typ");
  shape.constant(act._sd_alg, "sha-256", "_sd_alg");
  shape.members(act.rulebook, ["id", "digest"], "rulebook");
  shape.mapping(act.facts, "facts");
  shape.items(act.evidence, "evidence", 0, EVIDENCE);
  shape.texts(act.facts, "facts");
  collect({ facts: act.facts, evidence: act.evidence });
  shape.uuid7(act.id, "id");
  shape.uuid7(act.case, "case");
  checkSeen(act.seen);
  checkSigners(act.signers);
  shape.code(act.rulebook.id, "rulebook.id");
  shape.digestText(act.rulebook.digest, "rulebook.digest");
  shape.code(act.action, "action");
  shape.occurred(act.occurred, "occurred");
  act.evidence.forEach((item, index) => checkedEntry(item, `evidence[${index}]`));
  return act;
}

function checkSeen(seen) {
  shape.members(seen, ["seq", "head"], "seen");
  if (shape.integer(seen.seq, "seen.seq") > 0) shape.digestText(seen.head, "seen.head");
  else if (seen.head !== null) throw shape.refused("seen.head", " null");
}

function checkSigners(signers) {
  shape.items(signers, "signers", 1, SIGNERS).forEach((signer, index) => {
    const place = `signers[${index}]`;
    shape.members(signer, ["officer", "kid", "as"], place);
    shape.uuid7(signer.officer, `${place}.officer`);
    shape.digestText(signer.kid, `${place}.kid`);
    shape.code(signer.as, `${place}.as`);
  });
  if (new Set(signers.map((signer) => signer.kid)).size !== signers.length) throw shape.refused("signers", "互不重复的密钥");
}

/** What is wrong with a record's signatures, `{code, field}` each; `keys` are those that may count, by kid. */
export async function signatureDefects(record, keys) {
  const judged = await Promise.all(record.signatures.map((one, index) => judge(record, one, keys, `signatures[${index}]`)));
  const kids = judged.filter((one) => one.kid !== null).map((one) => one.kid);
  const unread = kids.length < judged.length; // an unread header may be a missing signer's
  return [...judged.flatMap((one) => one.defects), ...setDefects(record.act.signers, kids, unread)];
}

async function judge(record, { head, signature }, keys, field) {
  let kid;
  try {
    kid = headerKid(fromB64u(head), TYP);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kid: null, defects: [{ code: error.code, field }] };
  }
  const key = keys.get(kid);
  if (key === undefined) return { kid, defects: [{ code: "unknown-key", field }] };
  const whole = await holds(key, fromB64u(signature), utf8(`${head}.${record.payload}`));
  return { kid, defects: whole ? [] : [{ code: "bad-signature", field }] };
}

function setDefects(signers, kids, unread) {
  const expected = signers.map((signer) => signer.kid);
  const missing = expected.flatMap((kid, index) =>
    kids.includes(kid) ? [] : [{ code: "signature-missing", field: `signers[${index}]` }],
  );
  const extra = kids.flatMap((kid, index) =>
    expected.includes(kid) && kids.indexOf(kid) === index ? [] : [{ code: "signature-extra", field: "signatures" }],
  );
  if (unread) return extra;
  const disordered = !missing.length && !extra.length && kids.some((kid, index) => kid !== expected[index]);
  return disordered ? [{ code: "signature-order", field: "signatures" }] : [...missing, ...extra];
}

/** The text whose digest is the act digest (FORMAT.md §3). */
export const actText = (payload, signatures) =>
  [b64u(payload), ...signatures.flatMap(({ head, signature }) => [head, signature])].join(".");
