"""The command line: exit statuses, machine output, refusals in Chinese, facts asked for one by one."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from ops.cli import acting, asking, main, signing
from tests.house.tree import ROOT
from tests.ops.running import ran
from tests.rules.sample_acts import case_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Office:
    """An archive founded through the command line in `folder`, with three officers."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        return ran(self.capsys, *arguments)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANJUAN_ARCHIVE", raising=False)
    return Office(tmp_path, capsys)


@pytest.fixture
def office(shell: Office) -> Office:
    assert shell.run("init", "--origin", "临江市财政局")[0] == 0
    assert shell.run("key", "new", "chen.pem", "li.pem", "wang.pem")[0] == 0
    people = ["陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "王强=wang.pem:head"]
    assert shell.run("enrol", *people, "--root", "root.pem")[0] == 0
    return shell


def test_thirty_working_days_from_the_twentieth_of_january(shell: Office) -> None:
    expected = '{"date": "2026-03-09", "provisional": false}\n'
    assert shell.run("calendar", "add", "2026-01-20", "30", "--json") == (0, expected, "")


def test_a_make_up_day_names_its_notice(shell: Office) -> None:
    _, said, _ = shell.run("calendar", "day", "2026-02-14", "--json")
    assert json.loads(said)["working"] is True
    assert "〔2025〕" in json.loads(said)["notice"]


def test_a_day_beyond_the_published_tables_is_provisional(shell: Office) -> None:
    assert json.loads(shell.run("calendar", "add", "2026-12-28", "10", "--json")[1])["provisional"] is True
    assert "暂定" in shell.run("calendar", "add", "2026-12-28", "10")[1]


@pytest.mark.parametrize(
    "arguments",
    [["no-such-command"], ["calendar", "add", "2026-01-20"], ["calendar", "add", "2026-01-20", "x"], ["verify"]],
)
def test_wrong_usage_exits_64(shell: Office, arguments: list[str]) -> None:
    status, said, complained = shell.run(*arguments)
    assert (status, said) == (64, "")
    assert "用法有误" in complained


@pytest.mark.parametrize("day", ["2026-02-30", "20260120", "2026-1-2", "昨天", "9999-99-99"])
def test_an_absurd_day_is_refused_in_chinese_and_for_machines(shell: Office, day: str) -> None:
    status, _, complained = shell.run("calendar", "day", day)
    assert (status, "应为日期" in complained) == (1, True)
    assert json.loads(shell.run("calendar", "day", day, "--json")[1])["defects"][0]["code"] == "date"


def commands(group: Any, *path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        below = hasattr(command, "commands")
        yield from commands(command, *path, name) if below else [(" ".join((*path, name)), command)]


def test_every_command_speaks_to_machines_too() -> None:
    options = {path: [o for p in command.params for o in p.opts] for path, command in commands(get_command(main.app))}
    assert {"init", "key new", "calendar add", "verify", "serve"} <= set(options)
    assert [path for path, known in options.items() if "--json" not in known] == []


def test_serving_tells_its_address_to_machines(office: Office) -> None:
    words = [sys.executable, "-c", "from ops.cli.main import run; run()", "serve", "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=office.folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        with urllib.request.urlopen(f"{address}health") as answer:  # noqa: S310  # our own server
            assert json.load(answer) == {"status": "ok"}
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_there_is_no_archive_yet(shell: Office) -> None:
    assert json.loads(shell.run("docket", "--json")[1])["defects"][0]["code"] == "no-home"


def test_an_archive_is_never_founded_twice(office: Office) -> None:
    status, said, _ = office.run("init", "--json")
    assert (status, json.loads(said)["defects"][0]["code"]) == (1, "home-exists")


def test_a_key_file_is_never_overwritten(office: Office) -> None:
    before = (office.folder / "chen.pem").read_bytes()
    assert office.run("key", "new", "chen.pem")[0] == 1
    assert (office.folder / "chen.pem").read_bytes() == before


def test_officers_are_listed_with_capacities(office: Office) -> None:
    rows = json.loads(office.run("officers", "--json")[1])
    assert (rows[0]["name"], rows[0]["capacities"]) == ("陈立", ["handler", "registrar"])
    told = office.run("officers")[1]
    assert all(title in told for title in ("承办人", "初审部门承办人", "登记员"))  # as each procedure calls it


@pytest.mark.parametrize(
    "text", ["陈立", "陈立=chen.pem", "陈立=chen.pem:king", "=chen.pem:handler", "陈立=no.pem:handler"]
)
def test_enrolling_wrongly_is_refused(office: Office, text: str) -> None:
    status, _, complained = office.run("enrol", text, "--root", "root.pem")
    assert status == 1
    assert "拒绝" in complained


def test_a_revoked_key_can_no_longer_be_named(office: Office) -> None:
    assert office.run("revoke", "王强", "--by", "chen.pem", "--by", "li.pem", "--reason", "遗失")[0] == 0
    office.run("open")
    office.folder.joinpath("a.pdf").write_bytes(b"%PDF-1.4")
    status, said, _ = office.run("draft", "acceptance", "--as", "head:王强", "--json", "--facts", "{}")
    assert (status, json.loads(said)["defects"][0]["code"]) == (1, "revoked")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ("{", "json-syntax"),
        ('{"copies": 1, "copies": 2}', "json-repeated"),
        ('{"copies": 1.5}', "json-float"),
        ('{"duties": "a\\u0000"}', "json-text"),
        ("[]", "facts"),
        ("no-such-file.json", "facts"),
    ],
)
def test_bad_facts_get_a_clear_refusal(office: Office, facts: str, code: str) -> None:
    office.run("open")
    status, said, _ = office.run("draft", "intake", "--as", "handler:陈立", "--facts", facts, "--json")
    found = json.loads(said)["defects"][0]["code"]
    assert status == 1
    assert found == code or found.startswith("json"), found


def test_every_missing_or_unknown_fact_is_named_at_once(office: Office) -> None:
    office.run("open")
    _, said, _ = office.run("draft", "intake", "--as", "handler:陈立", "--facts", '{"nonsense": 1, "lot": 5}', "--json")
    assert {d["field"] for d in json.loads(said)["defects"]} == {"facts.nonsense", "facts.lot"}


def test_signing_asks_first_and_shows_the_words(office: Office) -> None:
    office.run("open")
    _, said, _ = office.run("draft", "intake", "--as", "handler:陈立", "--facts", '{"matters": ["事项一"]}')
    assert "草稿已存为" in said
    status, shown, complained = office.run("sign", "draft.json", "--key", "chen.pem")
    assert (status, "没有签署" in complained) == (1, True)
    assert "事项一" in shown
    assert office.run("sign", "draft.json", "--key", "li.pem", "--yes")[0] == 1
    assert office.run("sign", "draft.json", "--key", "chen.pem", "--yes")[0] == 0
    status, said, _ = office.run("submit", "draft.json", "--json")
    entered = json.loads(said)
    assert (status, entered["seq"]) == (0, 1)
    assert {"absent"} == {d["code"] for d in entered["irregular"]}


def test_the_draft_file_is_its_owners_only(office: Office) -> None:
    office.run("open")
    office.run("draft", "intake", "--as", "handler:陈立", "--facts", '{"matters": ["事项一"]}')
    assert (office.folder / "draft.json").stat().st_mode & 0o777 == 0o600


def test_a_draft_past_its_end_is_neither_signed_nor_entered_and_one_that_was_entered_stays(office: Office) -> None:
    office.run("open")
    office.run("draft", "intake", "--as", "handler:陈立", "--facts", '{"matters": ["事项一"]}')
    path = office.folder / "draft.json"
    kept = path.read_bytes()
    past = json.dumps({**json.loads(kept), "expires": "2020-01-01T00:00:00.000Z"})
    path.write_text(past)
    for line in (["sign", "draft.json", "--key", "chen.pem", "--yes"], ["submit", "draft.json"]):
        status, said, _ = office.run(*line, "--json")
        assert (status, json.loads(said)["defects"][0]["code"]) == (1, "draft-expired")
    path.write_bytes(kept)
    assert office.run("sign", "draft.json", "--key", "chen.pem", "--yes")[0] == 0
    first = json.loads(office.run("submit", "draft.json", "--json")[1])
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "expires": "2020-01-01T00:00:00.000Z"}))
    assert json.loads(office.run("submit", "draft.json", "--json")[1])["digest"] == first["digest"]


