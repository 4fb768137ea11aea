"""What a rulebook says by reference to dates and facts: limits, windows, caps, validity, heading; from TOML."""

from __future__ import annotations

import re
from typing import Any

from .. import shape
from ..vocabulary import Cap, Heading, InCharge, InForce, Limit, Window
from .facts import condition
from .levels import criteria
from .reading import CODE, named, table, text, unknown, wrong
from .references import moment, ref

_LENGTH = re.compile(r"([1-9][0-9]{0,3}) (workdays|days|hours|months|years)|(0) (days)")


def length(value: Any, path: str) -> dict[str, Any]:
    """A length: "5 workdays", "24 hours"; { fact, until, unit }: a number or a last day stated in a paper.

    Or by a choice that an act states: { by = "action.fact", unit, cases = { code = number } }.
    """
    if isinstance(value, str):
        n, unit = _span(value, path)
        return {"n": n, "unit": unit}
    given = dict(table(value, path))
    if "n" in given:
        raise unknown(f"{path}.n")
    for word in ("fact", "until", "by"):
        if word in given:
            given[word] = ref(given[word], f"{path}.{word}")
    if "cases" in given:
        given["cases"] = [list(item) for item in table(given["cases"], f"{path}.cases").items()]
    if not ("fact" in given or "until" in given or "by" in given):
        raise wrong(path, "期限长度，或者 fact、until、by", value)
    return given


def _span(value: Any, path: str) -> tuple[int, str]:
    match = _LENGTH.fullmatch(text(value, path))
    if match is None:
        raise wrong(path, "形如“5 workdays”“30 days”“24 hours”“6 months”“3 years”的长度", value)
    return int(match[1] or match[3]), match[2] or match[4]


def _entry(code: str, value: Any, path: str) -> dict[str, Any]:
    named(CODE, code, path)
    given = dict(table(value, path))
    if "code" in given:
        raise unknown(f"{path}.code")
    return {"code": code, **given}


def limit(code: str, value: Any) -> Limit:
    """A time limit."""
    path = f"limit.{code}"
    given = _entry(code, value, path)
    for word, write in (("from", moment), ("to", moment), ("length", length)):
        if word in given:
            given[word] = write(given[word], f"{path}.{word}")
    if "if" in given:
        given["if"] = condition(given["if"], f"{path}.if")
    if "when" in given:
        given["when"] = criteria(given["when"], f"{path}.when")
    if given.get("lapses") is True:
        given.setdefault("to", {"pick": "first", "refs": []})
    return shape.read(Limit, given, path)


def window(code: str, value: Any) -> Window:
    """A window."""
    path = f"window.{code}"
    given = _entry(code, value, path)
    for word in ("opens", "closes"):
        if word in given:
            given[word] = ref(given[word], f"{path}.{word}")
    return shape.read(Window, given, path)


def cap(code: str, value: Any) -> Cap:
    """A cap; `max` is a length ("30 days")."""
    path = f"cap.{code}"
    given = _entry(code, value, path)
    if "unit" in given:
        raise unknown(f"{path}.unit")
    if "max" in given:
        given["max"], given["unit"] = _span(given["max"], f"{path}.max")
    return shape.read(Cap, given, path)


def in_force(value: Any, path: str) -> InForce:
    """When the rulebook is law."""
    given = dict(table(value, path))
    if "on" in given:
        given["on"] = ref(given["on"], f"{path}.on")
    return shape.read(InForce, given, path)


def in_charge(value: Any, path: str) -> InCharge:
    """Who is responsible for a case."""
    given = dict(table(value, path))
    for word in ("from", "to"):
        if word in given:
            given[word] = ref(given[word], f"{path}.{word}")
    return shape.read(InCharge, given, path)


def heading(value: Any, path: str) -> Heading:
    """Which facts give a case its number and title."""
    given: dict[str, Any] = {word: ref(name, f"{path}.{word}") for word, name in table(value, path).items()}
    return shape.read(Heading, given, path)
