"""Schedule: whom to dial and when.

Rules of this module:
1. Pure: the time and the jitter (0 to 1) are arguments; it opens nothing and waits for nothing.
2. Events change state; `_wanted` alone chooses whom, `_due` alone says when.
3. Whoever takes a `Dial` tells its end exactly once: `linked`, `failed`, `refused` or `ourselves`.

Invariants (cited below by number):
1. An address that never proved a device of ours is dialled once in 30 s; at once (but never twice in a second) after a
   fresh sighting or a change of network. So forged announcements cannot make us hammer anybody.
2. Both sides may dial. The one who should leave the first move to the other waits 0.15 s, never for ever.
3. Whoever is near is linked to when there are up to six; else four picked at random in each network that we are in, and
   whoever bridges to elsewhere. Picks do not depend on who dialled us: cliques of neighbours would never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crdt.identifiers import DeviceId
from meshnode.peers.dial_target import FAILING, Target, back_off, picked, standing

ADDRESS_RESTS_SECONDS = 30.0
EAGER_RESTS_SECONDS = 1.0
COURTESY_SECONDS = 0.15
"""A handshake on a LAN takes a tenth of this: the other's link is there before we dial."""
TAKEN_FOR_SECONDS = 30.0
REFUSED_RESTS_SECONDS = 600.0
EVERYONE_UP_TO = 6
DIALS_AT_ONCE = 8
ACCEPT = 16
ACCEPT_AS_HUB = 32
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Dial:
    """Dial this address now; `device` is who should answer, where that is known."""

    target: str
    endpoint: str
    device: DeviceId | None


