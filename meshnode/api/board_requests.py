"""Board requests: actions, views, history, conflicts and undo of records.

Rules of this module:
1. What an action means is the board's business (`crdt.boards`); here it is found, given its actor, and its edits are
   written through the replica.
2. A refusal of the board is passed on in the board's words.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from crdt.account import HistoryEntry, Standing
from crdt.acting import person_of
from crdt.actions import ACTIONS, Action, Actor
from crdt.boards.occurrences import OCCURRENCE
from crdt.boards.profiles import profile_record_id
from crdt.boards.series_day import SeriesDay, occurrence_record_id
from crdt.boards.settings import settings_record_id
from crdt.catalog import KINDS, KINDS_BY_NAME
from crdt.display import display_line
from crdt.edits import Planned
from crdt.errors import BadValue, CrdtError, NotPossibleNow, UnknownKind
from crdt.identifiers import HASH_BYTES, RECORD_ID_BYTES, ChangeId, MemberId, RecordId
from crdt.kinds import Kind
from meshnode.api.acting import Acting
from meshnode.api.moments import with_moments
from meshnode.api.people import with_people
from meshnode.api.schema import Json
from meshnode.api.series_days import SeriesDays
from meshnode.errors import BadInput, NotPossible, UnknownRecord
from meshnode.replica.replica import Replica


class BoardRequests:
    """The requests about records of one replica."""

    NAMES: ClassVar[tuple[str, ...]] = ("act", "record", "records", "tasks", "history", "conflicts", "resolve", "undo")
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset({"act", "resolve", "undo"})

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._acting = Acting(replica)
        self._days = SeriesDays(replica)
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {
            name: getattr(self, f"_{name}") for name in self.NAMES
        }

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            UsageError: it was refused, with the board's sentence.
        """
        try:
            return await self._answers[do](arguments)
        except BadValue as refusal:
            raise BadInput(str(refusal)) from refusal
        except NotPossibleNow as refusal:
            raise NotPossible(str(refusal)) from refusal
        except CrdtError as refusal:
            raise NotPossible(str(refusal) or (refusal.__doc__ or "")) from refusal

    # -- writing ----------------------------------------------------------------------------------------------------

    async def _act(self, arguments: Json) -> Json:
        name = str(arguments.get("action", ""))
        action = ACTIONS.get(name)
        if action is None:
            raise BadInput(f"There is no action called {name!r}.", next_step="See `meshnode help`.")
        self._acting.check_kind(KINDS_BY_NAME[action.record_kind])
        given = arguments.get("arguments") or {}
        if not isinstance(given, dict):
            raise BadInput("An action's arguments must be a JSON object.")
        _check_zone(given.get("zone") if name == "settings.edit" else None)
        given = with_moments(action, with_people(action, given, self._replica), self._replica)
        actor = self.actor(arguments)
        of = self._day(action, arguments)
        if of is not None:
            return await self._write_day(of, action.plan(self._days.task(of), given, actor), actor)
        record = self._target(action, arguments)
        if record is None:
            return await self._make(KINDS_BY_NAME[action.record_kind], action.plan({}, given, actor), actor)
        view = self._replica.records.view(record)
        return await self._write(record, action.plan(view, given, actor), actor)

    def _day(self, action: Action, arguments: Json) -> SeriesDay | None:
        """The day of a series that an action on a task is for; None for a plain task, or another board."""
        if action.record_kind != "task" or not action.needs_record:
            return None
        if arguments.get("of") is not None:
            return self._days.named(arguments["of"])
        return self._days.of_record(self._named(arguments))

    async def _write_day(self, of: SeriesDay, edits: Sequence[Planned], actor: Actor) -> Json:
        record = occurrence_record_id(self._replica.network, of)
        return await self._write(record, self._days.begun(OCCURRENCE, record, of, edits), actor)

    def _target(self, action: Action, arguments: Json) -> RecordId | None:
        """The record an action is for: the one named, the one there is, or None for a new one."""
        match action.record_kind:
            case "settings":
                return settings_record_id(self._replica.network)
            case "profile":
                return profile_record_id(self._replica.network, self._replica.identity.person)
            case _ if not action.needs_record:
                return None
            case kind:
                record = self._named(arguments)
                if record[0] != KINDS_BY_NAME[kind].code:
                    raise BadInput(f"That is not a {kind}.")
                return record

    def actor(self, arguments: Json | None = None) -> Actor:
        """Whoever acts in a request: the person whose device this is, or who is named at a hub."""
        return self._acting.actor(arguments or {})

    async def _make(self, kind: Kind, edits: Sequence[Planned], actor: Actor) -> Json:
        self._acting.check(kind, None, edits)
        record, change = await self._replica.make(kind, edits, actor.by)
        return {"record": record.hex(), "change": change.hex(), "view": self._replica.records.view(record)}

    async def _write(self, record: RecordId, edits: Sequence[Planned], actor: Actor, **more: str) -> Json:
        change: ChangeId | None = None
        if edits:
            self._acting.check(KINDS[record[0]], record, edits)
            change = await self._replica.edit(record, edits, actor.by)
        written = {"record": record.hex(), "change": change.hex() if change else None}
        return written | {"view": self._replica.records.view(record)} | self._days.shown(record) | more

    async def _resolve(self, arguments: Json) -> Json:
        """Settle a disputed field by writing it: what is written has seen every value that stood."""
        record = self._named(arguments)
        of = self._days.of_record(record)
        kind = "task" if of else KINDS[record[0]].name
        edits = (each for each in ACTIONS.values() if each.record_kind == kind and each.name.endswith(".edit"))
        action = next(edits, None)
        if action is None:
            raise NotPossible("This entry cannot be edited.")
        given, actor = {str(arguments.get("field", "")): arguments.get("value")}, self.actor(arguments)
        if of is not None:
            return await self._write_day(of, action.plan(self._days.task(of), given, actor), actor)
        return await self._write(record, action.plan(self._replica.records.view(record), given, actor), actor)

    async def _undo(self, arguments: Json) -> Json:
        record, actor = self._named(arguments), self.actor(arguments)
        named = arguments.get("change")
        change = ChangeId(_bytes(named, HASH_BYTES, "change")) if named else self._my_last_change(record, actor)
        edits = self._replica.records.open(record).undo(change, self._replica.records, actor.member)
        return await self._write(record, edits, actor, undid=change.hex())

    def _my_last_change(self, record: RecordId, actor: Actor) -> ChangeId:
        """The actor's last one through this device; at a hub others act through it, too."""
        records, network = self._replica.records, self._replica.network
        for entry in records.open(record).history(records):
            if entry.author == actor.device and (not actor.by or person_of(entry.by, network) == actor.member):
                return entry.change
        raise NotPossible(
            "You have changed nothing here that could be undone.",
            next_step="The history shows every change; each can be taken back by itself.",
        )

    # -- reading ----------------------------------------------------------------------------------------------------

    async def _record(self, arguments: Json) -> Json:
        return {"view": self._replica.records.view(self._named(arguments))}

    async def _records(self, arguments: Json) -> Json:
        name = str(arguments.get("kind", "task"))
        if name not in KINDS_BY_NAME:
            raise BadInput(f"There is no board of {name!r}.")
        return {"records": list(self._replica.records.views(KINDS_BY_NAME[name].code))}

    async def _tasks(self, _: Json) -> Json:
        return {"tasks": self._days.tasks()}

    async def _history(self, arguments: Json) -> Json:
        records = self._replica.records
        if self._days.is_unbegun(arguments.get("record")):
            return {"entries": []}
        entries = records.open(self._named(arguments)).history(records)
        return {"entries": [_entry(entry) for entry in entries]}

    async def _conflicts(self, arguments: Json) -> Json:
        records = self._replica.records
        conflicts = records.open(self._named(arguments)).conflicts(records)
        return {
            "conflicts": [
                {"field": conflict.field, "values": [_standing(value) for value in conflict.values]}
                for conflict in conflicts
            ]
        }

    def _named(self, arguments: Json) -> RecordId:
        record = RecordId(_bytes(arguments.get("record"), RECORD_ID_BYTES, "record"))
        if record in self._replica.membership.forgotten:
            raise NotPossible("Whoever made this had it wiped.", next_step="There is nothing left of it on this node.")
        if not self._replica.records.exists(record):
            raise UnknownRecord
        if record[0] not in KINDS:
            raise NotPossible("This entry needs a newer version of meshnode.") from UnknownKind()
        return record


