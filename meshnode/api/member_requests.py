"""Member requests: who belongs, and what the person here decides about people.

Rules of this module:
1. People and petitions are named by id, or by as much of it (or of a name) as fits one alone.
2. What a decision means and who may take it is `trust.decisions`' business; here it is found and told.
3. With whom a hub links is nobody's choice who happens to stand there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar, Protocol

from crdt.display import display_line
from crdt.identifiers import MemberId, StatementId
from meshnode.api.member_views import MemberViews, Names, people
from meshnode.api.schema import Json
from meshnode.errors import BadInput, NotPossible
from meshnode.replica.replica import Replica
from meshnode.trust.access import Access
from meshnode.trust.decisions import Decisions
from meshnode.trust.notices import Notices

SHORTEST_HEX = 4


class OfMembers(Protocol):
    """What of a node these requests are about."""

    replica: Replica
    access: Access
    notices: Notices
    decisions: Decisions


class MemberRequests:
    """The requests about the people of one replica."""

    NAMES: ClassVar[tuple[str, ...]] = (
        *("members", "vouch", "petition", "vote", "void", "my_invites"),
        *("block", "unblock", "follow"),
    )
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset({"vouch", "petition", "vote", "void"})

    def __init__(self, inside: OfMembers) -> None:
        self._replica = inside.replica
        self._access = inside.access
        self._decisions = inside.decisions
        self._views = MemberViews(inside.replica, inside.access, inside.notices)
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {
            name: getattr(self, f"_{name}") for name in self.NAMES
        }

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            UsageError: it was refused; the sentence says why.
        """
        return await self._answers[do](arguments)

    async def _members(self, _: Json) -> Json:
        return self._views.all()

    # -- signed -----------------------------------------------------------------------------------------------------

    async def _vouch(self, arguments: Json) -> Json:
        member = self._named(arguments.get("member"))
        await self._decisions.vouch(member, _card(arguments))
        return self._person(member)

    async def _petition(self, arguments: Json) -> Json:
        named = arguments.get("members")
        if not isinstance(named, list) or not named:
            raise BadInput("The members are missing.", next_step="Name those whom this is about.")
        reason = arguments.get("reason") or ""
        if not isinstance(reason, str):
            raise BadInput("The reason must be text.", next_step="Say it in a sentence or two.")
        targets = [self._named(each) for each in named]
        petition = await self._decisions.petition(targets, reason, _card(arguments))
        return self._views.petition(self._decisions.ballot(petition), Names(self._replica))

    async def _vote(self, arguments: Json) -> Json:
        yes = arguments.get("yes")
        if not isinstance(yes, bool):
            raise BadInput("Say yes or no.", next_step="For example: `meshnode vote PETITION yes`.")
        known = [ballot.petition.id for ballot in self._replica.membership.ballots]
        petition = StatementId(_one_of(known, arguments.get("petition"), "petition", "See `meshnode members`."))
        ballot = await self._decisions.vote(petition, yes=yes, card=_card(arguments))
        return self._views.petition(ballot, Names(self._replica))

    async def _void(self, arguments: Json) -> Json:
        known = list(self._replica.membership.invites)
        invite = _one_of(known, arguments.get("invite"), "invite", "See `meshnode invite --list`.")
        users = await self._decisions.void(StatementId(invite), keep=bool(arguments.get("keep", True)))
        return {"id": invite.hex(), "came_in": people(users, Names(self._replica))}

    async def _my_invites(self, _: Json) -> Json:
        names = Names(self._replica)
        return {
            "invites": [
                {
                    "id": use.invite.id.hex(),
                    "uses": use.invite.uses,
                    "expires_ms": (use.invite.expires_day + 1) * 86_400_000,
                    "came_in": names.listed(use.users),
                }
                for use in self._decisions.my_invites()
            ]
        }

    # -- this node alone --------------------------------------------------------------------------------------------

    async def _block(self, arguments: Json) -> Json:
        member = self._named(arguments.get("member"))
        if member == self._replica.identity.person:
            raise NotPossible("This is you.", next_step="To go, use `meshnode leave`; to be unseen, stop the node.")
        self._access.block(member)
        return self._person(member)

    async def _unblock(self, arguments: Json) -> Json:
        member, _ = self._named(arguments.get("member")), self._replica.identity.person
        self._access.unblock(member)
        return self._person(member)

    async def _follow(self, arguments: Json) -> Json:
        follow = arguments.get("follow", True)
        if not isinstance(follow, bool):
            raise BadInput("Say yes or no.")
        if not follow:
            _ = self._replica.identity.person  # whoever stands at a hub does not open its links to the removed
        asked = arguments.get("members")
        undecided = self._access.waiting | (self._access.declined if follow else frozenset())
        chosen = {self._named(each) for each in asked} if isinstance(asked, list) else undecided
        self._access.decide(chosen, follow=follow)
        return {"follow": follow, "members": people(chosen, Names(self._replica))}

    # -- naming -----------------------------------------------------------------------------------------------------

    def _person(self, member: MemberId) -> Json:
        return self._views.one(member)

    def _named(self, named: object) -> MemberId:
        """Somebody by id, by the beginning of it, or by name."""
        if not isinstance(named, str) or not named.strip():
            raise BadInput("The member is missing.", next_step="See `meshnode members`.")
        names = Names(self._replica)
        text = " ".join(named.split())
        called = [m for m in self._replica.membership.members if names.of(m).casefold() == text.casefold()]
        if len(called) == 1:
            return called[0]
        if called:
            ids = ", ".join(sorted(member.hex()[:8] for member in called))
            raise BadInput(
                f"{len(called)} people are called {display_line(text)}.", next_step=f"Say which: one of {ids}."
            )
        return MemberId(_one_of(self._replica.membership.members, text, "member", "See `meshnode members`."))


def _one_of(known: Iterable[bytes], named: object, what: str, see: str) -> bytes:
    """The one id that begins like this."""
    if not isinstance(named, str) or not named.strip():
        raise BadInput(f"The {what} is missing.", next_step=see)
    text = named.strip().lower()
    found = [each for each in known if len(text) >= SHORTEST_HEX and each.hex().startswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"There are several of that {what}.", next_step="Type more of it.")
    raise BadInput(f"There is no {what} {display_line(named.strip())!r} here.", next_step=see)


def _card(arguments: Json) -> str | None:
    card = arguments.get("card")
    if card is not None and not isinstance(card, str):
        raise BadInput("The card must be text.")
    return card
