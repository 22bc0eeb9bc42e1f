"""The fold once more, as plainly as the rules can be written: every round looks at every word again.

It is the definition that the quick fold is compared with, written from the rules in the docstrings of
`meshnode.membership.standing`, `petitions`, `fold` and `keeping`, whose numbers are cited, and from nothing else.
"""

from __future__ import annotations

from crdt.identifiers import ChangeId, DeviceId, MemberId, NetworkId, RecordId, StatementId, made_record_id
from meshnode.membership.keeping_kinds import Endorse, Epoch, Forget, Refound
from meshnode.membership.kinds import Hello, Witness
from meshnode.membership.trust_kinds import DeviceDrop, Petition, VouchByHand, Why
from tests.membership.plain_set import PlainSet

Taken = tuple[StatementId, MemberId, MemberId, StatementId | None]
"""A word that counts: itself, whom it is for, who gave it, and with which invite."""


class PlainStanding:
    """The rules of `standing`."""

    def __init__(
        self, said: PlainSet, roots: set[MemberId], removed: set[MemberId], *, generously: bool = False
    ) -> None:
        self.said = said
        self.removed = removed
        self.generously = generously
        self.members = roots - removed  # rule 1
        self.established = roots - removed
        self.vouchers: dict[MemberId, set[MemberId]] = {}
        self.users: dict[StatementId, set[MemberId]] = {}
        self.words: set[tuple[MemberId, MemberId, bool]] = set()
        while self._round():
            pass

    def _round(self) -> bool:
        """Whether anything changed. What a round decides rests on earlier rounds only."""
        before = self._size()
        taken = [word for hello in self.said.hellos for word in self._by_invite(hello)]
        taken += [word for vouch in self.said.by_hand for word in self._by_hand(vouch)]
        taken = [word for word in taken if self._has_place(word)]
        for _, member, voucher, invite in taken:
            self.words.add((member, voucher, invite is None))
            self.vouchers.setdefault(member, set()).add(voucher)
            self.members.add(member)
            sole_founder = len(self.said.founders) == 1 and self.said.founders <= self.vouchers[member]
            if sole_founder or len(self.vouchers[member]) >= self.said.genesis.vouches_needed:  # rule 3
                self.established.add(member)
        return before != self._size()

    def _size(self) -> tuple[int, int, int, int, int]:
        vouches = sum(map(len, self.vouchers.values()))
        users = sum(map(len, self.users.values()))
        return len(self.members), len(self.established), vouches, users, len(self.words)

    def _by_hand(self, vouch: VouchByHand) -> list[Taken]:
        """Rule 2, its second half."""
        member, voucher = vouch.member, vouch.signer
        counts = voucher in self.established and voucher != member and self._person_counts(voucher, member)
        if counts and member not in self.removed and self.said.said_hello(member):
            return [(vouch.id, member, voucher, None)]
        return []

    def _by_invite(self, hello: Hello) -> list[Taken]:
        """Rule 2, its first half."""
        member, invite = hello.signer, self.said.invites.get(hello.invite)
        if invite is None or invite.invite_key != hello.invite_key or member in self.removed:
            return []
        if not self.generously and not self.said.invite_counts(invite, member):
            return []
        owners, _ = self._behind(invite.signer, member)
        vouchers = [who for who in owners & self.established if who != member and self._person_counts(who, member)]
        if vouchers and any(self._witnesses(each, hello) for each in self.said.witnesses):
            return [(hello.id, member, voucher, invite.id) for voucher in sorted(vouchers)]
        return []

    def _witnesses(self, witness: Witness, hello: Hello) -> bool:
        """A member's device, or a hub of an established one (rule 4), that speaks for others than the newcomer."""
        if witness.hello != hello.id:
            return False
        owners, stewards = self._behind(witness.signer, hello.signer)
        people = (owners & self.members | stewards & self.established) - {hello.signer}
        return any(self._person_counts(person, hello.signer) for person in people)

    def _behind(self, device: DeviceId, about: MemberId) -> tuple[set[MemberId], set[MemberId]]:
        """Owners and stewards, unless rule 6 or 7 silences the device."""
        counts = self.said.is_clear(device) and self.said.device_counts(device, about, self.removed)
        return self.said.certified_by(device) if counts or self.generously else (set(), set())

    def _person_counts(self, speaker: MemberId, about: MemberId) -> bool:
        return self.generously or self.said.person_counts(speaker, about)

    def _has_place(self, word: Taken) -> bool:
        """Rule 5."""
        _, member, _, invite = word
        if invite is None:
            return True
        users = self.users.setdefault(invite, set())
        if self.generously or member in users or len(users) < self.said.invites[invite].uses:
            users.add(member)
            return True
        return bool(self.vouchers.get(member))


