"""Which members of an act are kept out of the signed bytes (第四十二条): those whose class the rulebook withholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..formats.evidence import DESCRIPTION
from .vocabulary import Class, FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .vocabulary import Action, Fact

Path = tuple[str, ...]


def secret(
    action: Action, evidence: Sequence[Mapping[str, Any]], target: Action | None = None
) -> Callable[[Path], bool]:
    """A predicate over paths in {"facts", "evidence"}: must this member stand behind a digest?

    `target` is the action whose record a rectification corrects: its classes hold for `changes` too.
    """
    withheld = {str(i) for i, item in enumerate(evidence) if Class(str(item["class"])).withheld}

    def judge(path: Path) -> bool:
        if path[:1] == ("evidence",) and len(path) == 3:  # noqa: PLR2004  # evidence, index, member
            return path[1] in withheld and path[2] in DESCRIPTION
        if path[:1] != ("facts",):
            return False
        return _withheld(action.facts, path[1:], target)

    return judge


def _withheld(specs: Sequence[Fact], path: Path, target: Action | None) -> bool:
    spec = next((f for f in specs if f.name == path[0]), None) if path else None
    if spec is None:
        return False
    if len(path) == 1:
        return spec.class_.withheld
    if spec.type is FactType.CHANGES:
        return target is not None and _withheld(target.facts, path[1:], None)
    return _withheld(spec.cols, path[2:], target)  # fact, row, column


def unprotected(value: Any, judge: Callable[[Path], bool], path: Path = ()) -> Iterator[Path]:
    """Paths of members that should stand behind a digest and don't."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in items:
        here = (*path, str(name))
        if isinstance(value, dict) and judge(here):
            yield here
        else:
            yield from unprotected(member, judge, here)
