"""Shapes of what API version 1 takes and gives; what an action's facts are comes from its rulebook (`schemas`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_DIGEST = r"^[A-Za-z0-9_-]{43}$"

Uuid7 = Annotated[str, Field(pattern=_UUID7, max_length=36, examples=["01890a5d-ac96-774b-bcce-b302099a8057"])]
Code = Annotated[str, Field(pattern=_CODE, max_length=64)]
Digest = Annotated[str, Field(pattern=_DIGEST, max_length=43)]
Day = Annotated[str, Field(max_length=10, examples=["2023-03-06"])]


class Asked(BaseModel):
    """A body that a client sends: no member that isn't named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(BaseModel):
    """A body that the server gives."""

    model_config = ConfigDict(frozen=True)


class CaseRequest(Asked):
    """A new case under a rulebook."""

    rulebook: Code = Field(description="规则手册的代号")


class CaseOpened(Given):
    """The number given out; the case begins with its first record."""

    case: Uuid7
    rulebook: Code


class EvidenceItem(Asked):
    """An evidence file of an act: the vault's object, the kind of paper, a title if the kind's own doesn't do."""

    object: Annotated[str, Field(max_length=36)]
    slot: Code
    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class SignerItem(Asked):
    """One who shall sign; `kid` may be left out where the officer has just one key that counts."""

    officer: Uuid7 = Field(description="人员的登记案件编号")
    capacity: Code = Field(alias="as", description="签署身份")
    kid: Digest | None = None


class DraftRequest(Asked):
    """An act to be drafted. `id` makes repeating safe: the same request under the same id gives the same draft."""

    id: Uuid7 | None = None
    rulebook: Code
    case: Uuid7
    action: Code
    facts: dict[str, Any] = Field(default_factory=dict)
    evidence: list[EvidenceItem] = Field(default_factory=list, max_length=1000)
    occurred: Annotated[str, Field(max_length=40, examples=["2023-03-06", "2023-03-06T09:30:00+08:00"])] | None = None
    signers: list[SignerItem] = Field(min_length=1, max_length=32)


class SignatureItem(Asked):
    """A signature (JWS members, base64url)."""

    protected: Annotated[str, Field(max_length=8192)]
    signature: Annotated[str, Field(max_length=8192)]


class SignaturesRequest(Asked):
    """Signatures of a draft, in any order; those that are there already may be sent again."""

    signatures: list[SignatureItem] = Field(min_length=1, max_length=32)


class DefectView(Given):
    """One thing that is wrong: for people (message, remedy) and for machines (the rest)."""

    code: str
    message: str
    remedy: str
    article: str | None
    action: str | None
    field: str | None
    record: int | None


class Problem(Given):
    """A refusal (RFC 9457), with everything found."""

    type: str = Field(examples=["urn:anjuan:problem:once"])
    title: str
    status: int
    detail: str
    code: str
    defects: list[DefectView]


class RecordPlace(Given):
    """Where an act was entered."""

    case: Uuid7
    seq: int
    digest: Digest
    received: str


class SignerView(Given):
    """One who is to sign, and whether they have."""

    officer: Uuid7
    name: str
    capacity: Code = Field(alias="as")
    title: str
    kid: Digest
    signed: bool


class DraftView(Given):
    """A draft: the exact bytes to sign (base64url), what they keep back, who signs, what `admissible` says of it."""

    id: Uuid7
    case: Uuid7
    action: Code
    payload: str
    disclosures: list[str]
    signers: list[SignerView]
    answer: str = Field(description="accepted 可以入卷；irregular 照录并标明不合规定")
    defects: list[DefectView]
    expires: str
    record: RecordPlace | None = Field(description="已经入卷的，其记录")


class EvidenceView(Given):
    """An evidence file as it was stored: `sha256` (hex) and `length` of the file, `blob` of what lies in the vault.

    `media` is what its content is. Only an admitted file may be named by an act or fetched.
    """

    object: str
    case: str
    name: str
    media: str
    sha256: str
    length: int
    blob: str
    size: int
    version: str | None
    state: Literal["admitted", "waiting", "refused"] = Field(
        description="admitted 可以附入行为；waiting 尚在隔离待查；refused 已被拒收"
    )
    reason: str = Field(description="待查或者拒收的理由")


class EvidencePage(Given):
    """Every file that was stored for a case, by order of its name in the vault."""

    rows: list[EvidenceView]


class RefusedFile(Problem):
    """Also of a file that was stored and refused: then `evidence.sha256` is the digest by which that is remembered."""

    evidence: EvidenceView | None = None


class UploadView(Given):
    """A file that arrives in parts: `offset` of `length` octets have come; `evidence` once the file is stored."""

    upload: str
    case: str
    name: str
    length: int
    offset: int
    expires: str
    evidence: EvidenceView | None


class UndoneItem(Given):
    """Which record set this one aside, and how."""

    by: int
    how: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "model": Problem}
    for status, text in {
        400: "请求无法读取",
        401: "没有令牌，或者令牌无效",
        403: "无权办理或者查看",
        404: "没有找到",
        409: "与现有内容冲突：编号已用、本案有新记录",
        413: "内容过大",
        422: "依法或者依格式不能入卷",
        423: "文件尚在隔离待查，或者已被拒收",
        503: "暂时不能办理，请重试",
    }.items()
}
