"""What is told once the sample cases are ready: the address, and how to act as each officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.rulebook import capacity_titles
from storage.rulebooks import installed

from .samples import samples

if TYPE_CHECKING:
    from .samples import Demonstration

RUNNING_NUMBER = "临财采诉〔2026〕4号"  # the case that is still being handled


def told(found: Demonstration, address: str) -> str:
    """The text, in Chinese."""
    titles = capacity_titles(installed()[book] for book in ("register", *dict.fromkeys(s.rulebook for s in samples())))
    archive = "" if str(found.archive) == "var/archive" else f" --archive {found.archive}"
    lines = [f"演示案件已就绪（{len(found.cases)} 件，当事人均为虚构）。", ""]
    if found.left:
        lines += [f"另有 {found.left} 个行为的日期尚未到来，以后再启动时补上。", ""]
    lines += ["人员和密钥文件："]
    for person in found.staff:
        held = "、".join(titles.get(code, code) for code in person.capacities)
        lines.append(f"  {person.name}（{held}）  {found.keys / f'{person.name}.pem'}")
    lines += ["", f"以他们的身份办理，例如在 {RUNNING_NUMBER}（办理中）："]
    lines += [f"  .venv/bin/anjuan {words}{archive}" for words in _examples(found)]
    lines += ["", f"网页：{address}　　按 Ctrl-C 停止。"]
    return "\n".join(lines)


def _examples(found: Demonstration) -> list[str]:
    keys = {name: found.keys / f"{name}.pem" for name in ("陈立", "王强", "李敏")}
    case = f"--case {RUNNING_NUMBER}"
    return [
        f"deadlines {case}",
        (
            f"act commission {case} --key {keys['陈立']} --set kind=testing --set institution=江北省家具质量检测中心"
            " --set matters=课桌面板甲醛释放量 --set dispatched_on=$(date +%F) --set days=15"
        ),
        f"act resumption {case} --key {keys['陈立']} --key {keys['王强']} --set reasons=主要事实已经查明",
        (
            f"act rectification {case} --key {keys['陈立']} --key {keys['李敏']}"
            """ --facts '{"target": 1, "mode": "corrects", "reason": "包号漏录", "changes": {"lot": "B包"}}'"""
        ),
        f"export {case} --output 案卷.zip",
    ]
