"""Founding: the statements that make a neighbourhood out of one person, and the invites that let others in.

Rules of this module:
1. Everything is signed here and enters through the replica's door like any other statement.
2. Today's day is an argument: a doubtful clock is the caller's business.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crdt.identifiers import NetworkId, StatementId
from meshnode.errors import BadInput, NotPossible
from meshnode.identity.keys import Identity
from meshnode.membership.fold import InviteState
from meshnode.membership.network_keys import invite_secrets
from meshnode.membership.statements import Invite, sign_device, sign_genesis, sign_invite, statement_id
from meshnode.membership.tokens import ShortCode, Token
from meshnode.replica.replica import Replica

NAME_BYTES = 64
"""Fits a line on a 50-column screen in most scripts, and keeps statements small."""
SECRET_BYTES = 16
EPOCH_KEY_BYTES = 32
MAX_USES = 30
MS_PER_DAY = 86_400_000
EVENT_MS = MS_PER_DAY // 2
"""An invite for an event, or by spoken words, lasts 12 hours at least, and little longer."""
MAX_DAYS = 30
"""An invite that lies around for longer is an open door that nobody remembers."""

Random = Callable[[int], bytes]


def days_of_an_event(now_ms: int) -> int:
    """For how many days after today an invite for a few hours has to last: an expiry is the end of a UTC day."""
    return 0 if now_ms % MS_PER_DAY <= MS_PER_DAY - EVENT_MS else 1


def clean_name(name: str, what: str) -> str:
    """A name as people typed it, without line breaks and surrounding space.

    Raises:
        BadInput: empty, or longer than 64 bytes.
    """
    cleaned = " ".join(name.split())
    if not cleaned:
        raise BadInput(f"{what} is empty.", next_step="Give a name that neighbours will recognise.")
    if len(cleaned.encode()) > NAME_BYTES:
        raise BadInput(
            f"{what} is too long.", next_step="Use at most 64 letters; an accented one counts as two, an emoji as four."
        )
    return cleaned


@dataclass(frozen=True, slots=True)
class Founded:
    """A new neighbourhood, still only in memory."""

    network: NetworkId
    statements: tuple[bytes, ...]
    epoch_key: bytes = field(repr=False)


def found(
    identity: Identity, network_name: str, my_name: str, device_name: str, random: Random = os.urandom
) -> Founded:
    """Make the genesis and this device's statement.

    Raises:
        BadInput: a name is empty or too long.
    """
    genesis = sign_genesis(identity, clean_name(network_name, "The neighbourhood's name"), random(16))
    network = NetworkId(statement_id(NetworkId(bytes(32)), genesis))
    device = sign_device(identity, network, clean_name(my_name, "Your name"), device_name)
    return Founded(network, (genesis, device), random(EPOCH_KEY_BYTES))


@dataclass(frozen=True, slots=True)
class NewInvite:
    """What a person hands on: either text leads to the same invite."""

    short: str
    token: str
    expires_day: int
    uses: int
    id: StatementId


class Invitations:
    """The invites of one replica."""

    def __init__(self, replica: Replica, epoch_key: Callable[[], bytes], random: Random = os.urandom) -> None:
        self._replica = replica
        self._epoch_key = epoch_key
        self._random = random

    async def invite(self, today: int, uses: int = 1, days: int = 2) -> NewInvite:
        """Sign and store a new invite, valid through the UTC day `today + days`.

        Raises:
            BadInput: uses or days out of bounds.
            NotPossible: this person is not established yet.
        """
        if not 1 <= uses <= MAX_USES:
            raise BadInput(f"An invite can let in 1 to {MAX_USES} people, not {uses}.")
        if not 0 <= days <= MAX_DAYS:
            raise BadInput(f"An invite can last 0 to {MAX_DAYS} days, not {days}.")
        self.must_be_possible()
        identity = self._replica.identity
        secret = self._random(SECRET_BYTES)
        expires = today + days
        secrets = invite_secrets(secret)
        statement = sign_invite(identity, self._replica.network, secrets, expires, uses)
        await self._replica.state(statement)
        token = Token.from_invite(self._replica.network, self._epoch_key(), secret, statement)
        short = ShortCode.for_network(self._replica.network, secret, expires)
        named = statement_id(self._replica.network, statement)
        return NewInvite(short.text(), token.text(), expires, uses, named)

    def must_be_possible(self) -> None:
        """Whether this person may invite at all.

        Raises:
            NotPossible: this person is not established yet.
        """
        me = self._replica.membership.members.get(self._replica.identity.person)
        if me is None or not me.established or me.left:
            raise NotPossible(
                "You can invite once you are established: when two neighbours have vouched for you.",
                next_step="Ask an established neighbour to make the invite.",
            )

    def open_invites(self, today: int) -> Sequence[Invite]:
        """The invites that somebody could still use, the one that came here last first: it is being typed in just now.

        The few that are announced are the first of these.
        """
        came = {statement: number for number, (statement, _) in enumerate(self._replica.store.statements())}
        return sorted(self._replica.membership.open_invites(today), key=lambda invite: -came.get(invite.id, 0))

    def is_open(self, invite: bytes, today: int) -> bool:
        """Whether one more person may come in with this invite, by our clock."""
        return self._replica.membership.invite_state(invite, today) is InviteState.OPEN
