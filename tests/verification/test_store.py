"""The same attacks inside a store: rows altered, removed, swapped, repeated, moved; evidence exchanged."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.act import SignedAct
from domain.formats.encoding import digest
from domain.formats.verdict import Verdict
from domain.verification import Blob, Indexed, store_material, verify_store
from tests.verification.factory import FORM, Archive, archive, calendar, register_files, register_rules, small_rules
from tests.verification.judging import against, places, reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from domain.formats.canonical import Json
    from domain.formats.trust import Trust
    from domain.formats.verdict import Report


@dataclass(frozen=True)
class Line:
    """A row as any store would give it."""

    position: int
    case: str
    seq: int
    data: bytes


@dataclass
class Store:
    """Rows and objects as an intruder may leave them, read as a store reads them."""

    rows: list[Line]
    withheld: dict[tuple[str, str], tuple[str, ...]]
    objects: dict[str, bytes] = field(default_factory=dict)

    def read(self, case: str) -> tuple[bytes, ...]:
        return tuple(row.data for row in sorted(self.rows, key=lambda row: row.seq) if row.case == case)

    def cases(self) -> Iterable[str]:
        return dict.fromkeys(row.case for row in self.rows)

    def blob(self, name: str, _version: str | None) -> Blob:
        if name not in self.objects:
            raise Fault("blob-missing", "没有这个对象。")
        return Blob(len(self.objects[name]), digest(self.objects[name]))

    def report(self, trust: Trust | None, require: str | None = None, **changes: Any) -> Report:
        forms = {path: data for path, data in register_files().items() if path.endswith(".typ")}
        parts: dict[str, Any] = {
            "cases": self.cases(),
            "read": self.read,
            "rows": lambda: sorted(self.rows, key=lambda row: row.position),
            "withheld": lambda case, act: self.withheld.get((case, act), ()),
            "rulebooks": {book.digest: book.data for book in (register_rules(), small_rules())},
            "forms": {register_rules().digest: forms, small_rules().digest: {"forms/paper.typ": FORM}},
            "calendars": {digest(calendar("cn-2023")): calendar("cn-2023")},
            "vault": self.blob,
        }
        return verify_store(store_material(**{**parts, **changes}), trust, require)


def stored(made: Archive) -> Store:
    rows = [Line(position, r.case, r.seq, r.data) for position, r in enumerate(made.order, 1)]
    acts = {f"{r.case}/{r.seq}": (r.case, r.act.id) for r in made.order}
    withheld = {acts[key]: shown for key, shown in made.disclosures.items()}
    by_blob = {digest(content): content for content in made.files.values()}
    objects = {str(e["object"]): by_blob[str(e["blob"])] for r in made.order for e in r.act.evidence}
    return Store(rows, withheld, objects)


@pytest.fixture
def store(made: Archive) -> Store:
    return stored(made)


def at(store: Store, made: Archive, seq: int) -> int:
    """Index of the row that holds record `seq` of the case."""
    return next(i for i, row in enumerate(store.rows) if (row.case, row.seq) == (made.case, seq))


def test_a_store_passes_and_says_what_it_cannot_show(made: Archive, store: Store) -> None:
    report = store.report(made.trust())
    assert report.exit_status == 0
    assert {f.check for f in report.findings if f.verdict is Verdict.PASSED} >= {"store", "vault", "procedure", "trust"}
    assert [(f.reason, f.verdict) for f in report.of_check("store")][-1] == ("store-tail", Verdict.NOT_CLAIMED)


def test_a_store_without_a_trust_file_is_not_authentic(store: Store) -> None:
    assert store.report(None).exit_status == 2


def test_the_stores_own_tail_cut_off_is_not_seen_and_that_is_said(made: Archive, store: Store) -> None:
    store.rows.pop()
    report = store.report(made.trust())
    assert report.exit_status == 0
    assert "store-tail" in reasons(report, Verdict.NOT_CLAIMED)
    assert store.report(made.trust(), "logged").exit_status == 2


def test_every_byte_of_every_row_counts(made: Archive, store: Store) -> None:
    """A seeded offset in each stretch of 16 bytes; all bytes of the same records are changed in test_mutations."""
    chance, trust = random.Random(7), made.trust()
    for index, row in enumerate(store.rows):
        for start in range(0, len(row.data), 16):
            offset = min(start + chance.randrange(16), len(row.data) - 1)
            data = row.data[:offset] + bytes([row.data[offset] ^ chance.randint(1, 255)]) + row.data[offset + 1 :]
            rows = [*store.rows[:index], replace(row, data=data), *store.rows[index + 1 :]]
            report = Store(rows, store.withheld, store.objects).report(trust)
            assert report.exit_status == 1, (index, offset)
            assert f"{row.case}/{row.seq}" in {f.where for f in against(report)}, (index, offset)


def test_a_row_removed_is_missed(made: Archive, store: Store) -> None:
    store.rows.pop(at(store, made, 2))
    report = store.report(made.trust())
    assert places(report, "chain-seq") == {f"{made.case}/2"}
    assert places(report, "store-position") == {f"{made.case}/3"}


def test_a_row_removed_and_the_rest_moved_up_is_missed(made: Archive, store: Store) -> None:
    index = at(store, made, 2)
    after = [replace(row, position=row.position - 1, seq=row.seq - 1) for row in store.rows[index + 1 :]]
    store.rows = [*store.rows[:index], *after]
    report = store.report(made.trust())
    assert places(report, "chain-seq") == places(report, "chain-prev") == {f"{made.case}/2"}


def test_swapped_rows_are_found(made: Archive, store: Store) -> None:
    second, third = at(store, made, 2), at(store, made, 3)
    a, b = store.rows[second], store.rows[third]
    store.rows[second], store.rows[third] = replace(a, data=b.data), replace(b, data=a.data)
    assert places(store.report(made.trust()), "chain-seq") == {f"{made.case}/2", f"{made.case}/3"}


def test_a_repeated_row_is_found(made: Archive, store: Store) -> None:
    last = store.rows[at(store, made, 3)]
    store.rows.append(replace(last, position=len(store.rows) + 1, seq=4))
    assert places(store.report(made.trust()), "chain-repeated") == {f"{made.case}/4"}


def test_a_row_moved_to_another_case_is_found(made: Archive, store: Store) -> None:
    index = at(store, made, 3)
    store.rows[index] = replace(store.rows[index], case=made.officer("c"), seq=2)
    assert places(store.report(made.trust()), "record-case") == {f"{made.officer('c')}/2"}


def test_rows_that_tell_two_readers_two_things_are_found(made: Archive, store: Store) -> None:
    """What is read case by case isn't what lies there in order of position."""
    index = at(store, made, 2)
    honest = sorted(store.rows, key=lambda row: row.position)
    store.rows = [*store.rows[:index], replace(store.rows[index], data=b"{}"), *store.rows[index + 1 :]]
    report = store.report(made.trust(), read=Store(honest, {}).read)
    assert places(report, "store-altered") == {f"{made.case}/2"}
    missing = store.report(made.trust(), rows=lambda: honest[:-1], read=Store(honest, {}).read)
    assert places(missing, "store-altered") == {f"{honest[-1].case}/{honest[-1].seq}"}


