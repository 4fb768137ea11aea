"""Every operation of the API's description shows a real exchange, and it is still what the server does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from api.v1 import models, rows
from api.v1.openapi import EXAMPLES
from tests.api.make_examples import exchanges

if TYPE_CHECKING:
    from fastapi import FastAPI

    from tests.office import Office

KEPT = json.loads(EXAMPLES.read_text(encoding="utf-8"))
PROOF = "get /v1/cases/{case}/records/{seq}/proof"
FILES = {"get /v1/evidence/{name}", "get /v1/cases/{case}/export", "get /v1/rulebooks/{pinned}", PROOF}


def shape(value: Any) -> Any:
    """A body without its values: names, nesting and types."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return type(value).__name__


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    made: dict[str, Any] = app.openapi()
    return made


def test_the_examples_are_what_the_server_does(app: FastAPI, office: Office) -> None:
    again = exchanges(app, office)
    for part, kept in KEPT.items():
        for name in kept | again[part]:
            assert shape(kept.get(name)) == shape(again[part].get(name)), f"{name}: run tests.api.make_examples"


def test_the_examples_fit_the_models(document: dict[str, Any]) -> None:
    held = set()
    for name, example in KEPT["answers"].items():
        method, _, path = name.partition(" ")
        (answer,) = [r for s, r in document["paths"][path][method]["responses"].items() if s in ("200", "201")]
        said = answer["content"]["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
        if model := getattr(models, said, None) or getattr(rows, said, None):
            assert model.model_validate(example).model_dump(by_alias=True, exclude_unset=True) == example, name
            held.add(said)
    assert held >= {"CaseOpened", "DraftView", "EvidenceView", "CaseView", "TimelineView", "DeadlinePage", "CasePage"}


def test_every_operation_shows_an_example(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            assert "example" in body or not body, name
            if "204" in operation["responses"]:  # tus: all that is told stands in headers
                assert "content" not in operation["responses"]["204"], name
                continue
            answers = [r for status, r in operation["responses"].items() if status in ("200", "201")]
            (content,) = [media for answer in answers for media in answer["content"].values()]
            assert ("example" in content) != (name in FILES), name
            assert all("example" in p for p in operation.get("parameters", ()) if p["in"] == "path"), name


def test_refusals_come_as_problems_with_an_example(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for operation in operations.values():
            refusals = {s: r["content"] for s, r in operation["responses"].items() if s >= "400"}
            assert {"400", "401", "403", "404", "409", "413", "422"} <= set(refusals)
            for status, content in refusals.items():
                assert list(content) == ["application/problem+json"]
                told = content["application/problem+json"]
                assert "schema" in told
                assert status == "503" or told["example"]["status"] == int(status)


def test_an_example_that_fits_no_longer_is_found(app: FastAPI, office: Office) -> None:
    again = exchanges(app, office)["answers"]
    spoilt = {**KEPT["answers"]["get /v1/docket"], "more": 1}
    assert shape(spoilt) != shape(again["get /v1/docket"])
