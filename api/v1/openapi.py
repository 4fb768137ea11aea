"""The OpenAPI description: FastAPI's of the routes, the rulebooks' of every action.

Keeps: the schema of each action's facts is a component `<rulebook>.<action>`; a draft's body is one of all actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from .models import CaseRequest, DraftRequest, EvidenceItem, SignaturesRequest, SignerItem
from .schemas import draft_schema, facts_name, facts_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

    from domain.rules.rulebook import Rulebook

TITLE = "案卷接口"
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
    return document
