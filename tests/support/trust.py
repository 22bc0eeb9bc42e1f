"""A neighbourhood whose people also judge: vouch by hand, petition, vote, drop devices, take invites back, forget.

Rules of this module:
1. As in `people`: everything follows from names, and what is signed is what a node signs.
2. Who may say such a thing is not asked here: tests let strangers and removed people try.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crdt.boards.tasks import TASK
from crdt.identifiers import ChangeId, DeviceId, MemberId, NetworkId, RecordId, StatementId, made_record_id
from meshnode.identity.keys import Identity
from meshnode.membership.statements import (
    Why,
    sign_device_drop,
    sign_endorse,
    sign_epoch,
    sign_forget,
    sign_petition,
    sign_refound,
    sign_void,
    sign_vote,
    sign_vouch,
)
from tests.support.people import Neighbourhood, SeededInvite, member_keys, seeded, seeded_identity

TASK_KIND = TASK.code


def person(name: str) -> MemberId:
    """The member of this name."""
    return seeded_identity(name).person


def people(names: Iterable[str]) -> list[MemberId]:
    """The members of these names."""
    return [person(name) for name in names]


def identity_of(who: str | Identity) -> Identity:
    """The person of this name on their main device, or the identity itself."""
    return seeded_identity(who) if isinstance(who, str) else who


class TrustingStreet(Neighbourhood):
    """A network in which every kind of statement is made."""

    def __init__(self, name: str = "Maple Street", founders: Iterable[str] = ("alice",)) -> None:
        self._petitions = seeded(f"{name} petitions")
        super().__init__(name, founders)

    def vouch(self, by: str, member: str) -> bytes:
        """Somebody's own word for somebody."""
        return self.add(sign_vouch(member_keys(seeded_identity(by)), self.network, person(member)))

    def void(self, by: str | Identity, invite: SeededInvite, stays: Iterable[str] = ()) -> bytes:
        """Somebody takes an invite back."""
        return self.add(sign_void(identity_of(by), self.network, invite.id, people(stays)))

    def petition(
        self, by: str, targets: Sequence[str], *, stays: Iterable[str] = (), reason: str = "Not kind."
    ) -> StatementId:
        """Somebody asks that others belong no more; nobody has voted yet."""
        return self.id(
            self.add(
                sign_petition(
                    member_keys(seeded_identity(by)),
                    self.network,
                    self._petitions(16),
                    reason=reason,
                    targets=people(targets),
                    stays=people(stays),
                )
            )
        )

    def vote(self, petition: StatementId, *, yes: Iterable[str] = (), no: Iterable[str] = (), number: int = 1) -> None:
        """People vote on a petition."""
        for names, answer in ((yes, True), (no, False)):
            for name in names:
                keys = member_keys(seeded_identity(name))
                self.add(sign_vote(keys, self.network, petition, number, yes=answer))

    def remove(self, target: str, by: Sequence[str], stays: Iterable[str] = ()) -> StatementId:
        """A petition by the first of `by` for which all of them vote."""
        petition = self.petition(by[0], [target], stays=stays)
        self.vote(petition, yes=by)
        return petition

    def drop(self, by: str, device: str | Identity, why: Why = Why.LOST, stays: Iterable[str] = ()) -> bytes:
        """Somebody gives a device up."""
        dropped = identity_of(device).device
        return self.add(sign_device_drop(member_keys(seeded_identity(by)), self.network, dropped, why, people(stays)))

    def endorse(self, by: str | Identity, record: RecordId, change: ChangeId) -> bytes:
        """A device stands by a change."""
        return self.add(sign_endorse(identity_of(by), self.network, [(record, change)]))

    def made(self, by: str | Identity, at_ms: int = 1) -> RecordId:
        """The id of a record that a device made."""
        return made_record_id(self.network, TASK_KIND, identity_of(by).device, at_ms)

    def forget(self, by: str | Identity, maker: str | Identity, at_ms: int = 1) -> bytes:
        """A device has a record wiped that `maker` made."""
        record = self.made(maker, at_ms)
        return self.add(sign_forget(identity_of(by), self.network, record, identity_of(maker).device, at_ms))

    def epoch(self, by: str | Identity, excluded: Iterable[str] = (), devices: Iterable[DeviceId] = ()) -> StatementId:
        """A device hands out a new network key; the boxes are not to be opened."""
        boxes = [(device, bytes(80)) for device in devices]
        random, key = self._petitions(16), self._petitions(32)
        statement = sign_epoch(identity_of(by), self.network, random, key, excluded=people(excluded), boxes=boxes)
        return self.id(self.add(statement))

    def refound(self, by: str | Identity) -> bytes:
        """A device's member starts anew elsewhere."""
        elsewhere = NetworkId(self._petitions(32))
        return self.add(sign_refound(identity_of(by), self.network, elsewhere, name="Elm", reason="", boxes=[]))