def test_a_record_filed_as_something_else_is_found(made: Archive, store: Store) -> None:
    """Its bytes are whole, and the archive would no longer find it: a revocation, say, that nobody reads."""
    kept = [Indexed(r.case, r.seq, r.act.id, r.act.action) for r in made.order]
    assert store.report(made.trust(), index=lambda: kept).exit_status == 0
    for name, value in (("action", "remark"), ("act", made.case)):
        filed = [*kept[:-1], kept[-1]._replace(**{name: value})]
        report = store.report(made.trust(), index=lambda filed=filed: filed)
        assert [(f.reason, f.where, f.field) for f in against(report)] == [("store-altered", f"{made.case}/3", name)]


def test_positions_out_of_order_are_found(made: Archive, store: Store) -> None:
    store.rows[-1] = replace(store.rows[-1], position=99)
    assert places(store.report(made.trust()), "store-position") == {f"{made.case}/3"}


def test_the_register_counts_in_the_order_of_the_store() -> None:
    """Two officers are founders by the order of commitment, though all came within one millisecond."""
    made = Archive()
    made.found()
    step = made.step
    for name, signers in (
        ("a", [("root", "root"), ("a", "self")]),
        ("b", [("root", "root"), ("b", "self")]),
        ("c", [("root", "root"), ("c", "self")]),
    ):
        made.step = step
        made.enrol(name, ["registrar"], signers)
    report = stored(made).report(made.trust())
    assert places(report, "root-retired") == {f"{made.officer('c')}/1"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda content: b"x" + content[1:], "blob-digest"),
        (lambda content: content[:-1], "blob-size"),
        (lambda content: content + b"x", "blob-size"),
        (lambda _: b"", "blob-size"),
    ],
)
def test_an_exchanged_object_is_found(
    made: Archive, store: Store, change: Callable[[bytes], bytes], reason: str
) -> None:
    [name] = store.objects
    store.objects[name] = change(store.objects[name])
    report = store.report(made.trust())
    assert places(report, reason) == {f"{made.case}/1"}
    assert report.exit_status == 1


