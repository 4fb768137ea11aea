// Signatures, receipts and authority of the records of a case (FORMAT.md §2, §3, §7). A key that was ever revoked is judged
// by the last word on it: acts from the moment on fail, earlier ones can't be placed in time by the archive's word alone.
import { signatureDefects } from "./act.js";
import { unauthorised } from "./authority.js";
import { shapeless } from "./fault.js";
import { verified } from "./jws.js";
import { signingKeys } from "./register.js";

const TOGETHER = 64;
const CAPACITY = new Set(["deputy-capacity", "deputy-self"]); // told as "capacity-missing"

export async function judgeSigning(views, registry, findings, progress) {
  const keys = signingKeys(registry.final);
  for (let first = 0; first < views.length; first += TOGETHER) {
    await progress(first, views.length);
    const some = views.slice(first, first + TOGETHER);
    const judged = await Promise.all(
      some.map(async ({ record }) => [await signatureDefects(record, keys), await receiptHolds(record, registry)]),
    );
    some.forEach((view, i) => {
      const [defects, answered] = judged[i];
      for (const { code, field } of defects) {
        if (code === "alg") findings.unsettled("signatures", code, view.where, field);
        else findings.failed("signatures", code, view.where, field);
      }
      judgeReceipt(view, registry, answered, findings);
      judgeAuthority(view, registry, findings);
    });
  }
}

async function receiptHolds({ receipt }, registry) {
  const enrolled = registry.final.archiveKeys.get(receipt.kid);
  return enrolled ? verified(receipt.jws, enrolled.key) : null;
}

function judgeReceipt({ record, received, where }, registry, holds, findings) {
  if (holds === null) findings.failed("receipts", "receipt-key", where, "receipt.kid");
  else if (!holds) findings.failed("receipts", "receipt-signature", where, "receipt");
  else judgeKeyTime("receipts", registry.final.archiveKeys.get(record.receipt.kid), received, where, "receipt.kid", findings);
}

/** Whether a key counts at a moment, by the last word on it. */
export function judgeKeyTime(check, { since, end }, moment, where, field, findings) {
  if (moment < since) findings.failed(check, "key-not-yet", where, field);
  else if (end !== null && moment >= end) findings.failed(check, "key-revoked", where, field);
  else if (end !== null) findings.unsettled(check, "key-time-unplaced", where, field);
}

function judgeAuthority(view, registry, findings) {
  const before = registry.before.get(`${view.caseId}/${view.seq}`);
  const states = before ? [before] : registry.at(view.received);
  const judged = states.map((state) => defectsIn(state, view));
  const defects = judged.reduce((least, one) => (one.length < least.length ? one : least));
  for (const { code, field, detail } of defects) {
    const signer = view.act.signers[/^signers\[(\d+)\]/.exec(field)?.[1] ?? 0];
    const reason = CAPACITY.has(code) ? "capacity-missing" : code;
    findings.failed("authority", reason, view.where, field, { capacity: signer.as, detail });
  }
  if (!defects.some(({ code }) => code === "key-revoked")) judgeRevocations(view, registry, findings);
}

function defectsIn(state, view) {
  try {
    return unauthorised(state, view);
  } catch (error) {
    if (!shapeless(error)) throw error;
    return [{ code: "authority-unjudged", field: "signers", detail: error.message }];
  }
}

/** What was revoked later, with effect from a moment before or after this record. */
function judgeRevocations({ act, received, where }, registry, findings) {
  act.signers.forEach(({ officer, kid }, i) => {
    const key = registry.final.officers.get(officer)?.keys.get(kid);
    if (key && key.end !== null) judgeKeyTime("authority", key, received, where, `signers[${i}].kid`, findings);
  });
}
