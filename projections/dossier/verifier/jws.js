// JSON Web Signatures of this format: a fixed protected header, Ed25519, no options (FORMAT.md §2, §3).
import { parseObject } from "./canonical.js";
import { Fault } from "./fault.js";
import { holds } from "./keys.js";
import { fromB64u, utf8 } from "./octets.js";

const HEADER = 1 << 10;
export const COMPACT = 64 << 10;
const NOT_JUDGED = new Set(["ES256", "SM2"]);

/** The kid of a protected header; Fault "alg" for an algorithm not judged here, "header" for anything inexact. */
export function headerKid(octets, typ) {
  let value;
  try {
    value = parseObject(octets, HEADER);
  } catch {
    throw new Fault("header", "签名头不规范");
  }
  const exact = Object.keys(value).length === 3 && value.typ === typ && typeof value.kid === "string" && "alg" in value;
  if (!exact) throw new Fault("header", "签名头应恰有 alg、kid、typ");
  if (NOT_JUDGED.has(value.alg)) throw new Fault("alg", `本版本不能判定签名算法 ${value.alg}`);
  if (value.alg !== "Ed25519") throw new Fault("header", "签名算法应为 Ed25519");
  return value.kid;
}

/** A compact JWS with a canonical object as payload; Faults "jws", "encoding", "header", "alg" and the parser's. */
export function parseCompact(text, typ) {
  const parts = text.split(".");
  if (text.length > COMPACT || parts.length !== 3) throw new Fault("jws", "不是紧凑形式的 JWS（应为三段）");
  const [head, payload, signature] = parts.map(fromB64u);
  const kid = headerKid(head, typ);
  return { kid, payload: parseObject(payload), message: utf8(`${parts[0]}.${parts[1]}`), signature };
}

/** Whether `key` is the one that the header names and its signature holds. */
export const verified = async (jws, key) => key.kid === jws.kid && holds(key, jws.signature, jws.message);
