"""StatementShare: which of the statements that a device brings are taken now.

Rules of this module:
1. Statements are never signed over to the one who brings them, so they count against whoever brings them: by number and
   by size. All devices that this node does not know share one account, or each new key would have a share of its own.
2. Of one member's devices, and of one key, so many are held here and no more.
3. What is put off of the giver's own is asked of nobody until then; what others signed, only not of this giver. Else
   somebody who used up their share could keep a neighbour's word away by bringing it, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crdt.identifiers import DeviceId, ItemId, Lane, MemberId
from meshnode.membership.statements import StatementRefused, statement_id
from meshnode.peers.quotas import Giver, Quotas
from meshnode.replica.replica import Replica

_SIGNER = slice(65, 97)


@dataclass(frozen=True, slots=True)
class Late:
    """What of a delivery is not taken now: by place, and whether the giver signed it."""

    own: dict[int, ItemId]
    others: dict[int, ItemId]


class StatementShare:
    """The statements' part of one node's gate."""

    def __init__(self, replica: Replica, quotas: Quotas, most_of_a_member: int) -> None:
        self._replica = replica
        self._quotas = quotas
        self._most_of_a_member = most_of_a_member
        self._signed: Counter[bytes] = Counter(data[_SIGNER] for _, data in replica.store.statements())

    def committed(self, statements: Iterable[bytes]) -> None:
        """These are held here from now on."""
        self._signed.update(data[_SIGNER] for data in statements)

    def late(self, giver: Giver, items: Sequence[bytes], now: float) -> Late:
        """What is more than may come now; the rest is counted."""
        ids = {index: found for index, item in enumerate(items) if (found := self._id(item)) is not None}
        held = self._replica.store.held(Lane.STATEMENTS, list(ids.values()))
        fresh = [index for index, item in ids.items() if item not in held]
        within = self._within_store(items, fresh)
        within = within[: self._quotas.take_statements(giver, [len(items[index]) for index in within], now)]
        late = {index: ids[index] for index in fresh if index not in set(within)}
        own = {index: item for index, item in late.items() if self._is_by(giver, items[index])}
        return Late(own, {index: item for index, item in late.items() if index not in own})

    def _is_by(self, giver: Giver, item: bytes) -> bool:
        signer = item[_SIGNER]
        return signer == giver.account or (self._replica.membership.member_of(DeviceId(signer)) == giver.account)

    def _within_store(self, items: Sequence[bytes], fresh: Sequence[int]) -> list[int]:
        """Those of new statements whose signers may have one more here."""
        counts: dict[Sequence[bytes], int] = {}
        within = []
        for index in fresh:
            keys = self._counted_with(DeviceId(items[index][_SIGNER]))
            count = counts.get(keys) or sum(self._signed[key] for key in keys)
            counts[keys] = count + 1
            if count < self._most_of_a_member:
                within.append(index)
        return within

    def _counted_with(self, signer: DeviceId) -> tuple[bytes, ...]:
        """The keys that share an account: a member's devices; the member key has its own.

        So it can still drop a device that was stolen and signs without end.
        """
        membership = self._replica.membership
        owner = membership.members.get(membership.member_of(signer) or MemberId(b""))
        return owner.devices if owner is not None and signer in owner.devices else (signer,)

    def _id(self, item: bytes) -> ItemId | None:
        try:
            return ItemId(statement_id(self._replica.network, item))
        except StatementRefused:
            return None
