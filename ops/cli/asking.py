"""Facts from the command line: from JSON, from `name=value`, or asked for one by one in Chinese."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from domain.errors import Fault, reason
from domain.formats.canonical import parse
from domain.rules.late import THEN_SIGNERS
from domain.rules.sources import applies
from domain.rules.vocabulary import FactType

from .console import err, out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.rules.case import Case
    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Action, Fact

LIMIT = 1 << 20
INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)
LISTS = (FactType.TEXTS, FactType.CHOICES, FactType.PARTIES, FactType.CODES, FactType.INTS)


def given_facts(source: str | None, settings: Sequence[str], action: Action) -> dict[str, Any]:
    """Facts from `source` (a JSON text, a file, or - for standard input), `name=value` settings on top."""
    facts: dict[str, Any] = {}
    if source is not None:
        value = parse(_read(source), limit=LIMIT)
        if not isinstance(value, dict):
            raise Fault("facts", "事实应为一个 JSON 对象", '例如 {"received_on": "2026-03-02"}', field="facts")
        facts.update(value)
    specs = {f.name: f for f in action.facts}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise Fault("facts", f"--set 应为 名称=值，实为“{setting[:60]}”", "例如 --set received_on=2026-03-02")
        facts[name] = from_text(specs.get(name), text)
    return facts


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read(LIMIT + 1)
    if source.lstrip().startswith("{"):
        return _octets(source)
    try:
        with Path(source).open("rb") as file:
            return file.read(LIMIT + 1)
    except OSError as error:
        raise Fault("facts", f"不能读取 {source[:80]}：{reason(error)}", "请核对路径", field="facts") from error


def from_text(spec: Fact | None, text: str) -> Any:
    """A value from what a person typed; what can't be read is left as text for the rules to refuse."""
    if spec is None:
        return text
    if spec.type is FactType.BOOL:
        return {"是": True, "true": True, "y": True, "否": False, "false": False, "n": False}.get(text.lower(), text)
    if spec.type in (FactType.INT, FactType.RECORD):
        return _integer(text)
    if spec.type in LISTS:
        items = [t.strip() for t in text.replace("；", ";").split(";") if t.strip()]
        return [_integer(t) if spec.type is FactType.INTS else t for t in items]
    if spec.type is FactType.LINK and not text.startswith("{"):
        return {"case": text}
    if spec.type in (FactType.ROWS, FactType.CHANGES, FactType.KEY, FactType.LINK):
        return parse(_octets(text), limit=LIMIT)
    return text


def _integer(text: str) -> int | str:
    """The number that a person typed; anything else, and what no fact can be, stays text."""
    return int(text) if INTEGER.fullmatch(text) else text


def _octets(text: str) -> bytes:
    """The octets behind an argument, also where they are no UTF-8: the parser says so."""
    return text.encode(errors="surrogateescape")


def ask(case: Case, action: Action, facts: dict[str, Any]) -> dict[str, Any]:
    """Ask for every fact that is not given yet; Enter leaves an optional one open."""
    out.print(f"[bold]{escape(action.title)}[/]  请逐项填写（回车跳过可不填的项）", markup=True)
    return _ask_in(case, case.rulebook, action.facts, facts)


def _ask_in(case: Case, rulebook: Rulebook, specs: Sequence[Fact], given: dict[str, Any]) -> dict[str, Any]:
    facts = dict(given)
    for spec in specs:
        filled_in = spec.derived or spec.name in facts or spec.name.startswith("ink-")
        if filled_in or spec.name in ("answers", "recipients", THEN_SIGNERS) or not applies(spec.if_, facts):
            continue
        value = _ask_rows(case, rulebook, spec) if spec.type is FactType.ROWS else _ask_one(case, rulebook, spec)
        if value not in (None, "", []):
            facts[spec.name] = value
    return facts


def _ask_one(case: Case, rulebook: Rulebook, spec: Fact) -> Any:
    hint = _hint(case, rulebook, spec)
    mark = "" if spec.optional else "*"
    text = typer.prompt(f"{mark}{spec.title}{hint}", default="", show_default=False).strip()
    return from_text(spec, text) if text else None


def _hint(case: Case, rulebook: Rulebook, spec: Fact) -> str:
    if spec.of:
        options = [f"{c}={choice.label}" for c, choice in rulebook.by_choices.get(spec.of, {}).items()]
        return "（" + "，".join(options) + ("；多项用;分隔" if spec.type in LISTS else "") + "）"
    if spec.type in (FactType.PARTY, FactType.PARTIES):
        return "（" + "，".join(f"{p.id}={p.name}" for p in case.parties.values()) + "）"
    if spec.type is FactType.AGENT:
        return "（" + "，".join(f"{a.id}={a.name}" for a in case.agents.values()) + "）"
    kinds = {
        FactType.DATE: "（如 2026-03-02）",
        FactType.INSTANT: "（如 2026-03-02T09:30:00+08:00）",
        FactType.BOOL: "（是/否）",
        FactType.MONEY: "（元，如 11800000.00）",
        FactType.NUMBER: "（如 89.5）",
    }
    return kinds.get(spec.type, "（多项用;分隔）" if spec.type in LISTS else "")


def _ask_rows(case: Case, rulebook: Rulebook, spec: Fact) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if spec.optional and not typer.confirm(f"填写“{spec.title}”？", default=False):
        return rows
    while True:
        err.print(f"{spec.title} 第 {len(rows) + 1} 行")
        first = {"of": typer.prompt("对应项（编号或当事人代号）")} if spec.each else {}
        rows.append({**first, **_ask_in(case, rulebook, spec.cols, {})})
        if not typer.confirm("再加一行？", default=False):
            return rows
