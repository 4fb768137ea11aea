"""One Chinese legal term, one English name, both ways (domain/glossary.toml)."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.house.tree import PACKAGES, ROOT, files, name, parsed, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_GLOSSARY = tomllib.loads((ROOT / "domain/glossary.toml").read_text(encoding="utf-8"))
TERMS: dict[str, dict[str, Any]] = _GLOSSARY["term"]
_DOCUMENT_NUMBER = re.compile(r"[a-z]+(-[a-z]+)*-\d{4}-\d+")
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_PROJECT = {"anjuan", "anjuan_verify", "anjuan-verify"}
_RULEBOOKS = {path.name for path in (ROOT / "domain/rulebooks").iterdir() if path.is_dir()}  # names of documents

_TITLED = ("stage", "capacity", "action")  # the tables whose codes and Chinese titles are compared


def chinese(term: dict[str, Any]) -> list[str]:
    return [term["zh"], *term.get("also", [])]


def english(code: str) -> list[str]:
    return [code, *TERMS[code].get("forms", [])]


def occurs(sought: tuple[str, ...], within: tuple[str, ...]) -> bool:
    """Whether the words `sought` stand in a row in `within`; a plural s is no difference."""
    singular = tuple(word.removesuffix("s") for word in within)
    wanted = tuple(word.removesuffix("s") for word in sought)
    return any(singular[at : at + len(wanted)] == wanted for at in range(len(singular) - len(wanted) + 1))


def rejection(identifier: str) -> str | None:
    """Why an identifier may not be used, or None."""
    if identifier in _PROJECT | _RULEBOOKS or _DOCUMENT_NUMBER.fullmatch(identifier):
        return None
    parts = words(identifier)
    for pinyin in _GLOSSARY["pinyin"]["rejected"]:
        if occurs((pinyin,), parts):
            return f"{identifier}: {pinyin} is pinyin"
    for code, term in TERMS.items():
        for wrong in term.get("rejected", ()):
            if occurs(words(wrong), parts):
                return f"{identifier}: say {code} for {term['zh']}, not {wrong}"
    return None


def defined_names(tree: ast.AST) -> Iterator[str]:
    """Every name that a Python file gives, and every code (`correction-notice`) that it spells out."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=given) | ast.AsyncFunctionDef(name=given) | ast.ClassDef(name=given):
                yield given
            case ast.Name(id=given, ctx=ast.Store()) | ast.Attribute(attr=given, ctx=ast.Store()):
                yield given
            case ast.arg(arg=given) | ast.alias(asname=str(given)):
                yield given
            case ast.Constant(value=str(text)) if _CODE.fullmatch(text):
                yield text
            case _:
                pass


