"""`anjuan init`: an archive whose evidence lies in a bucket, and what a refused beginning leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ops.cli import main
from storage.evidence.chunked import stored_length
from tests.contract.servers import BUCKET
from tests.office import INTAKE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.seaweed import Seaweed

PAPER = b"%PDF-1.4 a complaint in a bucket"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANJUAN_ARCHIVE", raising=False)


@pytest.fixture
def address(seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ANJUAN_S3_ACCESS_KEY", "app")
    monkeypatch.setenv("ANJUAN_S3_SECRET_KEY", seaweed.keys["app"][1])
    return f"http://{seaweed.endpoint}/{BUCKET}"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main.status([*arguments, "--json"]) == 1
    return str(json.loads(capsys.readouterr().out)["defects"][0]["code"])


def test_a_case_whose_evidence_lies_in_a_bucket_runs_from_founding_to_the_verified_dossier(
    address: str, seaweed: Seaweed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "投诉书.pdf").write_bytes(PAPER)
    papers = [part for slot in ("complaint", "proof", "identity") for part in ("--evidence", f"{slot}=投诉书.pdf")]
    facts = json.dumps(
        INTAKE | {"number": "临财采诉〔2023〕9号", "basis": "本机关决定继续参照执行"}, ensure_ascii=False
    )
    for words in (
        ["init", "--bucket", address],
        ["key", "new", "chen.pem", "li.pem"],
        ["enrol", "陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "--root", "root.pem"],
        ["open", "lu-cai-cai-2018-72"],
        ["attach", "投诉书.pdf"],
        ["act", "intake", "--key", "chen.pem", "--yes", "--facts", facts, *papers],
        ["export"],
        ["verify", "案卷.zip", "--trust", "var/archive/trust.json"],
        ["verify", "var/archive", "--trust", "var/archive/trust.json"],
    ):
        assert main.status(words) == 0, (words, capsys.readouterr())
    assert not (tmp_path / "var" / "archive" / "vault").exists()
    client = seaweed.client("app")
    names = [str(found.object_name) for found in client.list_objects(bucket_name=BUCKET)]
    lying_there = [client.get_object(bucket_name=BUCKET, object_name=name).data for name in names]
    assert stored_length(len(PAPER)) in map(len, lying_there)
    assert not [data for data in lying_there if PAPER in data]


@pytest.mark.parametrize(
    "address",
    ["evidence", "ftp://127.0.0.1:9000/evidence", "http://127.0.0.1:9000", "http://127.0.0.1:9000/a/b",
     "http://app:secret@127.0.0.1:9000/evidence", "http://127.0.0.1:x/evidence", "http://[::1/evidence"],
)  # fmt: skip
def test_what_is_no_bucket_is_refused_and_nothing_begun(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "init", "--bucket", address) == "bucket"
    assert not list(tmp_path.iterdir())


def test_a_bucket_that_cannot_be_used_is_known_before_there_is_an_archive(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "init", "--bucket", address.replace(BUCKET, "nowhere")) == "vault-unfit"
    assert refused(capsys, "init", "--bucket", "http://127.0.0.1:9/evidence") == "vault-unreachable"
    monkeypatch.delenv("ANJUAN_S3_SECRET_KEY")
    assert refused(capsys, "init", "--bucket", address) == "vault-credentials"
    assert not list(tmp_path.iterdir())


def test_a_refused_beginning_leaves_the_name_free(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "init", "--origin", "临江市 财政局") == "origin"
    (tmp_path / "spoilt.pem").write_text("no key")
    (tmp_path / "spoilt.pem").chmod(0o600)
    assert refused(capsys, "init", "--root", "spoilt.pem").startswith("key")
    assert not (tmp_path / "var" / "archive").exists()
    assert main.status(["init", "--origin", "临江市财政局"]) == 0
