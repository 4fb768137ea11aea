// export.jws (FORMAT.md §8): the archive vouches for exactly this package, up to exactly this record.
import { EXPORT, MANIFEST, MANIFEST_LIMIT } from "./bag.js";
import { digest } from "./digest.js";
import { Fault } from "./fault.js";
import { COMPACT, parseCompact, verified } from "./jws.js";
import { PROOFS } from "./layout.js";
import { moment } from "./moments.js";
import { utf8Text } from "./octets.js";
import * as shape from "./shapes.js";
import { judgeKeyTime } from "./signing.js";

const MEMBERS = ["typ", "case", "seq", "head", "checkpoint", "recipient", "exported", "manifest"];

/** The claim with its JWS, signature not judged. */
export function parseExport(text) {
  const jws = parseCompact(text, "anjuan-export+json");
  const claim = shape.members(jws.payload, MEMBERS, "export");
  shape.constant(claim.typ, "anjuan.export/1", "export.typ");
  shape.uuid7(claim.case, "export.case");
  shape.integer(claim.seq, "export.seq", 1);
  shape.digestText(claim.head, "export.head");
  if (claim.checkpoint !== null) shape.integer(claim.checkpoint, "export.checkpoint", 1);
  shape.text(claim.recipient, "export.recipient");
  shape.received(claim.exported, "export.exported");
  shape.digestText(claim.manifest, "export.manifest");
  return { ...claim, jws };
}

/** The claim of a package; null, with the reason, if it can't be read. */
export async function readExport(pack, findings) {
  if (!pack.has(EXPORT)) {
    findings.failed("export", "export-missing", EXPORT);
    return null;
  }
  try {
    const octets = await pack.read(EXPORT, COMPACT);
    if (octets === null) throw new Fault("jws", `超过 ${COMPACT} 字节`);
    const text = utf8Text(octets);
    if (text === null || /[^\x00-\x7f]/.test(text)) throw new Fault("jws", "不是 ASCII");
    return parseExport(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    findings.failed("export", "export-malformed", EXPORT, null, { detail: error.message });
    return null;
  }
}

/** The claim against the package and its last record, and its signature against the archive's keys. */
export async function judgeExport(pack, claim, last, registry, findings) {
  const manifest = await pack.read(MANIFEST, MANIFEST_LIMIT);
  if (manifest === null || (await digest(manifest)) !== claim.manifest) {
    findings.failed("export", "export-manifest", EXPORT, "manifest");
  }
  judgeHead(pack, claim, last, findings);
  const enclosed = pack.names.some((name) => name.startsWith(PROOFS));
  if ((claim.checkpoint !== null) !== enclosed) findings.failed("export", "export-checkpoint", EXPORT, "checkpoint");
  if (!registry.founded) {
    findings.blocked("export", EXPORT);
    return;
  }
  const enrolled = registry.final.archiveKeys.get(claim.jws.kid);
  if (!enrolled) findings.failed("export", "export-key", EXPORT, "kid");
  else if (!(await verified(claim.jws, enrolled.key))) findings.failed("export", "export-signature", EXPORT);
  else judgeKeyTime("export", enrolled, moment(claim.exported), EXPORT, "exported", findings);
  findings.passed("export", "export-valid", { seq: claim.seq, exported: claim.exported });
}

function judgeHead(pack, claim, last, findings) {
  const expected = `${claim.case}-${claim.seq}`;
  if (pack.base !== expected) findings.failed("package", "base-name", "", null, { expected, found: pack.base });
  if (!last) {
    findings.failed("export", "export-head", EXPORT, "head");
    return;
  }
  const { record } = last;
  const found = { case: record.case, seq: record.seq, head: record.digest };
  for (const member of ["case", "seq", "head"]) {
    if (found[member] !== claim[member]) findings.failed("export", "export-head", EXPORT, member);
  }
  if (claim.seq > record.seq) {
    const seq = record.seq + 1;
    findings.failed("chain", "record-missing", `data/records/${String(seq).padStart(4, "0")}.json`, null, { seq });
  }
  if (claim.exported < record.receipt.received) findings.failed("export", "export-time", EXPORT, "exported");
}
