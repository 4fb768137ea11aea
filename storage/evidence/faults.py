"""What a vault refuses, in words: one function per stable code, so that both back-ends say the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.errors import Fault

if TYPE_CHECKING:
    from datetime import datetime

_HOUR = 60  # minutes


def bad_name(given: str, field: str) -> Fault:
    """`object-name`: an object's or a case's name is no lower-case UUID."""
    return Fault("object-name", f"编号应为小写 UUID，收到的是 {given[:60]!r}。", "请用系统给出的编号。", field=field)


def bad_range() -> Fault:
    """`range`: a negative offset or length."""
    return Fault("range", "读取范围的起点和长度不能为负数。", "请改正读取范围。", field="range")


def bad_end(given: datetime) -> Fault:
    """`retention`: an end without time zone, or one that has passed."""
    return Fault(
        "retention",
        f"保管期限的截止时间应带时区并晚于现在，收到的是 {given.isoformat()}。",
        "请改正截止时间。",
        field="retain_until",
    )


def shortened(now: datetime, asked: datetime) -> Fault:
    """`retention-shortened`: an end before the present one."""
    return Fault(
        "retention-shortened",
        f"保管期限只能延长：现到 {now.isoformat()}，要求改到 {asked.isoformat()}。",
        "请给出更晚的截止时间。",
        field="retain_until",
    )


def kept(name: str, until: datetime | None, *, hold: bool) -> Fault:
    """`still-kept`: it may not be removed, for its retention or a hold."""
    why = "仍被冻结" if hold else f"保管期限到 {until.isoformat()} 才届满" if until else "存证库仍锁定着它"
    return Fault("still-kept", f"证据 {name} 还不能清除：{why}。", "请待期限届满、冻结解除后再清除。", field="evidence")


def empty() -> Fault:
    """`empty`: not one byte came."""
    return Fault("empty", "证据文件是空的（0 字节）。", "请检查所选的文件，重新上传。", field="length")


def wrong_length(declared: int, came: str) -> Fault:
    """`length`: the stream isn't as long as declared; `came` says how long it was."""
    return Fault(
        "length", f"文件声明长度为 {declared} 字节，实际收到{came}。", "请重新上传完整的文件。", field="length"
    )


def too_large(limit: int) -> Fault:
    """`too-large`: more bytes than one evidence file may have."""
    return Fault(
        "too-large",
        f"文件超过单个证据文件的上限（{limit} 字节）。",
        "请拆分后分别上传，或请管理员调高上限。",
        field="length",
    )


def missing(name: str, version: str | None) -> Fault:
    """`blob-missing`: nothing lies there under this name and version."""
    which = f"证据 {name}" if version is None else f"证据 {name} 的版本 {version[:80]}"
    return Fault("blob-missing", f"证据库中没有{which}。", "请先存入证据文件，再引用它。", field="evidence")


def taken(name: str) -> Fault:
    """`blob-exists`: the name was given to other bytes, or to another case."""
    return Fault(
        "blob-exists",
        f"证据编号 {name} 下已存有另一份文件；证据只能写入一次，不能覆盖。",
        "请为这份文件取一个新的编号。",
        field="evidence",
    )


def damaged(name: str, what: str) -> Fault:
    """`blob-damaged`: what lies there isn't what was stored; `what` says how this shows."""
    return Fault(
        "blob-damaged",
        f"证据 {name} 已损坏：{what}。",
        "请检查存储设备并从备份恢复；尚未引用的，请以新的编号重新存入。",
        field="evidence",
    )


def unreachable(where: str, what: str = "没有应答") -> Fault:
    """`vault-unreachable`: no answer, or one that says nothing (`what`), so the outcome is unknown."""
    return Fault(
        "vault-unreachable",
        f"证据库 {where} {what}，结果未知。",
        "请检查证据库服务（包括磁盘空间）后原样重试；重试不会重复存入。",
    )


def full(where: str, what: str) -> Fault:
    """`vault-refused`: the store has no room left, and says so in `what`."""
    return Fault("vault-refused", f"证据库 {where} 存储空间不足（{what}），没有存入。", "请扩充存储空间后原样重试。")


def skewed(where: str, ahead: timedelta) -> Fault:
    """`vault-refused`: the store refuses, and its clock is `ahead` of ours, or behind if that is negative."""
    minutes = abs(round(ahead.total_seconds() / 60))
    by = f"{minutes // 60} 小时 {minutes % 60} 分" if minutes >= _HOUR else f"{minutes} 分"
    return Fault(
        "vault-refused",
        f"证据库 {where} 拒绝了请求：它的时钟比本机{'快' if ahead > timedelta(0) else '慢'} {by}。",
        "请用网络时间协议（NTP）校正两边的时钟后原样重试。",
    )


def refused(where: str, what: str) -> Fault:
    """`vault-refused`: the store answered with an error, given in `what`."""
    return Fault("vault-refused", f"证据库 {where} 拒绝了请求：{what}。", "请检查证据库的权限、空间和设置后重试。")


def altered(where: str, what: str) -> Fault:
    """`vault-refused`: what came to the store isn't what was sent, and the store noticed."""
    return Fault(
        "vault-refused",
        f"证据库 {where} 收到的内容与送出的不一致（{what}），没有存入。",
        "请检查与证据库之间的网络后原样重试。",
    )


def unfit(where: str, what: str, remedy: str) -> Fault:
    """`vault-unfit`: this store can't keep evidence as it is set up."""
    return Fault("vault-unfit", f"证据库 {where} 不能用来保管证据：{what}。", remedy)
