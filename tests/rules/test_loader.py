"""The loader takes whole rulebooks and says of broken ones which file, key and rule."""

from __future__ import annotations

import tomllib
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules import vocabulary
from domain.rules.loader import FILE_LIMIT, FILES_LIMIT, SECTIONS, compile_rulebook, compile_tables
from domain.rules.rulebook import Rulebook
from domain.rules.shape import member_name
from storage.rulebooks import calendars, folder, form_bytes, installed
from tests.rules.rulebook_files import HERE, SMALL, file_of, forms_of, place, small

FORMS = forms_of(SMALL)
CASES = [
    (path.stem, word, number, case)
    for path in sorted((HERE / "broken").glob("*.toml"))
    for word, cases in tomllib.loads(path.read_text(encoding="utf-8")).items()
    for number, case in enumerate(cases)
]


def members(cls: type, *unsaid: str) -> set[str]:
    return {member_name(field.name) for field in fields(cls)} - set(unsaid)


def of(table: str, words: set[str]) -> set[str]:
    return {f"{table}.{word}" for word in words}


# Every word a rulebook may use. "code", "name" are the keys themselves; `opens` is told by `in`.
WORDS = {
    *(
        members(Rulebook)
        - {"stages", "capacities", "actions", "windows", "limits", "caps", "duties", "readings", "levels", "forms"}
    ),
    *SECTIONS,
    "parts",
    *of("in-force", members(vocabulary.InForce)),
    *of("heading", members(vocabulary.Heading)),
    *of("in-charge", members(vocabulary.InCharge)),
    *of("stage", members(vocabulary.Stage, "code")),
    *of("capacity", members(vocabulary.Capacity, "code")),
    *of("choice", members(vocabulary.Choice, "code")),
    *of("action", members(vocabulary.Action, "code", "slots") | {"evidence"}),
    *of("then", {"fact"}),
    "route",
    *of("level", members(vocabulary.Level, "code")),
    *of("grade", members(vocabulary.Grade, "code")),
    *of("criterion", members(vocabulary.Criterion)),
    *of("rests-on", members(vocabulary.Ground)),
    *of("serve", members(vocabulary.Serve)),
    *of("fact", members(vocabulary.Fact, "name")),
    *of("must", members(vocabulary.Must)),
    *of("evidence", members(vocabulary.Slot, "name")),
    *of("ink", members(vocabulary.Ink, "name", "fact") | {"title", "each", "where"}),
    *of("window", members(vocabulary.Window, "code")),
    *of("cap", members(vocabulary.Cap, "code", "unit")),
    *of("limit", members(vocabulary.Limit, "code")),
    *of("duty", members(vocabulary.Duty, "code")),
    *of("length", members(vocabulary.Length, "n")),
    *of("retention", members(vocabulary.Retention, "code")),
    *of("moment", {"first-of", "latest-of", "prefer"}),
}


@pytest.mark.parametrize(("stem", "word", "number", "case"), CASES, ids=[f"{w}-{n}" for _, w, n, _ in CASES])
def test_each_word_broken_is_refused_with_file_key_and_code(stem, word, number, case) -> None:
    tables = small()
    holder, name = place(tables, case["at"])
    if case.get("remove"):
        del holder[name]
    else:
        holder[name] = case["value"]
    key = case.get("key", case["at"])
    file = case.get("file", file_of(small(), key))
    with pytest.raises(Fault) as caught:
        compile_tables(tables, FORMS)
    found = [(defect.code, defect.field) for defect in caught.value.defects]
    assert (case["code"], f"{file}:{key}") in found, caught.value.defects
    assert all(defect.message and defect.remedy for defect in caught.value.defects)


def test_every_word_of_the_vocabulary_has_a_broken_rulebook() -> None:
    assert {word for _, word, _, _ in CASES} == WORDS


def test_the_small_rulebook_is_whole() -> None:
    rulebook = compile_rulebook(SMALL)
    assert [action.code for action in rulebook.actions][:3] == ["opening", "notice", "answer"]
    assert Rulebook.parse(rulebook.data) == rulebook


@pytest.mark.parametrize("rulebook", ["lu-cai-cai-2018-72", "register"])
def test_an_installed_rulebook_reads_back_as_it_was_compiled(rulebook) -> None:
    compiled = installed()[rulebook]
    assert Rulebook.parse(compiled.data) == compiled
    assert compile_rulebook(folder(rulebook)).digest == compiled.digest


