"""Deleting any one referenced name from a real rulebook is refused: all of them are tried."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.rules.agents import ENDED_ON
from domain.rules.chronology import OWN_DAY
from domain.rules.loader import compile_tables
from domain.rules.loading.facts import IMPLICIT, RECTIFICATION_MODES
from domain.rules.vocabulary import NEW, Action, Fact, Limit, Ref
from storage.rulebooks import folder, installed
from tests.rules.rulebook_files import file_of, forms_of, real

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.rules.rulebook import Rulebook

RULEBOOKS = ("lu-cai-cai-2018-72", "register")
OF_SERVICE = {"sent_on", "served_on", "all_sent_on", "all_served_on", "occurred_on"}
DEFINED = {"parties": ("id", "role", "name"), "agents": ("id", "for", "name", "powers", "from", "until")}
Path = tuple[str, ...]


def fact(action: str, *names: str) -> Path:
    return ("action", action, "facts", *names)


def of_ref(ref: Ref) -> Iterator[Path]:
    if ref.action.startswith("limit."):
        yield ("limit", ref.action.removeprefix("limit."))
        return
    yield ("action", ref.action)
    if ref.field == "handed_in_on":
        yield from (fact(ref.action, "received_on"), fact(ref.action, "postmarked_on"))
    elif ref.field not in OF_SERVICE:
        yield fact(ref.action, ref.field)


def of_action(action: Action) -> Iterator[Path]:
    yield from (("stage", stage) for stage in action.in_ if stage != NEW)
    if action.then:
        yield from (("stage", stage) for stage in [action.then.stage, *dict(action.then.cases).values()] if stage)
        yield from [fact(action.code, action.then.fact)] if action.then.fact else []
    yield from (("capacity", need.capacity) for way in action.by for need in way)
    yield from (("action", code) for code in (*action.needs, *action.forbids, *filter(None, [action.answers])))
    for ground in action.rests_on:
        yield from [("action", ground.action), *(("stage", stage) for stage in ground.in_)]
        yield from [fact(ground.action, ground.if_.name)] if ground.if_ else []
    yield from (("window", code) for code in action.running)
    yield from (("limit", code) for code in (*action.kept, *dict(action.over).values(), *dict(action.ripe)))
    yield from (fact(action.code, slot.if_.name) for slot in action.slots if slot.if_)
    yield from (fact(action.code, name) for group in action.exactly_one for name in group)
    yield from (fact(action.code, ink.of_pages) for ink in action.ink)
    yield from [fact(action.code, action.party)] if action.party else []
    if action.serve:
        yield from (("choices", "party-roles", role) for role in (*action.serve.all, *action.serve.may))
    yield from [fact(action.code, action.ends), fact(action.code, ENDED_ON)] if action.ends else []
    for one in action.facts:
        yield from of_fact(action, one, fact(action.code, one.name))


def of_fact(action: Action, one: Fact, path: Path) -> Iterator[Path]:
    if one.of and one.of != RECTIFICATION_MODES and "." not in one.of:
        yield ("choices", one.of)
    yield from (("choices", "party-roles", role) for role in (*one.roles, *one.all))
    yield from [fact(*one.total.split(".", 1))] if one.total else []
    if one.since and one.since != OWN_DAY:
        yield (*path[:-1], one.since)
    if one.defines:
        yield from ((*path, "cols", name) for name in DEFINED[one.defines])
    yield from of_demands(one, path)
    yield from [(*path[:-1], one.for_)] if one.for_ and one.for_ != "of" else []
    yield from [("action", one.tells)] if one.tells else []
    yield from [("choices", "agent-powers", one.power)] if one.power else []
    if one.each and not one.each.startswith("signers."):
        owner, _, name = one.each.partition(".")
        owner = action.code if owner == "facts" else owner
        yield from [("action", owner)] if owner != action.code else []
        yield fact(owner, name)
        yield from [(*fact(owner, name), "cols", one.where.name)] if one.where else []
    yield from [(*path[:-1], one.if_.name)] if one.if_ else []
    for col in one.cols:
        yield from of_fact(action, col, (*path, "cols", col.name))


def of_demands(one: Fact, path: Path) -> Iterator[Path]:
    for must in one.must:
        yield from (("choices", str(one.of), code) for code in (*must.all, *must.any))
        yield from (("choices", "party-roles", role) for role in must.per)
        yield from ((*path[:-1], name) for name in (must.least, must.if_ and must.if_.name) if name)


def of_limit(limit: Limit) -> Iterator[Path]:
    for ref in (*limit.from_.refs, *limit.to.refs, limit.length.fact, limit.length.until):
        yield from of_ref(ref) if ref else []
    yield from [fact(ref.action, limit.complete) for ref in limit.to.refs] if limit.complete else []
    yield from (("window", code) for code in limit.excludes)
    yield from (("action", code) for code in (*limit.moot, *filter(None, [limit.given])))
    yield from [("action", limit.each.partition(".")[0])] if limit.each else []


def references(rulebook: Rulebook) -> set[Path]:
    """Paths of every name that something in the rulebook refers to."""
    found: list[Path] = []
    for action in rulebook.actions:
        found += of_action(action)
    for limit in rulebook.limits:
        found += of_limit(limit)
    for window in rulebook.windows:
        found += [*of_ref(window.opens), *of_ref(window.closes)]
        found += [fact(window.closes.action, window.complete)] if window.complete else []
        found += [fact(window.opens.action, window.lasts)] if window.lasts else []
    found += [("window", cap.window) for cap in rulebook.caps]
    for choice in (choice for choices in rulebook.choices for choice in choices.choices):
        found += [("stage", stage) for stage in choice.in_] + ([("limit", choice.missed)] if choice.missed else [])
    law = rulebook.in_force
    found += [*of_ref(law.on), fact(law.on.action, str(law.basis))] if law.on else []
    if rulebook.heading:
        found += [*of_ref(rulebook.heading.number), *of_ref(rulebook.heading.title)]
    return set(found)


def written(tables: dict[str, Any], path: Path) -> bool:
    """Whether the name stands in the TOML; what the loader adds by itself can't be deleted there."""
    holder: Any = tables[file_of(tables, ".".join(path))]
    for name in path:
        if not isinstance(holder, dict) or name not in holder:
            return False
        holder = holder[name]
    return True


