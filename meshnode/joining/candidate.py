"""Candidate: the device's side of a device link: looks who is at the other end, asks to be certified, and checks it.

Rules of this module:
1. What is asked for is said by the code, never by the other side: a code for a device makes no hub.
2. Nothing of ours but a link key is told before the other side has proved to be a current device of the code's network.
3. What comes home is checked: the certificate must make this device a current one, for the member who was shown.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from crdt.identifiers import MemberId, NetworkId
from meshnode.errors import InviteError, NobodyAnswered, PeerError
from meshnode.identity.keys import DeviceKeys
from meshnode.joining.join_link import GuestLink
from meshnode.joining.offers import TrustedOffer, belongs_by, trusted_offer
from meshnode.membership.certifying import request_certificate
from meshnode.membership.device_codes import DeviceCode, Purpose
from meshnode.membership.fold import AuthorClass
from meshnode.membership.kinds import DeviceKind
from meshnode.transport.connection import Connection


@dataclass(frozen=True, slots=True)
class Certified:
    """What a machine takes home: to whom it belongs now, and what it needs for the network."""

    network: NetworkId
    member: MemberId
    kind: DeviceKind
    statements: tuple[bytes, ...]
    epoch_key: bytes = field(repr=False)
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device code leads to."""

    network: str
    person: str
    purpose: Purpose


def speaker(offer: TrustedOffer) -> MemberId:
    """Whose device makes an offer.

    Raises:
        InviteError: a hub, or a device that speaks for nobody.
    """
    if offer.device.member is None:
        raise InviteError("The node that answered is nobody's device.", next_step="Ask on a device of your own.")
    return offer.device.member


def shown(offer: TrustedOffer, purpose: Purpose) -> Shown:
    """The same for a person to look at."""
    return Shown(offer.name, offer.membership.members[speaker(offer)].name, purpose)


async def look(connection: Connection, code: DeviceCode) -> Shown:
    """See what a code leads to, and go.

    Raises:
        InviteError: the other side is not what the code says.
    """
    async with conversation(connection) as link:
        return shown(trusted_offer(await link.offer(), connection, code.is_for), code.purpose)


def anybody(network: NetworkId, member: MemberId) -> bool:
    """Where the code alone says enough."""
    return True


async def ask(
    connection: Connection,
    code: DeviceCode,
    keys: DeviceKeys,
    device_name: str,
    may: Callable[[NetworkId, MemberId], bool] = anybody,
) -> Certified:
    """Become what the code says.

    Args:
        connection: a device link, on which `keys.noise` is our key.
        code: what was typed here, or is shown here.
        keys: of this machine.
        device_name: what people see it called.
        may: whether this member of this network may certify this machine.

    Raises:
        InviteError: the other side is not what the code says, or refused.
    """
    kind = DeviceKind.PERSONAL if code.purpose is Purpose.DEVICE else DeviceKind.HUB
    async with conversation(connection) as link:
        offer = trusted_offer(await link.offer(), connection, code.is_for)
        member = speaker(offer)
        if not may(offer.network, member):
            raise InviteError("Only an established member of this neighbourhood can be a steward.")
        request = request_certificate(keys, offer.network, member, kind, device_name)
        welcome = await link.apply((request,))
    statements = (*offer.statements, *welcome.statements)
    device = belongs_by(offer.network, statements).devices.get(keys.id)
    right = device is not None and device.state is AuthorClass.CURRENT and device.kind is kind
    if device is None or not right or member not in (device.member, *device.stewards):
        raise InviteError("The other machine said yes, but its answer does not make this one its device.")
    return Certified(offer.network, member, kind, statements, welcome.epoch_key, connection.remote.address)


@contextlib.asynccontextmanager
async def conversation(connection: Connection) -> AsyncIterator[GuestLink]:
    """A device link on which whatever the other side does wrong is said as a refusal."""
    try:
        async with GuestLink(connection) as link:
            yield link
    except PeerError as error:
        raise NobodyAnswered(
            "The other machine went away in the middle.",
            next_step="Show a new code there, and type it here.",
        ) from error