def test_a_missing_object_is_found_unless_a_signed_act_destroyed_it() -> None:
    made = archive()
    store = stored(made)
    store.objects.clear()
    assert places(store.report(made.trust()), "blob-missing") == {f"{made.case}/1"}
    [name] = made.files
    made.enter(made.case, "destruction", {"sha256": [name]}, [("c", "head")])
    store = stored(made)
    store.objects.clear()
    report = store.report(made.trust())
    assert places(report, "evidence-destroyed") == {f"{made.case}/1"}
    assert report.exit_status == 0


def test_an_object_whose_plaintext_is_another_is_found(made: Archive, store: Store) -> None:
    """An encrypting vault: the object lies there as recorded, and decrypts to something else."""

    def vault(name: str, version: str | None) -> Blob:
        return replace(store.blob(name, version), plain=lambda: ("ab" * 32, 7))

    report = store.report(made.trust(), vault=vault)
    assert places(report, "evidence-digest") == places(report, "evidence-length") == {f"{made.case}/1"}


@pytest.mark.parametrize("when", ["stat", "plain"])
def test_a_vault_that_does_not_answer_is_not_a_vault_that_passed(made: Archive, store: Store, when: str) -> None:
    def unreachable() -> tuple[str, int]:
        raise Fault("vault-unreachable", "证据库没有应答。")

    def vault(name: str, version: str | None) -> Blob:
        return replace(store.blob(name, version), plain=unreachable) if when == "plain" else Blob(*unreachable())

    report = store.report(made.trust(), vault=vault)
    assert [(f.reason, f.where) for f in against(report)] == [("vault-unread", f"{made.case}/1")]
    assert store.report(made.trust(), vault=None).exit_status == 2


@pytest.mark.parametrize("named", [True, False])
def test_content_whose_key_was_destroyed_is_unsettled_unless_a_signed_act_destroyed_it(named: bool) -> None:
    made = archive()
    [name] = made.files
    listed: list[Json] = [name] if named else []
    made.enter(made.case, "destruction", {"sha256": listed}, [("c", "head")])
    store = stored(made)

    def destroyed() -> tuple[str, int]:
        raise Fault("content-destroyed", "内容密钥已依法销毁。")

    def vault(name: str, version: str | None) -> Blob:
        return replace(store.blob(name, version), plain=destroyed)

    report = store.report(made.trust(), vault=vault)
    assert places(report, "evidence-destroyed" if named else "vault-unread") == {f"{made.case}/1"}
    assert report.exit_status == (0 if named else 2)
    [other] = store.objects
    store.objects[other] += b"x"
    assert store.report(made.trust(), vault=vault).exit_status == 1


def test_withheld_facts_exchanged_in_their_store_are_found(made: Archive, store: Store) -> None:
    for changed in ("WyJhIl0", "", "é"):
        broken = Store(store.rows, dict.fromkeys(store.withheld, (changed,)), store.objects)
        assert places(broken.report(made.trust()), "disclosure-malformed") == {f"{made.case}/1"}
    [key] = store.withheld
    record = next(r for r in made.order if (r.case, r.act.id) == key)
    assert f"{record.case}/{record.seq}" == f"{made.case}/1"


def test_withheld_facts_that_cannot_be_decrypted_are_named(made: Archive, store: Store) -> None:
    def withheld(_case: str, _act: str) -> tuple[str, ...]:
        raise Fault("withheld-damaged", "不公开事项无法解密。")

    report = store.report(made.trust(), withheld=withheld)
    assert f"{made.case}/1" in places(report, "disclosures-malformed")
    assert report.exit_status == 1


