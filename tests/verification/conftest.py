"""Pure functions of bytes are computed once per distinct bytes: a mutation leaves most bytes as they were."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from domain.formats import keys
from domain.rules.rulebook import Rulebook
from domain.verification import rules_pinned, signing, strand
from tests.verification.factory import Archive, archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session", autouse=True)
def _remembered() -> Iterator[None]:
    """The real functions, each answer kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys.PublicKey, "verify", cache(keys.PublicKey.verify))
        patch.setattr(keys, "_on_curve", cache(keys._on_curve))
        patch.setattr(strand, "parse_record", cache(strand.parse_record))
        patch.setattr(Rulebook, "parse", staticmethod(cache(Rulebook.parse)))
        patch.setattr(rules_pinned, "parse_object", cache(rules_pinned.parse_object))
        patch.setattr(keys, "thumbprint", by_bytes(keys.thumbprint))
        patch.setattr(rules_pinned, "read_json", by_bytes(rules_pinned.read_json))
        patch.setattr(rules_pinned, "calendar_from", by_bytes(rules_pinned.calendar_from))
        patch.setattr(signing, "signature_defects", by_record(signing.signature_defects))
        yield


def by_bytes(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`answer` for a JSON value, kept by its bytes."""
    kept = cache(lambda data: answer(orjson.loads(data)))
    return lambda value: kept(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def by_record(answer: Callable[..., Any]) -> Callable[..., Any]:
    """`answer` for a signed act and keys, kept by the act's bytes and the key ids (which are digests of the keys)."""
    kept = cache(lambda signed, keys: answer(signed, dict(keys)))
    return lambda signed, keys: kept(signed, tuple(sorted(keys.items(), key=lambda item: item[0])))


@pytest.fixture(scope="session")
def made() -> Archive:
    """One archive for all tests that only read it."""
    return archive()
