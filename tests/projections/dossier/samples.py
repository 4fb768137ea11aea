"""Dossiers made by hand, for what no lawful case would hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from domain.rules.wording import Line
from projections.dossier.data import (
    Attachment,
    ComplianceRow,
    ComplianceSheet,
    Cover,
    DossierData,
    Paper,
    Reckoned,
    Remark,
    Signatory,
)

FORM = "forms/general.typ"
FORM_BYTES = Path("domain/rulebooks/lu-cai-cai-2018-72", FORM).read_bytes()
DIGEST = "Zk3bq0nW2pXo8m1l5yF3uQ9cN7vR4sT6aE0iH2jK1gD"
CASE = "01890a5d-ac96-774b-bcce-b302099a8057"


def paper(seq: int = 1, text: str = "文字", **changes: Any) -> Paper:
    """A paper in which every free text is `text`."""
    lines = (
        Line("采购项目名称", text, 0, "facts.project"),
        Line("各行", "1 项", 0, "facts.rows"),
        Line(text, "", 1, "facts.rows[0]"),
        Line("栏目", text, 2, "facts.rows[0].cell"),
    )
    made = Paper(
        seq=seq,
        title="签收",
        document=text[:60],
        responsible=text,
        form=FORM,
        volume="正卷",
        articles="第二十七条",
        day="2023-03-06",
        occurred="2023-03-06",
        occurred_words="2023年3月6日",
        received="2023-03-06T02:05:33.123Z",
        received_words="2023年3月6日10时05分33秒",
        lines=lines,
        signatories=(Signatory(text, text, "承办人", DIGEST),),
        attachments=(Attachment(f"{seq}-1", text, "投诉书", "当事人", text, "", "1 KB", "0" * 64, True),),
        remarks=(Remark("irregular", text, "第三十一条"), Remark("rectified", text, lines=lines[:1])),
        digest=DIGEST,
        prev="",
        act=CASE,
    )
    return replace(made, **changes)


def dossier(*papers: Paper, text: str = "文字", **changes: Any) -> DossierData:
    """A dossier of `papers` (one, if none is given) in which every free text is `text`."""
    made = DossierData(
        case=CASE,
        cover=Cover(text, CASE, text, (("投诉人", text),), "现阶段", text, "2023年3月1日", text, text, "30年"),
        opening=(Line("采购项目名称", text, 0, "facts.project"),),
        papers=papers or (paper(text=text),),
        compliance=ComplianceSheet(
            conclusion="符合法定程序",
            tone="kept",
            counts=text,
            rows=(ComplianceRow("期限", "审查期限", text, "第二十七条", text, "", text, "2023-03-08", "", "1"),),
            idle=text,
            reckoned=(Reckoned("审查期限", "第二十七条", text, (text,), (("2023-03-02", text),), "R3"),),
            readings=(("R3", text),),
            undisclosed="1",
        ),
        notes=(text,),
        recipient=text,
        exported="2023-03-20T01:02:03.456Z",
        exported_words="2023年3月20日09时02分03秒",
        exported_day="2023年3月20日",
        forms={FORM: FORM_BYTES},
    )
    return replace(made, **changes)
