"""The dossier's PDF (案卷.pdf): plain data in, PDF/A-2b out, by typst.

Keeps: a pure function of the data, the templates, the forms and the pinned fonts; its date is the export's moment.
Text is data and never markup: it reaches the templates as JSON, and what no font can show becomes 〓, named in the
notes. Leaves: what is said (`gather`), signatures on the PDF.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import typst

from domain.errors import Fault

from .glyphs import made_showable, named
from .typefaces import typefaces

if TYPE_CHECKING:
    from .data import DossierData

STANDARD = "a-2b"
TEMPLATES = ("main.typ", "style.typ", "front.typ", "paper.typ", "compliance.typ", "back.typ")
_FORM = re.compile(r"^#let paper\(", re.MULTILINE)  # a form that defines no paper is set in the ordinary way


def pdf_of(data: DossierData) -> bytes:
    """The PDF of a dossier. Faults "fonts-missing", "fonts-changed", and "typeset" when a form can't be set."""
    faces = typefaces()
    usable = {path: source for path, source in data.forms.items() if _FORM.search(source.decode("utf-8", "replace"))}
    missing: Counter[str] = Counter()
    plain = made_showable(data.plain(), faces.shown, missing)
    plain |= {"forms": sorted(usable), "missing": named(missing)}
    try:
        pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its stub doesn't know files given as a mapping
            {**_templates(), **{f"forms/{path}": source for path, source in usable.items()}},
            format="pdf",
            font_paths=faces.fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(plain, ensure_ascii=False)},
            pdf_standards=STANDARD,
            pdf_tags=False,  # level b asks for none, and they make the file four times as big
            timestamp=datetime.fromisoformat(data.exported).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise Fault("typeset", f"案卷排版失败：{error}", "请检查规则手册的文书格式，或报告维护人员。") from error
    return pdf


@cache
def _templates() -> dict[str, bytes]:
    folder = files(__package__) / "templates"
    return {name: (folder / name).read_bytes() for name in TEMPLATES}
