// The records of a strand with their withheld facts as far as disclosed (FORMAT.md §2, §8). Where disclosures don't fit,
// the facts stay withheld.
import { Fault } from "./fault.js";
import { DISCLOSURES } from "./layout.js";
import { moment } from "./moments.js";
import { collect, factsView } from "./withheld.js";

const OWN = new Set([
  "disclosure-malformed", "disclosure-unmatched", "disclosure-repeated", "disclosure-name", "digest-repeated", "sd-empty",
  "sd-unsorted", "sd-name",
]);

/** `{where, caseId, seq, record, act, facts, evidence, shown, kept, received}` of each record. */
export const viewed = (strand, material, findings) => strand.placed.map((placed) => view(placed, material, findings));

function view({ where, caseId, seq, record }, material, findings) {
  const { act } = record;
  const key = `${caseId}/${seq}`;
  const known = { where, caseId, seq: record.seq, record, act, received: moment(record.receipt.received) };
  try {
    return { ...known, ...factsView(act, material.disclosures.get(key) ?? []) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const reason = OWN.has(error.code) ? error.code : "disclosures-malformed";
    findings.failed("disclosures", reason, DISCLOSURES, key, { detail: error.message });
    const kept = collect({ facts: act.facts, evidence: act.evidence }).size;
    return { ...known, facts: act.facts, evidence: act.evidence, shown: 0, kept };
  }
}

/** Disclosures of records that aren't there. */
export function judgeUnused(material, keys, findings) {
  for (const key of material.disclosures.keys()) {
    if (!keys.has(key)) findings.failed("disclosures", "disclosure-unmatched", DISCLOSURES, key);
  }
}
