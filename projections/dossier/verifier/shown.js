// A report as people see it: the verdict, then each check with what was found. Text only: nothing from a package is markup.
import { FAILED, INDETERMINATE, NOT_CLAIMED, PASSED } from "./findings.js";
import { CHECKS } from "./tables.js";

const WORDS = {
  [PASSED]: ["通过", "passed"], [FAILED]: ["未通过", "failed"], [INDETERMINATE]: ["无法判定", "indeterminate"],
  [NOT_CLAIMED]: ["未主张", "not claimed"],
};
const OVERALL = {
  0: ["完整性核对通过", "Integrity: passed"], 1: ["完整性核对未通过", "Integrity: failed"],
  2: ["完整性无法完全判定", "Integrity: indeterminate"], 3: ["不能作为案卷包打开", "Cannot be opened as a package"],
};
const UNSEEN = ["vault", "store"]; // no package holds them
const FIRST = 5; // findings of a check that are shown at once

export function element(name, { text, ...given } = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(given)) made.setAttribute(attribute, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/** Verdict and table for a report of the file called `name`; `buttons` go beside the verdict. */
export function shown(report, name, buttons) {
  const [zh, en] = OVERALL[report.exit_status];
  const counted = [FAILED, INDETERMINATE].map((verdict) => [verdict, report.findings.filter((one) => one.verdict === verdict).length]);
  const told = counted.filter(([, count]) => count).map(([verdict, count]) => `${WORDS[verdict][0]} ${count} 项`).join("，");
  const words = element(
    "div", {}, element("h2", { text: zh }), element("p", { text: en, lang: "en" }),
    element("p", { text: [name, told].filter(Boolean).join(" · ") }),
    element("p", { text: "程序合规不在本页核对之列。" }),
  );
  const verdict = element("section", { class: `card verdict ${report.verdict}` }, words, element("div", { class: "acts" }, ...buttons));
  return report.exit_status === 3 ? [verdict, reasonOf(report)] : [verdict, table(report)];
}

const reasonOf = (report) => element("p", { class: "notice bad", text: report.findings[0].zh });

function table(report) {
  const head = element("tr", {}, ...["检查", "结论", "说明"].map((text) => element("th", { text, scope: "col" })));
  const rows = Object.keys(CHECKS).filter((check) => !UNSEEN.includes(check)).map((check) => row(check, report));
  return element(
    "section", { class: "card" },
    element("table", {}, element("caption", { text: "各项检查" }), element("thead", {}, head), element("tbody", {}, ...rows)),
  );
}

function row(check, report) {
  const [zh, en] = CHECKS[check];
  const named = element("th", { scope: "row", text: zh }, element("small", { text: en, lang: "en" }));
  if (report.not_checked.includes(check)) {
    const why = "本页不核对。期限和各步骤是否合法，须用命令 anjuan verify 核对。";
    return cells(named, "NOT_CHECKED", ["未核对", "not checked"], [element("p", { text: why })], check);
  }
  const found = report.findings.filter((one) => one.check === check);
  const worst = [FAILED, INDETERMINATE, PASSED, NOT_CLAIMED].find((verdict) => found.some((one) => one.verdict === verdict));
  if (worst === undefined) return cells(named, INDETERMINATE, WORDS[INDETERMINATE], [element("p", { text: "没有得出结论。" })], check);
  const listed = found.map(finding);
  const more = listed.splice(FIRST);
  if (more.length) listed.push(element("details", {}, element("summary", { text: `其余 ${more.length} 条` }), ...more));
  return cells(named, worst, WORDS[worst], listed, check);
}

function cells(named, verdict, [zh, en], content, check) {
  const chip = element("span", { class: `chip ${verdict}`, text: zh, title: en });
  return element("tr", { "data-check": check, "data-verdict": verdict }, named, element("td", { class: "is" }, chip), element("td", { class: "why" }, ...content));
}

function finding({ verdict, reason, where, field, zh, en }) {
  const out = element("div", { class: `finding ${verdict}` }, element("p", { text: zh }), element("small", { text: en, lang: "en" }));
  if (where || field) out.append(element("code", { text: [where, field].filter(Boolean).join(" · ") }), " ");
  out.append(element("span", { class: "minor", text: reason }));
  return out;
}
