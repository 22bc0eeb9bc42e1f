"""Decisions: what a person says about other people and about invites, signed and put into the set.

Rules of this module:
1. What the fold would give no effect is refused here with a sentence, before anything is signed.
2. Only the member key means what a person means: it is on this device, or typed from the card.
3. Nobody falls out because of somebody else's step: who was let in stays listed, unless the person says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from crdt.identifiers import MemberId, StatementId
from meshnode.errors import BadInput, NotPossible
from meshnode.identity.keys import Random
from meshnode.membership.fields import LONGEST_REASON_BYTES
from meshnode.membership.key_card import signing_keys
from meshnode.membership.membership import InviteUse, Member, Membership
from meshnode.membership.petitions import Ballot
from meshnode.membership.roles import Power, may
from meshnode.membership.statements import sign_petition, sign_void, sign_vote, sign_vouch
from meshnode.membership.trust_kinds import MOST_TARGETS, RANDOM_BYTES
from meshnode.replica.replica import Replica
from meshnode.trust.papers import next_number

WHY_NOT_YET = {
    Power.VOUCH: "Your word counts once two neighbours have given theirs for you.",
    Power.PETITION: "You can ask such a thing once two neighbours have vouched for you.",
    Power.VOTE: "Your vote counts once two neighbours have vouched for you.",
    Power.INVITE: "Only somebody whom two neighbours have vouched for makes invites and takes them back.",
}
ASK_NEIGHBOURS = "Ask two neighbours who know you to vouch: `meshnode vouch NAME` on their devices."


class Decisions:
    """The decisions of the person at one node."""

    def __init__(self, replica: Replica, random: Random) -> None:
        self._replica = replica
        self._random = random

    async def vouch(self, member: MemberId, card: str | None = None) -> None:
        """Give one's own word for somebody.

        Raises:
            NotPossible: this person may not, or it would have no effect.
        """
        me, keys = self._may(Power.VOUCH), signing_keys(self._replica.identity, card)
        known = self._member(member)
        if known.id == me.id:
            raise NotPossible("Nobody vouches for themselves.", next_step="Ask two neighbours who know you.")
        if not known.current:
            raise NotPossible(
                f"{known.name} does not belong to the neighbourhood now.",
                next_step="Give them a new invite: `meshnode invite`.",
            )
        if known.founder:
            raise NotPossible(
                f"{known.name} founded this neighbourhood and needs nobody's word.", next_step="See `meshnode members`."
            )
        # Who invited somebody may still say that they met them: a word by hand outlives the invite.
        words = [word for word in self._replica.membership.words if (word.member, word.voucher) == (known.id, me.id)]
        if any(word.by_hand for word in words):
            raise NotPossible(f"You already stand for {known.name}.", next_step="See `meshnode members`.")
        await self._replica.state(sign_vouch(keys, self._replica.network, known.id))

    async def petition(self, targets: Sequence[MemberId], reason: str, card: str | None = None) -> StatementId:
        """Ask everybody to part with some people, with one's own yes.

        Raises:
            BadInput: nobody is named, too many are, or the reason is too long.
            NotPossible: this person may not, or it would have no effect.
        """
        me, keys = self._may(Power.PETITION), signing_keys(self._replica.identity, card)
        wanted = list(dict.fromkeys(targets))
        text = reason.strip()
        if not 1 <= len(wanted) <= MOST_TARGETS:
            raise BadInput(f"Name 1 to {MOST_TARGETS} people.")
        if len(text.encode()) > LONGEST_REASON_BYTES:
            raise BadInput("The reason is too long.", next_step=f"Say it in {LONGEST_REASON_BYTES} letters.")
        for known in map(self._member, wanted):
            if known.id == me.id:
                raise NotPossible("This is about others.", next_step="To go yourself, use `meshnode leave`.")
            if known.left or known.removed:
                raise NotPossible(
                    f"{known.name} does not belong to the neighbourhood any more.", next_step="See `meshnode members`."
                )
        stays = roster(self._replica.membership, wanted)
        network = self._replica.network
        signed = sign_petition(keys, network, self._random(RANDOM_BYTES), reason=text, targets=wanted, stays=stays)
        petition = StatementId(await self._replica.state(signed))
        await self._replica.state(sign_vote(keys, network, petition, 1, yes=True))
        return petition

    async def vote(self, petition: StatementId, *, yes: bool, card: str | None = None) -> Ballot:
        """Say yes or no to a petition, for the first time or anew; how it stands then.

        Raises:
            NotPossible: there is none, or this person may not.
        """
        me, keys = self._may(Power.VOTE), signing_keys(self._replica.identity, card)
        ballot = self.ballot(petition)
        if me.id in ballot.petition.targets:
            raise NotPossible(
                "You have no vote in what is asked about yourself.",
                next_step="Talk with those who signed: `meshnode members` names them.",
            )
        if me.id not in (ballot.yes if yes else ballot.no):
            number = next_number(self._replica.store, self._replica.network, petition, me.id)
            await self._replica.state(sign_vote(keys, self._replica.network, petition, number, yes=yes))
        return self.ballot(petition)

    async def void(self, invite: StatementId, *, keep: bool) -> frozenset[MemberId]:
        """Take an invite back; who came in with it. They stay on its word if `keep`.

        Raises:
            NotPossible: it is not this person's, or dead already.
        """
        me = self._may(Power.INVITE)
        use = self._replica.membership.invites.get(invite)
        if use is None or self._replica.membership.member_of(use.invite.signer) != me.id:
            raise NotPossible("You have made no such invite.", next_step="See `meshnode invite --list`.")
        if not use.alive:
            raise NotPossible("This invite lets nobody in any more.", next_step="There is nothing left to take back.")
        stays = use.users if keep else frozenset()
        await self._replica.state(sign_void(self._replica.identity, self._replica.network, invite, stays))
        return use.users

    # -- looking ----------------------------------------------------------------------------------------------------

    def ballot(self, petition: StatementId) -> Ballot:
        """How a petition stands.

        Raises:
            NotPossible: there is no such petition.
        """
        for ballot in self._replica.membership.ballots:
            if ballot.petition.id == petition:
                return ballot
        raise NotPossible("There is no such petition here.", next_step="See `meshnode members`.")

    def my_invites(self) -> list[InviteUse]:
        """The invites of this person that still let somebody in."""
        membership, me = self._replica.membership, self._replica.identity.member
        uses = [use for use in membership.invites.values() if me and membership.member_of(use.invite.signer) == me]
        return sorted((use for use in uses if use.alive), key=lambda use: (use.invite.expires_day, use.invite.id))

    def _may(self, power: Power) -> Member:
        """The person here, if the permissions table lets them."""
        me = self._replica.membership.members.get(self._replica.identity.person)
        if me is None or not may(me.role, power):
            raise NotPossible(WHY_NOT_YET[power], next_step=ASK_NEIGHBOURS)
        return me

    def _member(self, member: MemberId) -> Member:
        known = self._replica.membership.members.get(member)
        if known is None:
            raise NotPossible("There is no such person here.", next_step="See `meshnode members`.")
        return known


def roster(membership: Membership, targets: Collection[MemberId]) -> list[MemberId]:
    """Who is to stay when these go: everybody established, and newcomers who came on the word of the targets alone.

    Being kept makes somebody established, so a newcomer who needs no keeping is not listed.
    """
    stays = []
    for member in membership.members.values():
        vouchers = {word.voucher for word in membership.words if word.member == member.id}
        if member.current and member.id not in targets and (member.established or vouchers <= set(targets)):
            stays.append(member.id)
    return stays
