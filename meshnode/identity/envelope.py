"""Envelope: one signed change as it is stored and sent, and the checks that rest on its bytes alone.

Layout: signature 64 | author 32 | record 16 | at 8 (ms, claimed) | raw change with its actor filled in.

Rules of this module:
1. Bytes are signed, hashed and stored as sent; nothing is encoded a second time.
2. Whether an envelope passes depends on nothing but the network and its bytes.
3. The signature comes last: it costs more than all the rest.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from crdt.chunk import Chunk, committed_actor, read_chunk, with_actor, zeroed_body
from crdt.errors import ChunkRefused
from crdt.identifiers import MAX_AT_MS, ChangeId, DeviceId, NetworkId, RecordId
from meshnode.errors import RemoteProtocolError
from meshnode.identity.keys import Identity
from meshnode.identity.signing import verify

LARGEST_ENVELOPE = 128 * 1024
_HEAD = struct.Struct(">64s32s16sQ")
HEAD_BYTES = _HEAD.size
_ID_PERSON = b"meshnode-chg-v1"


class ChangeRefused(RemoteProtocolError):
    """This change is not well-formed, or not what its author signed.

    `code` says why. `change` is its id, None where the bytes do not even have one. `remember` is True when the
    refusal rests on what the id covers, so that nobody need fetch the same change again.
    """

    code: str  # type: ignore[misc]  # one class for many reasons: each refusal has its own code

    def __init__(self, code: str, change: ChangeId | None = None, *, remember: bool = False) -> None:
        super().__init__(f"A change was refused: {code}.")
        self.code = code
        self.change = change
        self.remember = remember


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of a signed change; nothing is checked yet."""

    signature: bytes
    author: DeviceId
    record: RecordId
    at_ms: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class CheckedChange:
    """A change that its author did write in this record of this network, and that is safe to read."""

    id: ChangeId
    author: DeviceId
    record: RecordId
    at_ms: int
    chunk: Chunk
    raw: bytes


def parse_envelope(envelope: bytes) -> Envelope:
    """Take an envelope apart.

    Raises:
        ChangeRefused: it is too short or too long to be one.
    """
    if len(envelope) > LARGEST_ENVELOPE:
        raise ChangeRefused("too-large")
    if len(envelope) <= HEAD_BYTES:
        raise ChangeRefused("truncated")
    signature, author, record, at_ms = _HEAD.unpack_from(envelope)
    return Envelope(signature, DeviceId(author), RecordId(record), at_ms, envelope[HEAD_BYTES:])


def change_id(network: NetworkId, record: RecordId, author: DeviceId, at_ms: int, raw: bytes) -> ChangeId:
    """What names this change everywhere, and what its author signs."""
    named = network + record + author + at_ms.to_bytes(8, "big") + raw
    return ChangeId(hashlib.blake2b(named, digest_size=32, person=_ID_PERSON).digest())


def seal_change(identity: Identity, network: NetworkId, record: RecordId, at_ms: int, draft: bytes) -> bytes:
    """Sign a draft (a raw change under the zero actor) as this device; the envelope."""
    author = identity.device
    raw = with_actor(draft, committed_actor(network, record, author, at_ms, zeroed_body(draft)))
    signature = identity.sign(change_id(network, record, author, at_ms, raw))
    return _HEAD.pack(signature, author, record, at_ms) + raw


def check_change(network: NetworkId, envelope: bytes) -> CheckedChange:
    """Admission as far as bytes can tell: size, a bounded reading, the actor's commitment, the signature.

    Raises:
        ChangeRefused: and nothing else, whatever the bytes.
    """
    parts = parse_envelope(envelope)
    author, record, at_ms, raw = parts.author, parts.record, parts.at_ms, parts.raw
    change = change_id(network, record, author, at_ms, raw)
    if at_ms > MAX_AT_MS:
        raise ChangeRefused("at", change, remember=True)
    try:
        chunk = read_chunk(raw)
    except ChunkRefused as refusal:
        raise ChangeRefused(refusal.code, change, remember=True) from refusal
    if chunk.actor != committed_actor(network, record, author, at_ms, zeroed_body(raw)):
        raise ChangeRefused("actor", change, remember=True)
    if not verify(author, change, parts.signature):
        raise ChangeRefused("signature", change)
    return CheckedChange(change, author, record, at_ms, chunk, raw)
