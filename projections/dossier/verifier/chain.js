// Records and chain (FORMAT.md §3): the pieces of one case become one unbroken strand, or it is said where not.
// A strand that is `whole` holds records 1 to n of its case, each after the other, and nothing else.
import { digest } from "./digest.js";
import { Fault } from "./fault.js";
import { place } from "./layout.js";
import { parseRecord } from "./record.js";

const OWN = new Set(["not-canonical", "receipt-act", "receipt-case", "seen", "seen-head", "digest-repeated", "sd-empty", "sd-unsorted"]);
const TOGETHER = 64;

/** Read and chain the pieces of a case; `acts` holds the ids of acts met so far and is added to. */
export async function strandOf(material, caseId, pieces, acts, findings, progress) {
  const placed = [];
  const digests = new Map();
  for (let first = 0; first < pieces.length; first += TOGETHER) {
    await progress(first, pieces.length);
    const some = pieces.slice(first, first + TOGETHER);
    const read = await Promise.all(some.map(async (piece) => [await digest(piece.octets), await attempt(piece)]));
    some.forEach((piece, i) => {
      const [sum, result] = read[i];
      digests.set(piece.seq, sum);
      const record = accepted(piece, result, findings);
      if (record) placed.push({ ...piece, record });
    });
  }
  let whole = pieces.length > 0 && placed.length === pieces.length;
  whole = numbered(material, caseId, pieces, findings) && whole;
  whole = chained(placed, digests, findings) && whole;
  whole = once(placed, acts, findings) && whole;
  return { caseId, placed, whole };
}

async function attempt(piece) {
  try {
    return await parseRecord(piece.octets);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function accepted(piece, result, findings) {
  if (result instanceof Fault) {
    const reason = OWN.has(result.code) ? result.code : "record-malformed";
    findings.failed("records", reason, piece.where, result.field, { detail: result.message });
    return null;
  }
  if (result.case !== piece.caseId) {
    findings.failed("records", "record-case", piece.where, "receipt.case", { found: result.case });
    return null;
  }
  return result;
}

function numbered(material, caseId, pieces, findings) {
  let whole = true;
  let expected = 1;
  for (const piece of pieces) {
    if (piece.seq !== expected) {
      findings.failed("chain", "record-missing", place(material, caseId, expected), null, { seq: expected });
      whole = false;
    }
    expected = piece.seq + 1;
  }
  return whole;
}

function chained(placed, digests, findings) {
  let good = true;
  let latest = "";
  for (const { record, seq, where } of placed) {
    const fail = (reason, field, values) => {
      findings.failed("chain", reason, where, field, values);
      good = false;
    };
    const { receipt } = record;
    const { seen } = record.act;
    if (record.seq !== seq) fail("chain-seq", "receipt.seq", { expected: seq, found: record.seq });
    const before = digests.get(seq - 1);
    if ((seq === 1 || before !== undefined) && receipt.prev !== (before ?? null)) fail("chain-prev", "receipt.prev");
    if (receipt.received < latest) fail("chain-received", "receipt.received");
    const known = digests.get(seen.seq);
    if (seen.seq && (seen.seq >= seq || (known !== undefined && known !== seen.head))) {
      fail("chain-seen", "seen.head", { seq: seen.seq });
    }
    if (receipt.received > latest) latest = receipt.received;
  }
  return good;
}

function once(placed, acts, findings) {
  let good = true;
  for (const { record, where } of placed) {
    const { id } = record.act;
    if (acts.has(id)) {
      findings.failed("chain", "chain-repeated", where, "id", { id });
      good = false;
    } else acts.add(id);
  }
  return good;
}
