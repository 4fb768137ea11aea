// The register: who may act, as its cases say (FORMAT.md §7). A state is never changed; each record gives the next one.
// Keeps: a key belongs to the officer in whose case it was enrolled; what is no moment or no key never enters.
import { isObject } from "./canonical.js";
import { Fault } from "./fault.js";
import { publicKey } from "./keys.js";
import { stated } from "./moments.js";

export const EMPTY = Object.freeze({
  archive: null, origin: "", demonstration: false, root: null,
  archiveKeys: new Map(), calendars: new Map(), rulebooks: new Map(), officers: new Map(),
});

const withKey = (map, key, value) => new Map(map).set(key, value);
const text = (value) => (value === null || value === undefined ? "" : String(value));

/** The list of codes in a fact; nothing where it is absent or empty. */
function codes(value) {
  const listed = value || [];
  if (!Array.isArray(listed) || listed.some((one) => typeof one === "object" && one !== null)) {
    throw new Fault("codes", "应为代码的列表");
  }
  return new Set(listed);
}

function genesis(state, { caseId, facts, received }) {
  const key = publicKey(facts.archive);
  return {
    ...state,
    archive: caseId,
    origin: text(facts.origin),
    demonstration: facts.demonstration === true,
    root: publicKey(facts.root),
    archiveKeys: new Map([[key.kid, { key, since: received, end: null }]]),
    calendars: new Map((facts.calendars || []).map((row) => [row.name, row.digest])),
    rulebooks: new Map((facts.rulebooks || []).map((row) => [row.id, [row.digest]])),
  };
}

const withOfficer = (state, caseId, officer) => ({ ...state, officers: withKey(state.officers, caseId, officer) });

function enrolled(state, { caseId, facts, received }) {
  const key = publicKey(facts.key);
  const entry = { key, since: stated(facts.from, received), end: null };
  if (caseId === state.archive) return { ...state, archiveKeys: withKey(state.archiveKeys, key.kid, entry) };
  const old = state.officers.get(caseId) ?? { keys: new Map(), grants: [], recused: [], deputed: [] };
  const granted = codes(facts.capacities);
  const grants = granted.size ? [...old.grants, { since: entry.since, codes: granted }] : old.grants;
  return withOfficer(state, caseId, { ...old, keys: withKey(old.keys, key.kid, entry), grants });
}

function revoked(state, { caseId, facts, received }) {
  const kid = text(facts.kid);
  const end = stated(facts.not_trusted_from, received);
  const own = caseId === state.archive;
  const officer = state.officers.get(caseId);
  const keys = own ? state.archiveKeys : officer?.keys;
  if (!keys?.has(kid)) return state;
  const changed = withKey(keys, kid, { ...keys.get(kid), end });
  return own ? { ...state, archiveKeys: changed } : withOfficer(state, caseId, { ...officer, keys: changed });
}

/** A change of an officer's entry; nothing where the case is that of no officer. */
const ofOfficer = (change) => (state, record) => {
  const officer = state.officers.get(record.caseId);
  return officer ? withOfficer(state, record.caseId, { ...officer, ...change(officer, record) }) : state;
};

const capacitiesChanged = ofOfficer(({ grants }, { facts, received }) => ({
  grants: [...grants, { since: stated(facts.from, received), codes: codes(facts.capacities) }],
}));

const recusal = ofOfficer(({ recused }, { facts, received }) => ({
  recused: [...recused, { of: text(facts.case), since: stated(facts.from, received), until: null }],
}));

const recusalEnded = ofOfficer(({ recused }, { facts, received }) => {
  const end = stated(facts.from, received);
  return { recused: recused.map((one) => (one.of === facts.case && one.until === null ? { ...one, until: end } : one)) };
});

const deputised = ofOfficer(({ deputed }, { facts, received }) => {
  const [since, until] = [facts.from, facts.until].map((fact) => stated(fact, received));
  return { deputed: [...deputed, { away: text(facts.away), codes: codes(facts.capacities), since, until }] };
});

const ofArchive = (change) => (state, record) => (record.caseId === state.archive ? { ...state, ...change(state, record) } : state);

const calendarAdopted = ofArchive(({ calendars }, { facts }) => ({
  calendars: withKey(calendars, present(facts, "name"), present(facts, "digest")),
}));

const rulebookAdopted = ofArchive(({ rulebooks }, { facts }) => {
  const [id, digest] = [present(facts, "id"), present(facts, "digest")];
  const others = (rulebooks.get(id) ?? []).filter((known) => known !== digest);
  return { rulebooks: withKey(rulebooks, id, [...others, digest]) };
});

function present(facts, name) {
  if (!(name in facts) || isObject(facts[name]) || Array.isArray(facts[name])) throw new Fault("fact", `${name} 缺少或不是代码`);
  return facts[name];
}

const HANDLERS = new Map(Object.entries({
  genesis, "key-enrolled": enrolled, "key-revoked": revoked, "capacities-changed": capacitiesChanged, recusal,
  "recusal-ended": recusalEnded, deputised, "calendar-adopted": calendarAdopted, "rulebook-adopted": rulebookAdopted,
}));

/** The register after one more record; Fault where its facts have no shape. A voided record changes nothing. */
export function after(state, record) {
  const handler = record.voided ? undefined : HANDLERS.get(record.act.action);
  return handler ? handler(state, record) : state;
}

/** Fault unless every moment in the register has an offset. */
export function checkMoments({ officers, archiveKeys }) {
  const of = [...officers.values()];
  const keys = [archiveKeys, ...of.map((one) => one.keys)].flatMap((map) => [...map.values()]);
  const moments = [
    ...keys.flatMap((key) => [key.since, key.end]),
    ...of.flatMap((one) => one.grants.map((grant) => grant.since)),
    ...of.flatMap((one) => [...one.recused, ...one.deputed].flatMap(({ since, until }) => [since, until])),
  ];
  if (moments.some(Number.isNaN)) throw new Fault("moment", "时刻没有时区");
}

/** Every key that may sign an act, by kid. */
export function signingKeys({ officers, root }) {
  const out = new Map([...officers.values()].flatMap((one) => [...one.keys].map(([kid, { key }]) => [kid, key])));
  return root ? out.set(root.kid, root) : out;
}

/** Records of which some put others of their case right: voided, or with facts changed, later ones over earlier ones. */
export function settled(records, rectifies) {
  const out = records.map((record) => ({ ...record, voided: false }));
  for (const caseId of new Set(out.map((record) => record.caseId))) {
    const chain = out.filter((record) => record.caseId === caseId);
    const targetOf = ({ facts, seq }) => (Number.isInteger(facts.target) && facts.target < seq ? chain[facts.target - 1] : undefined);
    const rights = chain.filter((record) => rectifies(record));
    for (const right of rights.toReversed()) {
      const target = targetOf(right);
      if (!right.voided && right.facts.mode === "voids" && target) target.voided = true;
    }
    for (const right of rights) {
      const target = targetOf(right);
      if (!right.voided && right.facts.mode !== "voids" && target) target.facts = corrected(target.facts, right.facts.changes);
    }
  }
  return out;
}

function corrected(facts, changes) {
  if (changes && !isObject(changes)) throw new Fault("changes", "changes 应为对象");
  const out = Object.assign(Object.create(null), facts, changes ?? {});
  for (const name of Object.keys(out)) if (out[name] === null) delete out[name];
  return out;
}
