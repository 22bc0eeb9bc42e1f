"""Wiped: what the person at this node is told when somebody had something wiped in which they had written.

Rules of this module:
1. Nothing of what was written is kept to tell it: only who had it wiped, and what kind of thing it was.
2. Told for a while from when this node saw it, and only to those who had written in it; whoever still has it open on a
   screen finds there who had it wiped.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from crdt.catalog import KINDS
from crdt.identifiers import DeviceId, Lane, MemberId, RecordId
from meshnode.replica.forgetting import forgets
from meshnode.replica.replica import Replica

WIPED_NOTE = "trust.wiped"
SHOWN_MS = 14 * 86_400_000
"""Long enough for somebody who looks in once a week."""
TEXT = (
    "{name} had {what} wiped in which you had written. It goes from every node that hears of it, yours included, with "
    "all that anybody wrote in it. Copies on paper, sticks and in heads may remain."
)
SOMEBODY = "Somebody"


NameOf = Callable[[MemberId], str]


class Wiped:
    """What was wiped here, and who wanted it."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._seen: dict[str, int] = json.loads(replica.store.meta(WIPED_NOTE) or "{}")
        self._signers: dict[RecordId, DeviceId] = {}
        self._signers_by = b""

    def look(self) -> None:
        """Note what is new, so that telling of it ends one day."""
        new = [record.hex() for record in sorted(self._mine()) if record.hex() not in self._seen]
        if new:
            self._seen |= dict.fromkeys(new, self._replica.clock())
            self._replica.store.set_meta(WIPED_NOTE, json.dumps(self._seen, sort_keys=True))

    def by(self, record: RecordId) -> DeviceId | None:
        """Which device had a record wiped; None when it was not."""
        if record not in self._replica.membership.forgotten:
            return None
        statements = self._replica.store.index(Lane.STATEMENTS).total
        if statements != self._signers_by:
            self._signers, self._signers_by = forgets(self._replica.network, self._replica.store), statements
        return self._signers.get(record)

    def sentences(self, name_of: NameOf) -> list[str]:
        """What there is to say now."""
        self.look()
        told = []
        for record in sorted(self._mine()):
            late = self._replica.clock() - self._seen.get(record.hex(), 0) >= SHOWN_MS
            signer = self.by(record)
            if not late and signer is not None and not self._is_mine(signer):
                told.append(TEXT.format(name=self._name(signer, name_of), what=_what(record)))
        return told

    def _name(self, device: DeviceId, name_of: NameOf) -> str:
        known = self._replica.membership.devices.get(device)
        if known is None:
            return SOMEBODY
        return (name_of(known.member) if known.member is not None else known.name) or SOMEBODY

    def _mine(self) -> set[RecordId]:
        """The wiped records in which this person had written, on any device of theirs.

        Those of others are not even looked at: anybody can have wiped thousands that never were.
        """
        identity, membership = self._replica.identity, self._replica.membership
        if not membership.forgotten:
            return set()
        devices = [each for each in membership.devices if self._is_mine(each)]
        return self._replica.store.forgotten_of([*dict.fromkeys((identity.device, *devices))])

    def _is_mine(self, device: DeviceId) -> bool:
        identity = self._replica.identity
        member = self._replica.membership.member_of(device)
        return device == identity.device or (member is not None and member == identity.member)


def _what(record: RecordId) -> str:
    kind = KINDS.get(record[0])
    return f"a {kind.name}" if kind is not None else "an entry"
