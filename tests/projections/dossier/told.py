"""A case with all that a dossier must tell: withheld facts and files; irregular, rectified and voided records."""

from __future__ import annotations

import io
import re
import subprocess
from typing import TYPE_CHECKING, Any

from projections.dossier.contents import enclosed_of, forms, originals
from projections.dossier.gather import gathered
from projections.dossier.package import export
from tests.office import DECISION, PARTIES, Office
from tests.real_files import real

if TYPE_CHECKING:
    from pathlib import Path

    from domain.formats.export import ExportClaim
    from projections.dossier.contents import Disclose
    from projections.dossier.data import DossierData

HANDLER = "handler:陈立"
EXPORTED = "2023-03-20T01:02:03.456Z"
RECIPIENT = "临江市人民政府行政复议办公室"
INTERNAL, SECRET, PERSONAL = "内部研判：疑点在第四章", "投影机光源配方一号", "赵一鸣"
RARE = "江北䶮𬭎医疗器械有限公司"
SECRET_FILE = b"confidential recipe"


def told_case(office: Office) -> str:
    """Ten records: 2 and 6 withhold facts, 6 and 7 are irregular, 7 is voided by 8, 1 is rectified by 9."""
    case = office.opened(parties=[{**PARTIES[0], "name": RARE}, PARTIES[1]])
    office.do(case, "review-conclusion", {"findings": INTERNAL, "conclusion": "accept"}, HANDLER)
    office.do(case, "acceptance", {}, HANDLER)
    notice = {"copies": 1, "duties": "作出书面说明并提交证据。", "progress": "请说明项目进展情况。"}
    sent = office.do(case, "answer-notice", notice, HANDLER).seq
    office.serve(case, sent)
    answer = {"answers": sent, "party": "hospital", "received_on": "2023-03-01", "statement": "评分标准合法。"}
    papers = [
        {"object": office.file(case, "书面说明.pdf", real("书面说明.pdf", "answer")), "slot": "statement"},
        {"object": office.file(case, "配方.txt", SECRET_FILE), "slot": "confidential", "title": "光源配方"},
    ]
    office.do(case, "written-answer", {**answer, "trade_secret": SECRET}, HANDLER, evidence=papers)
    office.do(case, "written-answer", answer, HANDLER, evidence=papers[:1])
    both = (HANDLER, "reviewer:李敏")
    office.do(case, "rectification", {"target": 7, "mode": "voids", "reason": "重复录入"}, *both)
    changes = {"target": 1, "mode": "corrects", "reason": "笔误", "changes": {"project": "更正后的项目名称"}}
    office.do(case, "rectification", changes, *both)
    office.do(case, "decision", DECISION, HANDLER, "reviewer:李敏", "head:王强")
    return case


def exported(office: Office, case: str, **more: Any) -> tuple[io.BytesIO, ExportClaim]:
    """A package in memory with its claim."""
    out = io.BytesIO()
    claim = export(office.archive, case, RECIPIENT, out, **{"exported": EXPORTED, **more})
    return out, claim


def data_of(office: Office, case: str, disclose: Disclose = True) -> DossierData:
    """What the PDF of an export would say."""
    whole = office.archive.case(case)
    enclosed = enclosed_of(office.archive, case, whole.seq, disclose)
    return gathered(
        enclosed,
        whole,
        recipient=RECIPIENT,
        exported=EXPORTED,
        redacted=disclose is not True,
        originals=frozenset(originals(office.archive, enclosed)),
        forms={pinned: forms(office.archive, book) for pinned, book in enclosed.rulebooks.items()},
    )


def squeezed(text: str) -> str:
    """Text without white space: line breaks and alignment are layout."""
    return re.sub(r"\s", "", text)


def read(pdf: bytes, folder: Path, *options: str) -> str:
    """What pdftotext reads in a PDF."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def pages(pdf: bytes, folder: Path, *options: str) -> list[str]:
    """The squeezed text of each page."""
    return [squeezed(page) for page in read(pdf, folder, *options).split("\f")]
