"""A plugin that keeps the packages which other tests put to the verifier, with its answers: pytest -p …recording.

The folder is named by the environment. Of a test that asks hundreds of times only some are kept, evenly.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import Fault
from tests.verification import judging

if TYPE_CHECKING:
    from typing import BinaryIO

    from domain.formats.trust import Trust
    from domain.formats.verdict import Report

FOLDER = "ANJUAN_RECORDED"
FIRST, EVERY = 8, 24  # all of a test's first packages, then one of so many
_verify = judging.verify_package
_asked: Counter[str] = Counter()


def pytest_configure() -> None:
    judging.verify_package = _recorded


def _recorded(file: BinaryIO, trust: Trust | None, require: str | None = None, **less: bool) -> Report:
    if any(less.values()):  # digests alone
        return _verify(file, trust, require, **less)
    try:
        report = _verify(file, trust, require)
    except Fault as fault:
        _keep(file, trust, require, {"exit_status": 3, "refused": fault.code})
        raise
    _keep(file, trust, require, report.as_json())
    return report


def _keep(file: BinaryIO, trust: Trust | None, require: str | None, answer: dict[str, Any]) -> None:
    test = os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0]
    _asked[test] += 1
    if require is not None or (_asked[test] > FIRST and _asked[test] % EVERY):
        return
    file.seek(0)
    data, folder = file.read(), Path(os.environ[FOLDER])
    name = sha256(data).hexdigest()[:24] + ".zip"
    (folder / name).write_bytes(data)
    row = {"test": test, "package": name, "trust": trust.dump().decode() if trust else None, "answer": answer}
    with (folder / "asked.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
