// What lies in a package beside the proof: its report, its key set, the readable dossier (FORMAT.md §8).
// They are under the manifest and the export, and that is what is said here: what the report says of compliance is not
// recomputed on this page, and the dossier's text is never read.
import { isObject, parse } from "./canonical.js";
import { Fault, shapeless } from "./fault.js";
import { publicKey } from "./keys.js";
import { DOSSIER, KEYS, REPORT } from "./layout.js";

const KEY_SET = 1 << 20;
const REPORT_LIMIT = 64 << 20;

export async function judgeEnclosures(pack, findings) {
  await judgeReport(pack, findings);
  if (pack.has(KEYS) && !(await isKeySet(pack))) findings.failed("report", "keys-malformed", KEYS);
  if (!findings.clean("manifest") || !findings.clean("export")) {
    findings.blocked("report", DOSSIER);
    return;
  }
  if (findings.clean("report") && pack.has(DOSSIER)) findings.noted("report", "dossier-covered", DOSSIER);
  findings.passed("report", "report-valid");
}

async function judgeReport(pack, findings) {
  if (!pack.has(REPORT)) return;
  try {
    const octets = await pack.read(REPORT, REPORT_LIMIT);
    if (octets === null || !isObject(parse(octets, REPORT_LIMIT))) throw new Fault("json-object", "应为 JSON 对象");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    findings.failed("report", "report-malformed", REPORT, null, { detail: error.message });
  }
}

async function isKeySet(pack) {
  try {
    const { keys } = parse(await pack.read(KEYS, KEY_SET), KEY_SET);
    keys.forEach(({ crv, kty, x }) => publicKey({ crv, kty, x }));
    return Array.isArray(keys);
  } catch (error) {
    if (!shapeless(error)) throw error;
    return false;
  }
}