class PlainFold:
    """The rules of `petitions`, `fold` and `keeping`."""

    def __init__(self, network: NetworkId, given: list[bytes]) -> None:
        self.said = PlainSet(network, given)
        self.removed: set[MemberId] = set()
        self.roots = set(self.said.founders)
        self.effective: set[StatementId] = set()
        self.now = PlainStanding(self.said, self.roots, self.removed)
        while self._step():
            self.now = PlainStanding(self.said, self.roots, self.removed)
        self.ever = self._ever()
        self.current = self.now.members - self.said.leavers
        self.established = self.now.established & self.current

    # -- petitions --------------------------------------------------------------------------------------------------

    def ballot(self, petition: Petition) -> tuple[set[MemberId], set[MemberId]]:
        """Who says yes and who says no, of those who may (rule 1)."""
        yes: set[MemberId] = set()
        no: set[MemberId] = set()
        for voter in self.now.established - self.said.leavers - set(petition.targets):
            mine = [vote for vote in self.said.votes if vote.petition == petition.id and vote.signer == voter]
            highest = max((vote.number for vote in mine), default=0)
            match {vote.yes for vote in mine if vote.number == highest}:
                case answers if answers == {True}:
                    yes.add(voter)
                case answers if answers == {False}:
                    no.add(voter)
        return yes, no

    def _step(self) -> bool:
        """Rules 2 and 3; whether a petition took effect."""
        carried: dict[StatementId, tuple[Petition, int]] = {}
        for petition in self.said.petitions:
            yes, no = self.ballot(petition)
            quorum = self.said.genesis.quorum + len(petition.targets) - 1
            mine = petition.signer in self.now.established and petition.id not in self.effective
            if mine and len(yes) >= quorum and len(yes) > len(no):
                carried[petition.id] = (petition, len(yes) - len(no))
        largest = max((margin for _, margin in carried.values()), default=0)
        for petition, margin in carried.values():
            if margin == largest:
                self.effective.add(petition.id)
                self.removed |= set(petition.targets)
                self.roots |= self._kept(petition)
        self.roots -= self.removed
        return bool(carried)

    def _kept(self, petition: Petition) -> set[MemberId]:
        """Rule 4."""
        return {who for who in petition.stays if who in self.said.founders or self.said.said_hello(who)}

    def _ever(self) -> PlainStanding:
        roots = set(self.said.founders)
        while True:
            ever = PlainStanding(self.said, set(roots), set(), generously=True)
            for petition in self.said.petitions:
                yes = {v.signer for v in self.said.votes if v.petition == petition.id and v.yes}
                yes = yes & ever.established - set(petition.targets)
                quorum = self.said.genesis.quorum + len(petition.targets) - 1
                if petition.signer in ever.established and len(yes) >= quorum:
                    roots |= self._kept(petition)
            if roots <= ever.members and roots <= ever.established:
                return ever

    # -- devices ----------------------------------------------------------------------------------------------------

    def dropped(self, device: DeviceId) -> Why | None:
        """Why a device was given up, by who may say so: the worst that was said."""
        _, stewards = self.said.certified_by(device)
        counting: list[DeviceDrop] = self.said.drops_by_keepers(device, self.removed)
        may = self.established - stewards
        others = [each for each in self.said.drops if each.device == device and each.signer in may]
        whys = {each.why for each in counting}
        for why, or_worse in (
            (Why.STOLEN, {Why.STOLEN}),
            (Why.LOST, {Why.STOLEN, Why.LOST}),
            (Why.RETIRED, {Why.STOLEN, Why.LOST, Why.RETIRED}),
        ):
            agree = {each.signer for each in others if each.why in or_worse}
            if stewards and self.said.is_clear(device) and len(agree) >= 2:
                whys.add(why)
        return next((why for why in (Why.STOLEN, Why.LOST, Why.RETIRED) if why in whys), None)

    def state(self, device: DeviceId) -> str:
        """Rules 4, 5 and 6."""
        owners, stewards = self.said.certified_by(device)
        if not (owners & self.ever.members or stewards & self.ever.established):
            return "unknown"
        dropped = self.dropped(device)
        if owners & self.removed or dropped is Why.STOLEN:
            return "removed"
        if self.said.is_clear(device) and dropped is None and (owners & self.current or stewards & self.established):
            return "current"
        return "past"

    def states(self) -> dict[DeviceId, str]:
        """The devices that are known."""
        found = {device: self.state(device) for device in self.said.devices}
        return {device: state for device, state in found.items() if state != "unknown"}

    def alive(self) -> set[StatementId]:
        """The invites that a current device of an established member made and that were not taken back."""
        return {
            invite.id
            for invite in self.said.invites.values()
            if self.said.certified_by(invite.signer)[0] & self.established
            and self.states().get(invite.signer) == "current"
            and not self.said.voids_of(invite)
        }

    # -- keeping ----------------------------------------------------------------------------------------------------

    def endorsed(self) -> set[tuple[RecordId, ChangeId]]:
        """Rule 1 of `keeping`."""
        belongs = {device for device, state in self.states().items() if state in ("current", "past")}
        said = [each for each in self.said.all if isinstance(each, Endorse) and each.signer in belongs]
        return {pair for each in said for pair in each.endorsed}

    def forgotten(self) -> set[RecordId]:
        """Rule 2 of `keeping`."""
        found = set()
        for each in self.said.all:
            if isinstance(each, Forget):
                mine, _ = self.said.certified_by(each.signer)
                owners, stewards = self.said.certified_by(each.maker)
                right_id = made_record_id(self.said.network, each.record[0], each.maker, each.at_ms)
                if each.record == right_id and (each.signer == each.maker or mine & (owners | stewards)):
                    found.add(each.record)
        return found

    def epochs(self) -> list[StatementId]:
        """Rule 3 of `keeping`."""
        states, removed = self.states(), self.removed & self.ever.members
        found: list[tuple[bool, bool, int, StatementId]] = []
        for each in self.said.all:
            if isinstance(each, Epoch) and self.said.is_clear(each.signer):
                by_member = self.said.certified_by(each.signer)[0] & self.ever.established
                if by_member and states.get(each.signer) in ("current", "past"):
                    reached = len([device for device, _ in each.boxes if states.get(device) == "current"])
                    here = states[each.signer] == "current" and bool(by_member & self.established)
                    found.append((not removed <= set(each.excluded), not here, -reached, each.id))
        return [identity for *_, identity in sorted(found)]

    def refounds(self) -> set[StatementId]:
        """By whoever ever was a member."""
        return {each.id for each in self.said.all if isinstance(each, Refound) and each.signer in self.states()}
