"""What pages and API are told of cases."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules import time_limits
from domain.rules.vocabulary import Heading, Ref
from projections.fold import shown, without
from projections.views import CaseViews
from tests.office import Office
from tests.projections.history import INTERNAL, PERSONAL, SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from projections.rows import TimelineRow

DAY = date(2023, 3, 9)


def refused(views: CaseViews, call: str, *args: object, **more: object) -> str:
    with pytest.raises(Fault) as caught:
        getattr(views, call)(*args, **more)
    return caught.value.code


def seqs(rows: list[TimelineRow]) -> list[int]:
    return [row["seq"] for row in rows]


def test_the_docket_lists_every_case_newest_first_and_no_register(views: CaseViews, cases: dict[str, str]) -> None:
    found = views.docket(DAY)
    assert [row["case"] for row in found] == [
        cases[name] for name in ("stopped", "withdrawn", "waiting", "corrected", "decided")
    ]
    assert views.docket_size() == len(found)


def test_a_docket_row_says_where_a_case_stands(views: CaseViews, cases: dict[str, str]) -> None:
    row = next(row for row in views.docket(DAY) if row["case"] == cases["decided"])
    assert (row["stage"], row["stage_title"], row["final"]) == ("decided", "已决定", False)
    assert row["title"] == "更正后的项目名称"
    assert row["complainant"] == "江北恒信医疗器械有限公司"
    assert row["respondents"] == ["临江市第二人民医院", "江北华采招标代理有限公司"]
    assert (row["opened_on"], row["seq"], row["irregular"]) == ("2023-03-01", 9, 0)
    assert row["trouble"] is None
    assert json.loads(json.dumps(row)) == row


def test_the_next_limit_is_the_one_that_ends_first(views: CaseViews, cases: dict[str, str]) -> None:
    row = next(row for row in views.docket(DAY) if row["case"] == cases["decided"])
    due = row["next_due"]
    assert due is not None
    assert (due["limit"], due["of_name"], due["status"]) == ("publication", None, "running")
    assert due["due"] > "2023-03-08", "a party's answer ran out on that day; nobody waits for it"


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"stage": "corrected"}, ["corrected"]),
        ({"stage": "nowhere"}, []),
        ({"text": "更正后"}, ["decided"]),
        ({"text": "恒信 2号"}, ["withdrawn"]),
        ({"text": "100%_合格'的"}, ["withdrawn"]),
        ({"text": "_____________________________________________________"}, []),
        ({"text": "%"}, ["withdrawn"]),
        ({"text": "华采"}, ["decided"]),
        ({"text": PERSONAL}, []),
        ({"rulebook": "register"}, []),
        ({"final": True}, []),
        ({"limit": 1}, ["stopped"]),
        ({"limit": 0}, ["stopped"]),
    ],
)
def test_the_docket_can_be_narrowed(
    views: CaseViews, cases: dict[str, str], filters: dict[str, object], names: list[str]
) -> None:
    found = views.docket(DAY, **filters)  # type: ignore[arg-type]  # parametrised
    assert [row["case"] for row in found] == [cases[name] for name in names]
    if "limit" not in filters:
        assert views.docket_size(**filters) == len(names)  # type: ignore[arg-type]  # parametrised


def test_the_docket_goes_on_before_a_case(views: CaseViews) -> None:
    whole = views.docket(DAY)
    assert [row["n"] for row in whole] == sorted((row["n"] for row in whole), reverse=True)
    assert views.docket(DAY, limit=1, before=whole[2]["n"]) == whole[3:4]
    assert views.docket(DAY, before=whole[-1]["n"]) == []


def test_open_limits_go_on_behind_so_many(views: CaseViews) -> None:
    whole = views.deadlines(DAY)
    assert views.deadlines(DAY, limit=2, offset=1) == whole[1:3]
    assert views.deadlines(DAY, offset=-1) == whole


def test_a_case_found_by_its_id(views: CaseViews, cases: dict[str, str]) -> None:
    assert [row["case"] for row in views.docket(DAY, text=cases["waiting"].upper())] == [cases["waiting"]]


def test_a_case_as_a_whole(views: CaseViews, cases: dict[str, str], whole_office: Office) -> None:
    row = views.case(cases["decided"], DAY)
    assert row["rulebook_number"] == "鲁财采〔2018〕72号"
    assert [(p["id"], p["role_title"]) for p in row["parties"]] == [
        ("complainant", "投诉人"),
        ("hospital", "被投诉人"),
        ("agency", "被投诉人"),
    ]
    assert row["groups"] == {"received": 3, "papers": 3, "limits": 1, "steps": 2}
    assert row["head"] == whole_office.archive.case(cases["decided"]).head
    assert [d["limit"] for d in row["deadlines"]] == [
        d.limit.code for d in time_limits.deadlines(whole_office.archive.case(cases["decided"]), DAY)
    ]


def test_the_timeline_tells_each_record(views: CaseViews, cases: dict[str, str], whole_office: Office) -> None:
    page = views.timeline(cases["decided"])
    assert seqs(page["rows"]) == list(range(1, 10))
    assert page["next"] is None
    decision = page["rows"][-1]
    assert [(s["name"], s["capacity_title"]) for s in decision["signers"]] == [
        ("陈立", "承办人"),
        ("李敏", "审核人"),
        ("王强", "负责人"),
    ]
    assert [row["digest"] for row in page["rows"]] == [
        e.digest for e in whole_office.archive.case(cases["decided"]).entries
    ]
    assert [row["group"] for row in page["rows"]] == [
        "received", "limits", "papers", "papers", "received", "received", "steps", "steps", "papers",
    ]  # fmt: skip
    assert json.loads(json.dumps(page)) == page


def test_rectified_and_voided_records_stay_and_say_so(views: CaseViews, cases: dict[str, str]) -> None:
    rows = {row["seq"]: row for row in views.timeline(cases["decided"])["rows"]}
    assert (rows[6]["voided_by"], rows[1]["rectified_by"], rows[1]["voided_by"]) == (7, [8], None)
    told_as_signed = {line["label"]: line["value"] for line in rows[1]["lines"]}
    assert told_as_signed["采购项目名称"] == "临江市第二人民医院 64 排 CT 采购项目"
    assert "更正后的项目名称" in {line["value"] for line in rows[8]["lines"]}


def test_evidence_is_named_unless_it_is_withheld(views: CaseViews, cases: dict[str, str]) -> None:
    rows = {row["seq"]: row for row in views.timeline(cases["decided"])["rows"]}
    open_, closed = rows[1]["evidence"][0], rows[5]["evidence"][0]
    assert (open_["slot_title"], open_["name"], open_["media"]) == ("投诉书", "投诉书.pdf", "application/pdf")
    assert (closed["class"], closed["title"], closed["name"], closed["length"]) == (
        "trade-secret", "不公开", "不公开", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"group": "papers"}, [3, 4, 9]),
        ({"group": "steps"}, [7, 8]),
        ({"kind": "reports"}, [1, 4, 5, 6]),
        ({"action": "decision"}, [9]),
        ({"party": "agency"}, [1, 3, 4, 9]),
        ({"party": "nobody"}, []),
        ({"since": date(2023, 3, 2)}, [7, 8, 9]),
        ({"until": date(2023, 3, 1)}, [1, 2, 3, 4, 5, 6]),
        ({"since": date(2023, 3, 2), "until": date(2023, 3, 8)}, [7, 8]),
        ({"group": "papers", "party": "agency", "after": 3}, [4, 9]),
        ({"after": 99}, []),
    ],
)
def test_the_timeline_can_be_narrowed(
    views: CaseViews, cases: dict[str, str], filters: dict[str, object], expected: list[int]
) -> None:
    assert seqs(views.timeline(cases["decided"], **filters)["rows"]) == expected  # type: ignore[arg-type]  # parametrised


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9, 10, 5000])
def test_pages_put_together_are_the_whole(views: CaseViews, cases: dict[str, str], size: int) -> None:
    found, after = [], 0
    while True:
        page = views.timeline(cases["decided"], limit=size, after=after)
        found += seqs(page["rows"])
        if page["next"] is None:
            break
        after = page["next"]
    assert found == list(range(1, 10))


def test_what_is_not_there_is_refused(views: CaseViews, cases: dict[str, str]) -> None:
    assert refused(views, "timeline", "no-such-case") == "unknown-case"
    assert refused(views, "case", "no-such-case", DAY) == "unknown-case"
    assert refused(views, "deadlines", DAY, case="no-such-case") == "unknown-case"
    assert refused(views, "timeline", cases["waiting"], group="收件") == "group"


def test_a_register_case_has_a_timeline_too(views: CaseViews, whole_office: Office) -> None:
    register = whole_office.archive.register()
    assert register.archive is not None
    assert [row["title"] for row in views.timeline(register.archive)["rows"]] == ["建档"]
    (officer,) = views.timeline(whole_office.officers["王强"])["rows"]
    assert [s["name"] for s in officer["signers"]] == ["陈立", "李敏"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(today=st.dates(min_value=date(2023, 1, 1), max_value=date(2026, 12, 31)))
def test_on_any_day_the_rows_say_what_the_rules_say(
    views: CaseViews, cases: dict[str, str], whole_office: Office, today: date
) -> None:
    for case in cases.values():
        rows = [
            (d["limit"], d["of"], d["status"], d["due"], d["left"], d["late"], d["used"], d["provisional"])
            for d in views.deadlines(today, case=case)
        ]
        assert rows == [
            (
                d.limit.code,
                d.of,
                d.status.value,
                d.due.isoformat() if d.due else None,
                d.left,
                d.late,
                d.used,
                d.provisional,
            )
            for d in time_limits.deadlines(whole_office.archive.case(case), today)
        ]


def test_open_limits_of_all_cases_come_in_order_of_their_ends(views: CaseViews, cases: dict[str, str]) -> None:
    found = views.deadlines(DAY)
    ends = [d["due"] for d in found]
    assert ends == sorted(ends, key=str)
    assert {d["status"] for d in found} == {"running", "overdue"}
    assert {d["case"] for d in found} <= set(cases.values())
    soon = views.deadlines(DAY, due_before=DAY + timedelta(days=1))
    assert soon == [d for d in found if str(d["due"]) <= DAY.isoformat()]
    assert 0 < len(soon) < len(found)
    assert views.deadlines(DAY, limit=2) == found[:2]


def test_withheld_facts_never_reach_the_file(views: CaseViews, cases: dict[str, str], whole_office: Office) -> None:
    lying_there = b"".join(path.read_bytes() for path in whole_office.path.glob("views.db*"))
    told_of = json.dumps([views.timeline(case) for case in cases.values()], ensure_ascii=False)
    whole = json.dumps([dict(e.facts) for e in whole_office.archive.case(cases["decided"]).entries], ensure_ascii=False)
    for text in (SECRET, PERSONAL, "光源配方", "配方.docx"):
        assert text in whole or "配方" in text
        assert text.encode() not in lying_there
        assert json.dumps(text)[1:-1].encode() not in lying_there
        assert text not in told_of
    assert "不公开" in told_of


def test_what_heads_a_case_is_what_anyone_may_see(whole_office: Office, cases: dict[str, str]) -> None:
    records, case = whole_office.archive.records(cases["decided"]), whole_office.archive.case(cases["decided"])
    heading = Heading(number=Ref("written-answer", "trade_secret"), title=Ref("intake", "project"))
    whole = replace(case, rulebook=replace(case.rulebook, heading=heading))
    assert whole.heading() == (SECRET, "更正后的项目名称")
    assert shown(whole, records).heading() == (case.id, "更正后的项目名称")


def test_a_limit_that_the_law_does_not_state_is_not_the_next_one(
    whole_office: Office, cases: dict[str, str], tmp_path: Path
) -> None:
    views = CaseViews(tmp_path / "views.db", whole_office.archive)
    views.catch_up()
    with sqlite3.connect(tmp_path / "views.db") as sql:
        sql.execute("UPDATE deadlines_1 SET advisory = 1 WHERE \"limit\" = 'answer'")
    sql.close()
    row = next(row for row in views.docket(DAY) if row["case"] == cases["decided"])
    assert row["next_due"] is not None
    assert row["next_due"]["limit"] != "answer"
    views.close()


def test_an_irregular_record_says_why(views: CaseViews, cases: dict[str, str]) -> None:
    (row,) = [row for row in views.timeline(cases["stopped"])["rows"] if row["irregular"]]
    assert row["action"] == "written-answer"
    assert [(d["code"], d["article"], d["field"]) for d in row["irregular"]] == [("absent", "29", "facts.progress")]
    assert "项目进展情况" in row["irregular"][0]["message"]
    assert views.case(cases["stopped"], DAY)["irregular"] == 1


def test_a_limit_whose_clock_has_stopped_has_no_end(views: CaseViews, cases: dict[str, str]) -> None:
    (row,) = [d for d in views.deadlines(DAY, case=cases["stopped"]) if d["limit"] == "decide"]
    assert (row["status"], row["status_title"], row["due"]) == ("stopped", "停止计算", None)
    assert row["left"] is not None
    assert cases["stopped"] not in {d["case"] for d in views.deadlines(DAY) if d["limit"] == "decide"}


def test_limits_that_cannot_be_reckoned_trouble_nothing_else(tmp_path: Path) -> None:
    whole_office = Office(tmp_path)
    case = whole_office.opened(challenge_received_on="1999-01-04", challenged_on="1999-01-04")
    views = CaseViews(tmp_path / "views.db", whole_office.archive)
    views.catch_up()
    status = {d["limit"]: d["status"] for d in views.deadlines(DAY, case=case)}
    assert (status["challenge-answer"], status["review"]) == ("indeterminate", "overdue")
    assert [row["title"] for row in views.timeline(case)["rows"]] == ["签收"]
    views.close()
    whole_office.close()


def test_a_message_is_cleared_of_withheld_texts() -> None:
    assert without(f"应当送达{PERSONAL}", {PERSONAL, "赵"}) == "应当送达不公开"
    assert without("内部研判：疑点在第四章。", {INTERNAL, "疑点在第四章"}) == "不公开。"
    assert without("无", {"", "无"}) == "无"


def test_views_that_were_never_made_say_so(whole_office: Office, tmp_path: Path) -> None:
    empty = CaseViews(tmp_path / "views.db", whole_office.archive)
    assert refused(empty, "docket", DAY) == "views-empty"
    assert empty.position() == 0
    empty.close()


def test_a_file_that_lost_its_tables_is_named(whole_office: Office, cases: dict[str, str], tmp_path: Path) -> None:
    views = CaseViews(tmp_path / "views.db", whole_office.archive)
    views.catch_up()
    with sqlite3.connect(tmp_path / "views.db") as sql:
        sql.execute("DROP TABLE records_1")
    sql.close()
    assert refused(views, "timeline", cases["waiting"]) == "views-unusable"
    with sqlite3.connect(tmp_path / "views.db") as sql:
        sql.execute("DROP TABLE generations")
    sql.close()
    assert refused(views, "catch_up") == refused(views, "position") == "views-unusable"
    views.close()


def test_a_damaged_record_troubles_its_own_case_only(tmp_path: Path) -> None:
    whole_office = Office(tmp_path)
    damaged, whole = whole_office.opened(), whole_office.opened()
    with sqlite3.connect(tmp_path / "events.db") as sql:
        sql.execute("DROP TRIGGER no_update")
        sql.execute("UPDATE stored_events SET state = x'7b7d' WHERE originator_id = ?", (damaged,))
    sql.close()
    views = CaseViews(tmp_path / "views.db", whole_office.archive)
    views.catch_up()
    rows = {row["case"]: row for row in views.docket(DAY)}
    assert rows[whole]["trouble"] is None
    trouble = rows[damaged]["trouble"]
    assert trouble is not None
    assert refused(views, "timeline", damaged) == refused(views, "deadlines", DAY, case=damaged) == trouble["code"]
    assert views.case(damaged, DAY)["trouble"] == trouble
    assert len(views.timeline(whole)["rows"]) == 1
    views.close()
    whole_office.close()


def test_a_partys_limit_that_has_run_out_does_not_hide_what_the_office_must_do(whole_office: Office) -> None:
    whole_office.notified()
    views = CaseViews(whole_office.path / "views.db", whole_office.archive)
    views.catch_up()
    whole_office.on("2023-03-20")
    due = views.docket(whole_office.today)[0]["next_due"]
    views.close()
    assert due is not None
    assert (due["limit"], due["status"]) == ("decide", "running")
