"""The rulebook loader (规则手册): a folder of TOML files and forms becomes one compiled rulebook.

Keeps: nothing but the vocabulary gets in; every name is defined, used and cited; every form is pinned by digest; a
Fault says which file and key ("review.toml:action.intake.by"), which rule (its code) and what to do.
Leaves: where the folder lies (`storage.rulebooks`), what the words mean for a case (`case`, `admissible`, …).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import Defect, Fault
from ..formats.canonical import dump
from ..formats.encoding import digest
from . import shape
from .loading import actions, clocks, duties, facts, keeping, levels, papers
from .loading.consistent import inconsistencies
from .loading.reading import CODE, in_file, named, only, plain, table, texts, unknown
from .rulebook import Rulebook, beyond, known
from .vocabulary import VOCABULARIES, Capacity, FormPin, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = "rulebook.toml"
FILE_LIMIT = 1 << 20  # octets of one file
FILES_LIMIT = 200
SECTIONS = ("stage", "capacity", "choices", "level", "action", "window", "limit", "cap", "duty", "reading", "retention")
_HEAD_WORDS = (
    *("id", "title", "number", "vocabulary", "calendar", "in-force", "in_force"),
    *("heading", "in-charge", "counting", "parts"),
)
Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Part:
    """One entry of a section, and the file it stands in."""

    file: str
    code: str
    value: Any


def compile_rulebook(files: Mapping[str, bytes]) -> Rulebook:
    """The rulebook in a folder: path within it → bytes; rulebook.toml first, then its `parts`; forms are *.typ files.

    Faults (field = "file:key"): file-size, missing-file, unlisted-file, toml, canonical, vocabulary, unknown-word,
    missing-word, shape, name, reserved-name, duplicate, and those of `loading.consistent`. Other files, README.md
    among them, are not read.
    """
    tables, forms = {}, {}
    if len(files) > FILES_LIMIT:
        raise Fault("file-size", f"规则手册至多 {FILES_LIMIT} 个文件，实有 {len(files)} 个", "请拆分。", field="")
    for path, data in sorted(files.items()):
        if len(data) > FILE_LIMIT:
            message = f"{path}：超过 {FILE_LIMIT} 字节（实际 {len(data)} 字节）"
            raise Fault("file-size", message, "请拆成几个文件。", field=f"{path}:")
        if path.endswith(".toml"):
            tables[path] = _toml(path, data)
        elif path.endswith(".typ"):
            forms[path] = digest(data)
    return compile_tables(tables, forms)


def compile_tables(tables: Tables, forms: Mapping[str, str]) -> Rulebook:
    """As `compile_rulebook`, from parsed TOML (path → table, dates as text) and forms (path → b64u digest)."""
    if HEAD not in tables:
        raise Fault("missing-file", f"缺少 {HEAD}", "规则手册以该文件开头。", field=f"{HEAD}:")
    for path, given in tables.items():
        with in_file(path):
            dump(given)  # only what a canonical rulebook.json can hold
    with in_file(HEAD):
        head = _head(tables[HEAD])
    sections = _sections(tables, _listed(tables))
    rulebook = _assembled(head, sections, forms)
    defects = (*beyond(rulebook), *inconsistencies(rulebook, frozenset(forms)))
    found = tuple(_placed(defect, sections) for defect in defects)
    if found:
        raise Fault.of(found)
    return rulebook


def _toml(path: str, data: bytes) -> dict[str, Any]:
    try:
        tree = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, thousands of digits
        raise Fault("toml", f"{path}：不是有效的 TOML（{error}）", "请核对文件。", field=f"{path}:") from error
    with in_file(path):
        return table(plain(tree), "")


def _head(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("vocabulary") not in VOCABULARIES:
        message = f"词汇表版本应为 {known()}，实为 {given.get('vocabulary')}"
        raise Fault("vocabulary", message, "请用支持该版本的软件读取。", field="vocabulary")
    only(given, (*_HEAD_WORDS, *SECTIONS), "")
    head = {word.replace("_", "-"): value for word, value in given.items() if word in _HEAD_WORDS}
    if ("in-force" in given) and ("in_force" in given):
        raise unknown("in_force")
    if "in-force" in head:
        head["in-force"] = shape.write(clocks.in_force(head["in-force"], "in-force"))
    if "heading" in head:
        head["heading"] = shape.write(clocks.heading(head["heading"], "heading"))
    if "in-charge" in head:
        head["in-charge"] = shape.write(clocks.in_charge(head["in-charge"], "in-charge"))
    head.pop("parts", None)
    empty: dict[str, Any] = {"stages": [], "capacities": [], "choices": [], "actions": []}
    return {**head, **empty}


def _listed(tables: Tables) -> list[str]:
    """The files in the order that rulebook.toml gives, itself first; each file once, none left out."""
    with in_file(HEAD):
        parts = texts(tables[HEAD].get("parts", []), "parts")
    order = [HEAD, *parts]
    for i, path in enumerate(order):
        if path not in tables:
            raise Fault(
                "missing-file", f"{HEAD}：没有文件 {path}", "请补上，或从 parts 中删去。", field=f"{HEAD}:parts"
            )
        if path in order[:i]:
            raise Fault("duplicate", f"{HEAD}：{path} 列了两次", "请删去一个。", field=f"{HEAD}:parts")
    for path in tables:
        if path not in order:
            raise Fault("unlisted-file", f"{path} 未列入 {HEAD} 的 parts", "请列入或删去。", field=f"{path}:")
    return order


def _sections(tables: Tables, order: list[str]) -> dict[str, dict[str, _Part]]:
    out: dict[str, dict[str, _Part]] = {section: {} for section in SECTIONS}
    for file in order:
        with in_file(file):
            if file != HEAD:
                only(tables[file], SECTIONS, "")
            for section in SECTIONS:
                for code, value in table(tables[file].get(section, {}), section).items():
                    _add(out[section], _Part(file, code, value), f"{section}.{code}")
    return out


def _add(section: dict[str, _Part], part: _Part, path: str) -> None:
    if part.code in section:
        message = f"{path}：已在 {section[part.code].file} 中定义"
        raise Fault("duplicate", message, "请删去一个。", field=path)
    section[part.code] = part


def _assembled(head: dict[str, Any], sections: dict[str, dict[str, _Part]], forms: Mapping[str, str]) -> Rulebook:
    with in_file(HEAD):
        bare = shape.read(Rulebook, {**head})
    sets: facts.Sets = {}
    for part in sections["choices"].values():
        with in_file(part.file):
            if part.code == facts.RECTIFICATION_MODES:
                path = f"choices.{part.code}"
                raise Fault("reserved-name", f"{path}：这一名称由词汇表保留", "请另取名称。", field=path)
            named(CODE, part.code, f"choices.{part.code}")
            sets[part.code] = facts.choice_set(part.code, part.value, f"choices.{part.code}")
    found = _each(sections["level"], levels.level)
    for level in found:
        if level.code in sets:
            path = f"level.{level.code}"
            with in_file(sections["level"][level.code].file):
                raise Fault("duplicate", f"{path}：已有同名的选项", "请另取名称。", field=path)
        sets[level.code] = levels.choices_of(level)
    stages = _each(sections["stage"], lambda code, value: _simple(Stage, "stage", code, value))
    codes = [stage.code for stage in stages]
    titles = {code: _title(part.value) for code, part in sections["action"].items()}
    done = _each(sections["action"], lambda code, value: actions.action(code, value, codes, titles, sets))
    capacities = _each(sections["capacity"], lambda code, value: _simple(Capacity, "capacity", code, value))
    done = papers.with_paper_words(done, capacities)
    if any(action.rectifies for action in done):
        sets[facts.RECTIFICATION_MODES] = facts.MODES
    return replace(
        bare,
        stages=stages,
        capacities=capacities,
        choices=tuple(sets.values()),
        actions=done,
        windows=_each(sections["window"], clocks.window),
        limits=_each(sections["limit"], clocks.limit),
        caps=_each(sections["cap"], clocks.cap),
        duties=_each(sections["duty"], duties.duty),
        readings=_each(sections["reading"], duties.reading),
        levels=found,
        retention=_each(sections["retention"], keeping.retention),
        forms=tuple(FormPin(path, value) for path, value in sorted(forms.items())),
    )


def _each(section: dict[str, _Part], make: Any) -> tuple[Any, ...]:
    out = []
    for part in section.values():
        with in_file(part.file):
            out.append(make(part.code, part.value))
    return tuple(out)


def _simple(kind: type[Any], section: str, code: str, value: Any) -> Any:
    path = f"{section}.{code}"
    named(CODE, code, path)
    given = table(value, path)
    if "code" in given:
        raise unknown(f"{path}.code")
    return shape.read(kind, {"code": code, **given}, path)


def _title(value: Any) -> str:
    return str(value.get("title", "")) if isinstance(value, dict) else ""


def _placed(defect: Defect, sections: dict[str, dict[str, _Part]]) -> Defect:
    """The defect with the file its key stands in."""
    section, _, rest = (defect.field or "").partition(".")
    part = sections.get(section, {}).get(rest.partition(".")[0].partition("[")[0])
    file = part.file if part else HEAD
    return replace(defect, message=f"{file}：{defect.message}", field=f"{file}:{defect.field}")
