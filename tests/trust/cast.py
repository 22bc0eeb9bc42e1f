"""A street of five, and one of its people at a desk with everything that decides about people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crdt.identifiers import Lane, MemberId, StatementId
from meshnode.api.member_requests import MemberRequests
from meshnode.membership.statements import sign_petition, sign_vote
from meshnode.trust.access import Access
from meshnode.trust.decisions import Decisions, roster
from meshnode.trust.keyring import Keyring
from meshnode.trust.notices import Notices
from tests.support.people import Neighbourhood, member_keys, seeded, seeded_identity
from tests.support.replicas import open_desk

Json = dict[str, Any]


def person(name: str) -> MemberId:
    """The member of this name."""
    return seeded_identity(name).person


class Home:
    """Somebody's node, without its links."""

    def __init__(self, place: Path, name: str, street: Neighbourhood) -> None:
        self.desk = open_desk(place, name, street)
        self.open(name)

    def open(self, name: str) -> None:
        self.replica = self.desk.replica
        self.access = Access(self.replica)
        self.keyring = Keyring(self.replica, self.access)
        self.notices = Notices(self.replica, self.access, self.keyring)
        self.decisions = Decisions(self.replica, seeded(f"decisions of {name}"))
        self.requests = MemberRequests(self)

    async def ask(self, do: str, **arguments: Any) -> Json:
        """One request of the local API."""
        return await self.requests.answer(do, arguments)

    async def members(self) -> Json:
        """The answer to `members`."""
        return await self.ask("members")

    async def member(self, name: str) -> Json:
        """What it says of one person."""
        return next(member for member in (await self.members())["members"] if member["name"] == name)

    def said_since(self, count: int) -> list[bytes]:
        """The statements that came after so many."""
        return [data for _, data in self.desk.store.statements()][count:]


async def share(*homes: Home) -> None:
    """Everybody holds every statement."""
    everything = {data for home in homes for _, data in home.desk.store.statements()}
    for home in homes:
        await home.replica.accept(Lane.STATEMENTS, sorted(everything), b"")


def remove(street: Neighbourhood, by: Sequence[str], *targets: str, reason: str = "") -> StatementId:
    """A petition that carries, by its first signer; everybody else who is there stays."""
    first, keys = by[0], [member_keys(seeded_identity(name)) for name in by]
    stays = roster(street.membership(), [*map(person, targets)])
    random = seeded(f"{first} {targets} {len(street.statements)}")(16)
    petition = street.id(
        street.add(
            sign_petition(keys[0], street.network, random, reason=reason, targets=[*map(person, targets)], stays=stays)
        )
    )
    for each in keys:
        street.add(sign_vote(each, street.network, petition, 1, yes=True))
    return petition
