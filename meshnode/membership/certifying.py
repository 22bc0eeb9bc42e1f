"""Certifying: how a device and the member whose it becomes sign one DEVICE statement on two machines.

The device makes a request: the whole statement but for the member's signature, which is zeros. The member's machine
puts that signature in. Each key stays where it is.

Rules of this module:
1. A request says whose device it is to become: it is good for that member alone.
2. A further steward of a hub gets a statement of their own: certificates of one hub add up.
"""

from __future__ import annotations

from crdt.identifiers import MemberId, NetworkId
from meshnode.identity.keys import DeviceKeys, MemberKeys
from meshnode.identity.signing import SIGNATURE_BYTES, verify
from meshnode.membership.fields import FieldReader, keys_field, text_field
from meshnode.membership.frame import Kind, StatementRefused, framed_id, open_frame, signed_bytes
from meshnode.membership.kinds import DEVICE_KIND_CODES, Device, DeviceKind, read_device


def request_certificate(
    device: DeviceKeys, network: NetworkId, member: MemberId, kind: DeviceKind, device_name: str
) -> bytes:
    """What the device sends.

    Args:
        device: whose keys; its signature is in the request.
        network: where it is to belong.
        member: whose device it becomes, or the steward of the hub it becomes.
        kind: which of the two.
        device_name: what people see it called.
    """
    keys = device.sign.public + device.noise.public + device.seal.public
    names = text_field("") + text_field(device_name)
    fields = keys + bytes([DEVICE_KIND_CODES[kind]]) + names + keys_field(())
    countersignature = device.sign.sign(signed_bytes(network, Kind.DEVICE, member, fields))
    return bytes(SIGNATURE_BYTES) + bytes([Kind.DEVICE]) + member + fields + countersignature


def read_request(network: NetworkId, request: bytes) -> Device:
    """Read a request, and check that the device itself made it.

    Raises:
        StatementRefused: it is none.
    """
    frame = open_frame(request)
    if frame.kind != Kind.DEVICE:
        raise StatementRefused("not-a-request")
    reader = FieldReader(frame.body)
    device = read_device(framed_id(network, frame), frame.signer, reader)
    fields, countersignature = frame.body[: reader.position], frame.body[reader.position :]
    if device.other_stewards or len(countersignature) != SIGNATURE_BYTES:
        raise StatementRefused("not-a-request")
    if not verify(device.device, signed_bytes(network, Kind.DEVICE, frame.signer, fields), countersignature):
        raise StatementRefused("countersignature")
    return device


def complete_certificate(member_keys: MemberKeys, network: NetworkId, request: bytes) -> bytes:
    """The statement that a request becomes; `read_request` has passed it.

    Raises:
        StatementRefused: it is meant for another member.
    """
    frame = open_frame(request)
    if frame.signer != member_keys.id:
        raise StatementRefused("another-member")
    signature = member_keys.sign.sign(signed_bytes(network, Kind.DEVICE, frame.signer, frame.body))
    return signature + request[SIGNATURE_BYTES:]
