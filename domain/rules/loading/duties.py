"""Duties and readings: from TOML to the vocabulary's types."""

from __future__ import annotations

import re
from typing import Any

from .. import shape
from ..vocabulary import Duty, Reading
from .facts import condition
from .reading import CODE, named, table, text, unknown
from .references import ref

READING = re.compile(r"R[1-9][0-9]{0,2}")


def duty(code: str, value: Any) -> Duty:
    """A duty; `if` and `says` are conditions `{ name = value }`, `by` a reference "action.field"."""
    path = f"duty.{code}"
    named(CODE, code, path)
    given = dict(table(value, path))
    if "code" in given:
        raise unknown(f"{path}.code")
    for word, write in (("if", condition), ("says", condition), ("by", ref)):
        if word in given:
            given[word] = write(given[word], f"{path}.{word}")
    return shape.read(Duty, {"code": code, **given}, path)


def reading(code: str, value: Any) -> Reading:
    """A reading, written `R2 = "sentence"`."""
    path = f"reading.{code}"
    return Reading(named(READING, code, path), text(value, path))
