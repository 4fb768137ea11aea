"""Which key-encryption key an archive uses: the member `keys` of archive.json, read and written, and on a command line.

    {"kind": "file", "file": "key-encryption.key"}                            file
    {"kind": "pkcs11", "module", "token", "label", "pin_env"}                 pkcs11:token=…;object=…?module-path=…
    {"kind": "transit", "address", "mount", "key", "token_env"}               https://host:port/v1/MOUNT/keys/KEY

A token is written as RFC 7512 does, a server's key as its own API does. PIN and access token come from environment
variables, whose names stand in archive.json. While a rotation isn't finished, `former` lists the keys before it.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from domain.errors import Fault
from domain.formats import shapes
from storage.key_encryption.file import FileKey, new_key_file
from storage.key_encryption.pkcs11 import TokenKey, make_token_key
from storage.key_encryption.transit import TransitKey, make_transit_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from domain.formats.canonical import Json
    from storage.key_encryption.port import KeyEncryption

PIN_ENV, TOKEN_ENV = "ANJUAN_PKCS11_PIN", "ANJUAN_TRANSIT_TOKEN"
_FILE = re.compile(r"key-encryption(?:-([0-9]{1,6}))?\.key")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_ENV = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_TOKEN_LABEL = 32  # octets, PKCS#11 2.40 §3.3 CK_TOKEN_INFO
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A key file in the archive's home; `file` is its name there."""

    file: str = "key-encryption.key"

    def __str__(self) -> str:
        return self.file


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """A key in a PKCS#11 token: `module` is the path of its library, `token` and `label` the names of token and key."""

    module: str
    token: str
    label: str
    pin_env: str = PIN_ENV

    def __str__(self) -> str:
        return f"pkcs11:{self.token}/{self.label}"


@dataclass(frozen=True, slots=True)
class TransitPlace:
    """A key of an OpenBao server's transit engine mounted at `mount`; `address` as https://host:port."""

    address: str
    mount: str
    key: str
    token_env: str = TOKEN_ENV

    def __str__(self) -> str:
        return f"{self.address}/v1/{self.mount}/keys/{self.key}"


KeyPlace = FilePlace | TokenPlace | TransitPlace
_KINDS: dict[str, type[KeyPlace]] = {"file": FilePlace, "pkcs11": TokenPlace, "transit": TransitPlace}


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """The key-encryption key in use, and while a rotation isn't finished those before it."""

    current: KeyPlace
    former: tuple[KeyPlace, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """The member `keys` of archive.json."""
        return {"current": _as_json(self.current), "former": [_as_json(place) for place in self.former]}

    @classmethod
    def parse(cls, value: Json) -> KeyPlaces:
        """Strict. Fault `shape`."""
        found = shapes.members(value, ("current", "former"), "keys")
        former = shapes.items(found["former"], "keys.former", low=0, high=16)
        return cls(
            _place(found["current"], "keys.current"),
            tuple(_place(entry, f"keys.former[{i}]") for i, entry in enumerate(former)),
        )


def key_place(text: str, used: Iterable[KeyPlace] = ()) -> KeyPlace:
    """A place as written on a command line; a file gets a name that none of `used` has. Fault `key-place`."""
    try:
        if text == "file":
            return _place({"kind": "file", "file": _fresh(used)}, "--keys")
        if text.startswith("pkcs11:"):
            return _token(text)
        return _transit(text)
    except (Fault, ValueError, KeyError) as error:
        raise Fault(
            "key-place",
            f"密钥加密密钥的位置写法不符：“{text[:120]}”。",
            "应写作 file，或 pkcs11:token=令牌;object=密钥?module-path=模块路径，或 https://主机:端口/v1/transit/keys/密钥。",
            field="--keys",
        ) from error


def make_key(place: KeyPlace, home: Path) -> None:
    """Make the key at `place`: a file anew, in a token or at a server unless it is there. Faults of its back-end."""
    if isinstance(place, FilePlace):
        new_key_file(home / place.file)
    elif isinstance(place, TokenPlace):
        make_token_key(place)
    else:
        make_transit_key(place)


def key_at(place: KeyPlace, home: Path) -> KeyEncryption:
    """The key at `place`. Fault of its back-end where a file isn't there; tokens and servers are asked later."""
    if isinstance(place, FilePlace):
        return FileKey(home / place.file)
    return TokenKey(place) if isinstance(place, TokenPlace) else TransitKey(place)


def _as_json(place: KeyPlace) -> dict[str, Json]:
    kind = next(name for name, of in _KINDS.items() if isinstance(place, of))
    return {"kind": kind, **asdict(place)}


def _place(value: Json, field: str) -> KeyPlace:
    found = shapes.mapping(value, field)
    kind = _KINDS.get(str(found.get("kind")))
    if kind is None:
        raise shapes.refused(f"{field}.kind", "以下之一：" + "、".join(_KINDS))
    names = tuple(kind.__dataclass_fields__)
    shapes.members(found, ("kind", *names), field)
    words = {name: shapes.text(found[name], f"{field}.{name}", octets=1024) for name in names}
    for name, word in words.items():
        if (expected := _misfit(name, word)) is not None:
            raise shapes.refused(f"{field}.{name}", expected)
    return kind(**words)


def _misfit(name: str, word: str) -> str | None:
    """What a member should be, if it isn't."""
    if name == "file":
        return None if _FILE.fullmatch(word) else " key-encryption.key 或 key-encryption-数字.key"
    if name == "module":
        return None if word.startswith("/") else " PKCS#11 模块的绝对路径"
    if name == "address":
        url = urlsplit(word)
        safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _HERE)
        return None if safe and word == f"{url.scheme}://{url.netloc}" and "@" not in word else " https://主机:端口"
    if name == "token":
        return None if word.isprintable() and len(word.encode()) <= _TOKEN_LABEL else "令牌的标签，至多 32 字节"
    if name.endswith("_env"):
        return None if _ENV.fullmatch(word) else "环境变量名"
    return None if _NAME.fullmatch(word) else "字母、数字、点、连字符组成的名称"


def _fresh(used: Iterable[KeyPlace]) -> str:
    numbers = [int((_FILE.fullmatch(p.file) or ["", None])[1] or 1) for p in used if isinstance(p, FilePlace)]
    return f"key-encryption-{max(numbers) + 1}.key" if numbers else FilePlace().file


def _token(text: str) -> KeyPlace:
    path, _, query = text.removeprefix("pkcs11:").partition("?")
    parts = dict(part.split("=", 1) for part in path.split(";"))
    (module,) = parse_qs(query, strict_parsing=True)["module-path"]
    named = {"token": unquote(parts.pop("token")), "label": unquote(parts.pop("object"))}
    if parts:
        raise ValueError("members that aren't known")
    return _place({"kind": "pkcs11", "module": module, "pin_env": PIN_ENV, **named}, "--keys")


def _transit(text: str) -> KeyPlace:
    url = urlsplit(text)
    version, mount, keys, key = url.path.removeprefix("/").split("/")
    if (version, keys) != ("v1", "keys") or url.query or url.fragment:
        raise ValueError("no address of a key")
    where = {"address": f"{url.scheme}://{url.netloc}", "mount": mount, "key": key, "token_env": TOKEN_ENV}
    return _place({"kind": "transit", **where}, "--keys")
