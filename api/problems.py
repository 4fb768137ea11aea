"""Refusals over HTTP: every Fault becomes one problem document (RFC 9457), for people and for machines.

Keeps: the status follows the leading defect's code; every defect is told; nothing else is: an error that isn't a
Fault says only that it happened, its place goes to the log. Leaves: pages (`api.web` puts the same into HTML).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from domain.errors import Defect, Fault
from domain.rules.citing import cited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:anjuan:problem:"
MAX_DEFECTS = 200

_GROUPS: dict[HTTPStatus, tuple[str, ...]] = {
    HTTPStatus.BAD_REQUEST: (
        "upload-header",
        "upload-algorithm",
        "host",
        "json-syntax",
        "json-utf8",
        "json-duplicate",
        "json-depth",
        "body-media",
        "body",
    ),
    HTTPStatus.UNAUTHORIZED: ("token-missing", "token-unknown"),
    HTTPStatus.FORBIDDEN: ("not-permitted", "loopback-only", "token-officer"),
    HTTPStatus.NOT_FOUND: (
        "unknown-case",
        "unknown-record",
        "unknown-draft",
        "unknown-rulebook",
        "unknown-object",
        "unknown-upload",
        "unknown-form",
        "blob-missing",
        "not-found",
        "log-empty",
        "not-logged",
        "nothing-yet",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method",),
    HTTPStatus.REQUEST_TIMEOUT: ("upload-stalled",),
    HTTPStatus.CONFLICT: (
        "act-conflict",
        "act-taken",
        "blob-exists",
        "draft-conflict",
        "seen",
        "seq-taken",
        "stale",
        "upload-checksum",
        "upload-offset",
        "upload-overtaken",
        "upload-quota",
        "withheld-exists",
    ),
    HTTPStatus.GONE: ("content-destroyed", "draft-expired"),
    HTTPStatus.PRECONDITION_FAILED: ("tus-version",),
    HTTPStatus.LOCKED: ("in-quarantine", "upload-busy"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("upload-beyond", "upload-parts", "too-large", "body-too-large", "json-size"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("media",),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: ("range-outside",),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "arrivals-disk",
        "arrivals-full",
        "busy",
        "evidence-unlocked",
        "not-carried-out",
        "key-credentials",
        "key-locked",
        "key-refused",
        "key-rotated",
        "key-unreachable",
        "store-unknown",
        "store-unreachable",
        "uploads-full",
        "vault-refused",
        "vault-unreachable",
        "no-genesis",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "arrival-damaged",
        "blob-damaged",
        "case-key-missing",
        "internal",
        "key-missing",
        "key-unfit",
        "key-wrong",
        "rulebook-altered",
        "store-damaged",
        "withheld-damaged",
    ),
}
_STATUS = {code: status for status, codes in _GROUPS.items() for code in codes}
_TITLES = {
    HTTPStatus.BAD_REQUEST: "请求无法读取",
    HTTPStatus.UNAUTHORIZED: "需要访问令牌",
    HTTPStatus.FORBIDDEN: "无权办理或者查看",
    HTTPStatus.NOT_FOUND: "没有找到",
    HTTPStatus.METHOD_NOT_ALLOWED: "不支持的请求方法",
    HTTPStatus.REQUEST_TIMEOUT: "接收超时",
    HTTPStatus.CONFLICT: "与现有内容冲突",
    HTTPStatus.GONE: "已经过期或者销毁",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "内容过大",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "不支持的内容类型",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "范围无效",
    HTTPStatus.PRECONDITION_FAILED: "协议版本不符",
    HTTPStatus.LOCKED: "暂时不能使用",
    HTTPStatus.UNPROCESSABLE_ENTITY: "不能入卷",
    HTTPStatus.INTERNAL_SERVER_ERROR: "系统错误",
    HTTPStatus.SERVICE_UNAVAILABLE: "暂时不能办理",
}
_HEADERS: dict[HTTPStatus, dict[str, str]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="anjuan"'},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.LOCKED: {"Retry-After": "2"},
}


def status_of(fault: Fault) -> HTTPStatus:
    """The HTTP status of a Fault by its leading code; 422 for whatever the law or the format refuses."""
    return _STATUS.get(fault.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def title_of(status: HTTPStatus) -> str:
    """What a status means, in a few words."""
    return _TITLES.get(status, "请求未能完成")


def problem(fault: Fault, headers: Mapping[str, str] | None = None, status: int | None = None, **more: Any) -> Response:
    """The problem document of a Fault: type, title, status, detail, code, defects (members of `Defect.as_json`).

    `status` where a protocol has one that HTTP doesn't know; `more`: members of its own (RFC 9457 §3.2).
    """
    known = status_of(fault)
    status = status or known
    body = {
        "type": f"{TYPE}{fault.code}",
        "title": title_of(known),
        "status": int(status),
        "detail": _sentence(fault.defects[0]),
        "code": fault.code,
        "defects": [defect.as_json() for defect in fault.defects[:MAX_DEFECTS]],
        **more,
    }
    return Response(orjson.dumps(body), status, {**_HEADERS.get(known, {}), **(headers or {})}, media_type=MEDIA_TYPE)


def unexpected() -> Fault:
    """The Fault that stands for an error of ours; it says nothing of what was asked."""
    return Fault(
        "internal", "系统内部出错，本次操作是否完成不能确定", "请原样重试，不会重复入卷；仍不成功的，请联系管理员。"
    )


def fault_of_http(error: HTTPException) -> Fault:
    """The Fault that stands for an HTTP error of the framework: no such path, wrong method, unreadable body."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return Fault("not-found", "没有这个地址", "请核对地址。")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return Fault("method", "这个地址不支持该请求方法", "请查阅接口说明 /v1/openapi.json。")
    return Fault("body", "请求无法读取", "请核对请求的格式。")


