"""Standing: who is in, grown outwards from the founders, round by round.

The rules, cited below by number:
1. Founders are members and established.
2. A hello counts when its invite is by a device of an established member and a current device witnessed it. It is that
   member's vouch for whoever said hello. Nobody vouches for, or witnesses, themselves.
3. One vouch makes a newcomer; as many as the genesis asks for (two), of different members, make an established member.
   The vouch of a sole founder is enough by itself.
4. A hub witnesses while one of its stewards is established. It has no other voice.
5. An invite lets in as many as it says: whoever is reached in an earlier round first, within a round by hello id. Who
   has another vouch is never touched by that.
6. The word of one who left (a vouch, a witness by their device or by a hub of theirs) counts for those whom a farewell
   of theirs lists, and for nobody else.
7. A device key with two owners speaks for neither.

Rounds make this a function of the set: what a round decides rests on earlier rounds only, so nothing that is reached
later, and nothing made by somebody who is reached later, can take a place away.

Grown `generously`, rules 5 to 7 do not take anything away: that gives everybody who can ever have been current. It only
grows with more statements, so a change that was admitted once stays admitted everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.evidence import Evidence
from meshnode.membership.kinds import Genesis
from meshnode.membership.roles import Power, Role, may


@dataclass(frozen=True, slots=True)
class Vouch:
    """Somebody's word for somebody, and what it rests on. `witness_for` is the owner or steward behind the witness."""

    member: MemberId
    voucher: MemberId
    hello: StatementId
    invite: StatementId
    inviter_device: DeviceId
    witness: StatementId
    witness_device: DeviceId
    witness_for: MemberId


class Standing:
    """Who is in by one network's evidence."""

    def __init__(self, genesis: Genesis, evidence: Evidence, *, generously: bool = False) -> None:
        self.members: set[MemberId] = set()
        self.established: set[MemberId] = set()
        self.entries: dict[MemberId, Vouch] = {}
        self.grounds: dict[MemberId, tuple[Vouch, ...]] = {}
        self.users: defaultdict[StatementId, set[MemberId]] = defaultdict(set)
        self.counted: dict[StatementId, Vouch] = {}
        self._vouches: defaultdict[MemberId, dict[MemberId, Vouch]] = defaultdict(dict)
        self._waiting: defaultdict[MemberId, set[StatementId]] = defaultdict(set)
        self._genesis = genesis
        self._evidence = evidence
        self._generously = generously
        self._grow()

    def _grow(self) -> None:
        founders = set(self._genesis.founders)
        self.members |= founders  # rule 1
        self.established |= founders
        reached = self._reached_by(founders, founders)
        while reached:
            vouches = [vouch for hello in sorted(reached) if (vouch := self._vouch(hello)) is not None]
            reached = self._take([vouch for vouch in vouches if self._has_place(vouch)])

    # -- does a hello count? ----------------------------------------------------------------------------------------

    def _vouch(self, hello_id: StatementId) -> Vouch | None:
        """The vouch in a hello, if it counts by now (rule 2)."""
        hello = self._evidence.hellos.get(hello_id)
        invite = self._evidence.invites.get(hello.invite) if hello else None
        if hello is None or invite is None or hello.invite_key != invite.invite_key:
            return None
        voucher = self._speaker(self._owners(invite.signer), Power.INVITE, hello.signer)
        if voucher is None:
            return None
        for witness in self._evidence.witnesses[hello_id]:
            behind = self._speaker(self._owners(witness.signer), Power.WITNESS, hello.signer)
            behind = behind or self._speaker(self._stewards(witness.signer), Power.STEWARD, hello.signer)  # rule 4
            if behind is not None:
                return Vouch(
                    member=hello.signer,
                    voucher=voucher,
                    hello=hello_id,
                    invite=invite.id,
                    inviter_device=invite.signer,
                    witness=witness.id,
                    witness_device=witness.signer,
                    witness_for=behind,
                )
        return None

    def _speaker(self, people: Iterable[MemberId], power: Power, about: MemberId) -> MemberId | None:
        """Who of `people` may do this, and whose word about somebody else still counts (rule 6)."""
        for person in sorted(people):
            counts = self._generously or self._evidence.word_counts(person, about)
            if person in self.members and person != about and counts and may(self._role(person), power):
                return person
        return None

    def _role(self, member: MemberId) -> Role:
        return Role.ESTABLISHED if member in self.established else Role.NEWCOMER

    def _owners(self, device: DeviceId) -> frozenset[MemberId]:
        """For whom a device speaks (rule 7)."""
        speaks = self._generously or self._evidence.is_clear(device)
        return self._evidence.owners.get(device, frozenset()) if speaks else frozenset()

    def _stewards(self, device: DeviceId) -> frozenset[MemberId]:
        speaks = self._generously or self._evidence.is_clear(device)
        return self._evidence.stewards.get(device, frozenset()) if speaks else frozenset()

    # -- is there a place? ------------------------------------------------------------------------------------------

    def _has_place(self, vouch: Vouch) -> bool:
        """Whether an invite lets this one in too (rule 5)."""
        users = self.users[vouch.invite]
        uses = self._evidence.invites[vouch.invite].uses
        if self._generously or vouch.member in users or len(users) < uses:
            users.add(vouch.member)
            return True
        if self._vouches[vouch.member]:
            return True
        self._waiting[vouch.member].add(vouch.hello)
        return False

    # -- what follows from it? --------------------------------------------------------------------------------------

    def _take(self, vouches: list[Vouch]) -> set[StatementId]:
        """Let vouches have their effect (rule 3); the hellos to look at again because of it."""
        newcomers: set[MemberId] = set()
        newly_established: set[MemberId] = set()
        again: set[StatementId] = set()
        for vouch in vouches:
            member = vouch.member
            self.counted.setdefault(vouch.hello, vouch)
            if vouch.voucher in self._vouches[member]:
                continue
            self._vouches[member][vouch.voucher] = vouch
            again |= self._waiting.pop(member, set())
            if member not in self.members:
                self.members.add(member)
                self.entries[member] = vouch
                newcomers.add(member)
            if member not in self.established and (grounds := self._enough(member)):
                self.grounds[member] = grounds
                self.established.add(member)
                newly_established.add(member)
        return again | self._reached_by(newcomers, newly_established)

    def _enough(self, member: MemberId) -> tuple[Vouch, ...]:
        """The vouches that establish a member; none if they are too few."""
        vouches, founders = self._vouches[member], self._genesis.founders
        if len(founders) == 1 and founders[0] in vouches:
            return (vouches[founders[0]],)
        needed = self._genesis.vouches_needed
        return tuple(vouches.values())[:needed] if len(vouches) >= needed else ()

    def _reached_by(self, members: set[MemberId], established: set[MemberId]) -> set[StatementId]:
        """The hellos on which new standing can have an effect."""
        evidence = self._evidence
        devices = [device for member in members for device in evidence.devices_of.get(member, ())]
        devices += [hub for member in established for hub in evidence.hubs_of.get(member, ())]
        reached = {hello for device in devices for hello in evidence.witnessed_by.get(device, ())}
        for member in established:
            for device in evidence.devices_of.get(member, ()):
                for invite in evidence.invites_by.get(device, ()):
                    reached.update(evidence.hellos_of_invite.get(invite, ()))
        return reached
