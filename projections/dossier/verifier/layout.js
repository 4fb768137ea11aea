// What a dossier package may and must hold, and what each file is (FORMAT.md §8, the table).
import { parseObject } from "./canonical.js";
import { Fault } from "./fault.js";
import { byOctets } from "./octets.js";
import { RECORD } from "./record.js";
import { notAPackage } from "./zip.js";

export const DOSSIER = "data/案卷.pdf";
export const REPORT = "data/report.json";
export const DISCLOSURES = "data/disclosures.json";
export const KEYS = "data/keys.json";
export const PROOFS = "data/proofs/";
const RULES = 4 << 20;
const SHOWN = 64 << 20;
const HELD = 512 << 20; // records, rules and disclosures together: what is kept in memory

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const SEQ = "000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3,11}";
const DIGEST = "[A-Za-z0-9_-]{43}";
const whole = (pattern) => new RegExp(`^${pattern}$`, "s");
const BASE = whole(`(${UUID})-[1-9][0-9]{0,11}`);
const RECORDS = whole(`data/records/(${SEQ})\\.json`);
const REGISTER = whole(`data/register/(${UUID})/(${SEQ})\\.json`);
const FILES = whole("data/files/([0-9a-f]{64})");
const RULEBOOK = whole(`data/rulebook/(${DIGEST})/(.+)`);
const CALENDAR = whole(`data/calendar/(${DIGEST})\\.json`);
const NUMBER = "(?:0|[1-9][0-9]{0,18})";
const PROOF = whole(
  `${PROOFS}(?:(?:records|register/${UUID})/(?:${SEQ})\\.tlog-proof|census/(?:document\\.(?:json|tlog-proof)|${UUID}\\.json)` +
    `|${NUMBER}\\.(?:checkpoint|tst)|consistency/${NUMBER}-${NUMBER})`,
);
const SINGLE = [DOSSIER, REPORT, DISCLOSURES, KEYS, "data/verify.html"];
const KNOWN = [RECORDS, REGISTER, FILES, RULEBOOK, CALENDAR, PROOF];
const MANDATORY = [["data/records/", RECORDS], ["data/register/", REGISTER], ["data/rulebook/", RULEBOOK], ["data/calendar/", CALENDAR]];

export const baseCase = (base) => BASE.exec(base)?.[1] ?? null;

/** Files that the format doesn't know, and those that it demands. */
export function judgeLayout(pack, findings) {
  const payload = pack.names.filter((name) => name.startsWith("data/"));
  for (const name of payload) {
    if (!SINGLE.includes(name) && !KNOWN.some((pattern) => pattern.test(name))) findings.failed("package", "file-unexpected", name);
  }
  const missing = [DOSSIER, REPORT, DISCLOSURES].filter((name) => !pack.has(name));
  for (const [folder, pattern] of MANDATORY) if (!payload.some((name) => pattern.test(name))) missing.push(folder);
  for (const name of missing) findings.failed("package", "mandatory-missing", name, null, { name });
  if (!BASE.test(pack.base)) {
    findings.failed("package", "base-name", "", null, { expected: "<case>-<seq>", found: pack.base });
  }
}

/** Everything that is judged, read into memory; `stated` are the digests of the manifest, by name. */
export async function materialOf(pack, caseId, stated, findings) {
  const held = pack.names.filter((name) => name.startsWith("data/") && !FILES.test(name) && name !== DOSSIER);
  if (held.reduce((sum, name) => sum + pack.size(name), 0) > HELD) throw notAPackage(`记录和规则合计超过 ${HELD >> 20} MiB`);
  const material = {
    caseId, records: [], register: new Map(), rulebooks: new Map(), forms: new Map(), calendars: new Map(), files: new Map(),
    disclosures: await disclosuresOf(pack, findings),
  };
  for (const name of pack.names) await sort(pack, name, material, stated);
  const bySeq = (one, other) => one.seq - other.seq;
  material.records.sort(bySeq);
  for (const pieces of material.register.values()) pieces.sort(bySeq);
  return material;
}

// a file beyond its limit reads as empty, which no digest and no parser accepts
const octetsOf = async (pack, name, limit) => (await pack.read(name, limit)) ?? new Uint8Array();

async function sort(pack, name, material, stated) {
  let match;
  if ((match = RECORDS.exec(name))) {
    material.records.push({ where: name, caseId: material.caseId, seq: Number(match[1]), octets: await octetsOf(pack, name, RECORD) });
  } else if ((match = REGISTER.exec(name))) {
    const piece = { where: name, caseId: match[1], seq: Number(match[2]), octets: await octetsOf(pack, name, RECORD) };
    if (!material.register.has(match[1])) material.register.set(match[1], []);
    material.register.get(match[1]).push(piece);
  } else if ((match = FILES.exec(name))) {
    material.files.set(match[1], { size: pack.size(name), sha256: stated.get(name) ?? "" });
  } else if ((match = CALENDAR.exec(name))) {
    material.calendars.set(match[1], await octetsOf(pack, name, RULES));
  } else if ((match = RULEBOOK.exec(name))) {
    const octets = await octetsOf(pack, name, RULES);
    if (match[2] === "rulebook.json") material.rulebooks.set(match[1], octets);
    else {
      if (!material.forms.has(match[1])) material.forms.set(match[1], new Map());
      material.forms.get(match[1]).set(match[2], octets);
    }
  }
}

/** Where record `seq` of a case should lie. */
export function place(material, caseId, seq) {
  const number = String(seq).padStart(4, "0");
  return caseId === material.caseId ? `data/records/${number}.json` : `data/register/${caseId}/${number}.json`;
}

async function disclosuresOf(pack, findings) {
  const out = new Map();
  if (!pack.has(DISCLOSURES)) return out;
  try {
    const value = parseObject(await octetsOf(pack, DISCLOSURES, SHOWN), SHOWN);
    for (const key of Object.keys(value)) out.set(key, shownList(value[key], key));
    return out;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    findings.failed("disclosures", "disclosures-malformed", DISCLOSURES, error.field, { detail: error.message });
    return new Map();
  }
}

function shownList(listed, key) {
  const texts = Array.isArray(listed) && listed.length > 0 && listed.every((entry) => typeof entry === "string");
  const ascending = texts && listed.every((entry, i) => i === 0 || byOctets(listed[i - 1], entry) < 0);
  if (!ascending) throw new Fault("shape", "应为非空、升序、不重复的披露项列表", key);
  return listed;
}
