"""Mutation testing by hand: change the law's code in one place, and see whether the tests notice.

`python -m ops.drills.mutate [--share 0.15] [--seed 1] [MODULE.py …]`, or `make mutate MUTATE="…"`, from a checkout.
The seed draws a sample of all mutants; each is written into a temporary copy of the tree, where the fast tests of its
module run until one fails. Prints each survivor with its line, then killed/tried. The tree itself is never touched.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .mutants import mutants

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("domain", "projections", "storage", "api", "ops", "tests", "pyproject.toml")
RULES = "admissible case confidential dates defaults facts ink rectification register service sources time_limits"
MODULES = (
    *(f"domain/rules/{name}.py" for name in (*RULES.split(), "values", "waivers", "windows", "wording")),
    *(f"domain/{name}.py" for name in ("admission", "archive", "evidence_check", "reading", "sealing", "signing")),
    *(f"domain/verification/{name}.py" for name in ("evidence", "procedure", "register_fold", "signing", "strand")),
)
PROOF = ("edges", "procedure", "register", "attacks", "store", "package", "rules_pinned", "real_archive")
PLAYED = ("tests/domain", "tests/scenarios/test_scenarios.py")
SLOWER = tuple(f"--ignore-glob=*/test_{name}*.py" for name in ("calendar", "loader", "reckoning", "articles_at_entry"))
TESTS = {  # by folder, the longest that fits: what pytest is given, quick tests first
    "domain": ("tests/rules/test_articles.py", *PLAYED, "tests/verification/test_real_archive.py"),
    "domain/rules": ("tests/rules", *SLOWER, *PLAYED, "tests/verification/test_procedure.py"),
    "domain/verification": tuple(f"tests/verification/test_{name}.py" for name in PROOF),
}


def tests_of(module: str) -> tuple[str, ...]:
    """The fast tests of a module."""
    return TESTS[max((folder for folder in TESTS if module.startswith(f"{folder}/")), key=len)]


def noticed(tree: Path, module: str, timeout: float) -> bool:
    """Whether the tests of `module` fail in the copy `tree`, or take longer than `timeout` seconds."""
    fonts = os.environ.get("ANJUAN_FONTS") or str(ROOT / "var/fonts")
    env = {**os.environ, "ANJUAN_FONTS": fonts, "CI": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests_of(module)]
    try:
        done = subprocess.run(command, cwd=tree, env=env, capture_output=True, check=False, timeout=timeout)  # noqa: S603  # our own tests
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def tried(tree: Path, module: str, share: float, chance: random.Random) -> tuple[int, int]:
    """How many of the module's sampled mutants were killed, and how many were tried."""
    path = tree / module
    source = path.read_text(encoding="utf-8")
    sample = [mutant for mutant in mutants(source) if chance.random() < share]
    started = time.monotonic()
    if sample and noticed(tree, module, 3_600):
        sys.exit(f"{module}: its tests fail without any mutant")
    timeout, killed = 60 + 5 * (time.monotonic() - started), 0
    for mutant in sample:
        path.write_text(mutant.source, encoding="utf-8")
        if noticed(tree, module, timeout):
            killed += 1
        else:
            before, after = (text.partition("\n")[0] for text in (mutant.before, mutant.after))
            print(f"  {module}:{mutant.line}: {before}  →  {after}", flush=True)
    path.write_text(source, encoding="utf-8")
    print(f"{module}: {killed}/{len(sample)}", flush=True)
    return killed, len(sample)


def main() -> None:
    """Try a sample of the mutants of the modules named, or of all of MODULES."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", default=MODULES)
    parser.add_argument("--share", type=float, default=0.15, help="part of all mutants that is tried (0.15)")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="anjuan-mutate-") as folder:
        tree = Path(folder)
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, tree / part)
        found = [tried(tree, m, told.share, random.Random(f"{told.seed} {m}")) for m in told.modules]
    killed, count = sum(k for k, _ in found), sum(n for _, n in found)
    print(f"killed {killed} of {count} (share {told.share}, seed {told.seed})")


if __name__ == "__main__":
    main()
