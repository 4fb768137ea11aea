"""A server of an archive, asked with an officer's token: what comes back is an answer, a Fault, or a lost line.

Keeps: the token goes to this server alone (no redirect is followed, no address of another server is taken), and never
in the clear over a network; it stands in no message.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from domain.errors import Defect, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT, SILENCE = 10.0, 120.0  # seconds
_AGAIN = frozenset({408, 409, 423, 429, 460, 502, 503, 504})
_MOST = 1 << 20  # octets of an answer


class Lost(Exception):  # noqa: N818  # no error: the line broke, or the server asks for patience
    """No answer, or one that says to try again, not before `after` seconds."""

    def __init__(self, told: str, after: float = 0.0) -> None:
        super().__init__(told)
        self.after = after


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is neither a refusal nor a lost line."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Remote:
    """The server at `url`."""

    def __init__(self, url: str, token: str) -> None:
        """Faults "server" (no address of a server, or one where the token would go in the clear)."""
        self.url = _checked(url)
        self._headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
        timeout = urllib3.Timeout(connect=CONNECT, read=SILENCE)
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout, maxsize=1)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request. Lost; Faults of the server, with all its defects."""
        try:
            came = self._pool.request(
                method,
                self.url + path,
                headers={**self._headers, **(headers or {})},
                body=body,
                redirect=False,
                preload_content=False,
            )
            data = came.read(_MOST)
            came.release_conn()
        except (HTTPError, OSError) as error:
            raise Lost(type(error).__name__) from error
        if came.status in _AGAIN:
            after = came.headers.get("Retry-After", "")
            raise Lost(f"HTTP {came.status}", float(after) if after.isdigit() else 0.0)
        told = _json(data)
        if not 200 <= came.status < 300:  # noqa: PLR2004  # RFC 9110 §15.3
            raise _refusal(came.status, told)
        return Answer(came.status, came.headers, told)

    def case(self, name: str) -> str:
        """A case by its id, or by its number (案号). Fault "case" unless just one has it."""
        if len(name) == 36 and name.count("-") == 4:  # noqa: PLR2004  # a UUID
            return name
        rows = self.ask("GET", f"/v1/cases?{urlencode({'q': name})}").body["rows"]
        found = [str(row["case"]) for row in rows if row["number"] == name]
        if len(found) != 1:
            raise Fault("case", f"服务器上没有案号为“{name[:60]}”的案件，或者不止一件", "请写案件编号。", field="case")
        return found[0]

    def close(self) -> None:
        """Hang up."""
        self._pool.clear()


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        fits = fits and not (parts.query or parts.fragment or parts.path.strip("/"))
    except ValueError:
        fits = False
    if not fits:
        raise Fault("server", f"服务器地址应写作 https://主机:端口，实为“{url[:80]}”", "请改正地址。", field="server")
    if parts.scheme == "http" and not _here(str(parts.hostname)):
        raise Fault("server", "http:// 会使令牌在网络上以明文传送，只能用于本机", "请改用 https://。", field="server")
    return f"{parts.scheme}://{parts.netloc}"


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None


def _refusal(status: int, told: Any) -> Fault:
    """What the server says is wrong, in its own words."""
    defects = told.get("defects") if isinstance(told, dict) else None
    found = [
        Defect(str(d.get("code")), str(d.get("message")), str(d.get("remedy")), field=d.get("field"))
        for d in (defects if isinstance(defects, list) else [])
        if isinstance(d, dict)
    ]
    gone = status in (404, 410)  # HEAD has no words
    refused = Defect("not-found" if gone else "server", f"服务器答复 HTTP {status}", "请核对服务器地址。")
    return Fault.of(tuple(found) or (refused,))
