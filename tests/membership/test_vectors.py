"""The vectors of the fold: 1,000 sets of statements and the answers that every version gives."""

from __future__ import annotations

import json

from crdt.identifiers import NetworkId
from meshnode.membership.fold import fold
from tests.membership.write_vectors import FULL_SEEDS, HASHES, IN_FULL, SEEDS, canonical, hash_of, network_of
from tests.support.people import fuzz_count

SHARE = 50
"""Of the vectors in one ordinary run; `make fuzz` goes through all of them."""


def test_the_answers_are_the_recorded_ones() -> None:
    recorded = json.loads(HASHES.read_text())
    assert list(recorded) == [str(seed) for seed in SEEDS]
    for seed in SEEDS[:: max(1, len(SEEDS) // fuzz_count(SHARE))]:
        street = network_of(seed).street
        assert hash_of(street.network, street.statements) == recorded[str(seed)], seed


def test_those_in_full_need_nothing_but_the_file() -> None:
    recorded = json.loads(IN_FULL.read_text())
    assert [each["seed"] for each in recorded] == list(FULL_SEEDS)
    for each in recorded:
        answer = fold(NetworkId(bytes.fromhex(each["network"])), map(bytes.fromhex, each["statements"]))
        assert canonical(answer) == each["answer"], each["seed"]
    answers = [each["answer"] for each in recorded]
    assert any(device["state"] == "removed" for answer in answers for device in answer["devices"].values())
    assert any(petition["effective"] for answer in answers for petition in answer["petitions"].values())
    for kept in ("epochs", "endorsed", "forgotten"):
        assert any(answer[kept] for answer in answers), kept
