"""Sealed texts: the chosen devices open them, nobody else does, and nothing in them can be moved or bent."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt, crypto_box_seal

from crdt.identifiers import DeviceId, NetworkId, RecordId
from crdt.sealed import SealedValue, read_sealed
from meshnode.errors import LocalProtocolError
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.sealed_box import may_seal_to, open_box, seal_box
from meshnode.identity.sealing import Opened, Place, Recipient, Unopened, open_text, seal_text
from tests.support.people import fuzz_count, seeded, seeded_device, seeded_identity

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors" / "sealing.json").read_text())
ALICE, BOB, CHIDI, DANA = map(seeded_identity, ("alice", "bob", "chidi", "dana"))
PLACE = Place(NetworkId(b"\x4d" * 32), RecordId(b"\x23" + b"\x07" * 15), "text", ALICE.device)
SECRET = "Two tablets at noon, one at night."


def recipient(identity: Identity, *, personal: bool = True) -> Recipient:
    return Recipient(identity.device, identity.device_keys.seal.public, personal)


def seal(text: str = SECRET, place: Place = PLACE, *identities: Identity, seed: str = "a note") -> str:
    chosen = identities or (ALICE, BOB, CHIDI)
    return seal_text(text, place, [each.person for each in chosen], map(recipient, chosen), seeded(seed))


def opened(stored: Any, identity: Identity = BOB, place: Place = PLACE) -> Opened | Unopened:
    return open_text(stored, place, identity.device_keys)


def taken(stored: str) -> SealedValue:
    value = read_sealed(stored)
    assert value is not None
    return value


def test_who_was_chosen_reads_it_and_nobody_else() -> None:
    stored = seal()
    assert [opened(stored, each) for each in (ALICE, BOB, CHIDI)] == [Opened(SECRET)] * 3
    assert opened(stored, DANA) is Unopened.NOT_FOR_THIS_DEVICE
    assert opened(stored, seeded_device("bob", "phone")) is Unopened.NOT_FOR_THIS_DEVICE
    assert SECRET.encode() not in base64.b64decode(stored)


def test_a_hub_is_never_a_recipient() -> None:
    with pytest.raises(LocalProtocolError, match="hub"):
        seal_text(SECRET, PLACE, [ALICE.person], [recipient(ALICE), recipient(BOB, personal=False)], seeded("x"))


def test_what_it_costs_for_three() -> None:
    value = taken(seal())
    assert len(base64.b64decode(value.stored)) - 1 - 32 * len(value.people) == 358
    assert len(value.keys) == 3


@pytest.mark.parametrize("length", [0, 1, 62, 63, 64, 127, 128, 4000])
def test_a_length_is_hidden_within_64_bytes(length: int) -> None:
    text = "ä" * (length // 2) + "x" * (length % 2)
    value = taken(seal(text))
    assert len(value.text) == 16 + 64 * (length // 64 + 1)
    assert opened(value.stored) == Opened(text)


def test_moved_to_another_record_field_author_or_network_it_does_not_open() -> None:
    stored = seal()
    for elsewhere in (
        replace(PLACE, network=NetworkId(b"\x4e" * 32)),
        replace(PLACE, record=RecordId(b"\x23" + b"\x08" * 15)),
        replace(PLACE, field="other"),
        replace(PLACE, author=BOB.device),
    ):
        assert opened(stored, BOB, elsewhere) is Unopened.MOVED


def test_naming_other_people_or_giving_a_key_to_one_more_breaks_it() -> None:
    """Bob, who has the key, cannot make it look as if Alice had sealed it for Dana, too."""
    value = taken(seal())
    key = open_box(BOB.device_keys.seal, next(box for hint, box in value.keys if hint == BOB.device[:4]))
    assert key is not None
    more = (*value.keys, (DANA.device[:4], seal_box(DANA.device_keys.seal.public, key, seeded("more"))))
    for bent in (replace(value, people=(*value.people, DANA.person)), replace(value, keys=more)):
        assert opened(bent.stored) is Unopened.DAMAGED
        assert not isinstance(opened(bent.stored, DANA), Opened)


def test_an_author_cannot_show_two_people_two_texts() -> None:
    """Whoever gives two recipients two keys fits the check to one of them only."""
    value, other = taken(seal(seed="one")), taken(seal("Something else.", seed="two"))
    mixed = replace(value, keys=(*value.keys[:1], *other.keys[1:]))
    results = [opened(mixed.stored, each) for each in (ALICE, BOB, CHIDI)]
    assert not any(isinstance(result, Opened) for result in results)
    assert Unopened.MOVED in results


def test_one_key_is_one_use() -> None:
    assert seal(seed="once") != seal(seed="twice")
    assert taken(seal(seed="once")).check != taken(seal(seed="twice")).check


def test_every_flipped_bit_is_noticed() -> None:
    whole = base64.b64decode(seal())
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        assert isinstance(opened(base64.b64encode(flipped).decode()), Unopened), bit


@pytest.mark.parametrize("seed", range(4))
def test_whatever_lies_there_opening_gives_a_reason(seed: int) -> None:
    print("seed", seed)
    chance = random.Random(seed)
    whole = base64.b64decode(seal())
    for _ in range(fuzz_count(400)):
        mutated = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(mutated))
            mutated[at : at + chance.randint(0, 90)] = chance.randbytes(chance.choice((0, 1, 4, 32, 84)))
        if mutated != whole:
            stored = base64.b64encode(mutated).decode()
            assert isinstance(opened(stored), Unopened)
            assert isinstance(opened(stored[: chance.randrange(len(stored))]), Unopened)


@pytest.mark.parametrize("stored", [None, 7, True, b"", "", "=", "AQ==", "ä", "\ud800", "A" * 100_000])
def test_what_is_no_sealed_value_is_damaged(stored: Any) -> None:
    assert opened(stored) is Unopened.DAMAGED


def test_a_newer_layout_is_said_to_be_newer() -> None:
    newer = base64.b64encode(b"\x02" + base64.b64decode(seal())[1:]).decode()
    assert opened(newer) is Unopened.NEWER


def by_hand(padded: bytes) -> str:
    """A value for Bob as the documented layout says, whatever is padded in it: by an author's own program."""
    key = bytes(range(32))
    place = b"meshnode sealed 1\0" + PLACE.network + PLACE.record + PLACE.author + b"\x00\x04text"
    check = hashlib.blake2b(key + place, digest_size=24, person=b"meshnode-seal-v1").digest()
    head = b"\x01\x01\x01" + BOB.person + BOB.device[:4] + crypto_box_seal(key, BOB.device_keys.seal.public)
    box = crypto_aead_xchacha20poly1305_ietf_encrypt(padded, place + head, check, key)
    return base64.b64encode(head + check + box).decode()