def keys(table: object) -> Iterator[str]:
    """Every key of a TOML document, at any depth."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield key
            yield from keys(value)
    elif isinstance(table, list):
        for value in table:
            yield from keys(value)


def spoken(title: str) -> Iterator[str]:
    """The terms that a Chinese title holds; a longer one hides the shorter ones inside it."""
    said = sorted(((zh, code) for code, term in TERMS.items() for zh in chinese(term)), key=lambda pair: -len(pair[0]))
    for zh, code in said:
        if zh in title:
            yield code
            title = title.replace(zh, " ")


def mismatches(table: str, code: str, title: str) -> Iterator[str]:
    """Where the code and the Chinese title of a rulebook's stage, capacity or action don't say the same."""
    named = list(spoken(title))
    if named and not any(occurs(words(form), words(code)) for term in named for form in english(term)):
        yield f"{table}.{code} “{title}” speaks of {', '.join(named)}"
    for name_of_it, term in TERMS.items():
        if occurs(words(name_of_it), words(code)) and not any(zh in title for zh in chinese(term)):
            yield f"{table}.{code} “{title}” doesn't say {term['zh']}"
    if table != "action" and not any(code in english(term) for term in TERMS):
        yield f"{table}.{code} “{title}” isn't in the glossary"


def rulebook_titles() -> Iterator[tuple[str, str, str, str]]:
    for path in files(".toml", under="domain/rulebooks"):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in _TITLED:
            for code, entry in document.get(table, {}).items():
                if isinstance(entry, dict) and "title" in entry:
                    yield name(path), table, code, entry["title"]


def test_every_term_is_written_down_whole() -> None:
    for code, term in TERMS.items():
        assert words(term["en"]) == words(code), code
        assert set(term) <= {"zh", "also", "en", "article", "forms", "not", "rejected"}, code
        assert term["zh"], code
        assert term["article"], code


def test_a_chinese_term_has_one_english_name_and_the_other_way_round() -> None:
    said = [zh for term in TERMS.values() for zh in chinese(term)]
    assert sorted(said) == sorted(set(said))
    rejected = [wrong for term in TERMS.values() for wrong in term.get("rejected", ())]
    assert sorted(rejected) == sorted(set(rejected))
    assert not set(rejected) & set(TERMS)


def test_terms_that_are_easily_confused_point_at_each_other() -> None:
    one_way = [(a, b) for a, term in TERMS.items() for b in term.get("not", ()) if a not in TERMS[b].get("not", ())]
    assert not one_way


def test_no_name_in_python_is_a_rejected_synonym_or_pinyin() -> None:
    found = [
        f"{name(path)}: {reason}"
        for path in files(".py")
        if "tests/house" not in name(path)
        for given in {path.stem, *defined_names(parsed(path))}
        if (reason := rejection(given))
    ]
    assert not found


def test_no_key_in_toml_and_no_file_name_is_a_rejected_synonym_or_pinyin() -> None:
    toml = [path for path in files(".toml") if name(path) not in {"domain/glossary.toml", "pyproject.toml"}]
    given = {(name(path), key) for path in toml for key in keys(tomllib.loads(path.read_text(encoding="utf-8")))}
    given |= {(name(path), part) for path in files() for part in path.relative_to(ROOT).parts if part.isascii()}
    assert not [f"{where}: {reason}" for where, key in sorted(given) if (reason := rejection(key))]


def test_rulebooks_call_things_by_their_names() -> None:
    found = [f"{where}: {wrong}" for where, *titled in rulebook_titles() for wrong in mismatches(*titled)]
    assert not found


def test_every_term_is_used() -> None:
    suffixes = (".py", ".toml", ".typ", ".html", ".md")
    texts = [
        path.read_text(encoding="utf-8")
        for folder in (*PACKAGES, "tests/scenarios")
        for path in files(*suffixes, under=folder)
        if name(path) != "domain/glossary.toml"
    ]
    everything = "\n".join(texts)
    spelled = words(everything)
    assert not [
        code
        for code, term in TERMS.items()
        if not any(zh in everything for zh in chinese(term)) and not occurs(words(code), spelled)
    ]


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        ("supplement_notice", "correction"),
        ("CaseFile", "dossier"),
        ("acknowledgements", "receipt"),
        ("tousu_id", "pinyin"),
        ("anjuan_pdf", "pinyin"),
    ],
)
def test_a_rejected_name_is_found(identifier: str, said: str) -> None:
    assert said in (rejection(identifier) or "")


@pytest.mark.parametrize(
    "identifier", ["correction_notice", "anjuan", "lu-cai-cai-2018-72", "rectified", "casefold", "receipts"]
)
def test_a_right_name_passes(identifier: str) -> None:
    assert rejection(identifier) is None


def test_names_are_found_wherever_python_gives_one() -> None:
    source = "import x as one\nclass Two:\n  def three(self, four): self.five = six = 'seven-eight'\nnine.ten(eleven=1)"
    assert {*defined_names(ast.parse(source))} == {"one", "Two", "three", "self", "four", "five", "six", "seven-eight"}


def test_a_rulebook_that_mixes_terms_is_found() -> None:
    assert list(mismatches("action", "correction-notice", "更正通知"))
    assert list(mismatches("action", "rectification", "补正"))
    assert list(mismatches("action", "written-answer", "说明"))
    assert list(mismatches("capacity", "clerk", "经办人"))
    assert not list(mismatches("action", "withdrawal", "撤回投诉"))
    assert not list(mismatches("stage", "corrected", "已补正"))
    assert not list(mismatches("action", "correction-notice", "补正通知"))
