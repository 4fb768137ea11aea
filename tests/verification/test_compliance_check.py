"""A dossier's report of compliance is recomputed from what lies beside it, and any member that differs is found."""

from __future__ import annotations

import io
import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.canonical import dump
from domain.formats.verdict import Verdict
from domain.rules.compliance import Conclusion
from domain.rules.compliance_json import as_json
from domain.verification import package_compliance
from tests.verification.judging import reasons, verified
from tests.verification.test_procedure import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.verification.factory import Archive

REPORT = "data/report.json"
Path = tuple[str | int, ...]


@cache
def late() -> tuple[Archive, dict[str, Any]]:
    """A case decided on the Saturday after its limit ended, and the compliance it comes to."""
    made = opened({"received_on": "2023-03-03", "contact": "张三"})
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.step += 24 * 60 * 5
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    _, found = package_compliance(io.BytesIO(made.package()), made.trust())
    assert found is not None
    return made, as_json(found, worded=False)


def reported(compliance: Any, typ: str = "anjuan.report/2") -> Any:
    made, _ = late()
    report = dump({"typ": typ, "compliance": compliance})
    return verified(made.package({**made.payload(), REPORT: report}), made.trust())


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The place of every value that is no object and no list."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in items:
        yield from leaves(member, (*path, name))
    if not isinstance(value, dict | list):
        yield path


def altered(value: Any, path: Path) -> Any:
    copy = json.loads(json.dumps(value))
    holder = copy
    for name in path[:-1]:
        holder = holder[name]
    old = holder[path[-1]]
    other = {bool: lambda: not old, int: lambda: old + 1, str: lambda: old + "x", type(None): lambda: 0}
    holder[path[-1]] = other[type(old)]()
    return copy


def test_what_the_records_come_to_is_what_the_report_may_say() -> None:
    _, right = late()
    assert right["conclusion"] == "failed"
    assert [r["late"] for r in right["requirements"] if r["state"] == "missed"] == [0]
    assert reported(right).exit_status == 0


def test_every_altered_member_is_found() -> None:
    _, right = late()
    places = list(leaves(right))
    assert len(places) > 60
    missed = [path for path in places if "report-compliance" not in reasons(reported(altered(right, path)))]
    assert not missed


@pytest.mark.parametrize("wrong", [None, {}, [], "kept"])
def test_no_compliance_or_another_kind_of_value_is_found(wrong: Any) -> None:
    assert "report-compliance" in reasons(reported(wrong))


def test_a_requirement_left_out_or_told_twice_is_found() -> None:
    _, right = late()
    for listed in (right["requirements"][1:], [*right["requirements"], right["requirements"][0]]):
        report = reported({**right, "requirements": listed})
        assert [f.field for f in report.findings if f.reason == "report-compliance"] == ["compliance.requirements"]


@pytest.mark.parametrize("unsaid", [[1], [9], ["1"], [True], 1, None])
def test_where_everything_is_shown_nothing_can_be_unsaid(unsaid: Any) -> None:
    _, right = late()
    assert "report-compliance" in reasons(reported({**right, "unsaid": unsaid}))


def test_a_report_of_another_form_holds_none_and_that_is_told() -> None:
    report = reported({"anything": 1}, "anjuan.report/1")
    assert report.exit_status == 0
    assert "report-without-compliance" in reasons(report, Verdict.PASSED)


def test_compliance_of_a_package_alone_as_of_an_earlier_day() -> None:
    made, _ = late()
    _, found = package_compliance(io.BytesIO(made.package()), as_of=date(2023, 3, 10))
    assert found is not None
    assert (found.conclusion, found.day) == (Conclusion.KEPT, date(2023, 3, 10))
    assert {r.state.value for r in found.requirements} >= {"running"}
    _, none = package_compliance(io.BytesIO(made.package()), as_of=date(2023, 3, 1))
    assert none is None


def test_what_is_no_package_is_a_fault() -> None:
    with pytest.raises(Fault, match="案卷包"):
        package_compliance(io.BytesIO(b"PK"))
