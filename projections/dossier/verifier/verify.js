// A dossier package, judged for integrity: everything in FORMAT.md but compliance with procedure, in the order of its steps.
// Keeps: hostile octets give findings, never a crash and never a pass; what isn't checked is listed as such.
import { judgeBag } from "./bag.js";
import { strandOf } from "./chain.js";
import { judgeUnused, viewed } from "./disclosed.js";
import { judgeEnclosures } from "./enclosures.js";
import { Evidence } from "./evidence.js";
import { judgeExport, readExport } from "./export.js";
import { Fault } from "./fault.js";
import { FAILED, Findings } from "./findings.js";
import { judgeLayers } from "./layers.js";
import { baseCase, judgeLayout, materialOf, place } from "./layout.js";
import { byOctets } from "./octets.js";
import { Package } from "./package.js";
import { registryOf } from "./registry.js";
import { Rules } from "./rules.js";
import { judgeSigning } from "./signing.js";
import { judgeTrust } from "./trust.js";
import { REASONS } from "./tables.js";

const NOT_CHECKED = ["procedure", "vault", "store"]; // compliance; what a package can't show

/** The report of a package in a Blob; `trust` parsed or null, `progress(step, done, all)` is told how far it is. */
export async function verify(blob, trust = null, progress = async () => {}) {
  const report = await judged(blob, trust, progress);
  return { typ: "anjuan.browser-report/1", ...report, not_checked: NOT_CHECKED, trust: trust?.fingerprint ?? null };
}

async function judged(blob, trust, progress) {
  const findings = new Findings();
  try {
    await judgePackage(await Package.open(blob), trust, findings, progress);
    return findings.report();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "not-a-package") throw error;
    const [zh, en] = REASONS["not-a-package"].map((template) => template.replace("{detail}", error.message));
    const finding = { check: "package", verdict: FAILED, reason: "not-a-package", where: "", field: null, zh, en };
    return { verdict: FAILED, exit_status: 3, findings: [finding] };
  }
}

async function judgePackage(pack, trust, findings, progress) {
  const stated = await judgeBag(pack, findings, (done, all) => progress("files", done, all));
  judgeLayout(pack, findings);
  const claim = await readExport(pack, findings);
  const caseId = baseCase(pack.base) ?? claim?.case ?? pack.base;
  const material = await materialOf(pack, caseId, stated, findings);
  const examination = new Examination(material, findings, progress);
  const { registry, heads } = await examination.run(trust);
  judgeLayers(pack, findings);
  if (claim !== null) await judgeExport(pack, claim, heads.get(caseId), registry, findings);
  await judgeEnclosures(pack, findings);
}

class Examination {
  constructor(material, findings, progress) {
    Object.assign(this, { material, findings, progress });
    this.acts = new Set();
    this.evidence = new Evidence();
    this.heads = new Map();
    this.keys = new Set(); // "case/seq" of every readable record
    this.officers = new Set();
    this.count = { records: 0, signatures: 0, shown: 0, kept: 0 };
  }

  /** Register cases first: they say under what all others are judged. */
  async run(trust) {
    const { material, findings } = this;
    this.rules = await Rules.of(material, findings);
    const register = new Map();
    for (const [caseId, pieces] of material.register) register.set(caseId, await this.viewed(caseId, pieces));
    this.registry = registryOf(register, (view) => this.rules.of(view), findings);
    judgeTrust(trust, this.registry, findings);
    this.rules.judgeCalendars(this.registry);
    for (const [caseId, views] of register) await this.judge(caseId, views);
    await this.judge(material.caseId, await this.viewed(material.caseId, material.records));
    this.conclude(register.size);
    return this;
  }

  async viewed(caseId, pieces) {
    const { material, findings } = this;
    const strand = await strandOf(material, caseId, pieces, this.acts, findings, (done, all) => this.progress("records", done, all));
    return viewed(strand, material, findings);
  }

  async judge(caseId, views) {
    if (!views.length) return;
    this.heads.set(caseId, views[views.length - 1]);
    for (const view of views) this.tally(view);
    if (this.registry.founded) {
      await judgeSigning(views, this.registry, this.findings, (done, all) => this.progress("signatures", done, all));
    }
    this.rules.judgeCase(views, this.registry);
  }

  tally(view) {
    const { record, act } = view;
    this.evidence.add(view);
    this.count.records += 1;
    this.count.signatures += record.signatures.length;
    this.count.shown += view.shown;
    this.count.kept += view.kept;
    for (const signer of act.signers) this.officers.add(signer.officer);
    this.keys.add(`${record.case}/${record.seq}`);
  }

  conclude(registers) {
    const { findings, count, registry } = this;
    this.judgeCompleteness();
    this.rules.judgeUnneeded();
    judgeUnused(this.material, this.keys, findings);
    this.evidence.judge(this.material.files, findings);
    findings.passed("records", "records-valid", { count: count.records });
    findings.passed("chain", "chain-valid", { count: count.records });
    findings.passed("register", "register-valid", { count: registers });
    findings.passed("forms", "forms-valid", { count: this.rules.forms });
    findings.passed("disclosures", "disclosures-valid", { shown: count.shown, hidden: count.kept });
    if (!registry.founded) {
      for (const check of ["signatures", "receipts", "authority"]) findings.blocked(check);
      return;
    }
    if (registry.final.demonstration) findings.noted("register", "demonstration", registry.genesis.where, "facts.demonstration");
    findings.passed("signatures", "signatures-valid", { count: count.signatures });
    findings.passed("receipts", "receipts-valid", { count: count.records });
    findings.passed("authority", "authority-valid");
    findings.passed("rulebook", "rulebook-valid");
    findings.passed("calendar", "calendar-valid", { count: registry.calendars().size });
  }

  /** The register cases of the archive and of all who sign are there, and no others. */
  judgeCompleteness() {
    const { archive } = this.registry.final;
    const needed = new Set(archive === null ? this.officers : [...this.officers, archive]);
    const there = this.material.register;
    const report = (reason, cases) => {
      for (const one of cases.sort(byOctets)) this.findings.failed("register", reason, place(this.material, one, 1), null, { case: one });
    };
    report("register-missing", [...needed].filter((one) => !there.has(one)));
    if (archive !== null) report("register-unneeded", [...there.keys()].filter((one) => !needed.has(one)));
  }
}
