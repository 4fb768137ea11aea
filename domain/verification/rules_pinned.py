"""Step 10: rulebooks, forms and calendars are those of the pinned digests, and the archive adopted them in time.

Keeps: a rulebook or calendar is parsed only once its bytes have the digest that signed bytes name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.canonical import parse_object
from ..formats.encoding import digest
from ..rules.binding import FACT
from ..rules.calendar import Calendar, calendar_from
from ..rules.calendar_source import read_json
from ..rules.rulebook import Rulebook
from .findings import UNJUDGEABLE, Findings
from .register_fold import received

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ..formats.canonical import Json
    from ..rules.register import Register
    from .register_fold import Registry
    from .source import Material
    from .withheld import Viewed


class Pinned:
    """Rulebooks and calendars, each read and judged once; what was found of each is told where it is first used.

    `used` are those asked for since it was last emptied; `told` says what was found of one.
    """

    def __init__(self, material: Material) -> None:
        self._material = material
        self._rulebooks: dict[str, Rulebook | None] = {}
        self._books: tuple[str, Mapping[str, Rulebook]] = ("", {})
        self._tables: dict[str, dict[str, Json] | None] = {}
        self._calendars: dict[frozenset[str], Calendar | None] = {}
        self._told: dict[str, Findings] = {}
        self.used: dict[str, None] = {}
        self.forms: dict[str, int] = {}

    def told(self, used: str) -> Findings | None:
        """What speaks against a rulebook, a calendar or a family of calendars; None if nothing does."""
        return self._told.get(used)

    def _findings(self, key: str) -> Findings:
        return self._told.setdefault(key, Findings())

    def rulebook(self, viewed: Viewed) -> Rulebook | None:
        """The rulebook that a record pins; None, once with its reason, if it can't be had."""
        act = viewed.record.act
        book = self._version(act.rulebook_digest, viewed)
        if book is not None and book.id != act.rulebook_id:
            return None
        return book

    def _read_rulebook(self, pinned: str, where: str) -> Rulebook | None:
        data = self._material.rulebooks.get(pinned)
        if data is None:
            self._findings(pinned).failed("rulebook", "rulebook-missing", where, "rulebook.digest", digest=pinned)
            return None
        at = f"{self._material.prefix}rulebook/{pinned}/"
        if digest(data) != pinned:
            self._findings(pinned).failed("rulebook", "rulebook-digest", f"{at}rulebook.json")
            return None
        try:
            book = Rulebook.parse(data)
        except UNJUDGEABLE as error:
            detail = str(error) or type(error).__name__
            self._findings(pinned).failed("rulebook", "rulebook-malformed", f"{at}rulebook.json", detail=detail)
            return None
        self._judge_forms(book, pinned, at)
        return book

    def _judge_forms(self, book: Rulebook, pinned: str, at: str) -> None:
        there = self._material.forms.get(pinned, {})
        for pin in book.forms:
            self.forms[pinned] = self.forms.get(pinned, 0) + 1
            if pin.path not in there:
                self._findings(pinned).failed("forms", "form-missing", at + pin.path)
            elif digest(there[pin.path]) != pin.digest:
                self._findings(pinned).failed("forms", "form-digest", at + pin.path)
        if self._material.exact:
            for path in sorted(there.keys() - {pin.path for pin in book.forms}):
                self._findings(pinned).failed("forms", "form-unneeded", at + path)

    def judge_case(self, views: tuple[Viewed, ...], registry: Registry, findings: Findings) -> bool:
        """Every record names the version that bound the case then: the one adopted when it was opened, until an act
        moved the case to another that was adopted by then. Whether all do, and all those versions are at hand.
        """  # noqa: D205  # one sentence
        first = views[0]
        pinned = (first.record.act.rulebook_id, first.record.act.rulebook_digest)
        self._judge_version(pinned, first, registry, "rulebook.digest", findings)
        books: dict[str, Rulebook] = {}
        fits = True
        for viewed in views:
            act = viewed.record.act
            self.rulebook(viewed)
            if (act.rulebook_id, act.rulebook_digest) != pinned:
                findings.failed("rulebook", "rulebook-changed", viewed.where, "rulebook")
                fits = False
            moved = self._moved_to(self._rulebooks.get(pinned[1]), viewed)
            if moved is not None:
                next_ = (pinned[0], moved)
                book = self._version(moved, viewed)
                fits &= book is not None
                if self._judge_version(next_, viewed, registry, f"facts.{FACT}", findings) and book is not None:
                    books[moved], pinned = book, next_
        self._books = first.record.case, books
        return fits

    def books(self, case: str) -> Mapping[str, Rulebook]:
        """The versions to which acts moved the case that `judge_case` went through last; by digest."""
        return self._books[1] if self._books[0] == case else {}

    def _moved_to(self, book: Rulebook | None, viewed: Viewed) -> str | None:
        action = book.by_action.get(viewed.entry.action) if book is not None else None
        pinned = viewed.entry.facts.get(FACT) if action is not None and action.rebinds else None
        return pinned if isinstance(pinned, str) else None

    def _version(self, pinned: str, viewed: Viewed) -> Rulebook | None:
        """The rulebook to which a record moves its case; None, once with its reason, if it can't be had."""
        self.used[pinned] = None
        if pinned not in self._rulebooks:
            self._rulebooks[pinned] = self._read_rulebook(pinned, viewed.where)
        return self._rulebooks[pinned]

    def _judge_version(
        self, pinned: tuple[str, str], viewed: Viewed, registry: Registry, field: str, findings: Findings
    ) -> bool:
        """Whether a version is of the rulebook that it should be of, and was adopted by the time of the record."""
        book = self._version(pinned[1], viewed)
        if book is not None and book.id != pinned[0]:
            findings.failed("rulebook", "rulebook-id", viewed.where, "rulebook.id", id=book.id)
            return False
        if registry.genesis is not None and not _adopted(pinned, viewed, registry, registry.genesis):
            findings.failed("rulebook", "rulebook-not-adopted", viewed.where, field)
            return False
        return True

    def judge_unneeded(self, used: Collection[str], findings: Findings) -> None:
        """Rulebooks not among those `used`: a package holds none; those of a store are what their digests say too."""
        for unneeded in sorted(self._material.rulebooks.keys() - used):
            where = f"{self._material.prefix}rulebook/{unneeded}/rulebook.json"
            if self._material.exact:
                findings.failed("rulebook", "rulebook-unneeded", where)
            elif unneeded not in self._rulebooks:
                self._rulebooks[unneeded] = self._read_rulebook(unneeded, where)
            self.used[unneeded] = None
        for unneeded in sorted(self._material.forms.keys() - used if self._material.exact else ()):
            findings.failed("forms", "form-unneeded", f"{self._material.prefix}rulebook/{unneeded}/")

    def judge_calendars(self, registry: Registry, findings: Findings) -> None:
        """Every calendar ever adopted is there; a package holds no others."""
        adopted = registry.calendars()
        for named, name in sorted(adopted.items()):
            self._table(named, name)
        for stray in sorted(self._material.calendars.keys() - adopted.keys() if self._material.exact else ()):
            findings.failed("calendar", "calendar-not-adopted", self._calendar_at(stray))

    def _table(self, named: str, name: str) -> dict[str, Json] | None:
        self.used[named] = None
        if named not in self._tables:
            self._tables[named] = self._read_table(named, name)
        return self._tables[named]

    def _read_table(self, named: str, name: str) -> dict[str, Json] | None:
        at, data = self._calendar_at(named), self._material.calendars.get(named)
        if data is None:
            # a store holds the installed tables; a package all that were ever adopted
            say = self._findings(named).failed if self._material.exact else self._findings(named).unsettled
            say("calendar", "calendar-missing", at, name=name)
            return None
        if digest(data) != named:
            self._findings(named).failed("calendar", "calendar-digest", at)
            return None
        try:
            table = parse_object(data)
            read_json(table)
        except UNJUDGEABLE as error:
            detail = str(error) or type(error).__name__
            self._findings(named).failed("calendar", "calendar-malformed", at, detail=detail)
            return None
        if table.get("name") != name:
            self._findings(named).failed("calendar", "calendar-malformed", at, "name", detail=f"应为 {name}")
            return None
        return table

    def _calendar_at(self, named: str) -> str:
        return f"{self._material.prefix}calendar/{named}.json"

    def calendar(self, family: str, state: Register) -> Calendar | None:
        """The calendar `family` as adopted in `state`; None if a table of it can't be had."""
        digests = {d: n for n, d in state.calendars.items() if n.rpartition("-")[0] == family}
        key, name = frozenset(digests), " ".join(sorted(digests))
        self.used[name] = None
        if key not in self._calendars:
            tables = [self._table(named, called) for named, called in digests.items()]
            whole = [table for table in tables if table is not None]
            try:
                self._calendars[key] = calendar_from(whole) if len(whole) == len(tables) else None
            except Fault as fault:
                self._findings(name).failed("calendar", "calendar-malformed", "", detail=str(fault))
                self._calendars[key] = None
        return self._calendars[key]


def _adopted(pinned: tuple[str, str], first: Viewed, registry: Registry, genesis: Viewed) -> bool:
    """Whether the archive had adopted a rulebook when a case was opened; its first record adopts its own."""
    founding = genesis.record.act
    if pinned == (founding.rulebook_id, founding.rulebook_digest):
        return True
    return any(pinned[1] in state.rulebooks.get(pinned[0], ()) for state in registry.at(received(first)))
