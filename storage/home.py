"""The home of an archive (档案库目录): one directory that holds everything it keeps.

    archive.json        how it is set up; written first, so a directory without it is no home
    events.db           records
    withheld.db         withheld facts, enciphered
    case-keys.db        the secrets of cases, wrapped; stays out of long-lived backups (see storage.case_keys)
    key-encryption.key  what wraps them, unless archive.json names a token or a server; kept apart from all of this
    attachments.db      evidence files that were stored and not yet named
    arrivals/           evidence files that arrive in parts, enciphered until whole; may be deleted while nobody serves
    vault/              evidence, enciphered, unless archive.json names a bucket
    adopted/            rulebooks and calendars by digest
    keys/archive.pem    the archive's own signing key
    log.db  log/        the transparency log, with keys/log.pem and keys/log-ml-dsa.pem (see storage.log)
    views.db            read models; may be deleted at any time
    trust.json          what outsiders need; a copy, for handing out

Keeps: a home appears whole, by one rename; directories are 0700, secrets 0600; a home that lacks a part, or whose
set-up has a word that isn't known, is refused rather than quietly begun anew.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import Fault, reason
from domain.formats import shapes
from domain.formats.canonical import dump, parse
from storage import attachments, case_keys, withheld
from storage.database import prepare
from storage.events import recorder
from storage.evidence.durable import sync_directory, write_new
from storage.inspection.clamd import Address
from storage.key_encryption.places import FilePlace, KeyPlaces, make_key
from storage.keys import load_key, new_key
from storage.log import opened

if TYPE_CHECKING:
    from domain.formats.canonical import Json
    from domain.formats.keys import PrivateKey
    from storage.key_encryption.places import KeyPlace

FORMAT, OLD_FORMAT = "anjuan.home/2", "anjuan.home/1"
CONFIG = "archive.json"
CONFIG_OCTETS = 64 << 10
_OWNER_ONLY = 0o700
IN_A_FILE = KeyPlaces(FilePlace())


@dataclass(frozen=True, slots=True)
class DirectoryPlace:
    """Evidence lies in vault/; `immutable` files bear the file system's immutable attribute (chattr +i) besides."""

    immutable: bool = False


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """Evidence lies in an S3 bucket with object lock; the environment variables named here hold the access keys."""

    endpoint: str
    bucket: str
    access_key_env: str
    secret_key_env: str
    region: str = "us-east-1"
    secure: bool = True


Place = DirectoryPlace | BucketPlace


@dataclass(frozen=True, slots=True)
class Home:
    """An archive's directory. Made by `Home.create`, found by `Home.open`."""

    path: Path
    place: Place
    keys: KeyPlaces = IN_A_FILE
    scanner: Address | None = None

    @classmethod
    def create(cls, path: Path, place: Place | None = None, key: KeyPlace | None = None) -> Home:
        """Make a home with fresh keys and empty stores.

        Fault `home-exists` unless `path` is missing or empty; those of the place of the key-encryption key.
        """
        path, place, keys = path.absolute(), place or DirectoryPlace(), KeyPlaces(key) if key else IN_A_FILE
        try:
            path.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
                raise _exists(path)
            draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
            try:
                _furnish(cls(draft, place, keys))
                draft.rename(path)
            except BaseException:
                shutil.rmtree(draft)
                raise
            sync_directory(path.parent)
        except OSError as error:
            raise _unusable(path, error) from error
        return cls(path, place, keys)

    @classmethod
    def open(cls, path: Path) -> Home:
        """The home at `path`. Fault `no-home`, `home-incomplete`, `home-config`."""
        path = path.absolute()
        try:
            config = path / CONFIG
            if not config.is_file():
                raise Fault("no-home", f"{path} 不是档案库目录。", "请核对路径，或先用 anjuan init 建立档案库。")
            with config.open("rb") as file:
                home = cls(path, *_settings(file.read(CONFIG_OCTETS + 1)))
        except OSError as error:
            raise _unusable(path, error) from error
        missing = [part.name for part in home._needed() if not part.exists()]
        if missing:
            raise _incomplete(path, missing, "备份")
        return home

    def check_keys(self) -> None:
        """Fault `home-incomplete` where a file of keys isn't there; a copy without them may still be audited."""
        missing = [part.name for part in (self.case_keys, self.archive_key) if not part.exists()]
        if missing:
            raise _incomplete(self.path, missing, "密钥备份")

    def rekeyed(self, keys: KeyPlaces) -> Home:
        """The same home with other `keys` in archive.json, replaced in one step. Fault `home-unusable`."""
        home, draft = replace(self, keys=keys), self.path / f"{CONFIG}.new"
        try:
            draft.unlink(missing_ok=True)
            _write(home, draft)
            draft.replace(self.path / CONFIG)
            sync_directory(self.path)
        except OSError as error:
            raise _unusable(self.path, error) from error
        return home

    @property
    def events(self) -> Path:
        """Records."""
        return self.path / "events.db"

    @property
    def withheld(self) -> Path:
        """Withheld facts."""
        return self.path / "withheld.db"

    @property
    def case_keys(self) -> Path:
        """The secrets of cases, wrapped."""
        return self.path / "case-keys.db"

    @property
    def arrivals(self) -> Path:
        """Evidence files that arrive in parts."""
        return self.path / "arrivals"

    @property
    def attachments(self) -> Path:
        """Evidence files stored and not yet named."""
        return self.path / "attachments.db"

    @property
    def vault(self) -> Path:
        """Evidence, where it lies in a directory."""
        return self.path / "vault"

    @property
    def adopted(self) -> Path:
        """Rulebooks and calendars by digest."""
        return self.path / "adopted"

    @property
    def archive_key(self) -> Path:
        """The archive's signing key."""
        return self.path / "keys" / "archive.pem"

    @property
    def views(self) -> Path:
        """Read models."""
        return self.path / "views.db"

    @property
    def trust(self) -> Path:
        """A copy of the trust file."""
        return self.path / "trust.json"

    def signer(self) -> PrivateKey:
        """The archive's signing key. Faults of `load_key`."""
        return load_key(self.archive_key)

    def _needed(self) -> tuple[Path, ...]:
        evidence = (self.vault,) if isinstance(self.place, DirectoryPlace) else ()
        log = (self.path / part for part in opened.PARTS)
        return (self.events, self.withheld, *log, *evidence)


