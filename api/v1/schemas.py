"""JSON Schemas of acts, made from a rulebook (JSON Schema 2020-12, as OpenAPI 3.1 uses it).

Keeps: what the rulebook says of a fact (title, type, bounds, choices, article, condition) is in its schema, from the
rulebook alone. What the law asks for is `required` only where an action *does* something; a *reports* action may lack
it and is entered as irregular, so there it stands in `x-required-by-law`. What a draft fills in is never required.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.rules.citing import cited
from domain.rules.values import CODE, MAX_INT, MAX_ITEMS, MAX_TEXT, MONEY, NUMBER, UUID
from domain.rules.vocabulary import Class, Fact, FactType, Kind
from projections.dossier.phrasing import CLASSES
from projections.fold import role_titles

if TYPE_CHECKING:
    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Action, Choice, If

Schema = dict[str, Any]
_DIGEST = "^[A-Za-z0-9_-]{43}$"
_LISTS = {
    FactType.TEXTS: FactType.TEXT,
    FactType.INTS: FactType.INT,
    FactType.CHOICES: FactType.CHOICE,
    FactType.PARTIES: FactType.PARTY,
    FactType.CODES: FactType.CODE,
}
_UNIQUE = (FactType.CHOICES, FactType.PARTIES)
_FILLED = ("answers", "recipients")  # what a draft fills in when left open (domain.rules.defaults)


def facts_name(rulebook: str, action: str) -> str:
    """The component's name of an action's facts: `<rulebook>.<action>`."""
    return f"{rulebook}.{action}"


def facts_schema(rulebook: Rulebook, action: Action) -> Schema:
    """The schema of the facts of an act of `action`."""
    asked = [fact for fact in action.facts if _asked(action, fact)]
    out: Schema = {
        "type": "object",
        "title": action.title,
        "description": _basis(action),
        "properties": {fact.name: fact_schema(rulebook, fact) for fact in action.facts},
        "additionalProperties": False,
    }
    always = [fact.name for fact in asked if fact.if_ is None and not _alternative(action, fact.name)]
    if action.kind is Kind.DOES:
        _put(out, "required", always)
        _put(out, "allOf", [*_conditions(asked), *_exactly_one(action)])
    else:
        _put(out, "x-required-by-law", [fact.name for fact in asked if not _alternative(action, fact.name)])
    return out


def draft_schema(rulebook: Rulebook, action: Action) -> Schema:
    """The schema of a draft's body for one action: what tells it apart, its facts and its papers."""
    slots = {s.name: s for s in action.slots}
    item: Schema = {"$ref": "#/components/schemas/EvidenceItem"}
    if slots:
        titles = [
            {
                "const": s.name,
                "title": s.title,
                "description": f"{_times(s.min, s.max)}，密级：{CLASSES[s.class_.value]}",
            }
            for s in slots.values()
        ]
        item = {"allOf": [item, {"properties": {"slot": {"oneOf": titles}}}]}
    facts: Schema = {"$ref": f"#/components/schemas/{facts_name(rulebook.id, action.code)}"}
    return {
        "title": f"{action.title}（{rulebook.title}）",
        "type": "object",
        "properties": {
            "rulebook": {"const": rulebook.id},
            "action": {"const": action.code},
            "facts": facts,
            "evidence": {"type": "array", "items": item, "maxItems": 1000 if slots else 0},
            "signers": {
                "type": "array",
                "minItems": 1,
                "description": "；或者".join(
                    "、".join(f"{rulebook.by_capacity[s.capacity].title} {s.count} 人" for s in way)
                    for way in action.by
                ),
                "items": {
                    "allOf": [
                        {"$ref": "#/components/schemas/SignerItem"},
                        {"properties": {"as": {"enum": sorted({s.capacity for way in action.by for s in way})}}},
                    ]
                },
            },
        },
        "required": ["rulebook", "action", "facts", "signers"],
    }


def fact_schema(rulebook: Rulebook, fact: Fact) -> Schema:
    """The schema of one fact or column."""
    if fact.type is FactType.ROWS:
        out = _rows(rulebook, fact)
    elif fact.type in _LISTS:
        out = {"type": "array", "items": _scalar(rulebook, fact, _LISTS[fact.type]), "maxItems": fact.max or MAX_ITEMS}
        _put(out, "minItems", fact.min)
        _put(out, "uniqueItems", fact.type in _UNIQUE)
    else:
        out = _scalar(rulebook, fact, fact.type)
    out["title"] = fact.title
    _put(out, "description", _said(rulebook, fact))
    _put(out, "readOnly", fact.derived is not None)
    _put(out, "x-class", fact.class_.value if fact.class_ is not Class.PUBLIC else None)
    return out


