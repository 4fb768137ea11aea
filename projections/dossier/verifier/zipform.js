// The octets of a package's zip around its members' content: exactly one zip for given members (FORMAT.md §8).
// Source: PKWARE APPNOTE 6.3.10 §4.3 (layout), §4.5.3 (zip64); the chosen values stand in FORMAT.md.
import { joined } from "./octets.js";

export const ONES = 0xffffffff; // this value and above stand in zip64 fields
export const ONES_16 = 0xffff;
const UTF8 = 0x0800;
const DATE = 0x0021; // 1980-01-01
const ATTRIBUTES = 0o600 * 2 ** 16;

/** Little-endian octets of `[octets, value]` pairs, eight octets at most. */
function packed(...fields) {
  const out = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of fields) {
    for (let i = 0, rest = value; i < size; i += 1, rest = Math.floor(rest / 256)) out[at + i] = rest % 256;
    at += size;
  }
  return out;
}

const zip64 = (values) => (values.length ? packed([2, 1], [2, 8 * values.length], ...values.map((v) => [8, v])) : new Uint8Array());
const sizes = ({ size }) => (size >= ONES ? [size, size] : []);

export function localHeader(member) {
  const extra = zip64(sizes(member));
  const shown = Math.min(member.size, ONES);
  const fixed = packed(
    [4, 0x04034b50], [2, extra.length ? 45 : 20], [2, UTF8], [2, 0], [2, 0], [2, DATE], [4, member.crc],
    [4, shown], [4, shown], [2, member.raw.length], [2, extra.length],
  );
  return joined([fixed, member.raw, extra]);
}

function centralHeader(member) {
  const extra = zip64([...sizes(member), ...(member.offset >= ONES ? [member.offset] : [])]);
  const shown = Math.min(member.size, ONES);
  const fixed = packed(
    [4, 0x02014b50], [2, (3 << 8) | 20], [2, extra.length ? 45 : 20], [2, UTF8], [2, 0], [2, 0], [2, DATE], [4, member.crc],
    [4, shown], [4, shown], [2, member.raw.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, ATTRIBUTES],
    [4, Math.min(member.offset, ONES)],
  );
  return joined([fixed, member.raw, extra]);
}

/** Central directory, at `offset`, and end records. */
export function directory(members, offset) {
  const central = joined(members.map(centralHeader));
  const count = members.length;
  const size = central.length;
  const shown = Math.min(count, ONES_16);
  const end = packed(
    [4, 0x06054b50], [2, 0], [2, 0], [2, shown], [2, shown], [4, Math.min(size, ONES)], [4, Math.min(offset, ONES)], [2, 0],
  );
  if (count < ONES_16 && size < ONES && offset < ONES) return joined([central, end]);
  const end64 = packed(
    [4, 0x06064b50], [8, 44], [2, (3 << 8) | 20], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, offset],
  );
  return joined([central, end64, packed([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]), end]);
}
