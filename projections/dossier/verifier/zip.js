// Reading a package's zip from hostile hands (FORMAT.md §8): which members there are, and how the form deviates.
// Keeps: nothing is decompressed; work and memory are bounded by the file's own length and the limits below.
import { Fault } from "./fault.js";
import { byOctets, joined, sameOctets, utf8Text } from "./octets.js";
import { directory, localHeader, ONES, ONES_16 } from "./zipform.js";

const MEMBERS = 20000;
const NAME = 512;
const EXTRA = 256;
const ODD = /\p{C}|(?! )\p{Z}|[\\:%"]/u; // controls, formats, unassigned; white space but U+0020

export const notAPackage = (detail) => new Fault("not-a-package", detail);

/** Octets of a file by place; small files are read once as a whole. */
export class Octets {
  constructor(blob, whole = null) {
    this.blob = blob;
    this.size = blob.size;
    this.whole = whole;
  }

  static async of(blob, atOnce = 256 << 20) {
    return new Octets(blob, blob.size <= atOnce ? new Uint8Array(await blob.arrayBuffer()) : null);
  }

  async at(offset, size) {
    if (offset < 0 || offset + size > this.size) throw notAPackage("文件已截断");
    if (this.whole !== null) return this.whole.subarray(offset, offset + size);
    return new Uint8Array(await this.blob.slice(offset, offset + size).arrayBuffer());
  }
}

const viewOf = (octets) => new DataView(octets.buffer, octets.byteOffset, octets.byteLength);

function long(view, at) {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notAPackage("长度或位置超出文件");
  return Number(value);
}

/** Members in the directory's order, `{name, raw, crc, size, offset, start}`, the base directory, the first deviation. */
export async function listMembers(file) {
  const { count, size, offset } = await end(file);
  if (count > MEMBERS || size > MEMBERS * (46 + NAME + EXTRA)) throw notAPackage(`成员超过 ${MEMBERS} 个`);
  const central = await file.at(offset, size);
  const entries = centralEntries(central, count);
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > file.size) throw notAPackage("成员总长超过文件长度");
  for (const entry of entries) entry.start = await contentStart(file, entry, offset);
  const deviation = await firstDeviation(file, entries, central, offset);
  const isFolder = ({ raw }) => raw[raw.length - 1] === 0x2f;
  const members = entries.filter((entry) => !isFolder(entry));
  const folders = entries.filter(isFolder);
  const base = baseOf(members);
  checkFolders(folders, base, members);
  return { members, base, deviation: deviation ?? (folders.length ? "zip-folder" : null) };
}

async function end(file) {
  if (file.size < 22) throw notAPackage("不是压缩包，或已截断");
  const view = viewOf(await file.at(file.size - 22, 22));
  if (view.getUint32(0, true) !== 0x06054b50 || view.getUint16(20, true)) throw notAPackage("不是压缩包、已截断，或末尾有多余内容");
  let count = view.getUint16(10, true);
  if (view.getUint32(4, true) || view.getUint16(8, true) !== count) throw notAPackage("是分卷压缩包");
  let size = view.getUint32(12, true);
  let offset = view.getUint32(16, true);
  let place = file.size - 22;
  if (size === ONES || offset === ONES || count === ONES_16) ({ count, size, offset, place } = await end64(file, place));
  if (!count || offset + size !== place) throw notAPackage("中央目录不在其应在之处");
  return { count, size, offset };
}

async function end64(file, before) {
  const place = before - 76;
  const view = viewOf(await file.at(place, 76));
  const signed = view.getUint32(0, true) === 0x06064b50 && view.getUint32(56, true) === 0x07064b50;
  if (!signed || long(view, 64) !== place) throw notAPackage("zip64 目录不符");
  return { count: long(view, 32), size: long(view, 40), offset: long(view, 48), place };
}

function centralEntries(raw, count) {
  const out = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const [entry, after] = centralEntry(raw, at);
    out.push(entry);
    at = after;
  }
  if (at !== raw.length) throw notAPackage("中央目录有多余内容");
  return out;
}

