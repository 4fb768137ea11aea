"""References to dates and facts of a case, and moments picked from them; from TOML."""

from __future__ import annotations

import re
from typing import Any

from .reading import table, text, texts, unknown, wrong

_REF = re.compile(r"((?:limit\.)?[a-z][a-z0-9-]*)\.([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?")
_PICKS = {"first-of": "first", "latest-of": "latest", "prefer": "prefer"}


def ref(value: Any, path: str) -> dict[str, Any]:
    """A reference "action.field", "action.rows.column" or "limit.<code>.due", as JSON."""
    match = _REF.fullmatch(text(value, path))
    if match is None:
        raise wrong(path, "“行为.日期”", value)
    return {"action": match[1], "field": match[2], **({"col": match[3]} if match[3] else {})}


def moment(value: Any, path: str) -> dict[str, Any]:
    """One reference, a list (the first of them), or { first-of | latest-of | prefer = [...] }."""
    if isinstance(value, str):
        return {"pick": "first", "refs": [ref(value, path)]}
    if isinstance(value, list):
        return {"pick": "first", "refs": _refs(value, path)}
    given = table(value, path)
    if len(given) != 1:
        raise wrong(path, "first-of、latest-of、prefer 之一", value)
    word, refs = next(iter(given.items()))
    if word not in _PICKS:
        raise unknown(f"{path}.{word}")
    return {"pick": _PICKS[word], "refs": _refs(refs, f"{path}.{word}")}


def _refs(value: Any, path: str) -> list[dict[str, Any]]:
    found = [ref(item, f"{path}[{i}]") for i, item in enumerate(texts(value, path))]
    if not found:
        raise wrong(path, "至少一项", value)
    return found
