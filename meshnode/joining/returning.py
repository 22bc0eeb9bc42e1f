"""Returning: a member who lost their devices comes back with their key card and any neighbour's invite.

They bring no hello but the certificate of their new device, signed with the member key. The invite only opens the
door: it is not used up, and nobody has to witness anything, because the certificate alone proves whose device it is.

Rules of this module:
1. Only a current member comes back so: whoever left or was removed stays where they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.identifiers import DeviceId, Lane, NetworkId
from meshnode.errors import InviteError
from meshnode.membership.kinds import Device, DeviceKind
from meshnode.membership.statements import StatementRefused, check_statement, parse_statement
from meshnode.replica.replica import OURS, Replica

NO_MEMBER = InviteError(
    "The key on this card is no current member's here.",
    next_step="Ask for a new invite and join with it; your neighbours then have to vouch for you again.",
)


def returning(network: NetworkId, application: Sequence[bytes]) -> Device | None:
    """The certificate that a returning member brings instead of a hello; None for every other application."""
    try:
        (statement,) = application
        check_statement(network, statement)
        parsed = parse_statement(network, statement)
    except (ValueError, StatementRefused):
        return None
    return parsed if isinstance(parsed, Device) and parsed.kind is DeviceKind.PERSONAL else None


async def take_back(replica: Replica, certificate: Device, application: Sequence[bytes]) -> DeviceId:
    """Put the certificate on disk.

    Raises:
        InviteError: whoever signed it is no current member.
    """
    member = replica.membership.members.get(certificate.signer)
    if member is None or not member.current:
        raise NO_MEMBER
    await replica.accept(Lane.STATEMENTS, application, OURS)
    if not replica.membership.author_class(certificate.device).current:
        raise InviteError("The keys of this machine belong to somebody already.")
    return certificate.device
