"""The verifier that runs in a browser (verify.html): one file, put together from the modules beside it.

Keeps: the same sources give the same octets; the page may run its own script and style and nothing else, by their
digests; it asks the network for nothing. Leaves: what is judged, and how (verifier/*.js, written from FORMAT.md).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from domain.formats.encoding import b64, sha256
from domain.formats.verdict import CHECKS, REASONS

FOLDER = Path(__file__).parent / "verifier"
ENTRY = "page.js"
_IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)


@cache
def verifier_page() -> bytes:
    """The page as it is enclosed in packages and served."""
    page = _read("page.html")
    for mark, text in (("POLICY", policy()), ("STYLE", _read("page.css")), ("SCRIPT", bundle(ENTRY))):
        page = page.replace(f"%{mark}%", text, 1)
    return page.encode()


@cache
def policy() -> str:
    """The Content-Security-Policy that the page gives itself."""
    script, style = _hash(bundle(ENTRY)), _hash(_read("page.css"))
    return f"default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"


def bundle(entry: str) -> str:
    """One script of the module `entry` and all that it imports, each once, after what it imports itself.

    Every module becomes a function of its own, so that names stay apart; it answers with what it exports.
    """
    order: list[str] = []
    _visit(entry, order, ())
    return "".join(_wrapped(name) for name in order)


def _visit(name: str, order: list[str], inside: tuple[str, ...]) -> None:
    if name in inside:
        raise ValueError(f"{name} imports itself by way of {' → '.join(inside)}")
    if name in order:
        return
    for match in _IMPORT.finditer(_read(name)):
        _visit(match[3], order, (*inside, name))
    order.append(name)


def _wrapped(name: str) -> str:
    source = _read(name)
    exported = ", ".join(match[1] for match in _EXPORT.finditer(source))
    body = _EXPORT.sub("", _IMPORT.sub(_imported, source))
    return f"const {_variable(name)} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _imported(match: re.Match[str]) -> str:
    whole, names, of = match.groups()
    return f"const {whole or f'{{{names}}}'} = {_variable(of)};\n"


def _variable(name: str) -> str:
    return "module_" + name.removesuffix(".js").replace("-", "_")


@cache
def _read(name: str) -> str:
    text = (FOLDER / name).read_text(encoding="utf-8")
    for mark, table in (("CHECKS", CHECKS), ("REASONS", REASONS)):
        text = text.replace(f'"%{mark}%"', json.dumps(dict(table), ensure_ascii=False))
    return text


def _hash(text: str) -> str:
    return f"'sha256-{b64(sha256(text.encode()))}'"