def fault_of_validation(errors: list[Any], *, located: bool = False) -> Fault:
    """The Fault of pydantic's errors, one defect each (code "shape").

    `located`: the first step of each place is FastAPI's ("query", "path", …) and not the client's. What was given is
    not repeated: it may be confidential.
    """
    defects = tuple(_shape_defect(error, located=located) for error in errors[:MAX_DEFECTS])
    return Fault.of(defects or (Defect("shape", "请求的内容不符合要求"),))


def validated_or_fault(error: ValidationError) -> Fault:
    """As `fault_of_validation`, of a caught ValidationError."""
    return fault_of_validation(error.errors(include_url=False, include_context=False, include_input=False))


def _sentence(defect: Defect) -> str:
    basis = f"（{cited(defect.article)}）" if defect.article else ""
    return f"{defect.message.rstrip('。')}{basis}。"


def _shape_defect(error: Any, *, located: bool) -> Defect:
    field = ""
    for step in error.get("loc", ())[int(located) :]:
        field += f"[{step}]" if isinstance(step, int) else f".{step}" if field else str(step)[:64]
    kind = str(error.get("type", ""))
    message, remedy = _EXPLAINED.get(kind, (None, None))
    if message is None:
        message, remedy = _ranged(kind)
    return Defect(
        "shape", f"“{field[:200] or '请求'}”{message}", remedy or "请按接口说明填写。", field=field[:200] or None
    )


def _ranged(kind: str) -> tuple[str, str]:
    if kind.endswith(("_too_long", "_too_short", "less_than_equal", "greater_than_equal", "_too_large")):
        return "超出允许的长度或者范围", "请按接口说明的范围填写。"
    return "格式不对", "请按接口说明填写。"


_EXPLAINED: dict[str, tuple[str, str]] = {
    "missing": ("没有填写", "请补填这一项。"),
    "extra_forbidden": ("不是这里可以有的一项", "请删去，或核对名称。"),
    "string_type": ("应为文字", "请改填文字。"),
    "int_type": ("应为整数", "请改填整数。"),
    "int_parsing": ("应为整数", "请改填整数。"),
    "bool_type": ("应为是或否", "请填 true 或 false。"),
    "list_type": ("应为列表", "请逐项填写。"),
    "dict_type": ("应为对象", "请按接口说明填写。"),
    "model_type": ("应为对象", "请按接口说明填写。"),
    "string_pattern_mismatch": ("格式不对", "请按接口说明的格式填写。"),
}
