"""Sealer: seals what is written here for chosen people, and opens what was sealed for this device.

Rules of this module:
1. A text is sealed at the last moment, when the record's id is known: what is planned, drafted and stored after that
   holds no readable text.
2. A hub seals nothing and opens nothing.
3. A refusal names people and devices, never a word of a text.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from crdt.edits import LONGEST_STRING_BYTES, Edit, Planned, Put, Scalar, Seal
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import DeviceId, MemberId, NetworkId, RecordId
from crdt.record import SignedChange
from crdt.sealed import HINT_BYTES
from meshnode.identity.keys import Identity, Random
from meshnode.identity.sealed_box import may_seal_to
from meshnode.identity.sealing import Opened, Place, Recipient, Unopened, open_text, seal_text
from meshnode.membership.circle import Receives, devices_of, is_current, is_personal
from meshnode.membership.membership import Membership
from meshnode.replica.records import Records

MOST_DEVICES = 255
ON_A_HUB = (
    "This machine is a shared hub: it carries what is sealed, and can neither open nor seal anything. "
    "Use a device of your own."
)
TOO_MANY = "This does not fit for so many devices. Name fewer people, or write less."
TWO_TEXTS = "Two of your devices wrote this text apart. Look at both, then write the text anew."
NOT_OPENED_HERE = "This device cannot open the text, so it cannot seal it anew. Do it on the device that wrote it."


@dataclass(frozen=True, slots=True)
class SealedText:
    """One value that stands under a sealed key, and what this device can make of it."""

    author: DeviceId
    at_ms: int
    answer: Opened | Unopened = field(repr=False)


class Sealer:
    """Sealing and opening for one replica."""

    def __init__(
        self,
        identity: Identity,
        network: NetworkId,
        records: Records,
        membership: Callable[[], Membership],
        random: Random = os.urandom,
    ) -> None:
        self._identity = identity
        self._network = network
        self._records = records
        self._membership = membership
        self._random = random
        self.receives: Receives = is_current
        """Which devices are sealed to: a node that does not follow a removal yet gives to more than current ones."""

    @property
    def is_hub(self) -> bool:
        """Whether this is a device on which nothing is sealed or opened."""
        return not is_personal(self._membership(), self._identity.device)

    def edits(self, record: RecordId, planned: Sequence[Planned]) -> list[Edit]:
        """What was planned for a record, with every text sealed.

        Raises:
            NotPossibleNow: this is a hub, or the text to seal anew cannot be opened here.
            BadValue: it does not fit.
        """
        return [self._sealed(record, each) if isinstance(each, Seal) else each for each in planned]

    def _sealed(self, record: RecordId, seal: Seal) -> Put:
        if self.is_hub:
            raise NotPossibleNow(ON_A_HUB)
        text = self._present(record, seal.key) if seal.text is None else seal.text
        recipients = self.recipients(seal.people)
        if len(recipients) > MOST_DEVICES:
            raise BadValue(seal.key, TOO_MANY)
        place = self._place(record, seal.key, self._identity.device)
        stored = seal_text(text, place, seal.people, recipients, self._random)
        if len(stored) > LONGEST_STRING_BYTES:
            raise BadValue(seal.key, TOO_MANY)
        return Put(seal.key, stored)

    def _present(self, record: RecordId, key: str) -> str:
        answers = [each.answer for each in self.open(record, key)]
        texts = {answer.text for answer in answers if isinstance(answer, Opened)}
        if len(texts) > 1 or (texts and not all(isinstance(answer, Opened) for answer in answers)):
            raise NotPossibleNow(TWO_TEXTS)
        if not texts:
            raise NotPossibleNow(NOT_OPENED_HERE)
        return texts.pop()

    def recipients(self, people: Iterable[MemberId]) -> list[Recipient]:
        """The devices that a text for these people is sealed to now."""
        devices = devices_of(self._membership(), people, self.receives)
        return [Recipient(device.id, device.seal, True) for device in devices if may_seal_to(device.seal)]

    def hints(self, people: Iterable[MemberId]) -> frozenset[str]:
        """The hints, in hex, that a value sealed for these people now would have."""
        return frozenset(each.device[:HINT_BYTES].hex() for each in self.recipients(people))

    def open(self, record: RecordId, key: str) -> list[SealedText]:
        """Every value that stands under a sealed key, the shown one first.

        Raises:
            NotPossibleNow: this is a hub.
        """
        if self.is_hub:
            raise NotPossibleNow(ON_A_HUB)
        standing = self._records.open(record).standing(key, self._records)
        return [self._opened(record, key, signed, stored) for signed, stored in standing]

    def _opened(self, record: RecordId, key: str, signed: SignedChange, stored: Scalar) -> SealedText:
        place = self._place(record, key, signed.author)
        return SealedText(signed.author, signed.at_ms, open_text(stored, place, self._identity.device_keys))

    def _place(self, record: RecordId, key: str, author: DeviceId) -> Place:
        return Place(self._network, record, key.partition("/")[2], author)
