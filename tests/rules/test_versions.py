"""Version 1 of the vocabulary is frozen: what was written with it reads the same, and it gets no new word."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path

import pytest

from domain.errors import Fault
from domain.formats.canonical import dump
from domain.rules import rulebook, versions, vocabulary
from domain.rules.rulebook import Rulebook
from domain.rules.versions import CODES_SINCE, SINCE, newer_words

PINNED = Path(__file__).parent / "version-1"
DIGESTS = {
    "lu-cai-cai-2018-72": "fdCO9fKD6quMMPmaJ1X0Pzyr2ee7f9h16qebpxFCNSU",
    "register": "Safopiwe9Ybx1F8tvFwk1zBjDhy6wuQeWv7uUJZcptI",
}


def known(kind: type) -> list[str]:
    """Members of a shape, or codes of a closed list."""
    if is_dataclass(kind):
        return [field.name for field in fields(kind)]
    return [code.value for code in kind] if issubclass(kind, StrEnum) else []


@pytest.mark.parametrize("name", DIGESTS)
def test_a_rulebook_of_version_1_reads_as_it_always_did(name: str) -> None:
    data = (PINNED / f"{name}.json").read_bytes()
    read = Rulebook.parse(data)
    assert (read.data, read.digest) == (data, DIGESTS[name])
    assert not list(newer_words(read, 1))


def test_every_word_that_version_1_did_not_have_says_when_it_came() -> None:
    frozen = json.loads((PINNED / "words.json").read_text())
    now = {**vars(vocabulary), "Rulebook": rulebook.Rulebook}
    for name, kind in now.items():
        if not isinstance(kind, type) or kind is StrEnum:
            continue
        for word in set(known(kind)) - set(frozen.get(name, [])):
            late = SINCE if is_dataclass(kind) else CODES_SINCE
            if name in frozen:
                assert late[name, word] > versions.OLDEST, (name, word)


def test_nothing_of_version_1_is_gone() -> None:
    frozen = json.loads((PINNED / "words.json").read_text())
    now = {**vars(vocabulary), "Rulebook": rulebook.Rulebook}
    for name, words in frozen.items():
        assert set(words) <= set(known(now[name])), name


def test_a_word_of_a_later_version_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "SINCE", {**SINCE, ("Action", "fresh"): 2})
    with pytest.raises(Fault) as refused:
        Rulebook.parse((PINNED / "lu-cai-cai-2018-72.json").read_bytes())
    assert refused.value.code == "vocabulary"
    assert "actions.decision.fresh" in {defect.field for defect in refused.value.defects}


def test_a_later_version_may_say_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "SINCE", {**SINCE, ("Action", "fresh"): 2})
    monkeypatch.setattr(versions, "CODES_SINCE", {**CODES_SINCE, ("FactType", "money"): 2})
    old = json.loads((PINNED / "lu-cai-cai-2018-72.json").read_bytes())
    later = Rulebook.parse(dump({**old, "vocabulary": 2}))
    assert list(newer_words(replace(later, vocabulary=1), 1))
    assert any(path.endswith(".type") for path in newer_words(later, 1))


@pytest.mark.parametrize("version", [0, 3, "1", None])
def test_a_version_that_nobody_knows_is_refused(version: object) -> None:
    old = json.loads((PINNED / "register.json").read_bytes())
    with pytest.raises(Fault, match="词汇表版本"):
        Rulebook.parse(dump({**old, "vocabulary": version}))
