"""The one error that people may see.

A `Fault` says what was expected, what came and what to do, in Chinese, with a stable ASCII code for machines and
the article where the law is the reason. Anything else that escapes is a bug.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

_REASONS = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "文件系统只读",
    errno.EISDIR: "这是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENAMETOOLONG: "名称过长",
    errno.EADDRINUSE: "地址已被占用",
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong, for people (`message`, `remedy`, Chinese) and for machines (the rest).

    `code` is stable ASCII; `article` is the legal basis such as "27(三)" or None where law is not the reason;
    `action` the action code concerned, `field` the member concerned ("facts.grounds"), `record` the seq concerned.
    """

    code: str
    message: str
    remedy: str = ""
    article: str | None = None
    action: str | None = None
    field: str | None = None
    record: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """Members code, message, remedy, article, action, field, record; all always present."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "article": self.article,
            "action": self.action,
            "field": self.field,
            "record": self.record,
        }


class Fault(Exception):  # noqa: N818  # the domain's word; a Fault carries defects, it is not a programming error
    """A request that cannot be carried out; nothing was stored. `defects` has at least one entry."""

    def __init__(self, code: str, message: str, remedy: str = "", **where: str | int | None) -> None:
        """Make a fault with one defect; `where` may give article, action, field, record."""
        self.defects: tuple[Defect, ...] = (Defect(code, message, remedy, **where),)  # type: ignore[arg-type]  # checked at run time
        super().__init__(message)

    @classmethod
    def of(cls, defects: tuple[Defect, ...]) -> Fault:
        """A fault with several defects, the first one leading."""
        fault = cls(defects[0].code, defects[0].message)
        fault.defects = defects
        return fault

    @property
    def code(self) -> str:
        """The leading defect's code."""
        return self.defects[0].code


def reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is a usual reason."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
