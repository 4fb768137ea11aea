"""The OpenAPI description: FastAPI's of the routes, the rulebooks' of every action.

Keeps: the schema of each action's facts is a component `<rulebook>.<action>`; a draft's body is one of all actions;
every operation shows one real exchange (examples.json, made by playing a case).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.problems import MEDIA_TYPE as PROBLEM

from .models import CaseRequest, DraftRequest, EvidenceItem, SignaturesRequest, SignerItem
from .schemas import draft_schema, facts_name, facts_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

    from domain.rules.rulebook import Rulebook

TITLE = "案卷接口"
EXAMPLES = Path(__file__).with_name("examples.json")
JSON = "application/json"
ABOUT = (
    "案卷的全部办理都在这里：领取编号、存入证据、起草、逐人签名、入卷；以及查看、导出。"
    "密钥从不离开签署人的机器：起草给出待签的字节，签名在本机完成。"
    "除 /health 外都须带访问令牌。拒绝一律以 application/problem+json 说明理由、依据和位置。"
)
_REF = "#/components/schemas/{model}"
_PUBLIC_KEY = {
    "type": "object",
    "title": "公钥（JWK，Ed25519）",
    "properties": {
        "kty": {"const": "OKP"},
        "crv": {"const": "Ed25519"},
        "x": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
    },
    "required": ["kty", "crv", "x"],
    "additionalProperties": False,
}


def described(app: FastAPI, rulebooks: Iterable[Rulebook]) -> dict[str, Any]:
    """The OpenAPI document of `app` with the actions of `rulebooks`."""
    document = get_openapi(title=TITLE, version=app.version, description=ABOUT, routes=app.routes)
    components = document.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    bodies = (CaseRequest, DraftRequest, EvidenceItem, SignaturesRequest, SignerItem)
    _, defined = models_json_schema([(model, "validation") for model in bodies], ref_template=_REF)
    schemas.update(defined["$defs"])
    schemas["PublicKey"] = _PUBLIC_KEY
    drafts = []
    for book in rulebooks:
        for action in book.actions:
            name = facts_name(book.id, action.code)
            schemas[name] = facts_schema(book, action)
            schemas[f"{name}.draft"] = draft_schema(book, action)
            drafts.append({"$ref": f"#/components/schemas/{name}.draft"})
    schemas["DraftRequest"]["oneOf"] = drafts
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "anjuan token 领取"}}
    document["security"] = [{"token": []}]
    _illustrate(document, json.loads(EXAMPLES.read_text(encoding="utf-8")))
    return document


def _illustrate(document: dict[str, Any], examples: dict[str, Any]) -> None:
    """Put the examples in their places, and refusals under the media type that they come with."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            if name in examples["asked"]:
                operation["requestBody"]["content"][JSON]["example"] = examples["asked"][name]
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    key = path.split("/")[2] if parameter["name"] == "name" else parameter["name"]
                    parameter["example"] = examples["places"][key]
            for status, response in operation["responses"].items():
                if status in ("200", "201"):
                    if name in examples["answers"]:
                        content = response.setdefault("content", {JSON: {"schema": {"type": "object"}}})
                        content[JSON]["example"] = examples["answers"][name]
                elif JSON in response.get("content", {}):
                    response["content"] = {PROBLEM: response["content"][JSON]}
                    if status in examples["problems"]:
                        response["content"][PROBLEM]["example"] = examples["problems"][status]
