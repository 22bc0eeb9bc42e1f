"""Joining: how a profile without a network comes into one, with a code that a neighbour handed over.

The joiner finds a device of the neighbourhood (announced near by, or at a typed address), checks that it is a current
one before telling anything about itself, shows the person what it leads to, and only after a yes sends its hello.

Rules of this module:
1. Nothing of ours is told before the other device has proved to be current under statements that lead back to the
   network named in the code.
2. Looking (`preview`) changes nothing, here or there.
3. Every refusal says why and what to do next.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from crdt.identifiers import NetworkId
from meshnode.config import Config
from meshnode.discovery.announcement import DiscoveryKeys
from meshnode.errors import (
    ClockUnsure,
    DamagedCode,
    InviteError,
    InviteExpired,
    NobodyAnswered,
    PeerError,
)
from meshnode.identity.keys import Identity
from meshnode.identity.spoken_words import looks_spoken, read_words
from meshnode.joining.join_link import GuestLink
from meshnode.joining.preview import MS_PER_DAY, Preview
from meshnode.joining.search import Search
from meshnode.joining.spoken_joining import Handed, OpenWindow, SpokenJoining
from meshnode.membership.armour import read_address
from meshnode.membership.fold import AuthorClass, Membership, fold
from meshnode.membership.network_keys import discovery_key, link_psk
from meshnode.membership.statements import (
    Invite,
    StatementRefused,
    check_statement,
    parse_statement,
    sign_device,
    sign_hello,
    statement_id,
)
from meshnode.membership.tokens import ShortCode, Token, read_code
from meshnode.noise.handshake import Handshake
from meshnode.sync.messages import Offer
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind

Code = Token | ShortCode


@dataclass(frozen=True, slots=True)
class SeveralWindows:
    """The windows for spoken words that are open near by; the person says which one is meant."""

    windows: tuple[OpenWindow, ...]

    def as_json(self) -> dict[str, Any]:
        """As the local API tells it."""
        return {
            "windows": [{"network": each.network, "address": each.endpoints[0]} for each in self.windows],
        }


@dataclass(frozen=True, slots=True)
class Joined:
    """What a new member takes home."""

    network: NetworkId
    epoch_key: bytes = field(repr=False)
    statements: tuple[bytes, ...]
    endpoint: str


@dataclass(frozen=True, slots=True)
class _Host:
    """A checked offer: which network, by which device, on whose invite."""

    network: NetworkId
    membership: Membership
    statements: tuple[bytes, ...]
    name: str
    invite: Invite


class Joining:
    """One attempt of one profile to come in."""

    def __init__(
        self, identity: Identity, config: Config, clock: Callable[[], int], random: Callable[[int], bytes]
    ) -> None:
        self._identity = identity
        self._config = config
        self._clock = clock
        self._random = random

    async def preview(self, text: str, address: str | None) -> Preview | SeveralWindows:
        """What a code or spoken words lead to.

        Raises:
            InviteError: the code is damaged, nobody answers, or the invite is no good any more.
        """
        if looks_spoken(text):
            handed = await self._spoken(text, address)
            if isinstance(handed, SeveralWindows):
                return handed
            text, address = handed.code, handed.endpoint
        async with self._met(self._read(text), address or read_address(text)) as (_, host, _):
            pass
        inviter = host.membership.member_of(host.invite.signer)
        member = host.membership.members.get(inviter) if inviter else None
        return Preview(host.name, member.name if member else "", host.invite.expires_day, text, address)

    async def join(
        self, text: str, name: str, device_name: str, address: str | None, *, returns: bool = False
    ) -> Joined:
        """Come in, as a new member, or (`returns`) as one who holds their member key and has a new device.

        Raises:
            InviteError: as for `preview`, or the other device refused; its sentence says why.
        """
        if looks_spoken(text):
            handed = await self._spoken(text, address)
            if isinstance(handed, SeveralWindows):
                names = ", ".join(f"{each.network} at {each.endpoints[0]}" for each in handed.windows)
                raise InviteError(f"Several neighbours show words: {names}.", next_step="Say which with --address.")
            text, address = handed.code, handed.endpoint
        code = self._read(text)
        async with self._met(code, address or read_address(text)) as (guest, host, endpoint):
            application = self._hello(code, host, name, device_name)
            if returns:
                application = (sign_device(self._identity, host.network, name, device_name),)
            welcome = await guest.apply(application)
        statements = (*host.statements, *application, *welcome.statements)
        self._check_welcome(host.network, statements)
        return Joined(host.network, welcome.epoch_key, statements, endpoint)

    async def _spoken(self, text: str, address: str | None) -> Handed | SeveralWindows:
        """The token that spoken words stand for."""
        spoken = SpokenJoining(self._identity, self._config, self._random)
        handed = await spoken.exchange(read_words(text), address)
        return handed if isinstance(handed, Handed) else SeveralWindows(handed)

    def _hello(self, code: Code, host: _Host, name: str, device_name: str) -> tuple[bytes, ...]:
        """What a new member sends: the INVITE statement if they hold it, and their hello."""
        carried = (code.invite_statement(),) if isinstance(code, Token) else ()
        hello = sign_hello(
            self._identity, host.network, host.invite.id, code.secrets, person_name=name, device_name=device_name
        )
        return (*carried, hello)

    def _read(self, text: str) -> Code:
        code = read_code(text)
        if code.expires_day < self._clock() // MS_PER_DAY - 1:
            # A day of slack: it is the other device's clock that decides.
            raise InviteExpired
        return code

    # -- finding somebody -------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _met(self, code: Code, address: str) -> AsyncIterator[tuple[GuestLink, _Host, str]]:
        """A checked host and where it is; of those found near by, the first whose clock is set."""
        besides: set[str] = set()
        while True:
            connection = await self._reach(code, address, besides)
            endpoint = connection.remote.address
            async with _conversation(connection) as guest:
                try:
                    offer = await guest.offer()
                except ClockUnsure:
                    if address:
                        raise
                    besides.add(endpoint)
                    continue
                yield guest, self._check(code, offer, connection), endpoint
                return

    async def _reach(self, code: Code, address: str, besides: Collection[str]) -> Connection:
        """A connection to a device of the neighbourhood, other than those that know no date.

        Raises:
            ClockUnsure: there is none but those.
        """

        async def dial_with_code(host: str, port: int) -> Connection:
            return await self._dial(code, host, port)

        disc_keys = (discovery_key(code.epoch_key),) if isinstance(code, Token) else ()
        keys = DiscoveryKeys(disc_keys, (code.secrets.psk_join,))
        try:
            return await Search(keys, dial_with_code, self._config.network.interfaces).reach(address, besides)
        except NobodyAnswered as error:
            if besides:
                raise ClockUnsure from error
            raise

    async def _dial(self, code: Code, host: str, port: int) -> Connection:
        token = isinstance(code, Token)
        return await dial(
            host,
            port,
            kind=LinkKind.TOKEN if token else LinkKind.SHORT_CODE,
            psk=link_psk(code.epoch_key) if isinstance(code, Token) else code.secrets.psk_join,
            static_private=self._identity.device_keys.noise.private,
            ephemeral=self._random(32),
            handshakes=Handshake,
        )

    # -- checking who it is -----------------------------------------------------------------------------------------

    def _check(self, code: Code, offer: Offer, connection: Connection) -> _Host:
        """Rule 1.

        Raises:
            InviteError: the other device is no current one of the code's network, or the invite is no good.
        """
        try:
            network, statements = self._trusted(code, offer)
            membership = fold(network, statements)
            invite = self._invite(code, offer, network)
        except StatementRefused as error:
            raise InviteError("The node that answered shows statements that are not genuine.") from error
        device = membership.device_by_noise(connection.remote.noise_key)
        if device is None or membership.author_class(device.id) is not AuthorClass.CURRENT:
            raise InviteError("The node that answered does not belong to the neighbourhood of this code.")
        return _Host(network, membership, statements, offer.network_name or membership.name, invite)

    def _trusted(self, code: Code, offer: Offer) -> tuple[NetworkId, tuple[bytes, ...]]:
        """The network that the offered genesis founds, if it is the code's, and all genuine statements."""
        if not offer.statements:
            raise StatementRefused("no-genesis")
        network = NetworkId(statement_id(NetworkId(bytes(32)), offer.statements[0]))
        right = network == code.network if isinstance(code, Token) else code.is_for(network)
        if not right:
            raise InviteError("The node that answered belongs to another neighbourhood.")
        for statement in offer.statements:
            check_statement(network, statement)
        return network, offer.statements

    def _invite(self, code: Code, offer: Offer, network: NetworkId) -> Invite:
        data = code.invite_statement() if isinstance(code, Token) else offer.invite
        try:
            check_statement(network, data)
            invite = parse_statement(network, data)
        except StatementRefused as error:
            raise DamagedCode from error
        if not isinstance(invite, Invite) or invite.invite_key != code.secrets.key.public:
            raise DamagedCode
        return invite

    def _check_welcome(self, network: NetworkId, statements: Sequence[bytes]) -> None:
        """Whether these statements make this device a current one."""
        try:
            for statement in statements:
                check_statement(network, statement)
        except StatementRefused as error:
            raise InviteError("The other node's answer is not genuine.") from error
        if fold(network, statements).author_class(self._identity.device) is not AuthorClass.CURRENT:
            raise InviteError("The other node said yes, but its answer does not make you a member.")


@contextlib.asynccontextmanager
async def _conversation(connection: Connection) -> AsyncIterator[GuestLink]:
    """A join link on which whatever the other node does wrong is said as a refusal."""
    try:
        async with GuestLink(connection) as guest:
            yield guest
    except PeerError as error:
        raise NobodyAnswered(
            "The node that answered went away in the middle.",
            next_step="Try again with the same code, or give another neighbour's address.",
        ) from error
