"""MemberViews: who belongs and what is being asked, as the local API tells it.

Rules of this module:
1. People stand by name; no figure is attached to anybody.
2. Who signed what is said by name: every removal shows its signers.
3. It reads; nothing is decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from crdt.identifiers import MemberId
from meshnode.api.schema import Json
from meshnode.identity.words import device_words
from meshnode.membership.membership import Member, Word
from meshnode.membership.petitions import Ballot
from meshnode.replica.replica import Replica
from meshnode.trust.access import Access
from meshnode.trust.notices import Notices, short


class MemberViews:
    """What one node says about people."""

    def __init__(self, replica: Replica, access: Access, notices: Notices) -> None:
        self._replica = replica
        self._access = access
        self._notices = notices

    def all(self) -> Json:
        """Everybody, every petition, and what the person here should know or decide."""
        names = Names(self._replica)
        membership = self._replica.membership
        members = self._members(membership.members.values(), names)
        return {
            "members": sorted(members, key=lambda view: (str(view["name"]).casefold(), view["id"])),
            "petitions": [self.petition(ballot, names) for ballot in membership.ballots],
            "notices": self._notices.sentences(names.of),
            "brake": {"waiting": people(self._access.waiting, names), "declined": people(self._access.declined, names)},
        }

    def one(self, member: MemberId) -> Json:
        """One person."""
        return self._members([self._replica.membership.members[member]], Names(self._replica))[0]

    def _members(self, members: Iterable[Member], names: Names) -> list[Json]:
        words_for: defaultdict[MemberId, list[Word]] = defaultdict(list)
        words_by: defaultdict[MemberId, list[MemberId]] = defaultdict(list)
        for word in self._replica.membership.words:
            words_for[word.member].append(word)
            words_by[word.voucher].append(word.member)
        followed = self._access.followed
        return [
            self._member(member, names, words_for[member.id])
            | {"vouches_for": names.listed(words_by[member.id]), "followed": member.id in followed}
            for member in members
        ]

    def _member(self, member: Member, names: Names, words: Sequence[Word]) -> Json:
        membership = self._replica.membership
        return {
            "id": member.id.hex(),
            "name": names.of(member.id),
            "standing": _standing(member),
            "founder": member.founder,
            "left": member.left,
            "removed": member.removed,
            "vouched_by": sorted(
                ({"name": names.of(word.voucher), "by_hand": word.by_hand} for word in words),
                key=lambda word: (str(word["name"]).casefold(), not word["by_hand"]),
            ),
            "devices": [
                {"name": known.name, "words": device_words(known.id), "current": known.state.current}
                for device in member.devices
                if (known := membership.devices.get(device)) is not None
            ],
            "blocked": member.id in self._access.blocked,
            "mine": member.id == self._replica.identity.member,
        }

    def petition(self, ballot: Ballot, names: Names) -> Json:
        """How a petition stands, for a person."""
        me, petition = self._replica.identity.member, ballot.petition
        said = "yes" if me in ballot.yes else "no" if me in ballot.no else None
        return {
            "id": petition.id.hex(),
            "short": short(petition.id),
            "reason": petition.reason,
            "targets": names.listed(petition.targets),
            "by": names.of(petition.signer),
            "yes": names.listed(ballot.yes),
            "no": names.listed(ballot.no),
            "needed": ballot.needed,
            "missing": missing(ballot),
            "state": "effective" if ballot.effective else "open",
            "about_me": me in petition.targets,
            "my_vote": said,
        }


def missing(ballot: Ballot) -> int:
    """How many yes it would still take."""
    if ballot.effective:
        return 0
    return max(ballot.needed - len(ballot.yes), 1 - ballot.margin, 0)


def _standing(member: Member) -> str:
    if member.removed:
        return "removed"
    if member.left:
        return "left"
    if not member.current:
        return "past"
    if member.founder:
        return "founder"
    return "established" if member.established else "newcomer"


def people(members: Iterable[MemberId], names: Names) -> list[Json]:
    """People by name, with what names them for good."""
    return [{"id": member.hex(), "name": names.of(member)} for member in names.sorted(members)]


class Names:
    """What people call themselves now."""

    def __init__(self, replica: Replica) -> None:
        self._profiles = replica.profile_names()
        self._members = replica.membership.members

    def of(self, member: MemberId) -> str:
        """One person's name."""
        known = self._members.get(member)
        return self._profiles.get(member) or (known.name if known else "") or "somebody unknown here"

    def sorted(self, members: Iterable[MemberId]) -> list[MemberId]:
        """People by name."""
        return sorted(set(members), key=lambda member: (self.of(member).casefold(), member))

    def listed(self, members: Iterable[MemberId]) -> list[str]:
        """Their names, by name; two people of one name are two entries."""
        return [self.of(member) for member in self.sorted(members)]