class Schedule:
    """One node's plan of whom to dial."""

    def __init__(self, me: DeviceId) -> None:
        self._me = me
        self._targets: dict[str, Target] = {}
        self._last_dial: dict[str, float] = {}
        self._ourselves: set[str] = set()

    # -- what is known ----------------------------------------------------------------------------------------------

    def sighted(
        self, instance: str, endpoints: Sequence[str], now: float, jitter: float, *, network: str = "", we_first: bool
    ) -> None:
        """A member announces itself here, for the first time or at other addresses than before."""
        target = self._of_instance(instance) or self._of_endpoints(endpoints)
        if target is None:
            target = self._targets[instance] = Target(instance, (), jitter)
        if target.only_announced:
            target.endpoints = ()
        fresh = not target.instances
        target.instances.add(instance)
        target.add_endpoints(endpoints)
        target.network, target.we_first = network, self._we_first(target.device, we_first)
        self._try_at_once(target, now)
        if fresh and target.only_announced:
            self._take_announced_for_caller(target, now)

    def gone(self, instance: str) -> None:
        """The announcement was withdrawn. A link to that node, if any, lives on by itself."""
        target = self._of_instance(instance)
        if target is None:
            return
        target.instances.discard(instance)
        if target.key == instance and target.dialling is None:
            del self._targets[instance]

    def remember(
        self,
        device: DeviceId,
        endpoints: Sequence[str],
        now: float,
        jitter: float,
        *,
        proven: bool = True,
        bridge: bool = False,
    ) -> None:
        """Addresses at which this device proved itself in the past, or (not `proven`) that a peer told."""
        target = self._device_target(device, jitter)
        target.add_endpoints(endpoints)
        if proven:
            target.proven.update(endpoints)
        target.bridge |= bridge
        self._try_at_once(target, now)

    def typed(self, endpoint: str, now: float, jitter: float) -> None:
        """An address that the person gave: it leads elsewhere, or they would not have had to."""
        target = self._of_endpoints([endpoint])
        if target is None:
            key = f"typed {endpoint}"
            target = self._targets[key] = Target(key, (endpoint,), jitter, proven={endpoint})
        target.bridge = True
        self._try_at_once(target, now)

    def forget(self, device: DeviceId) -> None:
        """Never dial this device again of our own accord: it belongs to no member any more."""
        self._targets.pop(device.hex(), None)

    def network_changed(self, now: float) -> None:
        """This machine has another network, or its cable is back: try everybody."""
        self._ourselves.clear()
        for target in self._targets.values():
            self._try_at_once(target, now)

    # -- what came of it --------------------------------------------------------------------------------------------

    def linked(self, device: DeviceId, now: float, jitter: float, *, dial: Dial | None = None, ip: str = "") -> None:
        """A link to this device is up: our dial, or theirs from `ip`. Tell of one that is dropped as double, too."""
        target = self._device_target(device, jitter)
        target.linked, target.failures = True, 0
        target.tried.clear()
        if dial is not None:
            self._proved(target, dial)
        else:
            self._take_caller_for_announced(target, ip, now)

    def unlinked(self, device: DeviceId, now: float, jitter: float, *, in_peace: bool = False) -> None:
        """The only link to this device ended, whoever ended it; `in_peace` where one side wants no link now."""
        target = self._targets.get(device.hex())
        if target is not None:
            target.linked = False
            rest = REFUSED_RESTS_SECONDS if in_peace else back_off(0, jitter)
            target.not_before = now + rest + self._courtesy(target)

    def failed(self, dial: Dial, now: float, jitter: float) -> None:
        """Nobody answered there: its next address at once, or after the last one a rest that grows."""
        target = self._ended(dial)
        if target is None:
            return
        target.tried.add(dial.endpoint)
        if set(target.endpoints) <= target.tried | self._ourselves:
            target.tried.clear()
            target.eager = False
            target.not_before = now + back_off(target.failures, jitter) + self._courtesy(target)
            target.failures += 1
        self._drop_if_withdrawn(target)

    def refused(self, dial: Dial, now: float) -> None:
        """Somebody answered who is no member, or who has no room: leave them in peace for ten minutes."""
        target = self._ended(dial)
        if target is not None:
            target.eager, target.not_before = False, now + REFUSED_RESTS_SECONDS
            target.failures = max(target.failures, FAILING)
            self._drop_if_withdrawn(target)

    def ourselves(self, dial: Dial) -> None:
        """That was our own node: an address that many machines have, or an echo."""
        self._ourselves.add(dial.endpoint)
        target = self._ended(dial)
        if target is not None:
            self._drop_if_withdrawn(target)

    # -- the plan ---------------------------------------------------------------------------------------------------

    def dials(self, now: float) -> list[Dial]:
        """What to dial now; each counts as under way until its end is told."""
        free = self._free_dials()
        begun: list[Dial] = []
        for target in self._wanted():
            endpoint, due = self._due(target)
            if len(begun) < free and due <= now:
                target.dialling = endpoint
                self._last_dial[endpoint] = now
                begun.append(Dial(target.key, endpoint, target.device))
        self._forget_old_dials(now)
        return begun

    def next_due(self) -> float | None:
        """When `dials` has something next; None until something is told."""
        if not self._free_dials():
            return None
        due = min((self._due(target)[1] for target in self._wanted()), default=NEVER)
        return None if due == NEVER else due

    def _wanted(self) -> Iterable[Target]:
        """Invariant 3: whom we want a link to, have none, and are not dialling."""
        near = [target for target in self._targets.values() if target.near]
        links = sum(target.linked for target in near)
        # Whoever dialled us and is also announced counts once, though nothing has tied the two together yet.
        nodes = max(links, sum(bool(target.instances) for target in near))
        chosen = near if nodes <= EVERYONE_UP_TO else picked(near)
        wanted = {target.key: target for target in chosen}
        wanted |= {target.key: target for target in self._targets.values() if target.bridge}
        if links < EVERYONE_UP_TO:
            remembered = sorted((t for t in self._targets.values() if not t.near), key=standing)
            wanted |= {target.key: target for target in remembered[:EVERYONE_UP_TO]}
        return [target for target in wanted.values() if not target.linked and target.dialling is None]

    def _due(self, target: Target) -> tuple[str, float]:
        """Which address of this target comes next, and when (invariant 1)."""
        best, soonest = "", NEVER
        for endpoint in target.endpoints:
            if endpoint in target.tried or endpoint in self._ourselves:
                continue
            eager = target.eager or endpoint in target.proven
            rests = EAGER_RESTS_SECONDS if eager else ADDRESS_RESTS_SECONDS
            due = max(target.not_before, self._last_dial.get(endpoint, -NEVER) + rests)
            if due < soonest:
                best, soonest = endpoint, due
        return best, soonest

    # -- small steps ------------------------------------------------------------------------------------------------

    def _free_dials(self) -> int:
        return DIALS_AT_ONCE - sum(target.dialling is not None for target in self._targets.values())

    def _try_at_once(self, target: Target, now: float) -> None:
        target.eager, target.failures = True, 0
        target.tried.clear()
        target.not_before = now + self._courtesy(target)

    def _courtesy(self, target: Target) -> float:
        """Invariant 2."""
        return 0.0 if target.we_first else COURTESY_SECONDS

    def _we_first(self, device: DeviceId | None, otherwise: bool) -> bool:
        return otherwise if device is None else self._me < device

    def _device_target(self, device: DeviceId, jitter: float) -> Target:
        key = device.hex()
        if key not in self._targets:
            first = self._we_first(device, otherwise=True)
            self._targets[key] = Target(key, (), jitter, device, we_first=first)
        return self._targets[key]

    def _proved(self, target: Target, dial: Dial) -> None:
        """The dialled address belongs to this device: whatever else we took it for is this device too."""
        dialled = self._ended(dial)
        if dialled is not None and dialled is not target and dialled.device is None:
            target.instances |= dialled.instances
            target.rank, target.network, target.bridge = dialled.rank, dialled.network, target.bridge or dialled.bridge
            target.add_endpoints(dialled.endpoints)
            del self._targets[dialled.key]
        elif dialled is not None and dialled is not target:
            dialled.endpoints = tuple(known for known in dialled.endpoints if known != dial.endpoint)
            dialled.proven.discard(dial.endpoint)
        target.add_endpoints([dial.endpoint])
        target.proven.add(dial.endpoint)

    def _take_caller_for_announced(self, caller: Target, ip: str, now: float) -> None:
        """Somebody at this IP dialled us: likely the one announced there whom we were about to dial."""
        caller.called_from = ip
        for target in self._targets.values():
            if target.only_announced and target.dialling is None and target.not_before <= now + COURTESY_SECONDS:
                self._take_announced_for_caller(target, now)

    def _take_announced_for_caller(self, announced: Target, now: float) -> None:
        """If a device that dialled us is at this announcement's IP, let half a minute show who it is."""
        for caller in self._targets.values():
            if caller.linked and announced.has_ip(caller.called_from):
                caller.called_from = ""
                announced.not_before = now + TAKEN_FOR_SECONDS
                return

    def _ended(self, dial: Dial) -> Target | None:
        target = self._targets.get(dial.target)
        if target is not None and target.dialling == dial.endpoint:
            target.dialling = None
        return target

    def _drop_if_withdrawn(self, target: Target) -> None:
        if target.only_announced and not target.instances:
            self._targets.pop(target.key, None)

    def _of_instance(self, instance: str) -> Target | None:
        return next((target for target in self._targets.values() if instance in target.instances), None)

    def _of_endpoints(self, endpoints: Sequence[str]) -> Target | None:
        """Who proved itself at one of these addresses."""
        return next((target for target in self._targets.values() if not target.proven.isdisjoint(endpoints)), None)

    def _forget_old_dials(self, now: float) -> None:
        old = [endpoint for endpoint, at in self._last_dial.items() if now - at > ADDRESS_RESTS_SECONDS]
        for endpoint in old:
            del self._last_dial[endpoint]


def may_accept(links: int, *, hub: bool) -> bool:
    """Whether there is room for one more link."""
    return links < (ACCEPT_AS_HUB if hub else ACCEPT)
