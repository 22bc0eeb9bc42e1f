"""The identifiers that every room shares, each a `NewType` over bytes so that the type checker keeps them apart.

Rules of this module:
1. Sizes are fixed here and nowhere else.
2. A lane follows from the record's first byte for ever: it is part of the format, not a setting.
3. A record that a person makes has an id that says who made it, which anybody can check and nobody can take.
"""

from __future__ import annotations

import enum
import hashlib
from typing import NewType

NetworkId = NewType("NetworkId", bytes)
"""32 bytes: the id of the genesis statement. Use this to say which neighbourhood a signature is for."""

MemberId = NewType("MemberId", bytes)
"""32 bytes: a person's Ed25519 member key. Use this for who may speak and for claims."""

DeviceId = NewType("DeviceId", bytes)
"""32 bytes: a device's Ed25519 signing key. Use this for who signed a change and who a peer is."""

RecordId = NewType("RecordId", bytes)
"""16 bytes: one kind byte and 15 bytes that commit to who made it and when (or, if derived, to what it is about)."""

ChangeId = NewType("ChangeId", bytes)
"""32 bytes: BLAKE2b-256 of a signed change. Use this for sets, wants and history."""

ChangeHash = NewType("ChangeHash", bytes)
"""32 bytes: Automerge's own SHA-256 of a change chunk. Use this only for dependencies and heads."""

ActorId = NewType("ActorId", bytes)
"""16 bytes: Automerge's actor, committed to the content of its only change."""

StatementId = NewType("StatementId", bytes)
"""32 bytes: BLAKE2b-256 of a statement."""

ItemId = NewType("ItemId", bytes)
"""32 bytes: a ChangeId or a StatementId where a lane does not care which."""

ItemKey = NewType("ItemKey", bytes)
"""40 bytes: `at` in milliseconds (8, big-endian) followed by the item id. Sorting bytes sorts by time, then id."""

HASH_BYTES = 32
RECORD_ID_BYTES = 16
ACTOR_BYTES = 16
KEY_BYTES = 40
MAX_AT_MS = 2**53
"""The largest time an envelope may claim: what every language can hold in a float exactly."""
EARLIEST_AT_MS = 1_764_547_200_000
"""2025-12-01: nothing was written before. A clock that says less was never set, a claim of less is doubted."""


class Lane(enum.IntEnum):
    """The order in which things travel; lower goes first."""

    STATEMENTS = 0
    URGENT = 1
    ORDINARY = 2


URGENT_KINDS_BELOW = 0x20


def lane_of(record: RecordId) -> Lane:
    """The change lane that a record's changes travel in, from its kind byte."""
    return Lane.URGENT if record[0] < URGENT_KINDS_BELOW else Lane.ORDINARY


def made_record_id(network: NetworkId, kind: int, device: DeviceId, at_ms: int) -> RecordId:
    """The id of the record of a kind (by its code) that a device began with a change that says `at_ms`."""
    made = network + device + at_ms.to_bytes(8, "big")
    return RecordId(
        bytes([kind]) + hashlib.blake2b(made, digest_size=RECORD_ID_BYTES - 1, person=b"meshnode-record").digest()
    )


def item_key(at_ms: int, item: bytes) -> ItemKey:
    """The sort key of an item in its lane; statements have `at_ms` 0."""
    return ItemKey(at_ms.to_bytes(8, "big") + item)
