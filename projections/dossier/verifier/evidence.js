// Evidence originals are those that were signed (FORMAT.md §8): every known digest is there, destroyed by a signed act, or
// said to be missing.
import { byOctets } from "./octets.js";

export class Evidence {
  constructor() {
    this.named = [];
    this.destroyed = new Set();
  }

  add({ where, act, facts, evidence }) {
    evidence.forEach((item, i) => this.named.push({ where, field: `evidence[${i}]`, item }));
    if (act.action === "destruction" && Array.isArray(facts.sha256)) facts.sha256.forEach((one) => this.destroyed.add(String(one)));
  }

  judge(files, findings) {
    const known = this.named.filter(({ item }) => typeof item.sha256 === "string");
    const signed = new Set(known.map(({ item }) => item.sha256));
    const names = [...files.keys()].sort(byOctets);
    for (const name of names) {
      if (files.get(name).sha256 !== name) findings.failed("evidence", "evidence-digest", `data/files/${name}`);
    }
    for (const name of names) if (!signed.has(name)) findings.failed("evidence", "evidence-unnamed", `data/files/${name}`);
    for (const one of known) this.judgeOne(one, files.get(one.item.sha256), findings);
    const count = this.named.length - known.length;
    if (count) findings.noted("evidence", "evidence-withheld", "", null, { count });
    findings.passed("evidence", "evidence-valid", { count: files.size });
  }

  judgeOne({ where, field, item }, file, findings) {
    if (file && "length" in item && file.size !== item.length) findings.failed("evidence", "evidence-length", where, `${field}.length`);
    if (!file && this.destroyed.has(item.sha256)) findings.noted("evidence", "evidence-destroyed", where, field);
    else if (!file) findings.unsettled("evidence", "evidence-missing", where, `${field}.sha256`);
  }
}