function centralEntry(raw, at) {
  if (at + 46 > raw.length) throw notAPackage("中央目录已截断");
  const view = viewOf(raw.subarray(at, at + 46));
  const [nameLength, extraLength, comment] = [28, 30, 32].map((place) => view.getUint16(place, true));
  const nameEnd = at + 46 + nameLength;
  const after = nameEnd + extraLength + comment;
  if (view.getUint32(0, true) !== 0x02014b50 || view.getUint16(34, true) || after > raw.length) throw notAPackage("中央目录条目不符");
  const name = raw.slice(at + 46, nameEnd);
  const flags = view.getUint16(8, true);
  if (flags !== 0x0800 && (flags !== 0 || name.some((octet) => octet > 127))) throw notAPackage("成员标志不符");
  if (view.getUint16(10, true) !== 0) throw notAPackage("成员须为“存储”方式，不得压缩");
  const short = [20, 24, 42].map((place) => view.getUint32(place, true));
  const [packed, size, offset] = wide(raw.subarray(nameEnd, nameEnd + extraLength), short);
  if (packed !== size) throw notAPackage("存储方式的成员长度不一");
  return [{ raw: name, crc: view.getUint32(16, true), size, offset }, after];
}

/** `values` with those that are all ones taken from the zip64 field. */
function wide(extra, values) {
  let wanted = values.filter((value) => value === ONES).length;
  if (!wanted) return values;
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1 && length >= 8 * wanted && at + 4 + length <= extra.length) {
      wanted = at + 4;
      return values.map((value) => {
        if (value !== ONES) return value;
        wanted += 8;
        return long(view, wanted - 8);
      });
    }
  }
  throw notAPackage("缺少 zip64 长度");
}

async function contentStart(file, entry, limit) {
  if (entry.offset + 30 > limit) throw notAPackage("成员位置超出文件");
  const view = viewOf(await file.at(entry.offset, 30));
  const nameLength = view.getUint16(26, true);
  const start = entry.offset + 30 + nameLength + view.getUint16(28, true);
  if (view.getUint32(0, true) !== 0x04034b50 || start + entry.size > limit) throw notAPackage("成员位置超出文件或不符");
  if (!sameOctets(await file.at(entry.offset + 30, nameLength), entry.raw)) throw notAPackage("成员名前后不一");
  return start;
}

async function firstDeviation(file, members, central, offset) {
  let at = 0;
  for (const member of members) {
    const header = localHeader(member);
    const fits = member.offset === at && at + header.length <= file.size;
    if (!fits || !sameOctets(await file.at(at, header.length), header)) return "zip-header";
    at += header.length + member.size;
  }
  if (members.some((member, i) => i > 0 && byOctets(members[i - 1].raw, member.raw) > 0)) return "zip-order";
  if (at !== offset) return "zip-gap";
  const rest = await file.at(offset + central.length, file.size - offset - central.length);
  return sameOctets(directory(members, offset), joined([central, rest])) ? null : "zip-directory";
}

function safeName(raw) {
  const name = utf8Text(raw);
  if (name === null) throw notAPackage("成员名不是 UTF-8");
  if (raw.length > NAME || name.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw notAPackage("成员名含空段、“.”或“..”，或过长");
  }
  if (ODD.test(name) || name.normalize("NFC") !== name) throw notAPackage("成员名含不允许的字符");
  return name;
}

/** The one base directory; every member gets its `name`, relative to it. */
function baseOf(members) {
  const whole = members.map((member) => safeName(member.raw));
  const bases = new Set(whole.map((name) => name.split("/", 1)[0]));
  if (whole.some((name) => !name.includes("/"))) throw notAPackage("有成员不在基目录之下");
  if (bases.size !== 1) throw notAPackage("应恰有一个基目录");
  const names = new Set(whole);
  if (names.size !== whole.length) throw notAPackage("成员名重复");
  for (const name of whole) {
    for (let at = name.indexOf("/"); at > 0; at = name.indexOf("/", at + 1)) {
      if (names.has(name.slice(0, at))) throw notAPackage("同一名称既是文件又是目录");
    }
  }
  const [base] = bases;
  members.forEach((member, i) => {
    member.name = whole[i].slice(base.length + 1);
  });
  return base;
}

function checkFolders(folders, base, members) {
  const names = new Set(members.map((member) => `${base}/${member.name}`));
  for (const folder of folders) {
    const name = safeName(folder.raw.slice(0, -1));
    if (name.split("/", 1)[0] !== base || folder.size || names.has(name)) throw notAPackage("目录条目不符");
  }
}
