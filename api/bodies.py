"""JSON bodies: read strictly, then held against their model.

Keeps: duplicate names, floats, big integers, NUL and other control characters, deep nesting and trailing data are
refused by the format's own parser before any model sees them; a model takes no member it doesn't know.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from domain.errors import Fault
from domain.formats.canonical import parse

from .guards import JSON_LIMIT
from .problems import validated_or_fault

Model = TypeVar("Model", bound=BaseModel)
MEDIA_TYPE = "application/json"


def json_body(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """A dependency that gives the request's body as `model`.

    Faults: "media" (not JSON by its own word), the parser's (json-…), "shape" for each member that isn't as it should.
    """

    async def read(request: Request) -> Model:
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != MEDIA_TYPE:
            raise Fault("media", f"内容类型应为 {MEDIA_TYPE}，实为 {media[:60] or '未写明'}", "请写明内容类型。")
        return held(model, parse(await request.body(), limit=JSON_LIMIT))

    return read


def held(model: type[Model], value: Any) -> Model:
    """`value` as `model`, strictly. Fault "shape"."""
    try:
        return model.model_validate(value, strict=True)
    except ValidationError as error:
        raise validated_or_fault(error) from error


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI words for a body of `model`; `v1.openapi` adds an example."""
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
    return {"requestBody": {"required": True, "content": {MEDIA_TYPE: content}}}
