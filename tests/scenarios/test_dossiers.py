"""Every record of every scenario is a readable paper: each fact, each signer and each time is found in the text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from domain.formats.withheld import facts_view
from domain.rules.wording import names_of, worded
from projections.dossier.contents import enclosed_of, forms, originals
from projections.dossier.gather import gathered
from projections.dossier.render import pdf_of
from tests.projections.dossier.told import pages, squeezed
from tests.scenarios.playing import NAMES, played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

    from domain.archive import Archive

HIDDEN = ("0599-5550101", "10960000", "江北市建设路")


def dossier(archive: Archive, case: str, *, disclose: bool, folder: Path) -> list[str]:
    """The squeezed text of each page."""
    whole = archive.case(case)
    enclosed = enclosed_of(archive, case, whole.seq, disclose)
    data = gathered(
        enclosed,
        whole,
        recipient="存档",
        exported="2026-12-31T00:00:00.000Z",
        redacted=not disclose,
        originals=frozenset(originals(archive, enclosed)),
        forms={pinned: forms(archive, book) for pinned, book in enclosed.rulebooks.items()},
    )
    return pages(pdf_of(data), folder, "-raw")


def said(words: str, paper: list[str]) -> bool:
    """Whether the words stand in a paper: in one piece, or broken where one page ends."""
    broken = [(words[:at], words[at:]) for at in range(1, len(words))]
    return words in "".join(paper) or any(a in one and b in other for one, other in pairwise(paper) for a, b in broken)


@pytest.mark.parametrize("name", NAMES)
def test_every_record_says_what_was_signed_by_whom_and_when(name: str, tmp_path: Path) -> None:
    with stage(tmp_path / "archive", scenario(name)) as (play,):
        assert list(played(play))
        archive, case = play.archive, play.archive.case(play.case)
        text = dossier(archive, play.case, disclose=True, folder=tmp_path)
        register = archive.register()
        for record in archive.records(play.case):
            paper = [page for page in text if f"第{record.seq}号记录·" in page]
            action = case.rulebook.action(record.act.action)
            facts, _ = facts_view(record.act, archive.disclosures(record))
            wanted = [action.title, record.act.occurred, record.receipt.received]
            for line in worded(case.rulebook, record.act.action, facts, names_of(case, register)):
                wanted += [line.label, line.value]
            for signer in record.act.signers:
                wanted.append(register.officers[signer.officer].name)
                wanted.append(case.rulebook.by_capacity[signer.capacity].title)
            missing = [words for words in wanted if not said(squeezed(words), paper)]
            assert not missing, (name, record.seq, missing)


def test_whoever_may_not_see_reads_in_their_place_that_facts_are_withheld(tmp_path: Path) -> None:
    with stage(tmp_path / "archive", scenario("complaint-2023")) as (play,):
        assert list(played(play))
        whole = "".join(dossier(play.archive, play.case, disclose=True, folder=tmp_path))
        shown = "".join(dossier(play.archive, play.case, disclose=False, folder=tmp_path))
    for words in HIDDEN:
        assert words in whole
        assert words not in shown
    assert "不公开" in shown
