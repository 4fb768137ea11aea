"""One check per fact type: is this JSON value what the type says?

Each yields defects with the path; limits on length and count are those of the specification or the defaults here.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..errors import Defect, Fault
from ..formats import shapes
from ..formats.encoding import b64u_decode
from ..formats.keys import PublicKey
from .agents import agents_of
from .case import parties_of
from .civil import chinese_moment, civil_day, instant
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .agents import Agent
    from .case import Party
    from .facts import Scope
    from .vocabulary import Action, Fact

MAX_TEXT = 20_000
MAX_ITEMS = 1_000
MAX_INT = 10**12
NUMBER = re.compile(r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,4})?")
MONEY = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}")
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
SHA256_SIZE = 32


def wrong(
    action: Action, field: str, message: str, remedy: str, code: str = "value", spec: Fact | None = None
) -> Defect:
    """A defect of form: no act may carry it."""
    return Defect(code, message, remedy, article=spec.article if spec else None, action=action.code, field=field)


def unprintable(text: str) -> bool:
    """Whether a text holds control or bidi characters, private-use or unassigned code points (LF is allowed)."""
    if text.replace("\n", "").isprintable():  # no Cc, Cf (bidi is), Cs, Co, Cn: so it is with nearly every text
        return False
    return any(c in BIDI or (c != "\n" and unicodedata.category(c) in ("Cc", "Co", "Cs", "Cn")) for c in text)


def _text(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    limit = spec.max if spec.max is not None and spec.type is FactType.TEXT else MAX_TEXT
    if not isinstance(value, str):
        yield wrong(scope.action, path, f"“{spec.title}”应为文字", "请改填文字。", "type", spec)
    elif len(value) > limit:
        yield wrong(
            scope.action, path, f"“{spec.title}”至多 {limit} 字，实有 {len(value)} 字", "请缩短。", "too-long", spec
        )
    elif unprintable(value):
        yield wrong(
            scope.action, path, f"“{spec.title}”含有控制字符", "请删去控制字符、双向文字控制符。", "characters", spec
        )
    elif spec.type is FactType.TEXT and spec.min is not None and 0 < len(value) < spec.min:
        yield wrong(scope.action, path, f"“{spec.title}”至少 {spec.min} 字", "请写完整。", "too-short", spec)


def _list(scope: Scope, spec: Fact, value: Any, path: str, item: Any, *, unique: bool = False) -> Iterator[Defect]:
    limit = spec.max or MAX_ITEMS
    if not isinstance(value, list):
        yield wrong(scope.action, path, f"“{spec.title}”应为列表", "请逐项填写。", "type", spec)
    elif len(value) > limit:
        yield wrong(
            scope.action, path, f"“{spec.title}”至多 {limit} 项，实有 {len(value)} 项", "请减少。", "too-many", spec
        )
    else:
        for i, v in enumerate(value):
            yield from item(scope, spec, v, f"{path}[{i}]")
        if unique and len({str(v) for v in value}) != len(value):
            yield wrong(scope.action, path, f"“{spec.title}”中有重复项", "请删去重复项。", "repeated", spec)


def _stated(value: Any, *, time: bool) -> bool:
    """Whether a value is a date, or a time, in the one spelling that an act's own date has."""
    try:
        return isinstance(value, str) and ("T" in value) == time and bool(shapes.occurred(value, "value"))
    except Fault:
        return False


