"""Quotas: how much is taken now from whom.

Rules of this module:
1. Pure accounting: no clock and no I/O. `now` is seconds of a clock that only goes forward.
2. What a member's own devices bring of that member's own is counted by the member, so that a second device gives no
   second share. What others bring of it is not: they could use up somebody else's share with it. Statements count
   against whoever brings them, also by the member: anybody certifies as many devices as they like.
3. Accounts come back steadily through the day instead of at its end, so that a person who wrote too much is never mute.
4. Devices of which nothing is known yet share one account: a new key costs nothing.
5. A restart gives back no more than the time that it took: `saved` is what remains of the accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crdt.identifiers import DeviceId, Lane
from meshnode.peers.limits import DAY_SECONDS, MINUTE_SECONDS, PeerLimits
from meshnode.sync.allowance import Allowance

AccountId = bytes
"""A member, or a hub's device. Use this for whose share something counts against."""

STRANGERS = DeviceId(bytes(32))
"""Stands for every device of which nothing is known yet."""


@dataclass(frozen=True, slots=True)
class Giver:
    """Who brings something."""

    device: DeviceId
    account: AccountId
    newcomer: bool = False


@dataclass(slots=True)
class _Account:
    """One member's share of one lane."""

    changes: Allowance
    size: Allowance
    newcomer: bool
    days: int = 1
    """How many days' worth it holds at most."""


class Quotas:
    """The accounts of one node."""

    def __init__(self, limits: PeerLimits, *, first_day_ends: float = 0.0) -> None:
        """`first_day_ends`: until then this node is new here, and everything of everybody is still to come."""
        self._limits = limits
        self._first_day_ends = first_day_ends
        self._accounts: dict[tuple[AccountId, Lane], _Account] = {}
        self._statements: dict[AccountId, _Account] = {}
        self._taken: dict[DeviceId, Allowance] = {}
        self._given: dict[DeviceId, Allowance] = {}

    # -- a day's share ----------------------------------------------------------------------------------------------

    def take_changes(self, giver: Giver, lane: Lane, sizes: Iterable[int], now: float) -> int:
        """How many of the giver's own new changes (their sizes, in order) are taken now; those are counted."""
        lanes = (Lane.URGENT, Lane.ORDINARY) if lane is Lane.URGENT else (lane,)
        accounts = [self._account(giver, each, now) for each in lanes]
        taken = 0
        for size in sizes:
            room = next((each for each in accounts if _has_room(each, size, now)), None)
            if room is None:
                break
            room.changes.spend(1, now)
            room.size.spend(size, now)
            taken += 1
        return taken

    def take_statements(self, giver: Giver, sizes: Iterable[int], now: float) -> int:
        """How many new statements of these sizes, in order, are taken now from one member; they are counted."""
        account = self._statements.get(giver.account)
        if account is None or account.newcomer is not giver.newcomer:
            share = self._share_of(giver)
            count, size_a_day = self._limits.statements_a_day / share, self._limits.statement_bytes_a_day / share
            counted, sized = (Allowance(now, each, each / DAY_SECONDS) for each in (count, size_a_day))
            account = _Account(counted, sized, giver.newcomer)
            self._statements[giver.account] = account
        taken = 0
        for size in sizes:
            if not _has_room(account, size, now):
                break
            account.changes.spend(1, now)
            account.size.spend(size, now)
            taken += 1
        return taken

    def _account(self, giver: Giver, lane: Lane, now: float) -> _Account:
        known = self._accounts.get((giver.account, lane))
        if known is None or known.newcomer is not giver.newcomer:
            known = self._accounts[giver.account, lane] = self._new_account(giver, lane, now)
        elif known.days != self._days(giver, now):
            left = (known.changes.left(now), known.size.left(now))
            known = self._accounts[giver.account, lane] = self._new_account(giver, lane, now, left)
        return known

    def _days(self, giver: Giver, now: float) -> int:
        return self._limits.first_day_times if now < self._first_day_ends and not giver.newcomer else 1

    def _new_account(
        self, giver: Giver, lane: Lane, now: float, left: tuple[float | None, float | None] = (None, None)
    ) -> _Account:
        share = self._share_of(giver) * (self._limits.urgent_share if lane is Lane.URGENT else 1)
        days = self._days(giver, now)
        by_day = (self._limits.changes_a_day / share, self._limits.change_bytes_a_day / share)
        changes, size = (
            Allowance(now, days * each, each / DAY_SECONDS, before) for each, before in zip(by_day, left, strict=True)
        )
        return _Account(changes, size, giver.newcomer, days)

    def _share_of(self, giver: Giver) -> int:
        return self._limits.newcomer_share if giver.newcomer else 1

    # -- a minute's -------------------------------------------------------------------------------------------------

    def took(self, device: DeviceId, size: int, now: float) -> None:
        """So many bytes came from a device."""
        self._rate(self._taken, device, now).spend(size, now)

    def gave(self, device: DeviceId, size: int, now: float) -> None:
        """So many bytes went to a device."""
        self._rate(self._given, device, now).spend(size, now)

    def may_take_in(self, device: DeviceId, now: float) -> float:
        """Seconds until more is taken from a device."""
        return self._rate(self._taken, device, now).ready_at(now) - now

    def may_give_in(self, device: DeviceId, now: float) -> float:
        """Seconds until more is given to a device."""
        return self._rate(self._given, device, now).ready_at(now) - now

    def _rate(self, rates: dict[DeviceId, Allowance], device: DeviceId, now: float) -> Allowance:
        most = float(self._limits.bytes_a_minute)
        return rates.setdefault(device, Allowance(now, most, most / MINUTE_SECONDS))

    # -- a restart --------------------------------------------------------------------------------------------------

    def saved(self, now: float) -> dict[str, list[float]]:
        """What remains of the accounts of changes that are not full, by account and lane, for `restore`."""
        return {
            f"{account.hex()}/{int(lane)}": [round(found.changes.left(now)), round(found.size.left(now))]
            for (account, lane), found in self._accounts.items()
            if found.changes.left(now) < self._limits.changes_a_day / self._limits.newcomer_share
        }

    def restore(self, saved: Mapping[str, object], givers: Mapping[AccountId, Giver], away: float, now: float) -> None:
        """Go on from what was saved `away` seconds ago, for those that are still known."""
        for name, left in saved.items():
            account, _, lane = name.partition("/")
            giver = givers.get(bytes.fromhex(account))
            if giver is None or not isinstance(left, list) or len(left) != 2:
                continue
            before = now - max(0.0, away)
            key = (giver.account, Lane(int(lane)))
            self._accounts[key] = self._new_account(giver, key[1], before, (float(left[0]), float(left[1])))


def _has_room(account: _Account, size: int, now: float) -> bool:
    return account.changes.left(now) >= 1 and account.size.left(now) >= size
