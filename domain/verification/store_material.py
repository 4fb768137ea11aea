"""The material in a store, read case by case so that memory holds the register and one case at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.encoding import b64u_decode
from ..formats.record import parse_record
from .register_fold import REGISTER
from .source import Material, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from .source import Blob, Indexed, Row


_PAYLOAD = re.compile(rb'\{"act":\{"payload":"([A-Za-z0-9_-]+)","signatures":')
_NAMED = f'"id":"{REGISTER}"'.encode()


class _Cases(Mapping[str, tuple[Piece, ...]]):
    """Pieces by case, read when asked for."""

    def __init__(self, cases: Iterable[str], read: Callable[[str], tuple[bytes, ...]]) -> None:
        self._cases, self._read = dict.fromkeys(cases), read

    def __getitem__(self, case: str) -> tuple[Piece, ...]:
        if case not in self._cases:
            raise KeyError(case)
        return tuple(Piece(place(case, seq), case, seq, data) for seq, data in enumerate(self._read(case), 1))

    def __iter__(self) -> Iterator[str]:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)


def place(case: str, seq: int) -> str:
    """How a record of a store is named."""
    return f"{case}/{seq}"


def store_material(
    *,
    cases: Iterable[str],
    read: Callable[[str], tuple[bytes, ...]],
    rows: Callable[[], Iterable[Row]],
    withheld: Callable[[str, str], tuple[str, ...]],
    rulebooks: Mapping[str, bytes],
    forms: Mapping[str, Mapping[str, bytes]],
    calendars: Mapping[str, bytes],
    vault: Callable[[str, str | None], Blob] | None,
    index: Callable[[], Iterable[Indexed]] | None = None,
    register: Collection[str] | None = None,
) -> Material:
    """Material of a store. `cases` are all its cases, `register` those of the register (found out if None); `read`
    gives a case's record bytes in order of seq; `rows` goes through the whole store in order of position, `index`
    through what it finds records by; `withheld` gives the disclosures kept for (case, act id).
    """  # noqa: D205  # the parameters are one list
    known = tuple(cases)
    if register is None:
        register = [case for case in known if _is_register(read(case))]
    others = dict.fromkeys(known)
    for case in register:
        del others[case]
    return Material(
        register=_Cases(register, read),
        records=_Cases(others, read),
        disclosures={},
        rulebooks=rulebooks,
        forms=forms,
        calendars=calendars,
        place=place,
        vault=vault,
        withheld=withheld,
        rows=rows,
        index=index,
    )


def _is_register(records: tuple[bytes, ...]) -> bool:
    """Whether the first readable record stands under the register's rulebook."""
    for data in records:
        if not _may_name_register(data):
            return False
        try:
            return parse_record(data).act.rulebook_id == REGISTER
        except Fault:
            continue
    return False


def _may_name_register(data: bytes) -> bool:
    """Whether octets, read or not, may be a record under the register's rulebook: a quick no."""
    found = _PAYLOAD.match(data)
    try:
        return found is None or _NAMED in b64u_decode(found[1].decode("ascii"))
    except Fault:
        return True
