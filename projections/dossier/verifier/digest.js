// SHA-256 (FIPS 180-4) and CRC-32. WebCrypto hashes what fits in memory; it can't hash piece by piece nor at once
// without waiting, so big files and key ids are hashed here.
import { b64u, hex } from "./octets.js";

const K = new Uint32Array(64);
const START = new Uint32Array(8);
{
  const root = (n, power) => Math.floor((n ** power % 1) * 2 ** 32);
  let found = 0;
  for (let n = 2; found < 64; n += 1) {
    if ([...Array(n).keys()].slice(2).every((d) => n % d)) {
      if (found < 8) START[found] = root(n, 1 / 2);
      K[found] = root(n, 1 / 3);
      found += 1;
    }
  }
}

const turned = (x, n) => (x >>> n) | (x << (32 - n));

/** SHA-256 piece by piece: `update` any number of times, then `finish` once. */
export class Sha256 {
  constructor() {
    this.state = START.slice();
    this.pending = new Uint8Array(64);
    this.held = 0;
    this.length = 0;
    this.words = new Uint32Array(64);
  }

  update(octets) {
    this.length += octets.length;
    let at = 0;
    if (this.held) {
      at = Math.min(64 - this.held, octets.length);
      this.pending.set(octets.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) return this;
      this.block(this.pending, 0);
      this.held = 0;
    }
    for (; at + 64 <= octets.length; at += 64) this.block(octets, at);
    this.pending.set(octets.subarray(at));
    this.held = octets.length - at;
    return this;
  }

  block(octets, at) {
    const w = this.words;
    for (let i = 0; i < 16; i += 1) {
      const p = at + 4 * i;
      w[i] = (octets[p] << 24) | (octets[p + 1] << 16) | (octets[p + 2] << 8) | octets[p + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const s0 = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const s1 = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let i = 0; i < 64; i += 1) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      this.state[i] += value;
    });
  }

  finish() {
    const bits = this.length * 8;
    const tail = new Uint8Array((this.held < 56 ? 56 : 120) - this.held + 8);
    tail[0] = 128;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits % 2 ** 32);
    this.update(tail);
    const out = new DataView(new ArrayBuffer(32));
    this.state.forEach((word, i) => out.setUint32(4 * i, word));
    return new Uint8Array(out.buffer);
  }
}

const TABLE = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of `octets`, going on from `before`. */
export function crc32(octets, before = 0) {
  let c = ~before;
  for (let i = 0; i < octets.length; i += 1) c = TABLE[(c ^ octets[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

export const sha256Now = (octets) => new Sha256().update(octets).finish();
export const sha256 = async (octets) => new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
export const digest = async (octets) => b64u(await sha256(octets));
export const digestNow = (octets) => b64u(sha256Now(octets));
export const hexDigest = async (octets) => hex(await sha256(octets));
