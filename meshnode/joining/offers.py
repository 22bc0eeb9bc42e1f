"""Offers: what the joining side of a link makes of the statements it is shown.

Rules of this module:
1. Nothing is believed before the node at the other end has proved to be a current device of the network that the code
   is for, under statements that lead back to its genesis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crdt.identifiers import NetworkId
from meshnode.errors import InviteError
from meshnode.membership.fold import Device, Membership, fold
from meshnode.membership.frame import NO_NETWORK
from meshnode.membership.statements import StatementRefused, check_statement, statement_id
from meshnode.sync.messages import Offer
from meshnode.transport.connection import Connection


@dataclass(frozen=True, slots=True)
class TrustedOffer:
    """A checked offer: which network, who belongs by its statements, and which device makes it."""

    network: NetworkId
    statements: tuple[bytes, ...]
    membership: Membership
    device: Device
    name: str


def trusted_offer(offer: Offer, connection: Connection, is_right: Callable[[NetworkId], bool]) -> TrustedOffer:
    """Rule 1.

    Args:
        offer: what the other node shows.
        connection: on which it proved its key.
        is_right: whether a network can be the code's.

    Raises:
        InviteError: it is another network, or the other node is no current device of it.
    """
    try:
        if not offer.statements:
            raise StatementRefused("no-genesis")
        network = NetworkId(statement_id(NO_NETWORK, offer.statements[0]))
        if not is_right(network):
            raise InviteError("The node that answered belongs to another neighbourhood.")
        for statement in offer.statements:
            check_statement(network, statement)
    except StatementRefused as error:
        raise InviteError("The node that answered shows statements that are not genuine.") from error
    membership = fold(network, offer.statements)
    device = membership.device_by_noise(connection.remote.noise_key)
    if device is None:
        raise InviteError("The node that answered does not belong to the neighbourhood of this code.")
    return TrustedOffer(network, offer.statements, membership, device, offer.network_name or membership.name)


def belongs_by(network: NetworkId, statements: tuple[bytes, ...]) -> Membership:
    """Who belongs by statements that another node sent.

    Raises:
        InviteError: they are not genuine.
    """
    try:
        for statement in statements:
            check_statement(network, statement)
    except StatementRefused as error:
        raise InviteError("The other node's answer is not genuine.") from error
    return fold(network, statements)
