"""The one error that people may see.

A `Fault` says what was expected, what came and what to do, in Chinese, with a stable ASCII code for machines and
the article where the law is the reason. Anything else that escapes is a bug.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong, for people (`message`, `remedy`, Chinese) and for machines (the rest).

    `code` is stable ASCII; `article` is the legal basis such as "27(三)" or None where law is not the reason;
    `action` the action code concerned, `field` the member concerned ("facts.grounds"), `record` the seq concerned.
    """

    code: str
    message: str
    remedy: str = ""
    article: str | None = None
    action: str | None = None
    field: str | None = None
    record: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """Members code, message, remedy, article, action, field, record; all always present."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "article": self.article,
            "action": self.action,
            "field": self.field,
            "record": self.record,
        }


class Fault(Exception):  # noqa: N818  # the domain's word; a Fault carries defects, it is not a programming error
    """A request that cannot be carried out; nothing was stored. `defects` has at least one entry."""

    def __init__(self, code: str, message: str, remedy: str = "", **where: str | int | None) -> None:
        """Make a fault with one defect; `where` may give article, action, field, record."""
        self.defects: tuple[Defect, ...] = (Defect(code, message, remedy, **where),)  # type: ignore[arg-type]  # checked at run time
        super().__init__(message)

    @classmethod
    def of(cls, defects: tuple[Defect, ...]) -> Fault:
        """A fault with several defects, the first one leading."""
        fault = cls(defects[0].code, defects[0].message)
        fault.defects = defects
        return fault

    @property
    def code(self) -> str:
        """The leading defect's code."""
        return self.defects[0].code
