// The bag inside a package: fixed tag files, exact manifests, every file with its listed digest (FORMAT.md §8; RFC 8493).
import { byOctets, sameOctets, utf8 } from "./octets.js";

export const EXPORT = "export.jws";
export const MANIFEST = "manifest-sha256.txt";
const TAG_MANIFEST = "tagmanifest-sha256.txt";
const TAGGED = ["bag-info.txt", "bagit.txt", EXPORT, MANIFEST];
const DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
export const MANIFEST_LIMIT = 16 << 20;
const TAG_LIMIT = 1 << 10;
const TOGETHER = 64; // files hashed at once
const LINE = /^([0-9a-f]{64}) {2}([^\x00-\x1f\x7f]+)$/;

const isPayload = (name) => name.startsWith("data/");

/** The digests of a manifest by path, and the number of its first line that isn't in form or order, or null. */
function readManifest(octets) {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(octets);
  const digests = new Map();
  for (const line of text.split("\n")) {
    const [, sum, path] = LINE.exec(line) ?? [];
    if (path !== undefined && !digests.has(path)) digests.set(path, sum);
  }
  const should = [...digests.keys()].sort(byOctets).map((path) => `${digests.get(path)}  ${path}\n`).join("");
  return { digests, line: sameOctets(utf8(should), octets) ? null : firstDifference(octets, utf8(should)) };
}

function firstDifference(is, should) {
  let line = 1;
  for (let i = 0; i < Math.max(is.length, should.length); i += 1) {
    if (is[i] !== should[i]) return line;
    if (is[i] === 0x0a) line += 1;
  }
  return line;
}

/** Checks "package" (form of the zip) and "manifest"; answers with the digests that the payload's manifest states. */
export async function judgeBag(pack, findings, progress) {
  const count = pack.names.length;
  if (pack.deviation === null) findings.noted("package", "zip-exact", "", null, { count });
  else findings.failed("package", pack.deviation);
  const fail = (reason, where, values) => findings.failed("manifest", reason, where, null, values);
  const tags = await manifestOf(pack, TAG_MANIFEST, fail);
  const payload = await manifestOf(pack, MANIFEST, fail);
  await judgeTagFiles(pack, fail);
  for (const name of [...tags.keys()].filter((one) => !TAGGED.includes(one)).sort(byOctets)) fail("file-unexpected", name);
  for (const name of [...payload.keys()].filter((one) => !isPayload(one)).sort(byOctets)) fail("file-unexpected", name);
  const listed = new Map([...tags].filter(([name]) => TAGGED.includes(name)));
  for (const [name, sum] of payload) if (isPayload(name)) listed.set(name, sum);
  for (const name of [...listed.keys()].filter((one) => !pack.has(one)).sort(byOctets)) fail("file-missing", name);
  await judgeFiles(pack, listed, fail, progress);
  findings.passed("manifest", "bag-valid", { count });
  return payload;
}

async function manifestOf(pack, name, fail) {
  if (!pack.has(name)) {
    fail("manifest-missing", name, { name });
    return new Map();
  }
  const octets = await pack.read(name, MANIFEST_LIMIT);
  const { digests, line } = octets === null ? { digests: new Map(), line: 1 } : readManifest(octets);
  if (line !== null) fail("manifest-form", name, { name, line });
  return digests;
}

async function judgeTagFiles(pack, fail) {
  const is = async (name, text) => {
    const octets = await pack.read(name, TAG_LIMIT);
    return octets !== null && sameOctets(octets, utf8(text));
  };
  if (!(await is("bagit.txt", DECLARATION))) fail("bag-declaration", "bagit.txt");
  const sizes = pack.names.filter(isPayload).map((name) => pack.size(name));
  const sum = sizes.reduce((total, size) => total + size, 0);
  const info = `Bag-Software-Agent: anjuan\nPayload-Oxum: ${sum}.${sizes.length}\n`;
  if (!(await is("bag-info.txt", info))) fail("bag-info", "bag-info.txt");
}

async function judgeFiles(pack, listed, fail, progress) {
  for (let first = 0; first < pack.names.length; first += TOGETHER) {
    await progress(first, pack.names.length);
    const names = pack.names.slice(first, first + TOGETHER);
    const known = names.map((name) => isPayload(name) || TAGGED.includes(name) || name === TAG_MANIFEST);
    const sums = await Promise.all(names.map((name, i) => (known[i] ? pack.sums(name) : null)));
    names.forEach((name, i) => {
      if (!known[i]) fail("file-unexpected", name);
      else judgeFile(name, sums[i], pack.crc(name), listed.get(name), fail);
    });
  }
}

function judgeFile(name, [sum, checksum], stated, listed, fail) {
  if (name !== TAG_MANIFEST && listed === undefined) fail("file-unlisted", name);
  else if (name !== TAG_MANIFEST && listed !== sum) fail("file-digest", name);
  else if (checksum !== stated) fail("file-checksum", name);
}
