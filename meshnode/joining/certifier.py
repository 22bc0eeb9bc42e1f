"""Certifier: the member's side of a device link: makes the machine at the other end a device of theirs, or a hub.

Rules of this module:
1. The member key stays here: the other machine sends its request, and gets it back signed.
2. The machine that is certified is the one at the other end: its link key is the one in the request.
3. The network's key is handed over after the certificate is on disk, and only if it makes that machine a current one.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from crdt.identifiers import Lane
from meshnode.errors import InviteError, RemoteProtocolError
from meshnode.identity.keys import MemberKeys
from meshnode.joining.join_link import HostLink
from meshnode.membership.certifying import complete_certificate, read_request
from meshnode.membership.device_codes import Purpose
from meshnode.membership.fold import Device
from meshnode.membership.kinds import MOST_STEWARDS, DeviceKind
from meshnode.membership.statements import StatementRefused
from meshnode.replica.replica import OURS, Replica
from meshnode.sync.messages import Offer, Welcome
from meshnode.transport.connection import Connection

log = logging.getLogger("meshnode.peers")

NOT_ESTABLISHED = InviteError(
    "Whoever answers for a hub must be established: two neighbours have to vouch for them first."
)
SPOKEN_FOR = InviteError(
    "The keys of that machine belong to somebody already.", next_step="Begin there with a new profile, and try again."
)


class Certifier:
    """Certifies machines for one node."""

    def __init__(self, replica: Replica, epoch_key: Callable[[], bytes]) -> None:
        self._replica = replica
        self._epoch_key = epoch_key

    async def certify(
        self,
        connection: Connection,
        purpose: Purpose,
        keys: MemberKeys,
        turn: AbstractAsyncContextManager[None] | None = None,
    ) -> Device:
        """Speak with a machine that wants to become a device.

        Args:
            connection: to that machine.
            purpose: what it is to become.
            keys: whose it becomes, or who answers for it.
            turn: is held while it is signed; may refuse it.

        Raises:
            InviteError: it may not; the other side was told why.
            PeerError: it went, or asked for something else.
        """
        async with HostLink(connection, self._offer()) as other:
            application = await other.application()
            try:
                async with turn or contextlib.nullcontext():
                    device, welcome = await self._completed(application, connection, purpose, keys)
            except InviteError as refusal:
                other.refuse(refusal.code, str(refusal))
                raise
            other.welcome(welcome)
            log.info("certified: %s (%s)", device.id.hex()[:8], device.kind.value)
            return device

    def _offer(self) -> Offer:
        """Who we are; the certificates of all our member's devices, because one of them has their name."""
        replica = self._replica
        membership = replica.membership
        shown = list(membership.support(replica.identity.device))
        for device in replica.me.devices if replica.me else ():
            shown += [each for each in (membership.devices[device].certificate,) if each not in shown]
        return Offer(replica.network_name(), tuple(replica.store.statements_by_id(shown)), b"")

    async def _completed(
        self, application: tuple[bytes, ...], connection: Connection, purpose: Purpose, keys: MemberKeys
    ) -> tuple[Device, Welcome]:
        """Sign a request and put it on disk; what the other machine takes home."""
        replica = self._replica
        try:
            (request,) = application
            asked = read_request(replica.network, request)
            certificate = complete_certificate(keys, replica.network, request)
        except (ValueError, StatementRefused) as error:
            raise RemoteProtocolError("not a request for a certificate") from error
        wanted = DeviceKind.PERSONAL if purpose is Purpose.DEVICE else DeviceKind.HUB
        if asked.kind is not wanted or asked.noise != connection.remote.noise_key:
            raise RemoteProtocolError("a request for another machine or another use")
        known = replica.membership.devices.get(asked.device)
        if known is not None and (known.kind is not wanted or known.member not in (None, keys.id) or known.dropped):
            raise SPOKEN_FOR
        me = replica.membership.members.get(keys.id)
        if wanted is DeviceKind.HUB and not (me and me.established):
            raise NOT_ESTABLISHED
        if known is not None and len(known.stewards) >= MOST_STEWARDS and keys.id not in known.stewards:
            raise InviteError(f"That hub has {MOST_STEWARDS} stewards already.")
        await replica.accept(Lane.STATEMENTS, (certificate,), OURS)
        device = replica.membership.devices.get(asked.device)
        if device is None or not device.state.current:
            raise SPOKEN_FOR
        support = replica.store.statements_by_id([*replica.membership.support(device.id)])
        return device, Welcome((*support, certificate), self._epoch_key())