def test_the_layout_is_the_documented_one() -> None:
    assert opened(by_hand(b"hello\x80" + bytes(58))) == Opened("hello")


@pytest.mark.parametrize(
    "padded",
    [bytes(64), b"x" * 64, b"\xff" * 10 + b"\x80" + bytes(53), b"hi\x80" + bytes(125), b"hi\x80\x01" + bytes(60)],
    ids=["no end", "full", "no text", "too much", "after the end"],
)
def test_a_crafted_padding_is_damaged(padded: bytes) -> None:
    assert opened(by_hand(padded)) is Unopened.DAMAGED


def test_a_sealed_box_is_libsodiums() -> None:
    key = DeviceKeys.generate(seeded("a device")).seal
    secret = bytes(range(32))
    assert open_box(key, crypto_box_seal(secret, key.public)) == secret
    ours = seal_box(key.public, secret, seeded("box"))
    assert len(ours) == 80
    assert open_box(key, ours) == secret
    assert open_box(BOB.device_keys.seal, ours) is None
    assert open_box(key, ours[:-1]) is None
    assert open_box(key, bytes(80)) is None


@pytest.mark.parametrize("public", [bytes(32), b"\1" + bytes(31), bytes(31), b""])
def test_nothing_is_sealed_to_a_key_that_everybody_can_open(public: bytes) -> None:
    assert not may_seal_to(public)
    assert may_seal_to(BOB.device_keys.seal.public)


def test_no_text_shows_in_a_repr() -> None:
    assert SECRET not in repr(Opened(SECRET))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_the_layout_never_changes(vector: dict[str, Any]) -> None:
    place = Place(
        NetworkId(bytes.fromhex(vector["network"])),
        RecordId(bytes.fromhex(vector["record"])),
        vector["field"],
        DeviceId(bytes.fromhex(vector["author"])),
    )
    identities = [seeded_identity(name) for name in vector["people"]]
    assert (
        seal_text(
            vector["text"],
            place,
            [each.person for each in identities],
            map(recipient, identities),
            seeded(vector["seed"]),
        )
        == vector["stored"]
    )
    keys = DeviceKeys.generate(seeded(vector["seed"]))
    for identity in identities:
        assert opened(vector["stored"], identity, place) == Opened(vector["text"])
    assert open_text(vector["stored"], place, keys) is Unopened.NOT_FOR_THIS_DEVICE
