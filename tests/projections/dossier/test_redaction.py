"""What is withheld is said to be 不公开, and is nowhere in what leaves the house."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.formats.encoding import b64u_decode
from domain.formats.package import open_package
from domain.formats.verdict import Verdict
from domain.rules.compliance_json import as_json
from domain.verification.package_check import package_compliance, verify_package
from projections.dossier.render import pdf_of
from tests.projections.dossier.told import (
    INTERNAL,
    PERSONAL,
    SECRET,
    SECRET_FILE,
    data_of,
    exported,
    pages,
    read,
    squeezed,
    told_case,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office

SECRETS = {"internal": INTERNAL, "trade-secret": SECRET, "personal": PERSONAL}
SECRET_HASH = hashlib.sha256(SECRET_FILE).hexdigest()


def test_a_redacted_dossier_says_so_in_place_of_every_secret(office: Office, tmp_path: Path) -> None:
    case = told_case(office)
    whole, redacted = (pages(pdf_of(data_of(office, case, d)), tmp_path, "-raw") for d in (True, False))
    papers = [page for page in redacted if "第2号记录·" in page or "第6号记录·" in page]
    assert len(papers) == 2
    assert all("不公开事项不公开（1项）" in page for page in papers)
    assert "遮盖副本" in redacted[0]
    assert "遮盖副本" not in whole[0]
    text = "".join(redacted)
    assert not [secret for secret in (*SECRETS.values(), "光源配方", "配方.txt", SECRET_HASH) if secret in text]
    assert "光源配方" in "".join(whole)


@pytest.mark.parametrize("kept", [*SECRETS, None])
def test_no_octet_of_a_redacted_package_tells_a_secret(office: Office, tmp_path: Path, kept: str | None) -> None:
    case = told_case(office)
    out, _ = exported(office, case, disclose={kept} if kept else False)
    package = open_package(out)
    shown = json.loads(package.read("data/disclosures.json", 1 << 20))
    told = squeezed(read(package.read("data/案卷.pdf", 1 << 24), tmp_path)) + "".join(_opened(shown))
    for name in package.names:
        if name != "data/案卷.pdf":
            told += package.read(name, 1 << 24).decode("utf-8")
    assert {name for name, secret in SECRETS.items() if secret in told} == ({kept} if kept else set())
    assert (f"data/files/{SECRET_HASH}" in package.names) == (kept == "trade-secret")
    found = verify_package(out, office.archive.trust()).findings
    doubts = {(f.reason, f.where) for f in found if f.verdict in (Verdict.FAILED, Verdict.INDETERMINATE)}
    # record 6 lacks a fact and keeps another back: whether it is irregular can be judged only with its secret
    assert doubts == (set() if kept == "trade-secret" else {("procedure-withheld", "data/records/0006.json")})


def _opened(shown: dict[str, list[str]]) -> list[str]:
    return [b64u_decode(entry).decode() for listed in shown.values() for entry in listed]


def test_an_irregularity_that_touches_what_is_withheld_is_told_without_it(office: Office, tmp_path: Path) -> None:
    case = told_case(office)
    paper = next(p for p in pages(pdf_of(data_of(office, case, False)), tmp_path, "-raw") if "第6号记录·" in p)
    assert "涉及不公开事项，此处从略。（第二十九条）" in paper


def test_a_redacted_report_calls_irregular_what_the_archive_knows_to_be(office: Office, tmp_path: Path) -> None:
    case = told_case(office)
    out, _ = exported(office, case, disclose=False)
    report = json.loads(open_package(out).read("data/report.json", 1 << 20))["compliance"]
    told = [(r["record"], r["state"]) for r in report["requirements"] if r["code"] == "unsaid"]
    assert (report["unsaid"], told, report["conclusion"]) == ([6], [(6, "irregular")], "failed")
    assert 6 in report["undisclosed"]
    found, complied = package_compliance(out, office.archive.trust())
    assert [f.reason for f in found.of_check("report")] == ["dossier-covered", "report-valid"]
    assert complied is not None
    assert as_json(complied, worded=False) == report
    sheet = "".join(pages(pdf_of(data_of(office, case, False)), tmp_path, "-raw"))
    assert "有一处不合规定，涉及不公开事项，此处从略" in sheet
    whole = json.loads(open_package(exported(office, case)[0]).read("data/report.json", 1 << 20))["compliance"]
    assert (whole["unsaid"], whole["undisclosed"]) == ([], [])


def test_a_corrected_secret_stays_withheld_in_the_record_it_corrects(office: Office, tmp_path: Path) -> None:
    case = office.opened()
    office.do(case, "review-conclusion", {"findings": INTERNAL, "conclusion": "accept"}, "handler:陈立")
    corrected = {"target": 2, "mode": "corrects", "reason": "补充", "changes": {"findings": "更正后的内部意见"}}
    office.do(case, "rectification", corrected, "handler:陈立", "reviewer:李敏")
    whole, redacted = ("".join(pages(pdf_of(data_of(office, case, d)), tmp_path, "-raw")) for d in (True, False))
    assert whole.count("更正后的内部意见") == 2
    assert "更正后的内部意见" not in redacted
    assert redacted.count("不公开事项不公开") == 5  # two parties, the conclusion, its correction twice
    some = "".join(pages(pdf_of(data_of(office, case, frozenset({"internal"}))), tmp_path, "-raw"))
    assert "更正后的内部意见" in some
    assert PERSONAL not in some


def test_an_unknown_class_is_refused(office: Office) -> None:
    case = office.opened()
    with pytest.raises(Fault) as caught:
        exported(office, case, disclose={"party"})
    assert caught.value.code == "disclose"
