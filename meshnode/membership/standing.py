"""Standing: who is in, grown outwards from its roots, round by round.

The rules, cited below by number:
1. Roots are members and established: the founders, and whom an effective petition's roster keeps.
2. A hello counts when its invite is by a device of an established member and a current device witnessed it. It is that
   member's vouch for whoever said hello. A vouch by hand of an established member is worth the same for anybody who
   ever said hello. Nobody vouches for, or witnesses, themselves.
3. One vouch makes a newcomer; as many as the genesis asks for (two), of different members, make an established member.
   The vouch of a sole founder is enough by itself.
4. A hub witnesses while one of its stewards is established. It has no other voice.
5. An invite lets in as many as it says: whoever is reached in an earlier round first, within a round by hello id. Who
   has another vouch is never touched by that.
6. The word of one who left (a vouch, a witness by their device or by a hub of theirs) counts for those whom a farewell
   of theirs lists, and for nobody else. So does a word given through a dropped device, and that of a void invite.
7. A device key with two owners speaks for neither.
8. A removed key has no standing, and gives none.

Rounds make this a function of the set: what a round decides rests on earlier rounds only, so nothing that is reached
later, and nothing made by somebody who is reached later, can take a place away.

Grown `generously`, rules 5 to 7 do not take anything away: that gives everybody who can ever have been current. It only
grows with more statements, so a change that was admitted once stays admitted everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.evidence import Evidence
from meshnode.membership.kinds import Genesis, Hello, Witness
from meshnode.membership.roles import Power, Role, may
from meshnode.membership.trust_kinds import VouchByHand


@dataclass(frozen=True, slots=True)
class Vouch:
    """Somebody's word for somebody, and what it rests on.

    `given` is the witness of a hello, or a vouch by hand, which has no invite. `through` are the devices that spoke,
    each with the owner or steward behind it.
    """

    member: MemberId
    voucher: MemberId
    hello: StatementId
    given: StatementId
    invite: StatementId | None = None
    through: tuple[tuple[DeviceId, MemberId], ...] = ()

    @property
    def statements(self) -> set[StatementId]:
        """The statements that say so."""
        return {self.hello, self.given} | ({self.invite} if self.invite is not None else set())


@dataclass(frozen=True, slots=True)
class Ground:
    """From whom standing grows, and whose is gone."""

    roots: frozenset[MemberId]
    removed: frozenset[MemberId] = frozenset()
    generously: bool = False


class Standing:
    """Who is in by one network's evidence."""

    def __init__(self, genesis: Genesis, evidence: Evidence, ground: Ground) -> None:
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
        self._removed = ground.removed
        self._generously = ground.generously
        self._grow(set(ground.roots - ground.removed))

    def _grow(self, roots: set[MemberId]) -> None:
        self.members |= roots  # rule 1
        self.established |= roots
        reached = self._reached_by(roots, roots)
        while reached:
            vouches = [vouch for word in sorted(reached) for vouch in self._vouches_in(word)]
            reached = self._take([vouch for vouch in vouches if self._has_place(vouch)])

    # -- does a word count? -----------------------------------------------------------------------------------------

    def _vouches_in(self, word: StatementId) -> list[Vouch]:
        """The vouches in a hello, or by hand, that count by now (rules 2 and 8).

        Several only when grown generously: whichever of a device's owners spoke through it.
        """
        by_hand, hello = self._evidence.vouches.get(word), self._evidence.hellos.get(word)
        if by_hand is not None:
            return self._by_hand(by_hand)
        if hello is None or hello.signer in self._removed:
            return []
        return self._by_invite(hello)

    def _by_hand(self, word: VouchByHand) -> list[Vouch]:
        member, hellos = word.member, self._evidence.hellos_by.get(word.member)
        if member in self._removed or not hellos:
            return []
        return [Vouch(member, each, hellos[0], word.id) for each in self._speakers({word.signer}, Power.VOUCH, member)]

    def _by_invite(self, hello: Hello) -> list[Vouch]:
        evidence, member = self._evidence, hello.signer
        invite = evidence.invites.get(hello.invite)
        if invite is None or hello.invite_key != invite.invite_key:
            return []
        if not self._generously and not evidence.invite_counts(invite, member):
            return []
        vouchers = self._speakers(self._owners(invite.signer, member), Power.INVITE, member)
        witness = self._witness(hello) if vouchers else None
        if witness is None:
            return []
        said, behind = witness
        return [
            Vouch(member, each, hello.id, said.id, invite.id, ((invite.signer, each), (said.signer, behind)))
            for each in vouchers
        ]

    def _witness(self, hello: Hello) -> tuple[Witness, MemberId] | None:
        """Who saw a hello, and the owner or steward behind that device (rule 4)."""
        member = hello.signer
        for witness in self._evidence.witnesses.get(hello.id, ()):
            behind = self._speakers(self._owners(witness.signer, member), Power.WITNESS, member)
            behind = behind or self._speakers(self._stewards(witness.signer, member), Power.STEWARD, member)
            if behind:
                return witness, behind[0]
        return None

    def _speakers(self, people: Set[MemberId], power: Power, about: MemberId) -> list[MemberId]:
        """Who of `people` may do this, and whose word about somebody else still counts (rule 6)."""
        return [
            person
            for person in sorted(people & self.members)
            if person != about
            and (self._generously or self._evidence.word_counts(person, about))
            and may(self._role(person), power)
        ]

    def _role(self, member: MemberId) -> Role:
        return Role.ESTABLISHED if member in self.established else Role.NEWCOMER

    def _speaks(self, device: DeviceId, about: MemberId) -> bool:
        """Rules 6 and 7."""
        evidence = self._evidence
        return self._generously or (evidence.is_clear(device) and evidence.device_counts(device, about, self._removed))

    def _owners(self, device: DeviceId, about: MemberId) -> frozenset[MemberId]:
        return self._evidence.owners.get(device, frozenset()) if self._speaks(device, about) else frozenset()

    def _stewards(self, device: DeviceId, about: MemberId) -> frozenset[MemberId]:
        return self._evidence.stewards.get(device, frozenset()) if self._speaks(device, about) else frozenset()

    # -- is there a place? ------------------------------------------------------------------------------------------

    def _has_place(self, vouch: Vouch) -> bool:
        """Whether an invite lets this one in too (rule 5)."""
        if vouch.invite is None:
            return True
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
        """Let vouches have their effect (rule 3); the words to look at again because of it."""
        newcomers: set[MemberId] = set()
        newly_established: set[MemberId] = set()
        again: set[StatementId] = set()
        for vouch in vouches:
            member = vouch.member
            self.counted.setdefault(vouch.hello if vouch.invite is not None else vouch.given, vouch)
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
        """The vouches that establish a member; none if they are too few.

        Always with the first one: it may be what gave the others a place in a full invite (rule 5).
        """
        vouches, founders = self._vouches[member], self._genesis.founders
        if len(founders) == 1 and founders[0] in vouches:
            first = next(iter(vouches))
            return tuple(vouches[voucher] for voucher in dict.fromkeys((first, founders[0])))
        needed = self._genesis.vouches_needed
        return tuple(vouches.values())[:needed] if len(vouches) >= needed else ()

    def _reached_by(self, members: set[MemberId], established: set[MemberId]) -> set[StatementId]:
        """The words on which new standing can have an effect."""
        evidence = self._evidence
        devices = [device for member in members for device in evidence.devices_of.get(member, ())]
        devices += [hub for member in established for hub in evidence.hubs_of.get(member, ())]
        reached = {hello for device in devices for hello in evidence.witnessed_by.get(device, ())}
        for member in established:
            reached.update(evidence.vouches_by.get(member, ()))
            for device in evidence.devices_of.get(member, ()):
                for invite in evidence.invites_by.get(device, ()):
                    reached.update(evidence.hellos_of_invite.get(invite, ()))
        return reached