def test_facts_are_asked_for_one_by_one_in_chinese(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run("open")
    assert office.run("act", "intake", "--key", "chen.pem", "--yes", "--facts", '{"matters": ["事项一"]}')[0] == 0
    asked: list[str] = []

    def answer(text: str, **_: object) -> str:
        asked.append(text)
        return {"*结论": "accept", "*审查情况": "符合规定"}.get(text.split("（", maxsplit=1)[0], "")

    monkeypatch.setattr(acting, "interactive", lambda: True)
    monkeypatch.setattr(asking.typer, "prompt", answer)
    monkeypatch.setattr(signing.typer, "confirm", lambda *_, **__: True)
    status, _, complained = office.run("act", "review-conclusion", "--key", "chen.pem")
    assert status == 0, complained
    assert any(text.startswith("*结论（accept=") for text in asked)
    assert not any("认定不符合受理条件之日" in text for text in asked), "asked only where the conclusion is refusal"


def test_the_agents_of_the_case_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(asking.typer, "prompt", lambda text, **_: asked.append(text) or "")
    case = case_before("mandate-ended")
    asking.ask(case, case.rulebook.action("mandate-ended"), {})
    assert "*代理人、代表人（zhou=周倩）" in asked


def test_what_is_no_dossier_exits_3(shell: Office) -> None:
    (shell.folder / "a.zip").write_bytes(b"not a zip")
    assert shell.run("verify", "a.zip")[0] == 3
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("../evil", b"x")
    (shell.folder / "b.zip").write_bytes(buffer.getvalue())
    status, said, _ = shell.run("verify", "b.zip", "--json")
    assert (status, json.loads(said)["verdict"]) == (3, "NOT_A_PACKAGE")
    assert shell.run("verify", "missing.zip")[0] == 3


def test_an_unknown_layer_is_wrong_usage(office: Office) -> None:
    assert office.run("verify", "var/archive", "--require", "everything")[0] == 64


def test_an_archive_verifies_with_its_trust_file_and_is_indeterminate_without(office: Office) -> None:
    assert office.run("verify", "var/archive", "--trust", "var/archive/trust.json")[0] == 0
    status, said, _ = office.run("verify", "var/archive", "--lang", "en")
    assert (status, "verdict：indeterminate" in said) == (2, True)


def test_rebuilding_gives_the_same_docket(office: Office) -> None:
    office.run("open")
    office.run("act", "intake", "--key", "chen.pem", "--yes", "--facts", '{"matters": ["事项一"]}')
    before = office.run("docket", "--json")[1]
    assert json.loads(before)
    assert office.run("rebuild")[0] == 0
    assert office.run("docket", "--json")[1] == before


def test_timeline_and_deadlines_speak_to_people_and_machines(office: Office) -> None:
    office.run("open")
    office.run("act", "intake", "--key", "chen.pem", "--yes", "--set", "received_on=2026-11-02", "--set", "basis=参照")
    assert "不合规定" in office.run("timeline")[1]
    assert json.loads(office.run("timeline", "--json")[1])[0]["action"] == "intake"
    found = {d["limit"]: d for d in json.loads(office.run("deadlines", "--json", "--on", "2026-11-05")[1])}
    assert (found["review"]["due"], found["review"]["left"]) == ("2026-11-09", 2)
    assert "起算日" in office.run("deadlines", "--explain", "--on", "2026-11-05")[1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["nosuch"], "没有“nosuch”这一命令"),
        (["verify", "--nosuch"], "没有选项 --nosuch"),
        (["verify"], "缺少参数“案卷”"),
        (["act", "acceptance"], "缺少选项 --key"),
        (["export", "--case"], "选项 --case 没有写明内容"),
        (["docket", "more"], "多出参数：more"),
        (["calendar", "add", "2026-01-20", "x"], "“工作日数”应为整数"),
        (["calendar", "add", "2026-01-20", "0"], "“工作日数”不得小于 1"),
        (["calendar", "add", "2026-01-20", "9999"], "“工作日数”不得大于 2000"),
        (["verify", "x", "--lang", "fr"], "--lang 应为 zh 或 en"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_in_chinese(shell: Office, line: list[str], said: str) -> None:
    status, out, complained = shell.run(*line)
    assert (status, out) == (64, "")
    assert complained.startswith(f"用法有误：{said}")
    assert not set(complained.split()) & {"Missing", "Invalid", "such", "argument", "Input"}


def test_no_command_at_all_gives_the_list_of_them(shell: Office) -> None:
    status, out, complained = shell.run()
    assert (status, out) == (64, "")
    assert "verify" in complained
    assert "用法有误" not in complained


def test_help_is_there_under_both_names(shell: Office) -> None:
    assert shell.run("-h")[:2] == shell.run("--help")[:2]
    assert shell.run("act", "-h")[0] == 0


def test_a_case_that_has_no_record_yet_is_said_to_have_none(office: Office) -> None:
    office.run("open", "lu-cai-cai-2018-72")
    for command, wanted in {"timeline": 1, "deadlines": 1, "export": 1, "comply": 3}.items():
        status, _, complained = office.run(command)
        assert (status, "还没有记录" in complained) == (wanted, True)


def test_a_missing_file_is_told_in_chinese(office: Office) -> None:
    office.run("open", "lu-cai-cai-2018-72")
    assert "没有这个文件或目录" in office.run("attach", "none.pdf")[2]
    assert "没有这个文件或目录" in office.run("verify", "none.zip")[2]
