"""The draft file: an act on its way from officer to officer, with what it keeps back or adopts, and the signatures so
far.

It holds confidential facts in the clear and is written readable by its owner only.
"""  # noqa: D205  # one sentence

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from domain.errors import Fault, reason
from domain.formats.act import Act, Signature, sign_act
from domain.formats.canonical import dump, parse
from domain.formats.encoding import b64u, b64u_decode, digest

from .console import beside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from domain.formats.keys import Signing

LIMIT = 8 << 20


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A draft with its signatures, in order of the act's signers; `brought`: by digest, what it adopts."""

    payload: bytes
    disclosures: tuple[str, ...]
    expires: str
    signatures: tuple[Signature, ...] = ()
    brought: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def act(self) -> Act:
        """The act."""
        return Act.parse(self.payload)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Key ids that have not signed yet, in order."""
        return tuple(s.kid for s in self.act.signers[len(self.signatures) :])

    def signed_by(self, key: Signing) -> DraftFile:
        """The draft with one more signature; Fault if it is another officer's turn."""
        if key.kid not in {s.kid for s in self.act.signers}:
            raise Fault("not-a-signer", "该行为的签署人名单中没有这把密钥", "请核对所用密钥，或重新起草")
        if not self.waiting:
            raise Fault("signed", "该行为已由全部签署人签署", "请用 anjuan submit 提交")
        if self.waiting[0] != key.kid:
            turn = len(self.signatures) + 1
            raise Fault("signature-order", f"现应由第 {turn} 位签署人签署，不是这把密钥", "请按起草时的顺序签署")
        return replace(self, signatures=(*self.signatures, sign_act(self.payload, key)))

    def save(self, path: Path) -> None:
        """Write the file, readable by its owner only, whole or not at all."""
        data = dump(
            {
                "payload": b64u(self.payload),
                "disclosures": list(self.disclosures),
                "expires": self.expires,
                "signatures": [{"protected": s.protected, "signature": s.signature} for s in self.signatures],
                "brought": {pinned: b64u(data) for pinned, data in self.brought.items()},
            }
        )
        temporary = beside(path)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> DraftFile:
        """Read the file; Fault "draft-file" if it is none."""
        try:
            with path.open("rb") as file:
                value = parse(file.read(LIMIT + 1), limit=LIMIT)
        except OSError as error:
            raise Fault("draft-file", f"不能读取草稿 {path}：{reason(error)}", "请核对路径") from error
        try:
            return cls(*_members(value))
        except (KeyError, TypeError) as error:
            raise Fault("draft-file", f"{path} 不是草稿文件", "请使用 anjuan draft 写出的文件") from error


def _members(value: Any) -> tuple[bytes, tuple[str, ...], str, tuple[Signature, ...], dict[str, bytes]]:
    """Payload, disclosures, expiry, signatures, what it brings; KeyError or TypeError if it is no draft file."""
    signatures = tuple(Signature(s["protected"], s["signature"]) for s in value["signatures"])
    brought = {digest(data): data for data in map(b64u_decode, dict(value.get("brought", {})).values())}
    disclosures = tuple(str(d) for d in value["disclosures"])
    return b64u_decode(value["payload"]), disclosures, str(value["expires"]), signatures, brought
