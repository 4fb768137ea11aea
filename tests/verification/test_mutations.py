"""Every byte counts: a changed one is found, and its place is named.

Two attackers. One changes the package as it lies: the manifests give it away (tests of formats change every byte of a
small package; here the whole verifier sees a seeded offset in every stretch of every file). The other runs the archive:
manifests made anew and signed by the archive's own key. Against that one every single byte of every record, rulebook,
form, calendar and disclosure is changed, and what the signed bytes say must give it away.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.formats.bag import TAG_MANIFEST, TAGGED
from domain.formats.canonical import dump
from domain.formats.verdict import Verdict
from tests.verification.judging import against, examined, material, places, reasons, verified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from domain.verification import Material
    from tests.verification.factory import Archive

STRETCH, LARGE_STRETCH, LARGE = 48, 64 << 10, 16 << 10


def flipped(data: bytes, offset: int, chance: random.Random, most: int = 0xFF) -> bytes:
    """`data` with one byte made another."""
    return data[:offset] + bytes([data[offset] ^ chance.randint(1, most)]) + data[offset + 1 :]


def stretches(size: int) -> Iterator[range]:
    step = LARGE_STRETCH if size > LARGE else STRETCH
    return (range(start, min(start + step, size)) for start in range(0, size, step))


def test_a_byte_changed_anywhere_in_the_package_is_found(made: Archive) -> None:
    """Found, and named by the file it lies in; nothing else escapes, whatever the byte was part of."""
    whole, trust, chance = made.package(), made.trust(), random.Random(1)
    files = {**made.payload()}
    for name, content in files.items():
        start = whole.index(content)
        for stretch in stretches(len(content)):
            offset = chance.choice(stretch)
            report = verified(flipped(whole, start + offset, chance), trust)
            named = {f.where for f in against(report)}
            assert report.exit_status == 1, (name, offset)
            assert name in named, (name, offset, named)


@pytest.mark.parametrize("name", [*TAGGED, TAG_MANIFEST])
def test_every_byte_of_the_tag_files_counts(made: Archive, name: str) -> None:
    whole, trust, chance = made.package(), made.trust(), random.Random(2)
    start = whole.index(name.encode()) + len(name)  # the local header ends with the name
    stop = whole.index(b"PK\3\4", start) if b"PK\3\4" in whole[start:] else whole.index(b"PK\1\2", start)
    for offset in range(start, stop):
        report = verified(flipped(whole, offset, chance), trust)
        assert report.exit_status == 1, offset
        # what a changed tag manifest says of another file can only be told as that file's
        accepted = {name, *TAGGED} if name == TAG_MANIFEST else {name}
        assert accepted & {f.where for f in against(report)}, offset


def test_every_byte_of_the_export_counts_when_manifests_are_made_anew(made: Archive) -> None:
    trust, chance = made.trust(), random.Random(3)
    files = made.payload()
    whole = made.package(files)
    start = whole.index(b"export.jws") + len(b"export.jws")
    signed = whole[start : whole.index(b"PK\3\4", start)]
    for offset in range(len(signed)):
        changed = flipped(signed, offset, chance, 0x7F)  # ASCII stays ASCII: what else it could be the test above saw
        report = verified(made.sealed(files, changed.decode("ascii")), trust)
        assert report.exit_status == 1, offset
        assert {f.where for f in against(report) if f.check == "export"} == {"export.jws"}, offset


def _pieces(given: Material) -> Iterator[tuple[str, bytes, Callable[[bytes], Material]]]:
    """Every record, rulebook, form and calendar: its place, its bytes, and the material with other bytes there."""
    for kind in ("register", "records"):
        cases = getattr(given, kind)
        for case, pieces in cases.items():
            for index, piece in enumerate(pieces):

                def other(data: bytes, *, kind: str = kind, case: str = case, index: int = index) -> Material:
                    cases = dict(getattr(given, kind))
                    changed = list(cases[case])
                    changed[index] = replace(changed[index], data=data)
                    return replace(given, **{kind: {**cases, case: tuple(changed)}})

                yield piece.where, piece.data, other
    for digest, data in given.rulebooks.items():
        place = f"data/rulebook/{digest}/rulebook.json"
        yield place, data, lambda new, at=digest: replace(given, rulebooks={**given.rulebooks, at: new})
    for digest, forms in given.forms.items():
        for path, data in forms.items():
            place = f"data/rulebook/{digest}/{path}"
            yield (
                place,
                data,
                lambda new, at=digest, on=path: replace(given, forms={**given.forms, at: {**given.forms[at], on: new}}),
            )
    for digest, data in given.calendars.items():
        place = f"data/calendar/{digest}.json"
        yield place, data, lambda new, at=digest: replace(given, calendars={**given.calendars, at: new})


def test_every_byte_of_records_and_rules_counts_though_the_archive_seals_the_package_anew(made: Archive) -> None:
    given, trust, chance = material(made), made.trust(), random.Random(4)
    assert not against(examined(given, trust))
    for place, data, other in _pieces(given):
        for offset in range(len(data)):
            report = examined(other(flipped(data, offset, chance)), trust)
            assert report.exit_status == 1, (place, offset)
            assert place in {f.where for f in against(report) if f.verdict is Verdict.FAILED}, (place, offset)


def test_every_byte_of_the_disclosures_counts_though_the_archive_seals_the_package_anew(made: Archive) -> None:
    name, chance = "data/disclosures.json", random.Random(5)
    files, trust = made.payload(), made.trust()
    for offset in range(len(files[name])):
        report = verified(made.package({**files, name: flipped(files[name], offset, chance)}), trust)
        assert report.exit_status == 1, offset
        assert name in {f.where for f in against(report)}, offset


def test_an_original_changed_in_any_stretch_is_found_though_the_archive_seals_the_package_anew(made: Archive) -> None:
    chance, files, trust = random.Random(6), made.payload(), made.trust()
    name = next(name for name in files if name.startswith("data/files/"))
    assert len(list(stretches(len(files[name])))) > 1
    for stretch in stretches(len(files[name])):
        changed = flipped(files[name], chance.choice(stretch), chance)
        report = verified(made.package({**files, name: changed}), trust)
        assert places(report, "evidence-digest") == {name}


def test_a_cut_original_is_found_though_the_archive_seals_the_package_anew(made: Archive) -> None:
    files = made.payload()
    name = next(name for name in files if name.startswith("data/files/"))
    report = verified(made.package({**files, name: files[name][:-1]}), made.trust())
    assert reasons(report) == {"evidence-digest", "evidence-length"}


@pytest.mark.parametrize("name", ["data/案卷.pdf", "data/report.json", "data/keys.json"])
def test_what_only_the_export_covers_is_covered(made: Archive, name: str) -> None:
    """Manifests made anew, and signed again by whoever has no key of the archive's."""
    changed = {**made.payload(), name: dump({"keys": []})}
    stale = made.sealed(changed, made.export(made.payload()))
    assert places(verified(stale, made.trust()), "export-manifest") == {"export.jws"}
    for stranger in ("a", "root", "stranger"):
        report = verified(made.package(changed, by=stranger), made.trust())
        assert places(report, "export-key") == {"export.jws"}
        assert report.exit_status == 1
