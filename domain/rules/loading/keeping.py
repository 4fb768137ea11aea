"""Retention tables (保管期限表): from TOML to the vocabulary's type, and whether each line is well said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import shape
from ..dates import SERVICE_FIELDS
from ..vocabulary import PERMANENT, FactType, Retention
from .findings import defect, fact_named, undefined
from .reading import CODE, named, table, unknown
from .references import ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Ref

PERIOD = re.compile(rf"[1-9][0-9]? years|{PERMANENT}")


def retention(code: str, value: Any) -> Retention:
    """A line of the table; `from` is a reference "action.field"."""
    path = f"retention.{code}"
    named(CODE, code, path)
    given = dict(table(value, path))
    if "code" in given:
        raise unknown(f"{path}.code")
    if "from" in given:
        given["from"] = ref(given["from"], f"{path}.from")
    return shape.read(Retention, {"code": code, **given}, path)


def retention_defects(rulebook: Rulebook) -> Iterator[Defect]:
    """Codes: empty, uncited, period, undefined, not-a-date, withheld."""
    for line in rulebook.retention:
        path = f"retention.{line.code}"
        if not line.title.strip():
            yield defect("empty", f"{path}.title", "标题不能为空", "请填写中文标题。")
        if not line.article.strip():
            yield defect("uncited", f"{path}.article", "没有写明依据的条款", "请写明条款。")
        if not PERIOD.fullmatch(line.period):
            problem = f"“{line.period}”不是保管期限"
            yield defect("period", f"{path}.period", problem, "应写作“15 years”这样的年数（至多 99），或者 permanent。")
        if line.from_ is not None:
            yield from _from(rulebook, line.from_, f"{path}.from")


def _from(rulebook: Rulebook, given: Ref, path: str) -> Iterator[Defect]:
    """The date must be one that a case has, and that can be read without any key."""
    action = rulebook.by_action.get(given.action)
    if action is None:
        yield undefined(path, "行为", given.action, rulebook.by_action)
        return
    if given.col is None and (given.field == "occurred_on" or (action.serve and given.field in SERVICE_FIELDS)):
        return
    fact = fact_named(action, given.field)
    if fact is None:
        yield undefined(path, "事实", given.field, [f.name for f in action.facts])
    elif given.col is not None or fact.type not in (FactType.DATE, FactType.INSTANT):
        yield defect("not-a-date", path, f"“{fact.title}”不是日期", "保管期限自一个日期起算。")
    elif fact.class_.withheld:
        yield defect(
            "withheld", path, f"“{fact.title}”不公开，没有密钥就无法核对保管期限", "请改变其密级，或另选日期。"
        )
