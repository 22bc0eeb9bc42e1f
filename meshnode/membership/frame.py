"""Frame: what every statement looks like from outside, whatever it says.

Layout: signature 64 | kind 1 | signer 32 | body; a body = fields, then the countersignatures of its kind, 64 bytes
each. The signature is over "meshnode stmt v1\\0" | network | kind | signer | body; a countersignature over the same
bytes without the countersignatures. The id is the BLAKE2b-256 of network | kind | signer | body.

Rules of this module:
1. Every kind, also one that this version cannot read, has the same frame, so that its id and signature can be checked.
2. A kind's code says how large it may be: below 0x80 at most 4 KiB, from there at most 128 KiB, unless listed.
3. In a genesis the network is 32 zero bytes: its own id is what names the network.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from crdt.identifiers import NetworkId, StatementId
from meshnode.errors import RemoteProtocolError
from meshnode.identity.signing import SIGNATURE_BYTES, SigningKey

SIGNER_BYTES = 32
HEAD_BYTES = SIGNATURE_BYTES + 1 + SIGNER_BYTES
NO_NETWORK = NetworkId(bytes(32))
_SIGNED_PREFIX = b"meshnode stmt v1\0"
_ID_PERSON = b"meshnode-stm-v1"


class Kind(enum.IntEnum):
    """The code of each kind of statement. A code is never given a second meaning."""

    GENESIS = 0x01
    DEVICE = 0x02
    INVITE = 0x03
    HELLO = 0x04
    WITNESS = 0x05
    VOID = 0x06
    VOUCH = 0x07
    VOTE = 0x08
    DEVICE_DROP = 0x09
    ENDORSE = 0x0A
    FORGET = 0x0B
    LEAVE = 0x80
    PETITION = 0x81
    EPOCH = 0x82
    REFOUND = 0x83


_LARGE_KINDS_FROM = 0x80
_SMALL_BYTES = 4 * 1024
_LARGE_BYTES = 128 * 1024
_LISTED_BYTES = dict.fromkeys((Kind.LEAVE, Kind.PETITION, Kind.VOID, Kind.DEVICE_DROP), 32 * 1024)
"""Each lists members: a thousand at most, twice the largest neighbourhood thought of."""


class StatementRefused(RemoteProtocolError):
    """This statement is not well-formed, or not signed by whom it names. `code` says why."""

    code: str  # type: ignore[misc]  # one class for many reasons: each refusal has its own code

    def __init__(self, code: str) -> None:
        super().__init__(f"A statement was refused: {code}.")
        self.code = code


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a statement; nothing is checked yet but its size."""

    signature: bytes
    kind: int
    signer: bytes
    body: bytes


def largest(kind: int) -> int:
    """How many bytes a statement of this kind may have."""
    by_code = _SMALL_BYTES if kind < _LARGE_KINDS_FROM else _LARGE_BYTES
    return _LISTED_BYTES[Kind(kind)] if kind in _LISTED_BYTES else by_code


def open_frame(statement: bytes) -> Frame:
    """Take a statement apart.

    Raises:
        StatementRefused: it is too short, or larger than its kind may be.
    """
    if len(statement) < HEAD_BYTES:
        raise StatementRefused("truncated")
    kind = statement[SIGNATURE_BYTES]
    if len(statement) > largest(kind):
        raise StatementRefused("too-large")
    signer = statement[SIGNATURE_BYTES + 1 : HEAD_BYTES]
    return Frame(statement[:SIGNATURE_BYTES], kind, signer, statement[HEAD_BYTES:])


def _named(network: NetworkId, kind: int, signer: bytes, body: bytes) -> bytes:
    return (NO_NETWORK if kind == Kind.GENESIS else network) + bytes([kind]) + signer + body


def framed_id(network: NetworkId, frame: Frame) -> StatementId:
    """The id of a statement that has been taken apart."""
    named = _named(network, frame.kind, frame.signer, frame.body)
    return StatementId(hashlib.blake2b(named, digest_size=32, person=_ID_PERSON).digest())


def statement_id(network: NetworkId, statement: bytes) -> StatementId:
    """What names this statement; for a genesis, whatever `network` is, the network it founds.

    Raises:
        StatementRefused: these bytes have no frame.
    """
    return framed_id(network, open_frame(statement))


def signed_bytes(network: NetworkId, kind: int, signer: bytes, body: bytes) -> bytes:
    """What a signature (with the whole body) or a countersignature (with the fields alone) is over."""
    return _SIGNED_PREFIX + _named(network, kind, signer, body)


def seal(
    network: NetworkId, kind: Kind, signer: SigningKey, fields: bytes, countersigners: tuple[SigningKey, ...] = ()
) -> bytes:
    """Sign a new statement; the countersigners sign first, in the order in which its kind lists them.

    Raises:
        ValueError: it would be larger than its kind may be.
    """
    countersigned = signed_bytes(network, kind, signer.public, fields)
    body = fields + b"".join(key.sign(countersigned) for key in countersigners)
    if HEAD_BYTES + len(body) > largest(kind):
        raise ValueError(f"a {kind.name.lower()} statement has at most {largest(kind)} bytes")
    signature = signer.sign(signed_bytes(network, kind, signer.public, body))
    return signature + bytes([kind]) + signer.public + body
