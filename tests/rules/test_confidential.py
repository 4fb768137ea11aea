"""What must stand behind a digest: by class, in rows, in evidence, and in what a rectification changes."""

from __future__ import annotations

from typing import Any

import pytest

from domain.rules.confidential import secret, unprotected
from domain.rules.vocabulary import Class
from tests.rules.sample_acts import RULEBOOK

INTAKE, RECTIFICATION = RULEBOOK.action("intake"), RULEBOOK.action("rectification")
REVIEW = RULEBOOK.action("review-conclusion")
EVIDENCE = [{"class": "party", "name": "a"}, {"class": "personal", "name": "b", "slot": "identity", "size": 1}]


@pytest.mark.parametrize(
    ("path", "kept_back"),
    [
        ((), False),
        (("facts",), False),
        (("facts", "project"), False),
        (("facts", "none-such"), False),
        (("facts", "parties"), False),
        (("facts", "parties", "0"), False),
        (("facts", "parties", "0", "name"), False),
        (("facts", "parties", "0", "phone"), True),
        (("facts", "related", "3", "contact"), True),
        (("facts", "parties", "0", "none-such"), False),
        (("evidence", "0", "name"), False),
        (("evidence", "1", "name"), True),
        (("evidence", "1", "sha256"), True),
        (("evidence", "1", "slot"), False),
        (("evidence", "1"), False),
        (("evidence", "1", "name", "x"), False),
        (("elsewhere", "phone"), False),
        (("phone",), False),
    ],
)
def test_a_member_is_kept_back_by_its_class(path: tuple[str, ...], kept_back: bool) -> None:
    assert secret(INTAKE, EVIDENCE)(path) is kept_back


def test_what_a_rectification_changes_is_kept_back_as_in_the_record_it_corrects() -> None:
    with_target, without = secret(RECTIFICATION, [], INTAKE), secret(RECTIFICATION, [])
    rows = ("facts", "changes", "parties", "0", "phone")
    assert (with_target(rows), without(rows)) == (True, False)
    assert with_target(("facts", "changes", "project")) is False
    assert with_target(("facts", "changes")) is False
    assert secret(RECTIFICATION, [], REVIEW)(("facts", "changes", "findings")) is True
    assert secret(RECTIFICATION, [], RECTIFICATION)(("facts", "changes", "changes", "project")) is False


def test_only_public_facts_and_those_of_the_parties_are_signed_in_the_clear() -> None:
    assert {c for c in Class if not c.withheld} == {Class.PUBLIC, Class.PARTY}


def test_what_stands_in_the_clear_is_found_at_any_depth_and_once() -> None:
    value: Any = {"facts": {"parties": [{"name": "甲", "phone": "1"}, {"phone": None}]}, "evidence": EVIDENCE}
    assert list(unprotected(value, secret(INTAKE, EVIDENCE))) == [
        ("facts", "parties", "0", "phone"),
        ("facts", "parties", "1", "phone"),
        ("evidence", "1", "name"),
    ]
    assert list(unprotected("phone", lambda _: True)) == []
    assert list(unprotected({"a": {"b": 1}}, lambda path: path[-1] in "ab")) == [("a",)]
    assert list(unprotected([["x"]], lambda _: True)) == []  # items of a list are never kept back alone
