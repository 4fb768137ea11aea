"""Facts, choices, papers and ink of an action: from TOML to the vocabulary's types.

Adds what is understood without saying: inline choices become a set named after their fact (decision.findings.outcome),
ink on paper becomes the rows fact that records it, and the words `answers`, `serve`, `serves` and `rectifies` bring
their facts along. Leaves: whether the names used exist (`consistent`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import Fault
from .. import shape
from ..vocabulary import SERVICE_WAYS, Choice, ChoiceSet, Fact, FactType, If, Ink, Slot
from .reading import CHOICE, CODE, FACT, named, only, table, text, texts, unknown, wrong
from .references import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

RECTIFICATION_MODES = "rectification-modes"
MODES = ChoiceSet(RECTIFICATION_MODES, (Choice("corrects", "更正"), Choice("voids", "作废")))
LEVELS = ("level", "before")  # the level of the case with this act, or before it
DERIVED_TYPES = {
    "deemed": FactType.PARTIES,
    "level": FactType.CHOICE,
    "before": FactType.CHOICE,
}  # prefix of `derived` → type of the value
IMPLICIT = (
    *("answers", "recipients", "paper", "deliveries", "remark"),
    *("target", "mode", "changes", "occurred"),
)  # names of facts that the loader writes; `reason` of a rectification is checked by its presence in both
DELIVERIES = "deliveries"
_DELIVERY = ("recipient", "way", "sent_on", "served_on", "proof", "note")  # columns that every service has
_INK_WORDS = ("title", "each", "where", "pages", "of-pages", "article")
Sets = dict[str, ChoiceSet]


def choice_set(code: str, value: Any, path: str) -> ChoiceSet:
    """A set from `{ code = "label" }` or `{ code = { label, article } }`."""
    choices = []
    for name, member in table(value, path).items():
        at = f"{path}.{name}"
        named(CHOICE, name, at)
        inner = {"label": member} if isinstance(member, str) else table(member, at)
        if "code" in inner:
            raise unknown(f"{at}.code")
        for word in ("if", "where"):
            if word in inner:
                inner = {**inner, word: condition(inner[word], f"{at}.{word}")}
        choices.append(shape.read(Choice, {"code": name, **inner}, at))
    return ChoiceSet(code, tuple(choices))


def facts(value: Any, path: str, owner: str, sets: Sets) -> tuple[Fact, ...]:
    """Facts or columns in the order written; inline choices are added to `sets` under `owner`.<name>."""
    return tuple(
        fact(named(FACT, name, f"{path}.{name}"), member, f"{path}.{name}", f"{owner}.{name}", sets)
        for name, member in table(value, path).items()
    )


def fact(name: str, value: Any, path: str, owner: str, sets: Sets) -> Fact:
    """One fact. `owner` names the set that inline choices become."""
    given = dict(table(value, path))
    if "name" in given:
        raise unknown(f"{path}.name")
    cols = facts(given.pop("cols"), f"{path}.cols", owner, sets) if "cols" in given else ()
    if isinstance(given.get("of"), dict):
        sets[owner] = choice_set(owner, given["of"], f"{path}.of")
        given["of"] = owner
    for word in ("where", "if"):
        if word in given:
            given[word] = condition(given[word], f"{path}.{word}")
    if "derived" in given:
        given = _derived(given, path)
    if "linked" in given:
        given["linked"] = _linked(given["linked"], f"{path}.linked")
    if isinstance(given.get("must"), list):
        given["must"] = [_must(item, f"{path}.must[{i}]") for i, item in enumerate(given["must"])]
    return replace(shape.read(Fact, {"name": name, **given}, path), cols=cols)


def condition(value: Any, path: str) -> dict[str, Any]:
    """A condition `{ name = value }`, or `{ name = [values] }`, as JSON."""
    items = list(table(value, path).items())
    if len(items) != 1:
        raise wrong(path, "一项“名称 = 值”", value)
    name, wanted = items[0]
    if not isinstance(wanted, list):
        return {"name": name, "is": wanted if isinstance(wanted, bool) else text(wanted, f"{path}.{name}")}
    first, *others = texts(wanted, f"{path}.{name}") or [""]
    return {"name": name, "is": first, "or": others}


def _linked(value: Any, path: str) -> dict[str, Any]:
    given = dict(table(value, path))
    return {**given, "from": moment(given["from"], f"{path}.from")} if "from" in given else given


def _must(value: Any, path: str) -> dict[str, Any]:
    given = dict(table(value, path))
    if "if" in given:
        given["if"] = condition(given["if"], f"{path}.if")
    return given


def _derived(given: dict[str, Any], path: str) -> dict[str, Any]:
    """A derived fact has the type of what is computed, and nobody need enter it."""
    for word in ("type", "optional"):
        if word in given:
            raise wrong(f"{path}.{word}", "不写（由 derived 决定）", given[word])
    prefix = text(given["derived"], f"{path}.derived").partition(".")[0]
    if prefix not in DERIVED_TYPES:
        raise wrong(f"{path}.derived", "以 " + "、".join(DERIVED_TYPES) + " 开头的推算项", given["derived"])
    of = {"of": text(given["derived"], path).partition(".")[2]} if prefix in LEVELS else {}
    return {**given, **of, "type": DERIVED_TYPES[prefix].value, "optional": True}


def slots(value: Any, path: str) -> tuple[Slot, ...]:
    """Papers, in the order written."""
    out = []
    for name, member in table(value, path).items():
        at = f"{path}.{name}"
        named(CODE, name, at)
        given = table(member, at)
        if "name" in given:
            raise unknown(f"{at}.name")
        if "if" in given:
            given = {**given, "if": condition(given["if"], f"{at}.if")}
        out.append(shape.read(Slot, {"name": name, **given}, at))
    return tuple(out)


def ink(value: Any, path: str) -> tuple[tuple[Ink, ...], tuple[Fact, ...]]:
    """Signatures on paper, and for each the rows fact `ink-<name>` that records what was left unsigned (R16)."""
    inks, rows = [], []
    for name, member in table(value, path).items():
        at = f"{path}.{name}"
        named(CODE, name, at)
        given = table(member, at)
        only(given, _INK_WORDS, at)
        own = {k: v for k, v in given.items() if k in ("pages", "of-pages", "article")}
        inks.append(shape.read(Ink, {"name": name, "fact": f"ink-{name}", **own}, at))
        shared = {k: v for k, v in given.items() if k in ("title", "each", "where", "article")}
        if "each" not in shared:
            raise Fault("missing-word", f"{at}.each：缺少", "请补上这一项。", field=f"{at}.each")
        rows.append(_ink_rows(f"ink-{name}", shared, at))
    return tuple(inks), tuple(rows)


def _ink_rows(name: str, given: Mapping[str, Any], path: str) -> Fact:
    cols = (
        Fact("missing", "未签字的页码", FactType.INTS, optional=True),
        Fact("reason", "未签字的原因", FactType.TEXT, optional=True),
        Fact("witnesses", "见证人", FactType.TEXTS, optional=True),
    )
    return replace(fact(name, {"type": "rows", **given}, path, name, {}), cols=cols)


def answers_fact(title: str, article: str | None) -> Fact:
    """Which record this act answers."""
    return Fact("answers", f"所对应的《{title}》（记录号）", FactType.RECORD, article=article)


def recipients_fact(roles: tuple[str, ...], article: str | None) -> Fact:
    """Upon whom the paper is to be served."""
    return Fact("recipients", "送达对象", FactType.PARTIES, article=article, min=1, roles=roles)


def delivery_columns(written: dict[str, Any], path: str, owner: str, sets: Sets) -> tuple[Fact, ...]:
    """Columns that a rulebook adds to the deliveries of a service, taken out of its `written` facts (their `cols`)."""
    at = f"{path}.facts.{DELIVERIES}"
    given = table(written.pop(DELIVERIES, {}), at)
    only(given, ("cols",), at)
    more = facts(given.get("cols", {}), f"{at}.cols", f"{owner}.{DELIVERIES}", sets)
    for col in more:
        if col.name in _DELIVERY:
            name = f"{at}.cols.{col.name}"
            raise Fault("reserved-name", f"{name}：这一名称由词汇表保留", "请另取名称。", field=name)
    return more


def service_facts(article: str | None, more: tuple[Fact, ...] = ()) -> tuple[Fact, ...]:
    """What a service of papers reports: the paper and, for each recipient, way and dates (R18); `more` columns."""
    cols = (
        Fact("recipient", "受送达人", FactType.PARTY),
        Fact("way", "送达方式", FactType.CHOICE, of=SERVICE_WAYS),
        Fact("sent_on", "发出日期", FactType.DATE, past=True),
        Fact("served_on", "送达日期", FactType.DATE, optional=True, note="尚未送达的不填", past=True, since="sent_on"),
        Fact("proof", "送达凭证", FactType.TEXT, optional=True, note="送达回证、邮件号、回执号等"),
        Fact("note", "备注", FactType.TEXT, optional=True),
    )
    return (
        Fact("paper", "所送达的文书（记录号）", FactType.RECORD, article=article),
        Fact("deliveries", "送达情况", FactType.ROWS, article=article, min=1, cols=(*cols, *more)),
    )


def rectification_facts(article: str | None) -> tuple[Fact, ...]:
    """What a rectification says: which record, corrected or voided, why, and what counts from now on."""
    corrects = If("mode", "corrects")
    return (
        Fact("target", "更正或者作废的记录号", FactType.RECORD, article=article),
        Fact("mode", "更正或者作废", FactType.CHOICE, article=article, of=RECTIFICATION_MODES),
        Fact("reason", "理由", FactType.TEXT, article=article),
        Fact("changes", "更正后的内容", FactType.CHANGES, optional=True, if_=corrects),
        Fact("occurred", "更正后的发生日期", FactType.DATE, optional=True, if_=corrects),
    )


def rebinding_facts(article: str | None) -> tuple[Fact, ...]:
    """What moving a case to another version of its rulebook says: which version (digest), and why."""
    return (
        Fact("version", "改为适用的版本（摘要）", FactType.DIGEST, article=article),
        Fact("reason", "理由", FactType.TEXT, article=article),
    )


REMARK = Fact("remark", "说明", FactType.TEXT, optional=True)