def test_rules_and_calendars_exchanged_in_the_store_are_found(made: Archive, store: Store) -> None:
    book = small_rules().digest
    report = store.report(
        made.trust(), rulebooks={book: small_rules("别的").data, register_rules().digest: register_rules().data}
    )
    assert places(report, "rulebook-digest") == {f"rulebook/{book}/rulebook.json"}
    report = store.report(made.trust(), calendars={})
    assert places(report, "calendar-missing") == {f"calendar/{digest(calendar('cn-2023'))}.json"}
    assert report.exit_status == 2
    report = store.report(made.trust(), forms={})
    assert "form-missing" in reasons(report)


def flipped(data: bytes, offset: int, chance: random.Random) -> bytes:
    return data[:offset] + bytes([data[offset] ^ chance.randint(1, 255)]) + data[offset + 1 :]


def test_every_byte_of_rules_forms_and_calendars_in_the_store_counts(made: Archive, store: Store) -> None:
    """Exchanged under their old names: one seeded offset in each stretch of 64 bytes."""
    chance, trust = random.Random(8), made.trust()
    forms = {path: data for path, data in register_files().items() if path.endswith(".typ")}
    books = {book.digest: book.data for book in (register_rules(), small_rules())}
    papers = {register_rules().digest: forms, small_rules().digest: {"forms/paper.typ": FORM}}
    days = digest(calendar("cn-2023"))
    for at, data in books.items():
        for start in range(0, len(data), 64):
            changed = flipped(data, min(start + chance.randrange(64), len(data) - 1), chance)
            report = store.report(trust, rulebooks={**books, at: changed})
            assert f"rulebook/{at}/rulebook.json" in places(report, "rulebook-digest"), (at, start)
    for at, held in papers.items():
        for path, data in held.items():
            changed = flipped(data, chance.randrange(len(data)), chance)
            report = store.report(trust, forms={**papers, at: {**held, path: changed}})
            assert places(report, "form-digest") == {f"rulebook/{at}/{path}"}
    table = calendar("cn-2023")
    for start in range(0, len(table), 64):
        changed = flipped(table, min(start + chance.randrange(64), len(table) - 1), chance)
        report = store.report(trust, calendars={days: changed})
        assert places(report, "calendar-digest") == {f"calendar/{days}.json"}
        assert report.exit_status == 1


def test_a_dropped_cosigner_inside_the_store_is_found() -> None:
    """Whoever holds the archive's key enters the last act again with one signature fewer."""
    made = archive()
    decision = made.records[made.case].pop()
    made.order.remove(decision)
    for signatures in (decision.signed.signatures[:1], decision.signed.signatures[1:]):
        made.receive(made.case, SignedAct(decision.signed.payload, signatures))
        report = stored(made).report(made.trust())
        made.order.remove(made.records[made.case].pop())
        assert places(report, "signature-missing") == {f"{made.case}/3"}
        assert report.exit_status == 1


@pytest.mark.parametrize("by", ["root", "a", "stranger"])
def test_a_receipt_by_any_other_key_inside_the_store_is_found(by: str) -> None:
    made = archive()
    last = made.records[made.case].pop()
    made.order.remove(last)
    made.receive(made.case, last.signed, by)
    assert places(stored(made).report(made.trust()), "receipt-key") == {f"{made.case}/3"}


def test_a_case_signed_anew_inside_the_store_is_found(made: Archive, store: Store) -> None:
    forger = stored(archive("forger"))
    own = [row for row in forger.rows if row.case == made.case]
    rows = [row for row in store.rows if row.case != made.case]
    start = len(rows)
    mixed = [*rows, *(replace(row, position=start + i) for i, row in enumerate(own, 1))]
    report = Store(mixed, {**store.withheld, **forger.withheld}, {**store.objects, **forger.objects}).report(
        made.trust()
    )
    for reason in ("unknown-key", "key-not-of-officer", "receipt-key"):
        assert places(report, reason) == {f"{made.case}/{seq}" for seq in (1, 2, 3)}
    whole = forger.report(made.trust())
    assert reasons(whole) == {"trust-genesis"}
