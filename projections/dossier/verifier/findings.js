// Verdicts as they are gathered, bounded, with their sentences (FORMAT.md §9). CHECKS and REASONS are the tables that the
// other verifier has; they are put in when the page is assembled.
import { CHECKS, REASONS } from "./tables.js";

const SHOWN = 200; // findings of one check and verdict; the rest is counted
const PLAIN = 200;
export const PASSED = "PASSED";
export const FAILED = "FAILED";
export const INDETERMINATE = "INDETERMINATE";
export const NOT_CLAIMED = "NOT_CLAIMED";

/** `text` fit to be shown: unprintable characters become U+FFFD, at most 200 characters. */
export function plain(text) {
  const shown = [...String(text)].map((c) => (/\p{C}|(?! )\p{Z}/u.test(c) ? "\ufffd" : c));
  return (shown.length <= PLAIN ? shown : [...shown.slice(0, PLAIN - 1), "…"]).join("");
}

const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => plain(values[name]));

export class Findings {
  constructor() {
    this.found = new Map(Object.keys(CHECKS).map((check) => [check, []]));
    this.more = new Map();
  }

  add(verdict, check, reason, where = "", field = null, values = {}) {
    const listed = this.found.get(check);
    if (listed.filter((one) => one.verdict === verdict).length >= SHOWN) {
      const key = `${check} ${verdict}`;
      this.more.set(key, (this.more.get(key) ?? 0) + 1);
      return;
    }
    const [zh, en] = REASONS[reason];
    const place = field === null ? null : plain(field);
    listed.push({ check, verdict, reason, where: plain(where), field: place, zh: filled(zh, values), en: filled(en, values) });
  }

  failed(...finding) {
    this.add(FAILED, ...finding);
  }

  unsettled(...finding) {
    this.add(INDETERMINATE, ...finding);
  }

  noted(...finding) {
    this.add(PASSED, ...finding);
  }

  /** Whether nothing speaks against `check` so far. */
  clean(check) {
    return this.found.get(check).every((one) => one.verdict === PASSED);
  }

  /** `check` as a whole, unless something speaks against it. */
  passed(check, reason, values = {}) {
    if (this.clean(check)) this.add(PASSED, check, reason, "", null, values);
  }

  blocked(check, where = "") {
    this.unsettled(check, "blocked", where);
  }

  /** All findings by check, the overall verdict and the exit status that goes with it. */
  report() {
    const findings = [...this.found.entries()].flatMap(([check, listed]) => [...listed, ...this.uncounted(check)]);
    const verdicts = new Set(findings.map((one) => one.verdict));
    const unsettled = verdicts.has(INDETERMINATE) || !verdicts.has(PASSED);
    const status = verdicts.has(FAILED) ? 1 : unsettled ? 2 : 0;
    return { verdict: [PASSED, FAILED, INDETERMINATE][status], exit_status: status, findings };
  }

  uncounted(check) {
    const [zh, en] = REASONS.more;
    return [...this.more.entries()].flatMap(([key, count]) => {
      const [of, verdict] = key.split(" ");
      if (of !== check) return [];
      return [{ check, verdict, reason: "more", where: "", field: null, zh: filled(zh, { count }), en: filled(en, { count }) }];
    });
  }
}
