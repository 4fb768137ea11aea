from __future__ import annotations

from itertools import chain, combinations

import pytest

from domain.errors import Fault
from domain.formats.keys import PrivateKey
from domain.formats.note import KeyType, NoteKey
from domain.formats.policy import Policy

NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
KEYS = {
    name: NoteKey(f"example.org/{name}", KeyType.COSIGNATURE, PrivateKey.from_seed(bytes([i]) * 32).public.raw)
    for i, name in enumerate(NAMES, 1)
}
LOG = NoteKey("example.org/log", KeyType.ED25519, PrivateKey.from_seed(b"l" * 32).public.raw)
WITNESSES = "".join(f"witness {name} {key.vkey}\n" for name, key in KEYS.items())
# c2sp.org/tlog-policy's example
EXAMPLE = f"""log {LOG.vkey}

{WITNESSES}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def refused(text: str) -> str:
    with pytest.raises(Fault) as caught:
        Policy.parse(text)
    assert caught.value.code == "policy"
    return str(caught.value)


def test_the_published_example_asks_for_two_of_three_and_one_of_three() -> None:
    policy = Policy.parse(EXAMPLE)
    assert policy.logs == [LOG]
    every = chain.from_iterable(combinations(NAMES, n) for n in range(len(NAMES) + 1))
    for there in every:
        enough = sum(name[0] == "X" for name in there) >= 2 and any(name[0] == "Y" for name in there)
        assert policy.met([KEYS[name] for name in there]) == enough
    assert not policy.met([LOG])


def test_one_witness_may_be_the_quorum_and_none_asks_for_nobody() -> None:
    one = Policy.parse(f"{WITNESSES}quorum X2\n")
    assert one.met([KEYS["X2"]])
    assert not one.met([KEYS["X1"], KEYS["Y1"]])
    assert Policy.parse("quorum none\n").met([])
    assert Policy.parse("# 无见证\n\n \t quorum\tnone  \n").met([])


def test_names_are_octets_and_urls_are_kept() -> None:
    policy = Policy.parse(f"witness 审计署 {KEYS['X1'].vkey} https://witness.example.org/\nquorum 审计署\n")
    assert policy.witnesses["审计署"].url == "https://witness.example.org/"
    assert policy.met([KEYS["X1"]])


@pytest.mark.parametrize(
    "text",
    [
        "",
        WITNESSES,
        f"{WITNESSES}quorum X1\nquorum X2\n",
        f"quorum X1\n{WITNESSES}",
        f"{WITNESSES}quorum X9\n",
        f"{WITNESSES}group none any X1\nquorum X1\n",
        f"{WITNESSES}group X1 any X2\nquorum X1\n",
        f"{WITNESSES}group g any none\nquorum g\n",
        f"{WITNESSES}group g any\nquorum g\n",
        f"{WITNESSES}group g 3 X1 X2\nquorum g\n",
        f"{WITNESSES}group g 0 X1 X2\nquorum g\n",
        f"{WITNESSES}group g 01 X1 X2\nquorum g\n",
        f"{WITNESSES}group g ２ X1 X2\nquorum g\n",
        f"{WITNESSES}group g any X1 X1\nquorum g\n",
        f"{WITNESSES}group g any X1\ngroup h any X1\nquorum h\n",
        f"{WITNESSES}group g any h\ngroup h any X1\nquorum h\n",
        f"{WITNESSES}{WITNESSES}quorum X1\n",
        f"witness a {KEYS['X1'].vkey}\nwitness b {KEYS['X1'].vkey}\nquorum a\n",
        f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none\n",
        f"log {KEYS['X1'].vkey}\nquorum none\n",
        f"witness a {LOG.vkey}\nquorum a\n",
        f"witness a {KEYS['X1'].vkey} u v\nquorum a\n",
        "witness a b\nquorum a\n",
        "quorum\n",
        "trust none\n",
        "quorum none\r\n",
        "quorum none\x7f\n",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert refused(text)


def test_a_refusal_names_the_line() -> None:
    assert "第 8 行" in refused(f"{WITNESSES}\ngroup g any Z\nquorum g\n")


def test_the_same_key_under_another_name_is_no_second_witness() -> None:
    twin = NoteKey("example.org/twin", KeyType.COSIGNATURE, KEYS["X1"].raw)
    assert "重复" in refused(f"witness a {KEYS['X1'].vkey}\nwitness b {twin.vkey}\nquorum a\n")