def test_the_digest_pins_meaning_and_forms_but_not_comments_or_the_order_of_files() -> None:
    digest = compile_rulebook(SMALL).digest
    commented = {path: data + b"\n# comment\n" if path.endswith(".toml") else data for path, data in SMALL.items()}
    assert compile_rulebook(dict(reversed(commented.items()))).digest == digest
    assert compile_rulebook({**SMALL, "README.md": b"words"}).digest == digest
    assert compile_rulebook({**SMALL, "forms/paper.typ": b"other"}).digest != digest
    renamed = {path: data.replace("小规则".encode(), "大规则".encode()) for path, data in SMALL.items()}
    assert compile_rulebook(renamed).digest != digest


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("acts.toml", b"[action", "toml"),
        ("acts.toml", b"\xff\xfe", "toml"),
        ("acts.toml", b"x = " + b"[" * 5000 + b"]" * 5000, "toml"),
        ("acts.toml", b"#" * (FILE_LIMIT + 1), "file-size"),
        ("acts.toml", b"colour = 1", "unknown-word"),
        ("acts.toml", b"[stage.waiting]\ntitle = 'x'", "duplicate"),
        ("acts.toml", b"[stage.x]\ntitle = 1.5", "shape"),
        ("acts.toml", b"[stage.x]\ntitle = 2019-01-01T00:00:00Z", "shape"),
        ("acts.toml", b'x = "\\u0007"', "canonical"),
        ("acts.toml", "x = 'e\u0301'".encode(), "canonical"),
        ("acts.toml", b"x = 9007199254740993", "canonical"),
        ("more.toml", b"", "unlisted-file"),
        ("forms/other.typ", b"", "unused"),
    ],
)
def test_a_broken_file_is_refused(path, data, code) -> None:
    with pytest.raises(Fault) as caught:
        compile_rulebook({**SMALL, path: data})
    assert caught.value.code == code
    assert path in str(caught.value.defects[0].field)


def test_a_folder_without_head_or_with_too_many_files_is_refused() -> None:
    with pytest.raises(Fault, match=r"缺少 rulebook\.toml"):
        compile_rulebook({})
    with pytest.raises(Fault, match="至多"):
        compile_rulebook({**SMALL, **{f"{n}.md": b"" for n in range(FILES_LIMIT)}})


def test_in_force_may_be_written_with_either_stroke_but_the_vocabulary_must_be_stated() -> None:
    renamed = SMALL["rulebook.toml"].replace(b"[in-force]", b"[in_force]")
    assert compile_rulebook({**SMALL, "rulebook.toml": renamed}).digest == compile_rulebook(SMALL).digest
    with pytest.raises(Fault) as caught:
        compile_rulebook({**SMALL, "rulebook.toml": SMALL["rulebook.toml"].replace(b"vocabulary = 2", b"")})
    assert (caught.value.code, caught.value.defects[0].field) == ("vocabulary", "rulebook.toml:vocabulary")


def test_all_defects_are_told_at_once() -> None:
    tables = small()
    tables["acts.toml"]["action"]["pause"]["by"] = {"usher": 0}
    tables["clocks.toml"]["limit"]["answer"]["moot"] = ["peace"]
    with pytest.raises(Fault) as caught:
        compile_tables(tables, FORMS)
    assert [defect.code for defect in caught.value.defects] == ["undefined", "count", "undefined"]


def nodes(value, path=()):
    """Paths of every value in parsed TOML."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield (*path, key)
            yield from nodes(member, (*path, key))


PLACES = sorted(nodes(small()))
WORDS_AT_ODDS = ["new", "any", "a.b", "x", "e\u0301", "\0"]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.sampled_from(WORDS_AT_ODDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["fact", "of", "x", "if"]), inner),
    max_leaves=5,
)


@given(st.sampled_from(PLACES), ODD)
def test_whatever_stands_somewhere_the_answer_is_a_rulebook_or_a_fault_with_its_place(path, odd) -> None:
    tables = small()
    holder = tables
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = odd
    if len(path) == 1 and not isinstance(odd, dict):
        return  # a TOML file is always a table
    try:
        rulebook = compile_tables(tables, FORMS)
    except Fault as fault:
        assert all(":" in str(defect.field) for defect in fault.defects), fault.defects  # noqa: PT017  # either way is right
    else:
        assert Rulebook.parse(rulebook.data) == rulebook


def test_installed_rulebooks_are_named_as_their_folders_and_their_forms_are_there() -> None:
    for name, rulebook in installed().items():
        assert rulebook.id == name
        for form in rulebook.forms:
            assert form_bytes(name, form.path)
    with pytest.raises(Fault, match="没有规则手册"):
        folder("lu-cai-cai-2018-73")
    with pytest.raises(Fault, match="没有文书格式"):
        form_bytes("register", "forms/../rulebook.toml")


def test_calendars_of_2018_to_2026_are_installed() -> None:
    assert list(calendars()) == [f"cn-{year}" for year in range(2018, 2027)]