def _scalar(rulebook: Rulebook, fact: Fact, kind: FactType) -> Schema:
    shapes: dict[FactType, Schema] = {
        FactType.DATE: {"type": "string", "format": "date"},
        FactType.INSTANT: {"type": "string", "format": "date-time"},
        FactType.BOOL: {"type": "boolean"},
        FactType.MONEY: {"type": "string", "pattern": f"^{MONEY.pattern}$", "examples": ["11800000.00"]},
        FactType.NUMBER: {"type": "string", "pattern": f"^{NUMBER.pattern}$", "examples": ["89.5"]},
        FactType.PARTY: {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"},
        FactType.AGENT: {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"},
        FactType.RECORD: {"type": "integer", "minimum": 1},
        FactType.CODE: {"type": "string", "pattern": f"^{CODE.pattern}$"},
        FactType.KEY: {"$ref": "#/components/schemas/PublicKey"},
        FactType.KID: {"type": "string", "pattern": _DIGEST},
        FactType.DIGEST: {"type": "string", "pattern": _DIGEST},
        FactType.CASE: {"type": "string", "pattern": f"^{UUID.pattern}$"},
        FactType.LINK: {
            "type": "object",
            "properties": {"case": {"type": "string", "pattern": f"^{UUID.pattern}$"}, "head": {"type": "string"}},
            "required": ["case"],
            "additionalProperties": False,
        },
        FactType.CHANGES: {"type": "object"},
    }
    if kind is FactType.TEXT:
        bounded = fact.type is FactType.TEXT
        out: Schema = {"type": "string", "maxLength": (fact.max if bounded else None) or MAX_TEXT}
        _put(out, "minLength", fact.min if bounded else None)
        return out
    if kind is FactType.INT:
        bounded = fact.type is FactType.INT
        low, high = (fact.min, fact.max) if bounded else (None, None)
        return {
            "type": "integer",
            "minimum": -MAX_INT if low is None else low,
            "maximum": MAX_INT if high is None else high,
        }
    if kind is FactType.CHOICE:
        return _choice(rulebook.by_choices.get(fact.of or "", {}))
    return dict(shapes[kind])


def _choice(choices: dict[str, Choice]) -> Schema:
    labels = [
        {"const": code, "title": choice.label, **({"description": cited(choice.article)} if choice.article else {})}
        for code, choice in choices.items()
    ]
    return {"type": "string", "enum": list(choices), "oneOf": labels}


def _rows(rulebook: Rulebook, fact: Fact) -> Schema:
    columns = {column.name: fact_schema(rulebook, column) for column in fact.cols}
    asked = [column for column in fact.cols if not column.optional and column.derived is None]
    needed = [column.name for column in asked if column.if_ is None]
    if fact.each:
        columns = {"of": {"type": "string", "title": "对应项", "description": f"对应 {fact.each} 的一项"}, **columns}
    row: Schema = {"type": "object", "properties": columns, "additionalProperties": False}
    _put(row, "required", ["of"] if fact.each else [])
    _put(row, "x-required-by-law", needed)
    out: Schema = {"type": "array", "items": row, "maxItems": fact.max or MAX_ITEMS}
    _put(out, "minItems", fact.min)
    return out


def _said(rulebook: Rulebook, fact: Fact) -> str:
    """What the law says of a fact: article, condition, class, note."""
    parts = [cited(fact.article)] if fact.article else []
    if fact.if_ is not None:
        values = "、".join(str(value).lower() for value in (fact.if_.is_, *fact.if_.or_))
        parts.append(f"仅在 {fact.if_.name} 为 {values} 时填写")
    if fact.class_ is not Class.PUBLIC:
        parts.append(f"密级：{CLASSES[fact.class_.value]}")
    if fact.derived:
        parts.append("由系统推算，不必填写")
    elif fact.name in _FILLED:
        parts.append("不填时由起草代填")
    if fact.roles:
        titles = role_titles(rulebook)
        parts.append(f"身份：{'、'.join(titles.get(role, role) for role in fact.roles)}")
    return "；".join([*parts, fact.note] if fact.note else parts)


def _basis(action: Action) -> str:
    kind = "签署即生效" if action.kind is Kind.DOES else "登记已经发生的事项，不合规定的照录并标明"
    return f"{'、'.join(cited(a) for a in action.article)}；{kind}"


def _times(low: int, high: int) -> str:
    return f"至少 {low} 件" if low else f"至多 {high} 件"


def _asked(action: Action, fact: Fact) -> bool:
    inked = {ink.fact for ink in action.ink}
    return not fact.optional and fact.derived is None and fact.name not in _FILLED and fact.name not in inked


def _alternative(action: Action, name: str) -> bool:
    return any(name in names for names in action.exactly_one)


def _conditions(asked: list[Fact]) -> list[Schema]:
    return [
        {
            "if": {"properties": {fact.if_.name: _one_of(fact.if_)}, "required": [fact.if_.name]},
            "then": {"required": [fact.name]},
        }
        for fact in asked
        if fact.if_ is not None
    ]


def _exactly_one(action: Action) -> list[Schema]:
    return [{"oneOf": [{"required": [name]} for name in names]} for names in action.exactly_one]


def _put(schema: Schema, name: str, value: Any) -> None:
    """Set a keyword unless it says nothing."""
    if value not in (None, False, "", [], ()):
        schema[name] = value


def _one_of(condition: If) -> Schema:
    return {"enum": [condition.is_, *condition.or_]} if condition.or_ else {"const": condition.is_}
