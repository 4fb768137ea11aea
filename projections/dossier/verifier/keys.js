// Public keys as the register writes them: a JWK of exactly crv, kty and x; the kid is its RFC 7638 thumbprint.
import { isObject } from "./canonical.js";
import { digestNow } from "./digest.js";
import { signed, usableKey } from "./ed25519.js";
import { Fault } from "./fault.js";
import { fromB64u, utf8 } from "./octets.js";

const known = new Map();

/** The key of a JWK; Fault "key" also for keys that rules 1 and 2 of FORMAT.md §2 reject. */
export function publicKey(jwk) {
  const fits = isObject(jwk) && Object.keys(jwk).length === 3 && jwk.crv === "Ed25519" && jwk.kty === "OKP";
  if (!fits || typeof jwk.x !== "string") throw new Fault("key", "公钥应为恰有 crv、kty、x 三个成员的 Ed25519 JWK");
  if (!known.has(jwk.x)) known.set(jwk.x, made(jwk.x));
  const key = known.get(jwk.x);
  if (key === null) throw new Fault("key", "公钥不可用：编码不规范、不在曲线上或属于小阶点");
  return key;
}

function made(x) {
  let raw;
  try {
    raw = fromB64u(x);
  } catch {
    return null;
  }
  if (!usableKey(raw)) return null;
  return { raw, x, kid: digestNow(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`)) };
}

export const holds = (key, signature, message) => signed(key.raw, key.kid, signature, message);
