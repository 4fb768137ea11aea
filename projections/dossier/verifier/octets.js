// Octets and the texts that stand for them: UTF-8, hexadecimal, base64url, order by octets (FORMAT.md, its head).
// Keeps: decoding is strict, so that no octet string has two texts.
import { Fault } from "./fault.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUE = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i += 1) VALUE[ALPHABET.charCodeAt(i)] = i;
const ENCODER = new TextEncoder();

export const utf8 = (text) => ENCODER.encode(text);

/** The text of UTF-8 octets, a byte order mark kept; null if they are none. */
export function utf8Text(octets) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return null;
  }
}

export function hex(octets) {
  let out = "";
  for (const octet of octets) out += octet.toString(16).padStart(2, "0");
  return out;
}

export function b64u(octets) {
  const out = [];
  let at = 0;
  for (; at + 2 < octets.length; at += 3) {
    const n = (octets[at] << 16) | (octets[at + 1] << 8) | octets[at + 2];
    out.push(ALPHABET[n >> 18] + ALPHABET[(n >> 12) & 63] + ALPHABET[(n >> 6) & 63] + ALPHABET[n & 63]);
  }
  if (octets.length - at === 1) out.push(ALPHABET[octets[at] >> 2] + ALPHABET[(octets[at] & 3) << 4]);
  if (octets.length - at === 2) {
    const n = (octets[at] << 8) | octets[at + 1];
    out.push(ALPHABET[n >> 10] + ALPHABET[(n >> 4) & 63] + ALPHABET[(n & 15) << 2]);
  }
  return out.join("");
}

/** The octets behind base64url without padding; Fault "encoding" for white space, other characters, unused bits. */
export function fromB64u(text) {
  const rest = text.length % 4;
  if (rest === 1) throw new Fault("encoding", "base64url 长度不对");
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? VALUE[code] : -1;
    if (value < 0) throw new Fault("encoding", "base64url 含不允许的字符");
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at] = (held >> bits) & 255;
      at += 1;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) throw new Fault("encoding", "base64url 的未用位不为零");
  return out;
}

export function sameOctets(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return false;
  return true;
}

/** Order by octets; for well-formed texts that is the order by code points, not JavaScript's by code units. */
export function byOctets(one, other) {
  const a = typeof one === "string" ? utf8(one) : one;
  const b = typeof other === "string" ? utf8(other) : other;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

export function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