def _furnish(home: Home) -> None:
    """Everything `_needed` names, in a directory that nobody knows of yet."""
    home.archive_key.parent.mkdir(mode=_OWNER_ONLY)
    home.adopted.mkdir(mode=_OWNER_ONLY)
    if isinstance(home.place, DirectoryPlace):
        home.vault.mkdir(mode=_OWNER_ONLY)
    new_key(home.archive_key)
    make_key(home.keys.current, home.path)
    prepare(home.events, recorder.SCHEMA)
    prepare(home.withheld, withheld.FACTS)
    prepare(home.case_keys, case_keys.SCHEMA)
    prepare(home.attachments, attachments.SCHEMA)
    opened.furnish(home.path)
    _write(home, home.path / CONFIG)
    sync_directory(home.path)


def _write(home: Home, path: Path) -> None:
    settings: dict[str, Json] = {"format": FORMAT, "vault": _as_json(home.place), "keys": home.keys.as_json()}
    if home.scanner is not None:
        settings["scanner"] = {"kind": "clamd", "address": home.scanner.text}
    write_new(path, [dump(settings) + b"\n"])
    path.chmod(0o600)  # people edit it


def _as_json(place: Place) -> dict[str, Json]:
    if isinstance(place, DirectoryPlace):
        return {"kind": "directory", "immutable": place.immutable}
    return {
        "kind": "s3",
        "endpoint": place.endpoint,
        "bucket": place.bucket,
        "access_key_env": place.access_key_env,
        "secret_key_env": place.secret_key_env,
        "region": place.region,
        "secure": place.secure,
    }


def _settings(data: bytes) -> tuple[Place, KeyPlaces, Address | None]:
    """The set-up in archive.json; people edit it, so white space is allowed."""
    try:
        value = shapes.mapping(parse(data, limit=CONFIG_OCTETS), "archive.json")
        shapes.constant(value.get("format"), FORMAT, "format")
        shapes.members(
            value, ("format", "vault", "keys", *(("scanner",) if "scanner" in value else ())), "archive.json"
        )
        scanner = _scanner(value["scanner"]) if "scanner" in value else None
        return _place(shapes.mapping(value["vault"], "vault")), KeyPlaces.parse(value["keys"]), scanner
    except Fault as fault:
        if fault.defects[0].field == "format" and OLD_FORMAT.encode() in data:
            message = "这是早期版本建立的档案库（anjuan.home/1），证据没有加密存放，本版本不能打开。"
            raise Fault("home-config", message, "请用建立它的版本导出案卷，再新建档案库。", field="format") from fault
        raise Fault(
            "home-config", f"档案库设置 archive.json 有误：{fault}", "请改正该文件。", field=fault.defects[0].field
        ) from fault


def _scanner(value: Json) -> Address:
    scanner = shapes.mapping(value, "scanner")
    shapes.members(scanner, ("kind", "address"), "scanner")
    shapes.constant(scanner["kind"], "clamd", "scanner.kind")
    return Address.parse(shapes.text(scanner["address"], "scanner.address"))


def _place(vault: dict[str, Json]) -> Place:
    if vault.get("kind") == "directory":
        shapes.members(vault, ("kind", "immutable"), "vault")
        return DirectoryPlace(_truth(vault["immutable"], "vault.immutable"))
    return _bucket(vault)


def _bucket(vault: dict[str, Json]) -> BucketPlace:
    names = ("endpoint", "bucket", "access_key_env", "secret_key_env", "region")
    shapes.members(vault, ("kind", *names, "secure"), "vault")
    shapes.constant(vault["kind"], "s3", "vault.kind")
    secure = _truth(vault["secure"], "vault.secure")
    endpoint, bucket, access, secret, region = (shapes.text(vault[name], f"vault.{name}") for name in names)
    return BucketPlace(endpoint, bucket, access, secret, region, secure)


def _truth(value: Json, field: str) -> bool:
    if not isinstance(value, bool):
        raise shapes.refused(field, " true 或 false")
    return value


def _incomplete(path: Path, missing: list[str], copy: str) -> Fault:
    message = f"档案库 {path} 缺少 {'、'.join(missing)}。"
    return Fault("home-incomplete", message, f"请从{copy}恢复；切勿另建空文件代替。")


def _exists(path: Path) -> Fault:
    return Fault("home-exists", f"{path} 已经存在且不是空目录。", "请另选目录；已有的档案库可直接打开。")


def _unusable(path: Path, error: OSError) -> Fault:
    return Fault("home-unusable", f"档案库目录 {path} 无法使用：{reason(error)}。", "请检查路径、权限和磁盘空间。")
