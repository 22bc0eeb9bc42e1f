"""Gate: what may pass now of what peers bring, and what is asked of them.

Rules of this module:
1. It decides when, never whether (law i): what may not pass is dropped and asked for again later. What is malformed
   passes, for the one door to refuse.
2. Statements, and what this person's other devices bring, pass a full disk and every quota but the statements' own.
3. What keeps things out is said as a sentence, and in the log once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crdt.identifiers import DeviceId, ItemId, Lane, MemberId, lane_of
from meshnode.events import Event, ItemsCommitted, TroubleChanged
from meshnode.identity.envelope import ChangeRefused, Envelope, change_id, parse_envelope
from meshnode.membership.membership import AuthorClass
from meshnode.membership.roles import Role
from meshnode.peers.disk_room import DiskRoom, Room
from meshnode.peers.limits import DAY_SECONDS, DEFAULT_LIMITS, PeerLimits
from meshnode.peers.put_off import PutOff
from meshnode.peers.quotas import STRANGERS, AccountId, Giver, Quotas
from meshnode.peers.statement_share import StatementShare
from meshnode.replica.replica import Replica

log = logging.getLogger("meshnode.peers")

SAVED = "quotas"
_MEGABYTE = 1_000_000
Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Sifted:
    """A delivery, sorted into what is taken now and the ids of what is not."""

    taken: Sequence[bytes]
    put_off: Sequence[ItemId] = ()


class Gate:
    """The gate of one node; all its links share it."""

    def __init__(
        self,
        replica: Replica,
        monotonic: Monotonic,
        limits: PeerLimits = DEFAULT_LIMITS,
        room: DiskRoom | None = None,
    ) -> None:
        self._replica = replica
        self._monotonic = monotonic
        self._limits = limits
        self._room = room or DiskRoom(replica.store.directory, limits)
        self._put_off = PutOff(limits.put_off_ids)
        self._quotas = Quotas(limits, first_day_ends=self._first_day_ends())
        self._statements = StatementShare(replica, self._quotas, limits.statements_a_member)
        self._too_much: dict[AccountId, float] = {}
        self._scarce = False
        self._restore()
        self._unsubscribe = replica.events.subscribe(self._heard)

    def stop(self) -> None:
        """Write down what remains of the accounts."""
        self._unsubscribe()
        self._save()

    # -- what arrives -----------------------------------------------------------------------------------------------

    def sift(self, device: DeviceId, lane: Lane, items: Sequence[bytes]) -> Sifted:
        """What of a delivery from a device passes now; what does not is put off."""
        now = self._monotonic()
        giver = self._giver(device)
        if lane is Lane.STATEMENTS:
            return self._sift_statements(giver, items, now)
        changes = [_change(item) for item in items]
        late = self._without_room(changes)
        if late:
            self._put_off.add(device, (), now + self._limits.disk_seconds, now)
        else:
            late = self._over_quota(giver, changes, now)
        if not late:
            return Sifted(items)
        return Sifted([item for index, item in enumerate(items) if index not in late], tuple(late.values()))

    def _without_room(self, changes: Sequence[Envelope | None]) -> dict[int, ItemId]:
        """Those for which the disk has no room, by their places."""
        room = self._look_at_disk()
        if room is Room.PLENTY:
            return {}
        return {
            index: self._id(change)
            for index, change in enumerate(changes)
            if change is not None and not _fits(room, lane_of(change.record))
        }

    def _over_quota(self, giver: Giver, changes: Sequence[Envelope | None], now: float) -> dict[int, ItemId]:
        """Those of the giver's own that are more than its share, by their places."""
        if giver.account == self._replica.identity.member:
            return {}
        late: dict[int, ItemId] = {}
        for lane in (Lane.URGENT, Lane.ORDINARY):
            own = {
                index: change
                for index, change in enumerate(changes)
                if change is not None
                and lane_of(change.record) is lane
                and self._account(change.author) == giver.account
            }
            ids = {index: self._id(change) for index, change in own.items()}
            held = self._replica.store.held(lane, list(ids.values())) if ids else set()
            fresh = [index for index in own if ids[index] not in held]
            sizes = [len(own[index].raw) for index in fresh]
            taken = self._quotas.take_changes(giver, lane, sizes, now)
            late |= {index: ids[index] for index in fresh[taken:]}
        if late:
            self._say_too_much(giver, late.values(), now)
        return late

    def _sift_statements(self, giver: Giver, items: Sequence[bytes], now: float) -> Sifted:
        late = self._statements.late(giver, items, now)
        dropped = late.own | late.others
        if not dropped:
            return Sifted(items)
        self._say_too_much(giver, late.own.values(), now, late.others.values())
        taken = [item for index, item in enumerate(items) if index not in dropped]
        return Sifted(taken, tuple(dropped.values()))

    def _say_too_much(self, giver: Giver, ids: Iterable[ItemId], now: float, of_others: Iterable[ItemId] = ()) -> None:
        until = now + self._limits.put_off_seconds
        if self._put_off.add(giver.device, ids, until, now, of_others):
            log.warning("more than a day's share from %s: the rest is put off", giver.device.hex()[:8])
            self._save()
        if self._too_much.get(giver.account, now) <= now:
            self._too_much[giver.account] = until
            self._replica.events.publish(TroubleChanged())

    # -- asking -----------------------------------------------------------------------------------------------------

    def asks(self, device: DeviceId | None, lane: Lane) -> bool:
        """Whether anything of a lane is asked of a device now."""
        if device is None:
            return True
        now = self._monotonic()
        if lane is not Lane.STATEMENTS and not _fits(self._look_at_disk(), lane):
            self._put_off.add(device, (), now + self._limits.disk_seconds, now)
            return False
        return self._put_off.may_ask(device, now)

    def wanted_now(self, device: DeviceId | None, ids: Sequence[ItemId]) -> list[ItemId]:
        """Those of `ids` that are not put off, where they would be asked of this device."""
        if not len(self._put_off):
            return list(ids)
        now = self._monotonic()
        return [item for item in ids if not self._put_off.holds(item, now, device)]

    def due_at(self, device: DeviceId | None) -> float | None:
        """When what a device offered and had to keep may come, by the monotonic clock."""
        return self._put_off.due_at(device) if device is not None else None

    def is_due(self, device: DeviceId | None) -> bool:
        """Whether that time has come; said once."""
        due = self.due_at(device)
        if device is None or due is None or due > self._monotonic():
            return False
        self._put_off.end(device)
        return True

    # -- a minute's -------------------------------------------------------------------------------------------------

    def took(self, device: DeviceId, size: int) -> float:
        """So many bytes came; seconds until they should be dealt with, so that haste takes nobody else's turn."""
        now, device = self._monotonic(), self._giver(device).device
        rest = self._quotas.may_take_in(device, now)
        self._quotas.took(device, size, now)
        return rest

    def gave(self, device: DeviceId, size: int) -> float:
        """So many bytes went out; seconds until more should."""
        now, device = self._monotonic(), self._giver(device).device
        self._quotas.gave(device, size, now)
        return self._quotas.may_give_in(device, now)

    # -- telling ----------------------------------------------------------------------------------------------------

    def trouble(self) -> list[str]:
        """What keeps things out now, as sentences."""
        now = self._monotonic()
        names = [self._name(account) for account, until in self._too_much.items() if until > now]
        said = [
            f"More came from {name} than your node takes from one person in a day. The rest comes in bit by bit; what "
            f"others write is not held up. If that was not {name}, one of their devices may be in wrong hands: ask."
            for name in sorted(names)
        ]
        if self._look_at_disk() is not Room.PLENTY:
            free = self._room.free() // _MEGABYTE
            said.append(
                f"The disk is nearly full ({free} MB free). What you write is kept, and what is urgent still comes in; "
                "everything else of others waits. Make room on the disk, and it comes by itself."
            )
        return said

    def _look_at_disk(self) -> Room:
        room = self._room.now()
        scarce = room is not Room.PLENTY
        if scarce is not self._scarce:
            self._scarce = scarce
            log.warning("the disk is nearly full" if scarce else "there is room on the disk again")
            self._replica.events.publish(TroubleChanged())
        return room

    def _name(self, account: AccountId) -> str:
        membership = self._replica.membership
        known = membership.members.get(MemberId(account)) or membership.devices.get(DeviceId(account))
        return known.name if known is not None and known.name else "somebody"

    # -- whose ------------------------------------------------------------------------------------------------------

    def _account(self, key: DeviceId) -> AccountId:
        return self._replica.membership.member_of(key) or key

    def _giver(self, device: DeviceId) -> Giver:
        if self._replica.membership.author_class(device) is AuthorClass.UNKNOWN:
            return Giver(STRANGERS, STRANGERS, newcomer=True)
        newcomer = self._replica.membership.role_of(device) in (Role.NEWCOMER, Role.PAST)
        return Giver(device, self._account(device), newcomer)

    def _id(self, change: Envelope) -> ItemId:
        return ItemId(change_id(self._replica.network, change.record, change.author, change.at_ms, change.raw))

    def _heard(self, event: Event) -> None:
        if isinstance(event, ItemsCommitted) and event.lane is Lane.STATEMENTS:
            self._statements.committed(data for _, data in event.items)

    # -- a restart --------------------------------------------------------------------------------------------------

    def _first_day_ends(self) -> float:
        """When this node has been here for a day, by the monotonic clock."""
        first = self._replica.store.changes_after(0, 1)
        age_seconds = (self._replica.clock() - first[0].received_ms) / 1000 if first else 0.0
        return self._monotonic() + (DAY_SECONDS - age_seconds if age_seconds >= 0 else 0.0)

    def _save(self) -> None:
        accounts = self._quotas.saved(self._monotonic())
        if accounts or self._replica.store.meta(SAVED):
            saved = {"at_ms": self._replica.clock(), "accounts": accounts}
            self._replica.store.set_meta(SAVED, json.dumps(saved))

    def _restore(self) -> None:
        saved = json.loads(self._replica.store.meta(SAVED) or "null")
        if saved is None:
            return
        givers = {giver.account: giver for giver in map(self._giver, self._replica.membership.devices)}
        away = (self._replica.clock() - saved["at_ms"]) / 1000
        self._quotas.restore(saved["accounts"], givers, away, self._monotonic())


def _change(item: bytes) -> Envelope | None:
    try:
        return parse_envelope(item)
    except ChangeRefused:
        return None


def _fits(room: Room, lane: Lane) -> bool:
    return room is Room.PLENTY or (room is Room.SCARCE and lane is Lane.URGENT)
