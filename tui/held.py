"""Held: what the screen holds of the node's world: records, members, devices, status.

Rules of this module:
1. No widget, no clock, no I/O. Events go in, the ids of what changed come out.
2. Foreign values are read totally: a missing or odd field reads as empty.
3. Days of series are held as the tasks they are shown as; the records of what was done on them lie below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crdt.boards.occurrences import SeriesViews
from crdt.boards.series import CODE as SERIES_CODE
from crdt.boards.series_day import OCCURRENCE_CODE
from crdt.boards.settings import CODE as SETTINGS_CODE
from crdt.fields import MEMBER_HEX
from crdt.identifiers import NetworkId
from meshnode.api.schema import Json
from tui.plain_text import clean
from tui.wording import say

_DAY = f"{OCCURRENCE_CODE:02x}"
_JOINED = frozenset({_DAY, f"{SERIES_CODE:02x}", f"{SETTINGS_CODE:02x}"})
"""The beginnings of ids of what makes the days of series."""
EVERYTHING = "*"
"""Stands for: whatever is shown has to be painted anew."""


@dataclass(slots=True)
class Held:
    """The node's world as the screen last heard of it."""

    records: dict[str, Json] = field(default_factory=dict)
    """Every view that is shown, the days of series as tasks among them."""
    today: str = ""
    """The civil day that they are shown for; the days of series come with it."""
    members: dict[str, Json] = field(default_factory=dict)
    devices: dict[str, Json] = field(default_factory=dict)
    status: Json = field(default_factory=dict)
    linked: bool = False
    """Whether the node answers."""
    complete: bool = False
    """Whether the last page of a snapshot has come."""
    wiped: dict[str, str] = field(default_factory=dict)
    """Records that were wiped while the screen ran, and the device that wanted it."""
    _gone: dict[str, int] = field(default_factory=dict)
    _days: dict[str, Json] = field(default_factory=dict)
    """What was done on days of series, as the node tells it."""
    _arriving: dict[str, Json] | None = None

    def apply(self, events: Iterable[Json]) -> set[str]:
        """Take events in; the result names the records to paint anew, or `EVERYTHING`."""
        dirty: set[str] = set()
        for event in events:
            match event.get("event"):
                case "snapshot":
                    dirty.add(EVERYTHING)
                    self._apply_page(event)
                case "records":
                    dirty |= self._put_all(event.get("records") or ())
                case "members":
                    dirty.add(EVERYTHING)
                case _:
                    pass
            self._apply_people(event)
        return dirty | self._join() if EVERYTHING in dirty else dirty

    def day_begins(self, today: str) -> set[str]:
        """Another civil day; the result names the records to paint anew."""
        if today == self.today:
            return set()
        self.today = today
        return self._join()

    def put(self, view: Json) -> bool:
        """Hold this view, or nothing where it shows that nothing is left of the record.

        Returns:
            False when it, or a later one, was held already: a reply may overtake an event.
        """
        return bool(self._put_all((view,)))

    def _put_all(self, views: Iterable[Json]) -> set[str]:
        changed = {str(view["id"]) for view in views if self._put(view)}
        joins = any(record[:2] in _JOINED for record in changed)
        return changed | self._join() if joins else changed

    def _join(self) -> set[str]:
        """Show the days of series as tasks: which changed, came or went."""
        network = str((self.status.get("network") or {}).get("id") or "")
        views = SeriesViews(NetworkId(bytes.fromhex(network)) if MEMBER_HEX.fullmatch(network) else NetworkId(b""))
        for view in (*self.records.values(), *self._days.values()):
            if str(view.get("id"))[:2] in _JOINED:
                views.take(view)
        shown = {str(task["id"]): task for task in views.tasks(self.today)} if self.today and views.network else {}
        before = {record: view for record, view in self.records.items() if record[:2] == _DAY}
        self.records = {record: view for record, view in self.records.items() if record[:2] != _DAY} | shown
        return {record for record in before.keys() | shown.keys() if before.get(record) != shown.get(record)}

    def _put(self, view: Json) -> bool:
        record = str(view.get("id", ""))
        records = self._days if record[:2] == _DAY else self.records
        held = records.get(record)
        if not record or _same(held, view) or _newness(view) < self._newest(record):
            return False
        if view.get("changes") == 0:
            self._gone[record] = _newness(view)
            if view.get("wiped_by"):
                self.wiped[record] = str(view["wiped_by"])
            return records.pop(record, None) is not None
        records[record] = view
        return True

    def _newest(self, record: str) -> int:
        held = (self._days if record[:2] == _DAY else self.records).get(record)
        return _newness(held) if held is not None else self._gone.get(record, 0)

    def _apply_page(self, event: Json) -> None:
        """A first snapshot is shown as it comes; a later one replaces what is held only when it is whole."""
        if self._arriving is None or not event.get("part"):
            self._arriving = {}
        found = [view for view in event.get("records") or () if view.get("id") and view.get("changes") != 0]
        arriving = {str(view["id"]): view for view in found}
        self._arriving |= arriving
        if not self.complete:
            self._hold(self.records | self._days | arriving)
        if event.get("last"):
            self._hold(self._arriving)
            self._arriving, self.complete = None, True

    def _hold(self, views: dict[str, Json]) -> None:
        """Hold these instead of what is held; `_join` shows the days of series afterwards."""
        self.records = {record: view for record, view in views.items() if record[:2] != _DAY}
        self._days = {record: view for record, view in views.items() if record[:2] == _DAY}

    def _apply_people(self, event: Json) -> None:
        for name in ("members", "devices", "status"):
            value = event.get(name)
            if isinstance(value, dict):
                setattr(self, name, value)

    def forget(self) -> None:
        """Hold nothing: another neighbourhood, or none, begins."""
        self.records, self.members, self.devices, self._days = {}, {}, {}, {}
        self.complete, self._arriving = False, None
        self.wiped, self._gone = {}, {}

    def member_name(self, member: object) -> str:
        """A member's name for the screen."""
        name = clean(str(self.members.get(str(member), {}).get("name") or ""))
        return name or say("someone")

    def device_name(self, device: object) -> str:
        """Whose device this is; of several of one person, its own name besides."""
        known = self.devices.get(str(device))
        if known is None:
            return say("device.unknown")
        if known.get("kind") == "hub" or not known.get("member"):
            return clean(str(known.get("name") or "")) or say("device.unknown")
        return self.member_name(known["member"])

    def who(self, entry: Json) -> str:
        """Who wrote this, or whose it is: a member; at a hub whoever stood there; else the device."""
        by = str(entry.get("by") or "")
        if by:
            return say("acting.at-hub", name=self.acted_name(by), hub=self.device_name(entry.get("at")))
        return self.device_name(entry["device"]) if entry.get("device") else self.member_name(entry.get("member"))

    def acted_name(self, by: str) -> str:
        """Whoever acted at a hub: a member, or a name that was typed there."""
        return self.member_name(by) if MEMBER_HEX.fullmatch(by) else clean(by) or say("someone")

    def people(self) -> list[tuple[str, str]]:
        """Who belongs here now, by name: key and name."""
        here = [
            (member, self.member_name(member)) for member, known in self.members.items() if known.get("current", True)
        ]
        return sorted(here, key=lambda person: (person[1].casefold(), person[0]))

    @property
    def at_hub(self) -> bool:
        """Whether this node is a hub, at whose screen anybody may stand."""
        return (self.status.get("me") or {}).get("kind") == "hub"

    @property
    def me(self) -> str:
        """My member id in hex, or nothing."""
        return str((self.status.get("me") or {}).get("member") or "")

    @property
    def network_name(self) -> str:
        """The neighbourhood's name."""
        return clean(str((self.status.get("network") or {}).get("name") or "")) or "meshnode"

    @property
    def outside(self) -> bool:
        """Whether this profile belongs to no neighbourhood yet."""
        return self.status.get("state") == "outside"

    @property
    def peers(self) -> list[Json]:
        """The other nodes."""
        return list(self.status.get("peers") or ())


def _newness(view: Json) -> int:
    """A number that only grows on one node: its revision, or how many changes the view was made of."""
    for name in ("revision", "changes"):
        number = view.get(name)
        if isinstance(number, int):
            return number
    return 0


def _same(held: Json | None, view: Json) -> bool:
    """Whether a view shows just what is held; its revision grows with anything that happens anywhere."""
    return held is not None and held | {"revision": 0} == view | {"revision": 0}
