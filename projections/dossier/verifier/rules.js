// Rulebooks, forms and calendars are those of the pinned digests, and the archive adopted them in time (FORMAT.md §2, §7, §8).
// Of a rulebook only what integrity needs is read: its id, its forms, which actions rectify and which move a case.
// Leaves: whether what rulebooks and calendars say is well-formed and was followed (compliance, which isn't judged here).
import { parseObject } from "./canonical.js";
import { digest } from "./digest.js";
import { Fault } from "./fault.js";
import { byOctets } from "./octets.js";
import * as shape from "./shapes.js";

/** The rulebook in canonical octets, as far as it is read here. */
function parseRulebook(octets) {
  const value = parseObject(octets);
  shape.code(value.id, "id");
  shape.integer(value.vocabulary, "vocabulary", 1);
  const actions = shape.items(value.actions, "actions", 0, Infinity).map((one) => shape.mapping(one, "actions"));
  const forms = shape.items(value.forms ?? [], "forms", 0, Infinity).map((pin) => shape.members(pin, ["digest", "path"], "forms"));
  const thatDo = (what) => new Set(actions.filter((one) => one[what] === true).map((one) => one.code));
  return { id: value.id, forms, rectifying: thatDo("rectifies"), rebinding: thatDo("rebinds") };
}

export class Rules {
  constructor(material, findings) {
    this.material = material;
    this.findings = findings;
    this.read = new Map();
    this.forms = 0;
    this.sums = new Map();
    this.parsed = new Map();
  }

  /** Digests are computed at once, before anything is judged. */
  static async of(material, findings) {
    const rules = new Rules(material, findings);
    const folders = [material.rulebooks, material.calendars, ...material.forms.values()];
    for (const folder of folders) for (const octets of folder.values()) rules.sums.set(octets, await digest(octets));
    return rules;
  }

  /** The rulebook of a digest; null, once with its reason, if it can't be had. */
  version(pinned, where) {
    if (!this.read.has(pinned)) this.read.set(pinned, this.readVersion(pinned, where));
    return this.read.get(pinned);
  }

  /** The rulebook that a record pins; null if it can't be had or is another. */
  of(view) {
    const book = this.version(view.act.rulebook.digest, view.where);
    return book !== null && book.id === view.act.rulebook.id ? book : null;
  }

  readVersion(pinned, where) {
    const octets = this.material.rulebooks.get(pinned);
    if (octets === undefined) {
      this.findings.failed("rulebook", "rulebook-missing", where, "rulebook.digest", { digest: pinned });
      return null;
    }
    const at = `data/rulebook/${pinned}/`;
    if (this.sums.get(octets) !== pinned) {
      this.findings.failed("rulebook", "rulebook-digest", `${at}rulebook.json`);
      return null;
    }
    try {
      const book = parseRulebook(octets);
      this.judgeForms(book, pinned, at);
      return book;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.findings.failed("rulebook", "rulebook-malformed", `${at}rulebook.json`, null, { detail: error.message });
      return null;
    }
  }

  judgeForms(book, pinned, at) {
    const there = this.material.forms.get(pinned) ?? new Map();
    for (const pin of book.forms) {
      this.forms += 1;
      const octets = there.get(pin.path);
      if (octets === undefined) this.findings.failed("forms", "form-missing", at + pin.path);
      else if (this.sums.get(octets) !== pin.digest) this.findings.failed("forms", "form-digest", at + pin.path);
    }
    const named = new Set(book.forms.map((pin) => pin.path));
    const strays = [...there.keys()].filter((path) => !named.has(path)).sort(byOctets);
    for (const path of strays) this.findings.failed("forms", "form-unneeded", at + path);
  }

  /** Every record names the version that bound its case then (FORMAT.md §7). */
  judgeCase(views, registry) {
    const [first] = views;
    let bound = { id: first.act.rulebook.id, digest: first.act.rulebook.digest };
    this.judgeVersion(bound, first, registry, "rulebook.digest");
    for (const view of views) {
      const { id, digest: named } = view.act.rulebook;
      this.of(view);
      if (id !== bound.id || named !== bound.digest) this.findings.failed("rulebook", "rulebook-changed", view.where, "rulebook");
      const binding = this.read.get(bound.digest) ?? null;
      const moves = binding?.rebinding.has(view.act.action) && typeof view.facts.version === "string";
      const next = { id: bound.id, digest: view.facts.version };
      if (moves && this.judgeVersion(next, view, registry, "facts.version") && this.read.get(next.digest)) bound = next;
    }
  }

  judgeVersion(pinned, view, registry, field) {
    const book = this.version(pinned.digest, view.where);
    if (book !== null && book.id !== pinned.id) {
      this.findings.failed("rulebook", "rulebook-id", view.where, "rulebook.id", { id: book.id });
      return false;
    }
    if (registry.genesis !== null && !adopted(pinned, view, registry)) {
      this.findings.failed("rulebook", "rulebook-not-adopted", view.where, field);
      return false;
    }
    return true;
  }

  /** Rulebooks and forms that no record names. */
  judgeUnneeded() {
    const strays = (folder) => [...folder.keys()].filter((pinned) => !this.read.has(pinned)).sort(byOctets);
    for (const pinned of strays(this.material.rulebooks)) {
      this.findings.failed("rulebook", "rulebook-unneeded", `data/rulebook/${pinned}/rulebook.json`);
    }
    for (const pinned of strays(this.material.forms)) this.findings.failed("forms", "form-unneeded", `data/rulebook/${pinned}/`);
  }

  /** Every calendar ever adopted is there, and no other. */
  judgeCalendars(registry) {
    const names = registry.calendars();
    const at = (pinned) => `data/calendar/${pinned}.json`;
    for (const pinned of [...names.keys()].sort(byOctets)) this.judgeCalendar(pinned, names.get(pinned), at(pinned));
    const strays = [...this.material.calendars.keys()].filter((pinned) => !names.has(pinned)).sort(byOctets);
    for (const pinned of strays) this.findings.failed("calendar", "calendar-not-adopted", at(pinned));
  }

  judgeCalendar(pinned, name, at) {
    const octets = this.material.calendars.get(pinned);
    if (octets === undefined) this.findings.failed("calendar", "calendar-missing", at, null, { name });
    else if (this.sums.get(octets) !== pinned) this.findings.failed("calendar", "calendar-digest", at);
    else this.judgeTable(octets, name, at);
  }

  judgeTable(octets, name, at) {
    try {
      const table = parseObject(octets);
      shape.members(table, ["name", "year", "notices", "days"], "table");
      if (table.name !== name) this.findings.failed("calendar", "calendar-malformed", at, "name", { detail: `应为 ${name}` });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.findings.failed("calendar", "calendar-malformed", at, null, { detail: error.message });
    }
  }
}

/** Whether the archive had adopted a rulebook when a record came; its first record adopts its own. */
function adopted({ id, digest: pinned }, view, registry) {
  const own = registry.genesis.act.rulebook;
  if (own.id === id && own.digest === pinned) return true;
  return registry.at(view.received).some((state) => state.rulebooks.get(id)?.includes(pinned));
}
