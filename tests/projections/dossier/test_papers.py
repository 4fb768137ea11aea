"""Every record is there as a readable paper, and says all that was signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from domain.formats.withheld import facts_view
from domain.rules.wording import names_of, worded
from projections.dossier.render import pdf_of
from tests.office import Office
from tests.projections.dossier.told import INTERNAL, PERSONAL, RARE, SECRET, data_of, pages, squeezed, told_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Read:
    """The archive, the case, and the squeezed text of each page, row by row; read by many tests, changed by none."""

    office: Office
    case: str
    pages: list[str]
    pdf: bytes


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    office = Office(tmp_path_factory.mktemp("office"))
    case = told_case(office)
    pdf = pdf_of(data_of(office, case))
    yield Read(office, case, pages(pdf, tmp_path_factory.mktemp("pdf"), "-raw"), pdf)
    office.close()


def papers_of(text: list[str], seq: int) -> str:
    """The pages whose head names record `seq`."""
    return "".join(page for page in text if f"第{seq}号记录·" in page)


@pytest.mark.parametrize("options", [(), ("-raw",)])
def test_every_fact_of_every_record_is_there_with_label_and_value(
    told: Read, options: tuple[str, ...], tmp_path: Path
) -> None:
    office, case_id, text = told.office, told.case, pages(told.pdf, tmp_path, *options)
    case, register = office.archive.case(case_id), office.archive.register()
    seen = 0
    for record, entry in zip(office.archive.records(case_id), case.entries, strict=True):
        signed, _ = facts_view(record.act, office.archive.disclosures(record))
        paper = papers_of(text, entry.seq)
        for line in worded(case.rulebook, entry.action, signed, names_of(case, register)):
            assert squeezed(line.label) in paper, (entry.seq, line)
            assert squeezed(line.value) in paper, (entry.seq, line)
            seen += 1
    assert seen > 60


def test_every_signer_stands_there_with_capacity_and_times(told: Read) -> None:
    office, case_id, text = told.office, told.case, told.pages
    rulebook, officers = office.archive.case(case_id).rulebook, office.archive.register().officers
    for record in office.archive.records(case_id):
        paper = papers_of(text, record.seq)
        for signer in record.act.signers:
            name, title = officers[signer.officer].name, rulebook.by_capacity[signer.capacity].title
            assert f"{name}{title}" in paper.replace("姓名身份", ""), (record.seq, name)
            assert signer.kid in paper
        assert record.act.occurred in paper
        assert record.receipt.received in paper
        assert record.digest in paper
        assert "2023年3月1日" in paper


def test_attached_files_are_listed_with_name_and_digest(told: Read) -> None:
    office, case_id, text = told.office, told.case, told.pages
    listed = [(e.seq, item) for e in office.archive.case(case_id).entries for item in e.evidence]
    assert len(listed) == 6
    for seq, item in listed:
        assert item["name"] in papers_of(text, seq)
        assert item["sha256"] in papers_of(text, seq)
        assert f"附：{item['title']}" in text[1]


def test_withheld_facts_are_shown_to_those_who_may_see_them(told: Read) -> None:
    whole = "".join(told.pages)
    assert all(words in whole for words in (INTERNAL, SECRET, PERSONAL))


def test_rare_characters_are_there(told: Read) -> None:
    text = told.pages
    assert RARE in text[0]
    assert RARE in papers_of(text, 1)


def test_a_rectified_record_shows_what_was_signed_and_what_became_of_it(told: Read) -> None:
    text = told.pages
    paper = papers_of(text, 1)
    assert "临江市第二人民医院64排CT采购项目" in paper
    assert "本记录已由第9号记录更正" in paper
    assert "更正后的项目名称" in paper


def test_a_voided_record_stays_and_says_so(told: Read) -> None:
    paper = papers_of(told.pages, 7)
    assert "已作废" in paper
    assert "本记录已由第8号记录作废" in paper
    assert "评分标准合法。" in paper


def test_an_irregular_record_gives_its_reason_and_article(told: Read) -> None:
    paper = papers_of(told.pages, 6)
    assert "项目进展情况" in paper
    assert "不合规" in paper
    assert "（第二十九条）" in paper


def test_the_catalogue_names_every_record_its_page_and_what_is_wrong_with_it(told: Read) -> None:
    office, case_id, text = told.office, told.case, told.pages
    rulebook = office.archive.case(case_id).rulebook
    catalogue = text[1]
    for record in office.archive.records(case_id):
        assert rulebook.by_action[record.act.action].title in catalogue
    assert catalogue.count("已更正") == 1
    assert catalogue.count("已作废") == 1
    assert catalogue.count("不合规") == 1
    assert "临财采决〔2023〕1号" in catalogue
    for page in (page for page in text if "第10号记录·" in page and "投诉处理决定" in page):
        number = page.split("—")[1]
        assert f"投诉处理决定2023-03-01{number}–" in catalogue
        break
    else:
        pytest.fail("no page of the decision")


def test_the_cover_tells_who_what_and_when(told: Read) -> None:
    case_id, text = told.case, told.pages
    for words in (
        "演示",
        "临江市财政局",
        "政府采购投诉处理案卷",
        case_id,
        f"投诉人{RARE}",
        "被投诉人临江市第二人民医院",
        "处理结果已决定（第10号记录《投诉处理决定》）",
        "立案日期2023年3月1日",
        "结案日期2023年3月1日",
        "归档日期尚未立卷",
        "案由对“更正后的项目名称”的投诉",
        "保管期限永久",
        "本卷共10件",
    ):
        assert words in text[0], words


def test_limits_and_notes_close_the_dossier(told: Read) -> None:
    text = [page for page in told.pages if page]
    closing = next(i for i, page in enumerate(text) if "程序合规" in page and "结论" in page)
    assert "审查期限" in text[closing]
    assert "2023-03-08" in text[closing]
    assert "卷内备考表" in text[-1]
    assert "所附电子文件共6件" in text[-1]
    assert "已作废的记录：第7号" in text[-1]


def test_what_came_too_late_says_by_how_much(office: Office, tmp_path: Path) -> None:
    case = office.opened()
    office.on("2023-03-13")
    office.do(case, "acceptance", {}, "handler:陈立")
    text = pages(pdf_of(data_of(office, case)), tmp_path, "-raw")
    paper = papers_of(text, 2)
    assert "逾期：审查期限于2023年3月8日届满，迟3个工作日。（第二十七条）" in paper
    assert text[1].count("逾期") == 1
    assert "逾期3个工作日" in "".join(text[-5:])


def test_a_filed_case_names_the_days_of_its_end(office: Office, tmp_path: Path) -> None:
    case = office.decided()
    office.on("2023-03-10")
    office.do(case, "filing", {"contents": ["全部材料"], "volumes": 1, "keeper": "档案室"}, "handler:陈立")
    cover = pages(pdf_of(data_of(office, case)), tmp_path, "-raw")[0]
    assert "处理结果已决定（第5号记录《投诉处理决定》）" in cover
    assert "结案日期2023年3月1日" in cover
    assert "归档日期2023年3月10日" in cover


def test_an_open_case_says_where_it_stands(office: Office, tmp_path: Path) -> None:
    cover = pages(pdf_of(data_of(office, office.accepted())), tmp_path, "-raw")[0]
    assert "现阶段处理" in cover
    assert "结案日期尚未结案" in cover


def test_the_same_dossier_gives_the_same_octets(office: Office) -> None:
    data = data_of(office, told_case(office))
    first = pdf_of(data)
    assert pdf_of(data) == first
    assert b"pdfaid" in first
