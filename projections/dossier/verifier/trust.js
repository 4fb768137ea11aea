// The trust file: what a verifier got from elsewhere, without which nothing is authentic (FORMAT.md §9).
import { canonical, parse } from "./canonical.js";
import { sha256Now } from "./digest.js";
import { hex, utf8 } from "./octets.js";
import * as shape from "./shapes.js";

const LIMIT = 1 << 20;
const ORIGIN = /^[^\s+]{1,255}$/u;

/** The trust in a file's octets, with its fingerprint; Faults of the parser, "shape". */
export function parseTrust(octets) {
  const trust = shape.members(parse(octets, LIMIT), ["origin", "genesis", "log", "witnesses", "tsa"], "trust");
  shape.items(trust.tsa, "tsa", 0, 64).forEach((item, i) => shape.text(item, `tsa[${i}]`));
  if (!ORIGIN.test(shape.text(trust.origin, "origin"))) throw shape.refused("origin", "不含空白和加号的名称");
  shape.digestText(trust.genesis, "genesis");
  for (const name of ["log", "witnesses"]) if (trust[name] !== null) shape.text(trust[name], name);
  const digits = hex(sha256Now(utf8(canonical(trust))));
  return { ...trust, fingerprint: digits.slice(0, 32).match(/.{4}/g).join(" ") };
}

/** Whether the archive is the one that its reader got to know elsewhere. */
export function judgeTrust(trust, registry, findings) {
  const { genesis } = registry;
  if (trust === null) findings.unsettled("trust", "trust-absent");
  else if (genesis === null) findings.blocked("trust");
  else {
    if (genesis.record.digest !== trust.genesis) findings.failed("trust", "trust-genesis", genesis.where);
    if (registry.final.origin !== trust.origin) findings.failed("trust", "trust-origin", genesis.where, "facts.origin");
    findings.passed("trust", "trust-valid");
  }
}
