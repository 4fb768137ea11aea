"""Links of an act to cases that live in the same archive: looked up, filled in, and held against what is there.

Keeps: no act names a record of such a case that it doesn't have, nor states of it what isn't so. A case that doesn't
live here can't be looked up: what the act states of it is taken as stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Fault
from .rules.links import differing, linking, links, strange, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .errors import Defect
    from .formats.canonical import Json
    from .reading import CaseReader
    from .rules.case import Case, Entry
    from .rules.vocabulary import Action


def with_linked(reader: CaseReader, action: Action, facts: Mapping[str, Json]) -> dict[str, Json]:
    """The facts of a draft, open ones filled in from the cases that they link to: the last record, what it tells."""
    out = dict(facts)
    for link in links(action, facts):
        present = _living(reader, link.case)
        if present is None or any(strange(link, present.rulebook.id, _digests(reader, link.case))):
            continue
        head = link.head or present.head or ""
        out[link.fact.name] = {"case": link.case, "head": head}
        there = told(reader.up_to(link.case, head), action, link.fact.name)
        out = {**there, **out}
    return out


def link_defects(reader: CaseReader, case: Case, entry: Entry) -> Iterator[Defect]:
    """What cases that live here have to say against the links of `entry`."""
    action, facts = linking(case, entry)
    for link in links(action, facts) if action is not None else ():
        present = _living(reader, link.case)
        if present is None:
            continue
        wrong = tuple(strange(link, present.rulebook.id, _digests(reader, link.case)))
        yield from wrong
        if not wrong and link.head is not None and action is not None:
            yield from differing(action, facts, link, reader.up_to(link.case, link.head))


def _living(reader: CaseReader, case: str) -> Case | None:
    """The case, if it lives in this archive."""
    try:
        return reader.case(case)
    except Fault as fault:
        if fault.code != "unknown-case":
            raise
    return None


def _digests(reader: CaseReader, case: str) -> list[str]:
    return [entry.digest for entry in reader.entered(case)]
