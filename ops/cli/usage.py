"""Wrong usage in Chinese: what the command-line library says, put into words for those who use it."""

from __future__ import annotations

import re

_SAID = [
    (r"No such command '(.*)'\.", r"没有“\1”这一命令"),
    (r"No such option: (\S+).*", r"没有选项 \1"),
    (r"Missing argument '(.*)'\.", r"缺少参数“\1”"),
    (r"Missing option '(.*)'\.", r"缺少选项 \1"),
    (r"Option '(.*)' requires an argument\.", r"选项 \1 没有写明内容"),
    (r"Option '(.*)' does not take a value\.", r"选项 \1 不带内容"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", r"多出参数：\1"),
    (r"Invalid value for '(.*?)': (.*)", r"“\1”\2"),
    (r"Invalid value: (.*)", r"\1"),
]
_WHY = [
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be greater than or equal to (\d+)", r"不得小于 \1"),
    (r"Input should be less than or equal to (\d+)", r"不得大于 \1"),
]


def told(message: str) -> str:
    """The library's `message` in Chinese; what isn't known is passed on as it came."""
    for table in (_SAID, _WHY):
        for pattern, words in table:
            message = re.sub(pattern, words, message, count=1, flags=re.DOTALL)
    return message