def _date(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not _stated(value, time=False):
        message = f"“{spec.title}”应为 {shapes.FIRST_YEAR} 至 {shapes.LAST_YEAR} 年间的日期，实为 {str(value)[:20]}"
        yield wrong(scope.action, path, message, "请按 2023-03-06 的格式填写。", "date", spec)
    elif spec.past and scope.entry.received is not None and civil_day(value) > civil_day(scope.entry.received):
        message = f"“{spec.title}”{value} 尚未到来，不能作为已经发生的日期"
        yield wrong(scope.action, path, message, "请核对日期；事情发生之后再登记。", "future", spec)


def _instant(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not _stated(value, time=True):
        yield wrong(
            scope.action, path, f"“{spec.title}”应为带时区的时刻", "例如 2023-03-06T09:30:00+08:00。", "instant", spec
        )
    elif spec.past and scope.entry.received is not None:
        at, came = instant(value), instant(scope.entry.received)
        if at is not None and came is not None and at > came:
            message = f"“{spec.title}”{chinese_moment(at)}尚未到来，不能作为已经发生的时刻"
            yield wrong(scope.action, path, message, "请核对时刻；事情发生之后再登记。", "future", spec)


def _int(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    bounded = spec.type is FactType.INT
    low = spec.min if bounded and spec.min is not None else -MAX_INT
    high = spec.max if bounded and spec.max is not None else MAX_INT
    if not isinstance(value, int) or isinstance(value, bool):
        yield wrong(scope.action, path, f"“{spec.title}”应为整数", "请改填整数。", "type", spec)
    elif not low <= value <= high:
        message = f"“{spec.title}”应在 {low} 至 {high} 之间，实为 {value}"
        yield wrong(scope.action, path, message, "请核对数字。", "range", spec)


def _number(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    low, high = spec.min or 0, MAX_INT if spec.max is None else spec.max
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        message = f"“{spec.title}”应为数字，至多四位小数，实为 {str(value)[:40]}"
        yield wrong(scope.action, path, message, "例如 89.5。", "type", spec)
    elif not low <= Decimal(value) <= high:
        message = f"“{spec.title}”应在 {low} 至 {high} 之间，实为 {value}"
        yield wrong(scope.action, path, message, "请核对数字。", "range", spec)


def _bool(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not isinstance(value, bool):
        yield wrong(scope.action, path, f"“{spec.title}”应为是或否", "请填 true 或 false。", "type", spec)


def _choice(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    codes = scope.case.rulebook.by_choices.get(spec.of or "", {})
    if not isinstance(value, str) or value not in codes:
        options = "、".join(f"{c}({choice.label})" for c, choice in codes.items())
        yield wrong(
            scope.action, path, f"“{spec.title}”没有这一选项：{str(value)[:40]}", f"可选：{options}", "choice", spec
        )


def parties_known(scope: Scope) -> Mapping[str, Party]:
    """Parties of the case, and those that the act itself introduces."""
    own = [name for action, name in scope.case.rulebook.party_facts if action == scope.action.code]
    if not own:
        return scope.case.parties
    return {**scope.case.parties, **{k: p for name in own for k, p in parties_of(scope.entry.facts.get(name)).items()}}


def _party(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    parties = parties_known(scope)
    party = parties.get(value) if isinstance(value, str) else None
    if party is None:
        known = "、".join(f"{p.id}({p.name})" for p in parties.values())
        message = f"“{spec.title}”：本案没有当事人“{str(value)[:40]}”"
        yield wrong(scope.action, path, message, f"本案当事人：{known or '(无)'}。", "party", spec)
    elif spec.roles and party.role not in spec.roles:
        yield wrong(
            scope.action, path, f"“{spec.title}”不应是“{party.name}”", "请核对当事人的身份。", "party-role", spec
        )


def agents_known(scope: Scope) -> Mapping[str, Agent]:
    """Agents of the case, and those that the act itself introduces."""
    own = [name for action, name in scope.case.rulebook.agent_facts if action == scope.action.code]
    if not own:
        return scope.case.agents
    return {**scope.case.agents, **{k: a for name in own for k, a in agents_of(scope.entry.facts.get(name)).items()}}


def _agent(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    agents = agents_known(scope)
    if not isinstance(value, str) or value not in agents:
        known = "、".join(f"{a.id}({a.name})" for a in agents.values()) or "（无）"
        message = f"“{spec.title}”：本案没有代理人“{str(value)[:40]}”"
        yield wrong(scope.action, path, message, f"本案代理人：{known}；新的代理人请先登记。", "agent", spec)


def _record(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value < scope.entry.seq:
        message = f"“{spec.title}”应为本案此前的记录号，实为 {str(value)[:20]}"
        yield wrong(scope.action, path, message, f"本案此前有 {scope.entry.seq - 1} 号以内的记录。", "record", spec)


def _pattern(pattern: re.Pattern[str], example: str) -> Any:
    def check(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield wrong(
                scope.action, path, f"“{spec.title}”格式不对：{str(value)[:40]}", f"例如 {example}。", "type", spec
            )

    return check


def _digest(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    try:
        right = isinstance(value, str) and len(b64u_decode(value)) == SHA256_SIZE
    except Fault:
        right = False
    if not right:
        yield wrong(scope.action, path, f"“{spec.title}”应为 SHA-256 摘要", "base64url,43 个字符。", "type", spec)


def _link(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not isinstance(value, dict) or set(value) != {"case", "head"}:
        remedy = "请写明案件编号 case，和所依的那一条记录的摘要 head（本档案库的案件可以不填，由起草代填）。"
        yield wrong(scope.action, path, f"“{spec.title}”应写明案件和记录", remedy, "type", spec)
        return
    yield from _pattern(UUID, "018f2f3e-7c1a-7b3c-9d2e-0123456789ab")(scope, spec, value["case"], f"{path}.case")
    yield from _digest(scope, spec, value["head"], f"{path}.head")
    if value["case"] == scope.case.id:
        yield wrong(scope.action, path, f"“{spec.title}”不能是本案", "请填写另一案件的编号。", "link", spec)


def _key(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    try:
        PublicKey.from_jwk(value)
    except Fault as fault:
        yield wrong(scope.action, path, f"“{spec.title}”不是可用的公钥：{fault}", "请提交 Ed25519 公钥。", "key", spec)


def _changes(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    if not isinstance(value, dict):
        yield wrong(scope.action, path, f"“{spec.title}”应为更正后的各项", "请按目标记录的项目填写。", "type", spec)


def _texts(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    yield from _list(scope, spec, value, path, _text)


def _ints(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    yield from _list(scope, spec, value, path, _int, unique=True)


def _choices(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    yield from _list(scope, spec, value, path, _choice, unique=True)


def _parties(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    yield from _list(scope, spec, value, path, _party, unique=True)


def _codes(scope: Scope, spec: Fact, value: Any, path: str) -> Iterator[Defect]:
    yield from _list(scope, spec, value, path, _pattern(CODE, "handler"), unique=True)


VALUE_CHECKS: dict[FactType, Callable[[Scope, Fact, Any, str], Iterator[Defect]]] = {
    FactType.TEXT: _text,
    FactType.TEXTS: _texts,
    FactType.DATE: _date,
    FactType.INSTANT: _instant,
    FactType.INT: _int,
    FactType.INTS: _ints,
    FactType.BOOL: _bool,
    FactType.NUMBER: _number,
    FactType.MONEY: _pattern(MONEY, "11800000.00"),
    FactType.CHOICE: _choice,
    FactType.CHOICES: _choices,
    FactType.PARTY: _party,
    FactType.PARTIES: _parties,
    FactType.AGENT: _agent,
    FactType.RECORD: _record,
    FactType.CODE: _pattern(CODE, "handler"),
    FactType.CODES: _codes,
    FactType.KEY: _key,
    FactType.KID: _digest,
    FactType.CASE: _pattern(UUID, "018f2f3e-7c1a-7b3c-9d2e-0123456789ab"),
    FactType.LINK: _link,
    FactType.DIGEST: _digest,
    FactType.CHANGES: _changes,
}
