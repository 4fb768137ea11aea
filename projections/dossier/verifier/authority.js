// Authority to sign (FORMAT.md §7): whether those who signed an act might, as the register stood when it was received.
import { isObject } from "./canonical.js";
import { Fault } from "./fault.js";
import { publicKey } from "./keys.js";
import { stated } from "./moments.js";

const FOUNDERS = 2;
const FIXED = ["archive", "key", "root"];

/** Why the signers of an act may not sign as they claim, `{code, field}` each; Fault where its facts have no shape. */
export function unauthorised(state, view) {
  const { act } = view;
  return [
    ...unlendable(state, view),
    ...enrolledBefore(state, view),
    ...exchanged(view),
    ...act.signers.flatMap((signer, i) => {
      const at = `signers[${i}]`;
      if (signer.as === "root") return ofRoot(state, act, at, signer);
      if (signer.as === "self" && act.action === "key-enrolled" && act.seen.seq === 0) return ofOwnKey(view, at, signer);
      return ofOfficer(state, view, at, signer);
    }),
  ];
}

/** A deputation of what the officer who is away won't hold when it begins, or of one's own capacities. */
function unlendable(state, { act, facts, received }) {
  if (act.action !== "deputised") return [];
  if (facts.away === act.case) return [{ code: "deputy-self", field: "facts.away" }];
  const away = state.officers.get(String(facts.away));
  if (!away || !Array.isArray(facts.capacities)) return [];
  const held = granted(away, begins(facts, received));
  const wanted = facts.capacities.filter((code) => typeof code === "string");
  return wanted.flatMap((code) => (held.has(code) ? [] : [{ code: "deputy-capacity", field: "facts.capacities" }]));
}

function begins(facts, received) {
  try {
    const from = stated(facts.from, received);
    return Number.isNaN(from) || from < received ? received : from;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return received;
  }
}

/** A key is enrolled once: under a second name its owner could sign past a recusal or a revocation. */
function enrolledBefore(state, { act, facts }) {
  const { key } = facts;
  if (act.action !== "key-enrolled" || !isObject(key)) return [];
  const known = [...state.archiveKeys.values(), ...[...state.officers.values()].flatMap((one) => [...one.keys.values()])];
  const taken = [...known.map((one) => one.key), ...(state.root ? [state.root] : [])];
  const same = ({ x }) => Object.keys(key).length === 3 && key.crv === "Ed25519" && key.kty === "OKP" && key.x === x;
  return taken.some(same) ? [{ code: "key-taken", field: "facts.key" }] : [];
}

/** A key is never corrected: what it signed would become another's. */
function exchanged({ act, facts }) {
  if (act.rulebook.id !== "register" || !isObject(facts.changes)) return [];
  return FIXED.filter((name) => name in facts.changes).map((name) => ({ code: "key-fixed", field: `facts.changes.${name}` }));
}

function ofRoot(state, act, at, { kid }) {
  if (act.action === "genesis" && state.archive === null) return [];
  if (state.root === null || kid !== state.root.kid) return [{ code: "unknown-key", field: `${at}.kid` }];
  const retired = act.action !== "key-enrolled" || state.officers.size >= FOUNDERS;
  return retired ? [{ code: "root-retired", field: at }] : [];
}

function ofOwnKey({ act, facts }, at, { officer, kid }) {
  const own = officer === act.case && publicKey(facts.key).kid === kid;
  return own ? [] : [{ code: "key-not-of-officer", field: `${at}.kid` }];
}

function ofOfficer(state, { act, received }, at, signer) {
  const officer = state.officers.get(signer.officer);
  if (!officer) return [{ code: "not-enrolled", field: at }];
  const out = [];
  const key = officer.keys.get(signer.kid);
  if (!key) out.push({ code: "key-not-of-officer", field: `${at}.kid` });
  else if (received < key.since) out.push({ code: "key-not-yet", field: `${at}.kid` });
  else if (key.end !== null && received >= key.end) out.push({ code: "key-revoked", field: `${at}.kid` });
  const self = signer.as === "self" && signer.officer === act.case;
  if (!self && !capacities(state, officer, received).has(signer.as)) {
    const missed = officer.deputed.some((one) => one.codes.has(signer.as) && !inside(one, received));
    out.push({ code: missed ? "deputy-period" : "capacity-missing", field: `${at}.as` });
  }
  if (officer.recused.some((one) => one.of === act.case && inside(one, received))) out.push({ code: "recused", field: at });
  return out;
}

const inside = ({ since, until }, moment) => since <= moment && (until === null || moment < until);

/** The capacities of an officer's own: the latest grant that has begun holds; of several that began at once, the first. */
function granted({ grants }, moment) {
  const begun = grants.filter((grant) => grant.since <= moment);
  return begun.reduce((latest, grant) => (grant.since > latest.since ? grant : latest), begun[0] ?? { codes: new Set() }).codes;
}

/** Own capacities, and those of whom the officer stands in for, as far as these hold them. */
function capacities(state, officer, moment) {
  const out = new Set(granted(officer, moment));
  for (const given of officer.deputed.filter((one) => inside(one, moment))) {
    const away = state.officers.get(given.away);
    const held = away ? granted(away, moment) : given.codes;
    for (const code of given.codes) if (held.has(code)) out.add(code);
  }
  return out;
}