def deletions() -> list[Any]:
    out = []
    for rulebook in RULEBOOKS:
        tables = real(rulebook)
        for path in sorted(references(installed()[rulebook])):
            if written(tables, path):
                out.append(pytest.param(rulebook, path, id=f"{rulebook}:{'.'.join(path)}"))
            else:
                assert path[3] in IMPLICIT or path[3].startswith("ink-") or path[3] == "mode", path
    return out


@pytest.mark.parametrize(("rulebook", "path"), deletions())
def test_deleting_a_referenced_name_is_refused(rulebook, path) -> None:
    tables = copy.deepcopy(real(rulebook))
    holder = tables[file_of(tables, ".".join(path))]
    for name in path[:-1]:
        holder = holder[name]
    del holder[path[-1]]
    with pytest.raises(Fault) as caught:
        compile_tables(tables, forms_of(folder(rulebook)))
    found = [
        defect
        for defect in caught.value.defects
        if defect.code in ("undefined", "defines", "not-opened", "cols", "ends")
    ]
    assert any(path[-1] in defect.message or defect.code != "undefined" for defect in found), caught.value.defects


@pytest.mark.parametrize("rulebook", RULEBOOKS)
def test_deleting_a_form_is_refused(rulebook) -> None:
    forms = forms_of(folder(rulebook))
    assert forms
    for form in forms:
        with pytest.raises(Fault) as caught:
            compile_tables(real(rulebook), {path: digest for path, digest in forms.items() if path != form})
        assert {defect.code for defect in caught.value.defects} == {"undefined"}


def test_every_stage_capacity_set_and_window_of_the_complaint_procedure_is_tried() -> None:
    rulebook = installed()["lu-cai-cai-2018-72"]
    tried = {path for name, path in (param.values for param in deletions()) if name == rulebook.id}
    assert {path[1] for path in tried if path[0] == "stage"} == set(rulebook.by_stage)
    assert {path[1] for path in tried if path[0] == "capacity"} == set(rulebook.by_capacity)
    assert {path[1] for path in tried if path[0] == "window"} == set(rulebook.by_window)
    sets = {code for code in rulebook.by_choices if "." not in code} - {RECTIFICATION_MODES}
    assert {path[1] for path in tried if path[0] == "choices"} == sets