def _member(member: MemberId | None) -> str | None:
    return member.hex() if member else None


def _at_hub(written: HistoryEntry | Standing) -> Json:
    """Who acted, where the author is a hub."""
    return {"by": written.by, "at": written.author.hex()} if written.by else {}


def _entry(entry: HistoryEntry) -> Json:
    return {
        "change": entry.change.hex(),
        "device": entry.author.hex(),
        "member": _member(entry.member),
        **_at_hub(entry),
        "at_ms": entry.at_ms,
        "received_ms": entry.received_ms,
        "what": entry.what,
        "fields": [
            {"field": change.field, "key": change.key, "before": change.before, "after": change.after}
            for change in entry.fields
        ],
        "undoable": entry.undoable,
    }


def _standing(value: Standing) -> Json:
    return {
        "value": value.value,
        "device": value.author.hex(),
        "member": _member(value.member),
        **_at_hub(value),
        "at_ms": value.at_ms,
        "change": value.change.hex(),
    }


def _bytes(value: object, size: int, what: str) -> bytes:
    try:
        decoded = bytes.fromhex(str(value))
    except ValueError:
        decoded = b""
    if len(decoded) != size:
        raise BadInput(f"The {what} must be its {2 * size} characters of hex.")
    return decoded


def _check_zone(zone: object) -> None:
    """Refuse a time zone that this machine does not know; without zones of its own it takes any."""
    if not zone or zone in (known := zoneinfo.available_timezones()) or not known:
        return
    raise BadInput(
        f"There is no time zone called {display_line(str(zone))!r}.",
        next_step="Write it as continent and city, for example Europe/Berlin.",
    )
