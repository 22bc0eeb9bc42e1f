"""Host: lets the bearer of an invite in: shows who we are, witnesses their hello, and hands over the network's key.

Rules of this module:
1. Whoever comes here knows an invite's secret or the network's key, and nothing more: they get the statements that our
   standing and the invite rest on, and after their hello is witnessed and on disk, the network's key.
2. Expiry is judged by this device's clock, here and nowhere else. A clock that is not to be believed judges nothing:
   the joiner is told so at once, and finds another neighbour.
3. One hello at a time: two bearers of a single-use invite cannot both be let in here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from crdt.identifiers import DeviceId, Lane, MemberId, StatementId
from meshnode.errors import (
    ClockUnsure,
    DamagedCode,
    InviteError,
    InviteExpired,
    InviteUsed,
    PeerError,
    RemoteProtocolError,
)
from meshnode.joining.join_link import HostLink
from meshnode.joining.returning import returning, take_back
from meshnode.membership.membership import AuthorClass, InviteState
from meshnode.membership.statements import (
    Hello,
    Invite,
    StatementRefused,
    check_statement,
    parse_statement,
    sign_witness,
)
from meshnode.replica.replica import OURS, Replica
from meshnode.sync.messages import Offer, Refused, Welcome
from meshnode.transport.connection import Connection, LinkKind

log = logging.getLogger("meshnode.peers")

MS_PER_DAY = 86_400_000
WHY_NOT: dict[InviteState, InviteError] = {
    InviteState.EXPIRED: InviteExpired("This invite has expired, by the clock of the node that answered."),
    InviteState.USED: InviteUsed(),
    InviteState.DEAD: InviteError("Whoever made this invite may not invite any more, so it is no longer good."),
    InviteState.UNKNOWN: InviteError("The node that answered does not know this invite."),
}


class Host:
    """Lets people in on behalf of one node."""

    def __init__(
        self,
        replica: Replica,
        epoch_key: Callable[[], bytes],
        clock: Callable[[], int],
        clock_unsure: Callable[[], bool],
        came_back: Callable[[MemberId], None],
    ) -> None:
        self._replica = replica
        self._epoch_key = epoch_key
        self._clock = clock
        self._clock_unsure = clock_unsure
        self._came_back = came_back
        self._one_at_a_time = asyncio.Lock()

    async def receive(self, connection: Connection) -> None:
        """Speak with somebody who came with an invite, until they are in, refused, or gone."""
        try:
            known = self._invite_of(connection)
        except InviteError as refusal:
            log.info("not let in: %s", refusal.code)
            async with HostLink(connection, Refused(refusal.code, str(refusal))):
                return
        async with HostLink(connection, self._offer(known)) as guest:
            try:
                statements = await guest.application()
                async with self._one_at_a_time:
                    guest.welcome(await self._let_in(known, statements))
            except InviteError as refusal:
                log.info("not let in: %s", refusal.code)
                guest.refuse(refusal.code, str(refusal))
            except PeerError as error:
                log.info("a joiner went: %s", error.code)

    async def let_in(self, statements: Sequence[bytes]) -> None:
        """Let somebody in whose application came in a file: the same step as over a link.

        Raises:
            InviteError: they may not come in with this, or it is no application.
        """
        try:
            async with self._one_at_a_time:
                await self._let_in(None, statements)
        except RemoteProtocolError as error:
            raise DamagedCode("This reply is damaged: it is no genuine hello.") from error

    def _invite_of(self, connection: Connection) -> Invite | None:
        """Which invite they came with; known at once only for a short code."""
        if self._clock_unsure():
            raise ClockUnsure
        if connection.remote.kind != LinkKind.SHORT_CODE:
            return None
        for use in self._replica.membership.invites.values():
            if use.invite.psk_join == connection.remote.psk:
                return use.invite
        raise InviteError("The node that answered does not know this invite.")

    def _offer(self, invite: Invite | None) -> Offer:
        """Who we are, and on whose word the invite stands."""
        store, membership = self._replica.store, self._replica.membership
        support = list(membership.support(self._replica.identity.device))
        if invite is not None:
            support += [each for each in membership.support(invite.signer) if each not in support]
        statement = store.statement(invite.id) if invite is not None else None
        return Offer(self._replica.network_name(), tuple(store.statements_by_id(support)), statement or b"")

    async def _let_in(self, known: Invite | None, statements: Sequence[bytes]) -> Welcome:
        """Check, witness, and put on disk; what the newcomer takes home.

        Raises:
            InviteError: they may not come in with this.
            RemoteProtocolError: that was no application.
        """
        replica = self._replica
        network = replica.network
        certificate = returning(network, statements)
        if certificate is not None:
            device = await take_back(replica, certificate, statements)
            if known is None:
                self._came_back(certificate.signer)
            return self._home(device)
        try:
            *carried, hello_bytes = statements
            hello_id = check_statement(network, hello_bytes)
            hello = parse_statement(network, hello_bytes)
            invites = [parse_statement(network, each) for each in carried if check_statement(network, each)]
        except (ValueError, StatementRefused) as error:
            raise RemoteProtocolError("an application without a genuine hello") from error
        if not isinstance(hello, Hello) or not all(isinstance(invite, Invite) for invite in invites):
            raise RemoteProtocolError("an application with something else in it")
        if known is not None and hello.invite != known.id:
            raise RemoteProtocolError("a hello with another invite than the code's")
        if len(carried) > 1:
            raise RemoteProtocolError("an application with more than one invite")
        await self._take_in(carried, hello.invite)
        self._judge(hello)
        witness = sign_witness(replica.identity, network, hello_id)
        await replica.accept(Lane.STATEMENTS, (hello_bytes, witness), OURS)
        if replica.membership.author_class(hello.device) is not AuthorClass.CURRENT:
            raise InviteUsed
        log.info("let in: %s", hello.device.hex()[:8])
        return self._home(hello.device)

    def _home(self, device: DeviceId) -> Welcome:
        """What a device takes home that is current now."""
        support = self._replica.store.statements_by_id(self._replica.membership.support(device))
        return Welcome(tuple(support), self._epoch_key())

    async def _take_in(self, carried: Sequence[bytes], invite: StatementId) -> None:
        """Store the INVITE statement that the bearer of a full token brings, if its signer may invite."""
        if not carried or invite in self._replica.membership.invites:
            return
        signer = parse_statement(self._replica.network, carried[0])
        assert isinstance(signer, Invite)
        if not self._replica.membership.author_class(signer.signer).current:
            raise WHY_NOT[InviteState.DEAD]
        await self._replica.accept(Lane.STATEMENTS, carried, OURS)

    def _judge(self, hello: Hello) -> None:
        """Rule 2; somebody who was let in and has not heard of it yet is answered again, however late."""
        membership = self._replica.membership
        state = membership.invite_state(hello.invite, self._clock() // MS_PER_DAY)
        known = membership.devices.get(hello.device)
        again = known is not None and known.certificate == hello.id and known.state.current
        if self._clock_unsure() and not again and state in (InviteState.OPEN, InviteState.EXPIRED):
            raise ClockUnsure
        if state is not InviteState.OPEN and not again:
            raise WHY_NOT[state]
