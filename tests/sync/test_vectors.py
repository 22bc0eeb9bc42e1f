"""Byte for byte what negentropy v1 says: every recorded conversation, both roles, on every kind of set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypedDict

import pytest

from crdt.identifiers import ItemKey, item_key
from meshnode.sync.item_set import ItemSet
from meshnode.sync.packed_set import PackedSet
from meshnode.sync.reconcile import Bounds, Role, first_message, reconcile
from tests.support.sets import SortedSet


class Case(TypedDict):
    """One recorded conversation."""

    name: str
    seed: int
    n: int
    ts: list[int]
    only_a: list[int]
    only_b: list[int]
    limit_a: int
    limit_b: int
    trace: list[str]
    have: list[str]
    need: list[str]


CASES: list[Case] = json.loads((Path(__file__).parent / "vectors" / "negentropy.json").read_text())["cases"]
KINDS: list[Callable[[Iterable[bytes]], ItemSet]] = [SortedSet, PackedSet]


def keys_of(case: Case) -> list[ItemKey]:
    return [
        item_key(at, hashlib.sha256(f"item-{case['seed']}-{index}".encode()).digest())
        for index, at in enumerate(case["ts"])
    ]


@pytest.mark.parametrize("kind", KINDS, ids=["sorted", "packed"])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_conversation_is_byte_equal(case: Case, kind: Callable[[Iterable[bytes]], ItemSet]) -> None:
    keys = keys_of(case)
    alice = kind(key for index, key in enumerate(keys) if index not in case["only_b"])
    bob = kind(key for index, key in enumerate(keys) if index not in case["only_a"])
    have: list[str] = []
    need: list[str] = []
    message = first_message(alice)
    for turn, recorded in enumerate(case["trace"]):
        assert message.hex() == recorded, f"message {turn}"
        if turn % 2:
            answer = reconcile(alice, message, Role.INITIATOR, Bounds(message_bytes=case["limit_a"]))
            have += [item.hex() for item in answer.have]
            need += [item.hex() for item in answer.need]
        else:
            answer = reconcile(bob, message, Role.ANSWERER, Bounds(message_bytes=case["limit_b"]))
        message = answer.message
    assert len(message) == 1, "the last recorded message leaves nothing to say"
    assert sorted(have) == sorted(case["have"])
    assert sorted(need) == sorted(case["need"])
