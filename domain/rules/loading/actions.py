"""Actions: from TOML to the vocabulary's types, with everything that their words imply.

`by`, `then`, `serve`, `rests-on`, `over`, `ripe`, `settled`, `in`, `article` and `exactly-one` may be written short;
here they are written out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import Fault
from .. import shape
from ..vocabulary import NEW, Action
from . import facts as fact_words
from .reading import CODE, named, table, text, texts, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..vocabulary import Fact

ANY = "any"
_IMPLIED = ("code", "opens", "slots", "route")  # members that TOML doesn't write


def action(code: str, value: Any, stages: Sequence[str], titles: Mapping[str, str], sets: fact_words.Sets) -> Action:
    """The action `code`. `stages`: codes for `in = "any"`; `titles`: of every action; inline choices go to `sets`."""
    path = f"action.{code}"
    named(CODE, code, path)
    given = dict(table(value, path))
    for word in _IMPLIED:
        if word in given:
            raise unknown(f"{path}.{word}")
    written = dict(table(given.pop("facts", {}), f"{path}.facts"))
    more = fact_words.delivery_columns(written, path, code, sets) if given.get("serves") else ()
    own = fact_words.facts(written, f"{path}.facts", code, sets)
    papers = fact_words.slots(given.pop("evidence", {}), f"{path}.evidence")
    inks, ink_rows = fact_words.ink(given.pop("ink", {}), f"{path}.ink")
    routed = _routed(given.get("by"), f"{path}.by")
    if routed:
        del given["by"]
    _write_out(given, path, stages)
    given.update(routed)
    read = shape.read(Action, {"code": code, **given}, path)
    _refuse_reserved(read, own, path)
    implied = _implied(read, titles, more)
    everything = (*implied[0], *own, *ink_rows, *implied[1], fact_words.REMARK)
    return replace(read, opens=NEW in read.in_, facts=everything, slots=papers, ink=inks)


def _routed(value: Any, path: str) -> dict[str, Any]:
    """`by = { fact = "level", code = { … } }`: who signs goes by a fact; `by` itself gets every alternative once."""
    if not (isinstance(value, dict) and isinstance(value.get("fact"), str)):
        return {}
    cases = [[code, _by(ways, f"{path}.{code}")] for code, ways in value.items() if code != "fact"]
    everyone = [way for _, ways in cases for way in ways]
    alternatives = [way for i, way in enumerate(everyone) if way not in everyone[:i]]
    return {"route": {"fact": value["fact"], "cases": cases}, "by": alternatives}


def _write_out(given: dict[str, Any], path: str, stages: Sequence[str]) -> None:
    for word, write in _LONG.items():
        if word in given:
            given[word] = write(given[word], f"{path}.{word}")
    if given.get("in") == ANY:
        given["in"] = list(stages)


def _implied(
    read: Action, titles: Mapping[str, str], more: tuple[Fact, ...]
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Facts that stand before and after the action's own."""
    article = read.article[0] if read.article else None
    before: list[Fact] = []
    if read.rectifies:
        before += fact_words.rectification_facts(article)
    if read.rebinds:
        before += fact_words.rebinding_facts(article)
    if read.serves:
        before += fact_words.service_facts(article, more)
    if read.answers is not None:
        before.append(fact_words.answers_fact(titles.get(read.answers, read.answers), article))
    after = [] if read.serve is None else [fact_words.recipients_fact((*read.serve.all, *read.serve.may), article)]
    return tuple(before), tuple(after)


def _refuse_reserved(read: Action, own: Sequence[Fact], path: str) -> None:
    reserved = set(fact_words.IMPLICIT)
    reserved |= {"reason"} if read.rectifies or read.rebinds else set()
    reserved |= {"version"} if read.rebinds else set()
    for fact in own:
        if fact.name in reserved:
            at = f"{path}.facts.{fact.name}"
            raise Fault("reserved-name", f"{at}：这一名称由词汇表保留", "请另取名称。", field=at)


def _article(value: Any, path: str) -> list[str]:
    return [value] if isinstance(value, str) else texts(value, path)


def _by(value: Any, path: str) -> list[Any]:
    ways = value if isinstance(value, list) else [value]
    return [
        [{"capacity": capacity, "count": count} for capacity, count in table(way, f"{path}[{i}]").items()]
        for i, way in enumerate(ways)
    ]


def _then(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, str):
        return {"stage": value}
    given = dict(table(value, path))
    if "fact" not in given:
        raise wrong(path, "阶段，或者“fact = 事实, 值 = 阶段”", value)
    fact = text(given.pop("fact"), f"{path}.fact")
    return {"fact": fact, "cases": [[case, text(stage, f"{path}.{case}")] for case, stage in given.items()]}


def _in(value: Any, path: str) -> Any:
    return value if value == ANY else texts(value, path)


def _serve(value: Any, _path: str) -> Any:
    return {"all": value} if isinstance(value, list) else value


def _pairs(value: Any, path: str) -> list[Any]:
    return [[name, text(member, f"{path}.{name}")] for name, member in table(value, path).items()]


def _cured_by(value: Any, path: str) -> list[Any]:
    return [[code, texts(codes, f"{path}.{code}")] for code, codes in table(value, path).items()]


def _rests_on(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(path, "列表", value)
    out = []
    for i, item in enumerate(value):
        given = dict(table(item, f"{path}[{i}]"))
        if "if" in given:
            given["if"] = fact_words.condition(given["if"], f"{path}[{i}].if")
        out.append(given)
    return out


def _undoes(value: Any, path: str) -> dict[str, Any]:
    given = dict(table(value, path))
    if "if" in given:
        given["if"] = fact_words.condition(given["if"], f"{path}.if")
    return given


def _exactly_one(value: Any, path: str) -> list[list[str]]:
    if isinstance(value, list) and value and all(isinstance(item, list) for item in value):
        return [texts(item, f"{path}[{i}]") for i, item in enumerate(value)]
    return [texts(value, path)]


_LONG = {
    "article": _article,
    "by": _by,
    "then": _then,
    "in": _in,
    "serve": _serve,
    "rests-on": _rests_on,
    "over": _pairs,
    "ripe": _pairs,
    "cured-by": _cured_by,
    "settled": _pairs,
    "exactly-one": _exactly_one,
    "begins-round": fact_words.condition,
    "undoes": _undoes,
}
