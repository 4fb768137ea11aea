"""Step 2, layout: which files a dossier package may and must hold, and what each of them is (FORMAT.md §8)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.canonical import parse_object
from ..formats.package import payload_digests
from ..formats.record import RECORD_OCTETS
from ..formats.zipread import not_a_package
from .proofs import PATTERN as PROOF_NAMES
from .source import Material, Original, Piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..formats.canonical import Json
    from ..formats.package import Package
    from .findings import Findings

PREFIX = "data/"
DOSSIER, REPORT, DISCLOSURES, KEYS = "data/案卷.pdf", "data/report.json", "data/disclosures.json", "data/keys.json"
RULES_OCTETS = 4 << 20
DISCLOSURES_OCTETS = 64 << 20
TEXT_OCTETS = 512 << 20  # records, rules and disclosures together: what is held in memory

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_SEQ = r"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3,11})"
_DIGEST = "[A-Za-z0-9_-]{43}"
BASE = re.compile(f"({_UUID})-([1-9][0-9]{{0,11}})")
_RECORD = re.compile(f"data/records/({_SEQ})\\.json", re.ASCII)
_REGISTER = re.compile(f"data/register/({_UUID})/({_SEQ})\\.json", re.ASCII)
_FILE = re.compile("data/files/([0-9a-f]{64})")
_RULEBOOK = re.compile(f"data/rulebook/({_DIGEST})/(.+)")
_CALENDAR = re.compile(f"data/calendar/({_DIGEST})\\.json")
_SINGLE = frozenset({DOSSIER, REPORT, DISCLOSURES, KEYS, "data/verify.html"})
_KNOWN = (_RECORD, _REGISTER, _FILE, _RULEBOOK, _CALENDAR, PROOF_NAMES)
_MANDATORY = (
    ("data/records/", _RECORD), ("data/register/", _REGISTER), ("data/rulebook/", _RULEBOOK),
    ("data/calendar/", _CALENDAR),
)  # fmt: skip


def judge_layout(package: Package, findings: Findings) -> None:
    """Files that the format doesn't know, and those that it demands."""
    payload = [name for name in package.names if name.startswith(PREFIX)]
    for name in payload:
        if name not in _SINGLE and not any(pattern.fullmatch(name) for pattern in _KNOWN):
            findings.failed("package", "file-unexpected", name)
    missing = [name for name in (DOSSIER, REPORT, DISCLOSURES) if name not in package.sizes]
    missing += [folder for folder, pattern in _MANDATORY if not any(pattern.fullmatch(name) for name in payload)]
    for name in missing:
        findings.failed("package", "mandatory-missing", name, name=name)
    if not BASE.fullmatch(package.base):
        findings.failed("package", "base-name", "", expected="<case>-<seq>", found=package.base)


def material_of(package: Package, case: str, findings: Findings) -> Material:
    """The material in a package whose records should be those of `case`.

    Fault "not-a-package" when what has to be held in memory is beyond `TEXT_OCTETS`.
    """
    held = [name for name in package.names if name.startswith(PREFIX) and not _FILE.fullmatch(name) and name != DOSSIER]
    if sum(package.sizes[name] for name in held) > TEXT_OCTETS:
        raise not_a_package(f"记录和规则合计超过 {TEXT_OCTETS >> 20} MiB")
    rulebooks, forms = _rules(package)
    return Material(
        register=_register(package),
        records={case: _pieces(package, case)},
        disclosures=_disclosures(package, findings),
        rulebooks=rulebooks,
        forms=forms,
        calendars={
            match[1]: _read(package, name, RULES_OCTETS)
            for name in package.names
            if (match := _CALENDAR.fullmatch(name))
        },
        place=lambda of, seq: f"data/records/{seq:04}.json" if of == case else f"data/register/{of}/{seq:04}.json",
        exact=True,
        files=_files(package),
        prefix=PREFIX,
    )


def _read(package: Package, name: str, limit: int) -> bytes:
    """A file; one beyond its limit reads as empty, which no digest and no parser will accept."""
    return package.read(name, limit) if package.sizes[name] <= limit else b""


def _pieces(package: Package, case: str) -> tuple[Piece, ...]:
    found = [
        Piece(name, case, int(match[1]), _read(package, name, RECORD_OCTETS))
        for name in package.names
        if (match := _RECORD.fullmatch(name))
    ]
    return tuple(sorted(found, key=lambda piece: piece.seq))


def _register(package: Package) -> Mapping[str, tuple[Piece, ...]]:
    found: dict[str, list[Piece]] = {}
    for name in package.names:
        if match := _REGISTER.fullmatch(name):
            piece = Piece(name, match[1], int(match[2]), _read(package, name, RECORD_OCTETS))
            found.setdefault(match[1], []).append(piece)
    return {case: tuple(sorted(pieces, key=lambda piece: piece.seq)) for case, pieces in found.items()}


def _rules(package: Package) -> tuple[dict[str, bytes], dict[str, dict[str, bytes]]]:
    rulebooks: dict[str, bytes] = {}
    forms: dict[str, dict[str, bytes]] = {}
    for name in package.names:
        if match := _RULEBOOK.fullmatch(name):
            data = _read(package, name, RULES_OCTETS)
            if match[2] == "rulebook.json":
                rulebooks[match[1]] = data
            else:
                forms.setdefault(match[1], {})[match[2]] = data
    return rulebooks, forms


def _files(package: Package) -> Mapping[str, Original]:
    """Enclosed originals; their digests are those of the manifest, which step 1 holds against the bytes."""
    stated = payload_digests(package)
    names = {match[1]: name for name in package.names if (match := _FILE.fullmatch(name))}
    return {sha256: Original(package.sizes[name], stated.get(name, "")) for sha256, name in names.items()}


def _disclosures(package: Package, findings: Findings) -> Mapping[str, tuple[str, ...]]:
    if DISCLOSURES not in package.sizes:
        return {}
    try:
        value = parse_object(_read(package, DISCLOSURES, DISCLOSURES_OCTETS), limit=DISCLOSURES_OCTETS)
        return MappingProxyType({key: _shown(key, listed) for key, listed in value.items()})
    except Fault as fault:
        field = fault.defects[0].field
        findings.failed("disclosures", "disclosures-malformed", DISCLOSURES, field, detail=str(fault))
        return {}


def _shown(key: str, listed: Json) -> tuple[str, ...]:
    shown = [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []
    if not shown or listed != sorted(set(shown)):
        raise Fault("shape", "应为非空、升序、不重复的披露项列表。", field=key)
    return tuple(shown)
