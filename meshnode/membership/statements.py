"""Statements: the small signed things that say who belongs. This is the door of the room for reading and checking them.

Rules of this module:
1. A statement is refused for its form or its signatures, never for being unknown, early or without effect.
2. Whether it is refused depends on nothing but the network and its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crdt.identifiers import NetworkId, StatementId
from meshnode.identity.signing import SIGNATURE_BYTES, verify
from meshnode.membership.authoring import (
    sign_device,
    sign_genesis,
    sign_hello,
    sign_hub,
    sign_invite,
    sign_leave,
    sign_witness,
)
from meshnode.membership.fields import FieldReader
from meshnode.membership.frame import (
    Frame,
    Kind,
    StatementRefused,
    framed_id,
    open_frame,
    signed_bytes,
    statement_id,
)
from meshnode.membership.keeping_kinds import (
    Endorse,
    Epoch,
    Forget,
    Refound,
    read_endorse,
    read_epoch,
    read_forget,
    read_refound,
)
from meshnode.membership.kinds import (
    Device,
    DeviceKind,
    Genesis,
    Hello,
    Invite,
    Known,
    Leave,
    Statement,
    UnknownStatement,
    Witness,
    read_device,
    read_genesis,
    read_hello,
    read_invite,
    read_leave,
    read_witness,
)
from meshnode.membership.trust_authoring import (
    sign_device_drop,
    sign_endorse,
    sign_epoch,
    sign_forget,
    sign_petition,
    sign_refound,
    sign_void,
    sign_vote,
    sign_vouch,
)
from meshnode.membership.trust_kinds import (
    DeviceDrop,
    Petition,
    Void,
    Vote,
    VouchByHand,
    Why,
    read_device_drop,
    read_petition,
    read_void,
    read_vote,
    read_vouch,
)

__all__ = [
    "Device",
    "DeviceDrop",
    "DeviceKind",
    "Endorse",
    "Epoch",
    "Forget",
    "Genesis",
    "Hello",
    "Invite",
    "Kind",
    "Leave",
    "Petition",
    "Refound",
    "Statement",
    "StatementRefused",
    "UnknownStatement",
    "Void",
    "Vote",
    "VouchByHand",
    "Why",
    "Witness",
    "check_statement",
    "parse_statement",
    "sign_device",
    "sign_device_drop",
    "sign_endorse",
    "sign_epoch",
    "sign_forget",
    "sign_genesis",
    "sign_hello",
    "sign_hub",
    "sign_invite",
    "sign_leave",
    "sign_petition",
    "sign_refound",
    "sign_void",
    "sign_vote",
    "sign_vouch",
    "sign_witness",
    "statement_id",
]

_READERS: Mapping[int, Callable[[StatementId, bytes, FieldReader], Known]] = {
    Kind.GENESIS: read_genesis,
    Kind.DEVICE: read_device,
    Kind.INVITE: read_invite,
    Kind.HELLO: read_hello,
    Kind.WITNESS: read_witness,
    Kind.LEAVE: read_leave,
    Kind.VOID: read_void,
    Kind.VOUCH: read_vouch,
    Kind.PETITION: read_petition,
    Kind.VOTE: read_vote,
    Kind.DEVICE_DROP: read_device_drop,
    Kind.ENDORSE: read_endorse,
    Kind.FORGET: read_forget,
    Kind.EPOCH: read_epoch,
    Kind.REFOUND: read_refound,
}


def parse_statement(network: NetworkId, statement: bytes) -> Statement:
    """Read what a statement says, without checking its signatures.

    Raises:
        StatementRefused: it is malformed, or the genesis of another network.
    """
    return _parse(network, open_frame(statement))[0]


def check_statement(network: NetworkId, statement: bytes) -> StatementId:
    """Check form and every signature; what passes may be stored and relayed.

    Raises:
        StatementRefused: and nothing else, whatever the bytes.
    """
    frame = open_frame(statement)
    parsed, fields_bytes = _parse(network, frame)
    if not verify(frame.signer, signed_bytes(network, frame.kind, frame.signer, frame.body), frame.signature):
        raise StatementRefused("signature")
    if not isinstance(parsed, UnknownStatement):
        fields = frame.body[:fields_bytes]
        countersigned = signed_bytes(network, frame.kind, frame.signer, fields)
        for place, key in enumerate(parsed.countersigners):
            start = fields_bytes + SIGNATURE_BYTES * place
            if not verify(key, countersigned, frame.body[start : start + SIGNATURE_BYTES]):
                raise StatementRefused("countersignature")
    return parsed.id


def _parse(network: NetworkId, frame: Frame) -> tuple[Statement, int]:
    """What a statement says, and how many bytes of its body are fields."""
    identity = framed_id(network, frame)
    read = _READERS.get(frame.kind)
    if read is None:
        return UnknownStatement(identity, frame.signer, frame.kind, frame.body), len(frame.body)
    fields = FieldReader(frame.body)
    parsed = read(identity, frame.signer, fields)
    if len(frame.body) != fields.position + SIGNATURE_BYTES * len(parsed.countersigners):
        raise StatementRefused("length")
    if frame.kind == Kind.GENESIS and NetworkId(identity) != network:
        raise StatementRefused("another-network")
    return parsed, fields.position
