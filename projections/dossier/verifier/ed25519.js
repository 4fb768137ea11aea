// Ed25519 by the one rule of FORMAT.md §2, whatever the browser's own library thinks of odd signatures.
// WebCrypto judges the ordinary ones. It may refuse an R of small order, which the rule allows, and some browsers have no
// Ed25519: then the equation is judged here (RFC 8032 §5.1, in plain arithmetic; nothing secret is involved).
import { sameOctets } from "./octets.js";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (n) => ((n % P) + P) % P;
const D = mod(-121665n * power(121666n, P - 2n));
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL = new Set([0n, 1n, P - 1n, Y8, P - Y8]);
const BASE = point(number(new Uint8Array(32).fill(0x66).fill(0x58, 0, 1)));

function power(base, exponent) {
  let out = 1n;
  let factor = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) out = (out * factor) % P;
    factor = (factor * factor) % P;
  }
  return out;
}

function number(octets) {
  let out = 0n;
  for (let i = octets.length - 1; i >= 0; i -= 1) out = (out << 8n) | BigInt(octets[i]);
  return out;
}

const yOf = (encoded) => number(encoded) & ((1n << 255n) - 1n);

/** The point of an encoding in extended coordinates, null if it is none (RFC 8032 §5.1.3). */
function point(encoded) {
  const sign = encoded >> 255n;
  const y = encoded & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(v * x * x) !== u || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = mod(-x);
  return [x, y, 1n, mod(x * y)];
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, of) {
  let out = [0n, 1n, 1n, 0n];
  let factor = of;
  for (let s = scalar; s > 0n; s >>= 1n) {
    if (s & 1n) out = add(out, factor);
    factor = add(factor, factor);
  }
  return out;
}

function encoded([x, y, z]) {
  const inverse = power(z, P - 2n);
  let n = mod(y * inverse) | ((mod(x * inverse) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const octet = Number(n & 255n);
    n >>= 8n;
    return octet;
  });
}

/** Rules 1 and 2, and that it is a point at all. */
export const usableKey = (raw) => raw.length === 32 && !SMALL.has(yOf(raw)) && point(number(raw)) !== null;

const imported = new Map();

function native(raw, id) {
  if (!imported.has(id)) {
    imported.set(id, crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]).catch(() => null));
  }
  return imported.get(id);
}

async function equation(raw, signature, message) {
  const hashed = new Uint8Array(signature.length - 32 + raw.length + message.length);
  hashed.set(signature.subarray(0, 32));
  hashed.set(raw, 32);
  hashed.set(message, 64);
  const k = number(new Uint8Array(await crypto.subtle.digest("SHA-512", hashed))) % L;
  const [x, y, z, t] = times(k, point(number(raw)));
  const right = add(times(number(signature.subarray(32)), BASE), [mod(-x), y, z, mod(-t)]);
  return sameOctets(encoded(right), signature.subarray(0, 32));
}

/** Whether `signature` over `message` counts under the key `raw`, which `id` names. */
export async function signed(raw, id, signature, message) {
  if (signature.length !== 64 || !usableOnce(raw, id)) return false;
  const r = yOf(signature.subarray(0, 32));
  if (r >= P || number(signature.subarray(32)) >= L) return false; // rules 4 and 3
  const key = SMALL.has(r) ? null : await native(raw, id);
  if (key === null) return equation(raw, signature, message);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

const usable = new Map();

function usableOnce(raw, id) {
  if (!usable.has(id)) usable.set(id, usableKey(raw));
  return usable.get(id);
}
