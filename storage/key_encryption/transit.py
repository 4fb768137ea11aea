"""The key-encryption key at an OpenBao server, which it never leaves: its transit engine, key type aes256-gcm96.

    wrapped   the server's words in ASCII, `vault:v1:…`; the context goes along as associated data

Keeps: the server's token comes from the environment and goes to the server only; a key that can be exported is refused;
no request is sent twice or elsewhere; plain http only to this machine.
Leaves: who else may use that key (the server's policies), its versions (`bao write -f transit/keys/NAME/rotate`: the
server goes on opening what older ones wrapped), its backups. Source: openbao.org/api-docs/secret/transit.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.exceptions import HTTPError

from storage.key_encryption import faults

if TYPE_CHECKING:
    from storage.key_encryption.places import TransitPlace

TYPE = "aes256-gcm96"
_SECONDS_TO_CONNECT, _SECONDS_OF_SILENCE = 5, 30
_ANSWER_OCTETS = 1 << 20
_OK, _NOTHING, _BAD, _FORBIDDEN, _ABSENT, _SEALED = 200, 204, 400, 403, 404, 503
_POLICY = "请检查令牌是否过期，以及策略是否允许读取该密钥、用它加密和解密。"


class TransitKey:
    """A KeyEncryption at the server that `place` names; see `make_transit_key`."""

    def __init__(self, place: TransitPlace) -> None:
        self._place, self._server, self._checked = place, _Server(place), False

    @property
    def id(self) -> str:
        """`transit:`, the mount and the key's name: the same key behind another address."""
        return f"transit:{self._place.mount}/{self._place.key}"

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """Encipher at the server."""
        self._check()
        answer = self._server.ask("encrypt", plaintext=_b64(data), associated_data=_b64(context))
        return str(answer["ciphertext"]).encode("ascii")

    def unwrap(self, data: bytes, context: bytes) -> bytes:
        """Decipher at the server."""
        self._check()
        try:
            text = data.decode("ascii")
        except UnicodeDecodeError as error:
            raise faults.wrong(str(self._place)) from error
        answer = self._server.ask("decrypt", ciphertext=text, associated_data=_b64(context))
        return base64.b64decode(answer["plaintext"], validate=True)

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def _check(self) -> None:
        """Once, that the key is there: encrypting would make one that nobody asked for."""
        if not self._checked:
            if not self._server.look():
                raise faults.missing(str(self._place))
            self._checked = True


def make_transit_key(place: TransitPlace) -> None:
    """Make the key at its server, unless one of that name is there that can serve. Faults of the port."""
    server = _Server(place)
    try:
        if not server.look():
            server.ask("keys", type=TYPE, exportable=False, allow_plaintext_backup=False)
            if not server.look():
                raise faults.missing(str(place))
    finally:
        server.close()


class _Server:
    def __init__(self, place: TransitPlace) -> None:
        self._place = place
        timeout = urllib3.Timeout(connect=_SECONDS_TO_CONNECT, read=_SECONDS_OF_SILENCE)
        self._http = urllib3.PoolManager(retries=False, timeout=timeout)

    def close(self) -> None:
        self._http.clear()

    def look(self) -> bool:
        """Whether the key is there; `key-unfit` if it can't serve."""
        status, answer = self._sent("GET", "keys", None)
        if status == _ABSENT and not answer.get("errors"):
            return False
        data = self._judged(status, answer)
        if data.get("type") != TYPE:
            raise faults.unfit(str(self._place), f"密钥类型应为 {TYPE}")
        if data.get("exportable") or data.get("allow_plaintext_backup"):
            raise faults.unfit(str(self._place), "密钥可以从服务器导出")
        return True

    def ask(self, what: str, **members: Any) -> dict[str, Any]:
        """The member `data` of the answer to one POST."""
        status, answer = self._sent("POST", what, members)
        told = " ".join(map(str, answer.get("errors") or ()))
        if what == "decrypt" and status == _BAD and "not found" not in told:
            raise faults.wrong(str(self._place))
        return self._judged(status, answer)

    def _judged(self, status: int, answer: dict[str, Any]) -> dict[str, Any]:
        where, data = str(self._place), answer.get("data")
        if status == _NOTHING:
            return {}
        if status == _OK and isinstance(data, dict):
            return data
        told = " ".join(map(str, answer.get("errors") or ()))
        if status == _SEALED:
            raise faults.locked(where, "服务器已封存（sealed）", "请由保管人员解封（bao operator unseal）后重试。")
        if status == _FORBIDDEN:
            raise faults.refused(where, "没有权限", _POLICY)
        if status == _ABSENT or "not found" in told:
            raise faults.missing(where)
        raise faults.refused(where, f"HTTP {status}", "请检查服务器的日志和设置后重试。")

    def _sent(self, method: str, what: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        place = self._place
        token = os.environ.get(place.token_env)
        if not token:
            raise faults.credentials(place.token_env, "服务器的访问令牌")
        url = f"{place.address}/v1/{place.mount}/{what}/{place.key}"
        headers = {"X-Vault-Token": token, "X-Vault-Request": "true", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode("ascii")
        try:
            answer = self._http.request(
                method, url, body=data, headers=headers, redirect=False, preload_content=False, decode_content=False
            )
            text = answer.read(_ANSWER_OCTETS)
            answer.release_conn()
            found = json.loads(text) if text else {}
        except HTTPError as error:
            raise faults.unreachable(str(place)) from error
        except (ValueError, binascii.Error) as error:
            raise faults.refused(str(place), "答复无法解读", "请核对地址。") from error
        return answer.status, found if isinstance(found, dict) else {}


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
