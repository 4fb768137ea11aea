// Receipt and record (FORMAT.md §3): the stored event, and that its receipt answers exactly this act.
import { actText, parseAct } from "./act.js";
import { parseObject } from "./canonical.js";
import { digest } from "./digest.js";
import { Fault } from "./fault.js";
import { parseCompact } from "./jws.js";
import { fromB64u, utf8 } from "./octets.js";
import * as shape from "./shapes.js";

export const RECORD = 2 << 20;
const SIGNATURE = 8192;

/** The receipt in a compact JWS, its signature not judged. */
export function parseReceipt(compact) {
  const jws = parseCompact(compact, "anjuan-receipt+json");
  const claim = shape.members(jws.payload, ["typ", "case", "seq", "prev", "act", "received"], "receipt");
  shape.constant(claim.typ, "anjuan.receipt/1", "receipt.typ");
  shape.integer(claim.seq, "receipt.seq", 1);
  if (claim.seq > 1) shape.digestText(claim.prev, "receipt.prev");
  else if (claim.prev !== null) throw shape.refused("receipt.prev", " null（首条记录）");
  shape.uuid7(claim.case, "receipt.case");
  shape.digestText(claim.act, "receipt.act");
  shape.received(claim.received, "receipt.received");
  return { ...claim, kid: jws.kid, jws };
}

function signatureOf(value, index) {
  const place = `record.act.signatures[${index}]`;
  shape.members(value, ["protected", "signature"], place);
  const head = shape.text(value.protected, `${place}.protected`);
  const signature = shape.text(value.signature, `${place}.signature`);
  for (const text of [head, signature]) {
    if (text.length > SIGNATURE) throw new Fault("encoding", `签名成员超过 ${SIGNATURE} 字符`);
    fromB64u(text);
  }
  return { head, signature };
}

/** The record in canonical octets: act, signatures, receipt, digest. */
export async function parseRecord(octets) {
  const value = shape.members(parseObject(octets, RECORD), ["act", "receipt"], "record");
  shape.members(value.act, ["payload", "signatures"], "record.act");
  const payload = fromB64u(shape.text(value.act.payload, "record.act.payload", RECORD));
  const signatures = shape.items(value.act.signatures, "record.act.signatures", 1, 32).map(signatureOf);
  const act = parseAct(payload);
  const receipt = parseReceipt(shape.text(value.receipt, "record.receipt"));
  if (receipt.act !== (await digest(utf8(actText(payload, signatures))))) {
    throw new Fault("receipt-act", "回执所答复的不是本记录中的行为", "receipt.act");
  }
  if (receipt.case !== act.case) throw new Fault("receipt-case", "回执与行为所属案件不同", "receipt.case");
  if (act.seen.seq >= receipt.seq) throw new Fault("seen", "签署人所见记录不早于本记录", "seen.seq");
  if (act.seen.seq === receipt.seq - 1 && act.seen.head !== receipt.prev) {
    throw new Fault("seen-head", "签署人所见的前一记录不是回执所接的", "seen.head");
  }
  return { act, payload: value.act.payload, signatures, receipt, case: receipt.case, seq: receipt.seq, digest: await digest(octets) };
}
