"""What evidence may be (types.toml): which type a file is by what was found in it, and whether its name agrees."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from domain.evidence_port import Finding, State

# What looks like an ending: a few letters and digits, not digits alone ("附件1.2" has none).
_ENDING = re.compile(r"(?=[0-9]*[a-z])[0-9a-z]{1,11}")
MAX_FOUND = 60  # characters of a found type that are repeated to people


@dataclass(frozen=True, slots=True)
class Admitted:
    """A type that may come in."""

    media: str
    title: str
    found: tuple[str, ...]
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Types that are known and refused by name; `anywhere`: inside an OFD or Office package as well."""

    title: str
    remedy: str
    found: tuple[str, ...]
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Types:
    """The whole of types.toml."""

    admitted: tuple[Admitted, ...]
    refused: tuple[Refused, ...]
    executable: frozenset[str]
    litter: frozenset[str]
    litter_folders: frozenset[str]

    def refused_as(self, found: str) -> Refused | None:
        """The entry by which the found type is refused by name."""
        return next((one for one in self.refused if found in one.found), None)

    def is_litter(self, path: str) -> bool:
        """Whether a zip's member is what systems put there by themselves."""
        *folders, last = path.split("/")
        return last in self.litter or bool(self.litter_folders & set(folders))


@cache
def types() -> Types:
    """The table, read once."""
    data = tomllib.loads(files(__package__).joinpath("types.toml").read_text(encoding="utf-8"))
    return Types(
        admitted=tuple(
            Admitted(one["media"], one["title"], tuple(one["found"]), tuple(one["endings"])) for one in data["admitted"]
        ),
        refused=tuple(
            Refused(one["title"], one["remedy"], tuple(one["found"]), one.get("anywhere", False))
            for one in data["refused"]
        ),
        executable=frozenset(data["names"]["executable"]),
        litter=frozenset(data["names"]["litter"]),
        litter_folders=frozenset(data["names"]["litter_folders"]),
    )


def executable_ending(name: str) -> str | None:
    """An ending anywhere in the name that would start a program, as a reader might see it ("．ＥＸＥ" as well)."""
    parts = [part.strip() for part in unicodedata.normalize("NFKC", name).casefold().split(".")[1:]]
    return next((part for part in parts if part in types().executable), None)


def judged_type(name: str, found: str) -> Finding:
    """Whether a file of this name and with this content is of an admitted type."""
    if ending := executable_ending(name):
        return refused(found, f"文件名中有程序或网页的扩展名 .{ending}。请核对文件，改正文件名后重新存入。")
    if known := types().refused_as(found):
        return refused(found, f"内容是{known.title}，不在允许之列。{known.remedy}")
    fitting = [one for one in types().admitted if found in one.found]
    if not fitting:
        return refused(found, f"内容的类型（{found[:MAX_FOUND]}）不在允许之列。请改用 PDF 等常用格式后存入。")
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    chosen = next((one for one in fitting if ending in one.endings), None)
    if chosen is None and _ENDING.fullmatch(ending):
        titles = "、".join(one.title for one in fitting)
        return refused(found, f"内容是{titles}，文件名却以 .{ending} 结尾。请改正文件名后重新存入。")
    return Finding(State.ADMITTED, (chosen or fitting[0]).media)


def refused(media: str, reason: str) -> Finding:
    """A refusal."""
    return Finding(State.REFUSED, media, reason)
