"""Signed changes: what is sealed passes, and nothing else does."""

from __future__ import annotations

import hashlib
import random

import pytest

from crdt.chunk import committed_actor, with_actor, zeroed_body
from crdt.identifiers import MAX_AT_MS, ActorId, NetworkId, RecordId
from meshnode.errors import PeerError
from meshnode.identity.envelope import (
    HEAD_BYTES,
    LARGEST_ENVELOPE,
    ChangeRefused,
    Envelope,
    change_id,
    check_change,
    parse_envelope,
    seal_change,
)
from tests.crdt.cast import Neighbour
from tests.support.chunks import ZERO_ACTOR
from tests.support.people import fuzz_count, seeded_identity

NETWORK = NetworkId(b"\x4d" * 32)
OTHER_NETWORK = NetworkId(b"\x4e" * 32)
RECORD = RecordId(b"\x20" + b"\x07" * 15)
OTHER_RECORD = RecordId(b"\x20" + b"\x08" * 15)
AT = 1_795_000_000_000
ALICE, BOB = seeded_identity("alice"), seeded_identity("bob")

DRAFT = bytes.fromhex(
    "856f4a83c9ba8b5101610010000000000000000000000000000000000101000000061517340142045607571870027c07"
    "64657461696c730176057469746c6505706c616365047f0403017c0014e6019601014669782074686520677574746572"
    "546f6f6c20736865640400"
)
"""Two operations in a record of their own, as automerge writes them."""


def draft() -> bytes:
    author = Neighbour(1)
    written = author.act("task.add", title="Fix the gutter", place="Tool shed")
    return with_actor(written.raw, ActorId(ZERO_ACTOR))


def sealed(at_ms: int = AT) -> bytes:
    return seal_change(ALICE, NETWORK, RECORD, at_ms, draft())


def packed(envelope: Envelope) -> bytes:
    head = envelope.signature + envelope.author + envelope.record + envelope.at_ms.to_bytes(8, "big")
    return head + envelope.raw


def refusal(envelope: bytes, network: NetworkId = NETWORK) -> ChangeRefused:
    with pytest.raises(ChangeRefused) as refused:
        check_change(network, envelope)
    return refused.value


def test_what_is_sealed_passes() -> None:
    envelope = sealed()
    parts = parse_envelope(envelope)
    checked = check_change(NETWORK, envelope)
    assert packed(parts) == envelope
    assert (checked.author, checked.record, checked.at_ms, checked.raw) == (ALICE.device, RECORD, AT, parts.raw)
    assert checked.id == change_id(NETWORK, RECORD, ALICE.device, AT, parts.raw)
    assert checked.chunk.actor == committed_actor(NETWORK, RECORD, ALICE.device, AT, zeroed_body(parts.raw))
    assert sealed() == envelope


def test_the_layout_never_changes() -> None:
    envelope = seal_change(ALICE, NETWORK, RECORD, AT, DRAFT)
    checked = check_change(NETWORK, envelope)
    assert len(envelope) == 120 + len(DRAFT)
    assert checked.id.hex() == "8fcddb56bb9280cda59e5a69209c5e48a77e52ba223679b368b08a654ad724e4"
    assert checked.chunk.actor.hex() == "de8b166c54a07ae2cd48d5b734bd2180"
    assert hashlib.sha256(envelope).hexdigest() == "450b8839da38acb43a55f4ee4e169da541343ec8511e7653463deba9c2c25a93"


def test_claimed_times_have_bounds_but_no_meaning() -> None:
    assert check_change(NETWORK, sealed(0)).at_ms == 0
    assert check_change(NETWORK, sealed(MAX_AT_MS)).at_ms == MAX_AT_MS
    refused = refusal(sealed(MAX_AT_MS + 1))
    assert (refused.code, refused.remember) == ("at", True)


def test_a_copy_for_another_network_record_author_or_time_is_refused() -> None:
    """Also when whoever copies it signs it anew: the actor is committed to where it was written."""
    parts = parse_envelope(sealed())
    for network, record, at_ms, identity in (
        (OTHER_NETWORK, RECORD, AT, ALICE),
        (NETWORK, OTHER_RECORD, AT, ALICE),
        (NETWORK, RECORD, AT + 1, ALICE),
        (NETWORK, RECORD, AT, BOB),
    ):
        signature = identity.sign(change_id(network, record, identity.device, at_ms, parts.raw))
        refused = refusal(packed(Envelope(signature, identity.device, record, at_ms, parts.raw)), network)
        assert (refused.code, refused.remember) == ("actor", True)


def test_a_forged_signature_is_refused_but_not_remembered() -> None:
    """The id does not cover the signature: remembering it would shut the genuine change out."""
    envelope = sealed()
    forged = bytes([envelope[0] ^ 1]) + envelope[1:]
    refused = refusal(forged)
    assert (refused.code, refused.remember) == ("signature", False)
    assert refused.change == check_change(NETWORK, envelope).id


def test_a_malformed_chunk_is_refused_and_remembered_under_its_id() -> None:
    parts = parse_envelope(sealed())
    cut = Envelope(parts.signature, parts.author, parts.record, parts.at_ms, parts.raw[:-1])
    refused = refusal(packed(cut))
    assert refused.remember
    assert refused.change == change_id(NETWORK, RECORD, ALICE.device, AT, cut.raw)


@pytest.mark.parametrize("size", [0, 1, HEAD_BYTES - 1, HEAD_BYTES, LARGEST_ENVELOPE + 1])
def test_sizes_no_envelope_has(size: int) -> None:
    refused = refusal(bytes(size))
    assert refused.change is None
    assert not refused.remember
    assert refused.code == ("too-large" if size > LARGEST_ENVELOPE else "truncated")


def test_the_largest_size_is_still_read() -> None:
    assert refusal(bytes(LARGEST_ENVELOPE)).code == "magic"


def test_every_flipped_bit_is_refused() -> None:
    envelope = sealed()
    for bit in range(8 * len(envelope)):
        flipped = bytearray(envelope)
        flipped[bit // 8] ^= 1 << bit % 8
        refusal(bytes(flipped))


@pytest.mark.parametrize("seed", range(4))
def test_mutated_envelopes_raise_only_the_one_refusal(seed: int) -> None:
    chance = random.Random(seed)
    envelope = sealed()
    for _ in range(fuzz_count(500)):
        mutated = bytearray(envelope)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(mutated))
            mutated[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        if bytes(mutated) != envelope:
            refusal(bytes(mutated))


def test_a_refusal_is_a_peers_fault() -> None:
    assert isinstance(refusal(b""), PeerError)
