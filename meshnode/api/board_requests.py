"""Board requests: actions, views, history, conflicts and undo of records.

Rules of this module:
1. What an action means is the board's business (`crdt.boards`); here it is found, given its actor, and its edits are
   written through the replica.
2. A refusal of the board is passed on in the board's words.
"""

from __future__ import annotations

import datetime
import os
import zoneinfo
from collections.abc import Awaitable, Callable
from typing import ClassVar

from crdt.actions import ACTIONS, Action, Actor
from crdt.boards.profiles import profile_record
from crdt.boards.settings import settings_record
from crdt.catalog import KINDS, KINDS_BY_NAME, kind_of, new_record
from crdt.errors import BadValue, CrdtError, NotPossibleNow, UnknownKind
from crdt.identifiers import RECORD_ID_BYTES, ChangeId, RecordId
from crdt.record import Edit
from meshnode.api.schema import Json
from meshnode.errors import BadInput, NotPossible, UnknownRecord
from meshnode.replica.replica import Replica

RANDOM_RECORD_BYTES = 15
ENTRY_ID_BYTES = 6
"""Unique among one member's entries of one record."""


class BoardRequests:
    """The requests about records of one replica."""

    NAMES: ClassVar = ("act", "record", "records", "history", "conflicts", "resolve", "undo")

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
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
        given = arguments.get("arguments") or {}
        if not isinstance(given, dict):
            raise BadInput("An action's arguments must be a JSON object.")
        record = self._target(action, arguments)
        view = self._replica.records.view(record)
        return await self._write(record, action.plan(view, given, self.actor()))

    def _target(self, action: Action, arguments: Json) -> RecordId:
        """The record an action is for: the one named, the one there is, or a new one."""
        network, me = self._replica.network, self._replica.identity.member
        match action.kind:
            case "settings":
                return settings_record(network)
            case "profile":
                return profile_record(network, me)
            case kind if not action.needs_record:
                return new_record(KINDS_BY_NAME[kind], os.urandom(RANDOM_RECORD_BYTES))
            case kind:
                record = self._named(arguments)
                if kind_of(record).name != kind:
                    raise BadInput(f"That is not a {kind}.")
                return record

    def actor(self) -> Actor:
        """This device, acting for its member, on the civil day of the network's time zone."""
        identity = self._replica.identity
        return Actor(identity.member, identity.device, self._today(), lambda: os.urandom(ENTRY_ID_BYTES).hex())

    def _today(self) -> str:
        settings = self._replica.records.view(settings_record(self._replica.network))
        now = datetime.datetime.fromtimestamp(self._replica.clock() / 1000, datetime.UTC)
        try:
            zone = zoneinfo.ZoneInfo(str(settings.get("time_zone") or "UTC"))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return now.date().isoformat()
        return now.astimezone(zone).date().isoformat()

    async def _write(self, record: RecordId, edits: list[Edit], **more: str) -> Json:
        view = self._replica.records.view(record)
        if not edits:
            return {"record": record.hex(), "change": None, "view": view} | more
        change = await self._replica.edit(record, edits)
        return {"record": record.hex(), "change": change.hex(), "view": self._replica.records.view(record)} | more

    async def _resolve(self, arguments: Json) -> Json:
        record = self._named(arguments)
        edits = self._replica.records.open(record).resolve(str(arguments.get("field", "")), arguments.get("value"))
        return await self._write(record, edits)

    async def _undo(self, arguments: Json) -> Json:
        record = self._named(arguments)
        opened = self._replica.records.open(record)
        named = arguments.get("change")
        change = ChangeId(_bytes(named, 32, "change")) if named else opened.last_change_of(self._replica.identity.device)
        if change is None:
            raise NotPossible("You have changed nothing here that could be undone.")
        return await self._write(record, opened.undo(change), undid=change.hex())

    # -- reading ----------------------------------------------------------------------------------------------------

    async def _record(self, arguments: Json) -> Json:
        return {"view": self._replica.records.view(self._named(arguments))}

    async def _records(self, arguments: Json) -> Json:
        name = str(arguments.get("kind", "task"))
        if name not in KINDS_BY_NAME:
            raise BadInput(f"There is no board of {name!r}.")
        return {"records": list(self._replica.records.views(KINDS_BY_NAME[name].code))}

    async def _history(self, arguments: Json) -> Json:
        records = self._replica.records
        entries = records.open(self._named(arguments)).history(records)
        return {"entries": [entry.as_json() for entry in entries]}

    async def _conflicts(self, arguments: Json) -> Json:
        records = self._replica.records
        conflicts = records.open(self._named(arguments)).conflicts(records)
        return {"conflicts": [conflict.as_json() for conflict in conflicts]}

    def _named(self, arguments: Json) -> RecordId:
        record = RecordId(_bytes(arguments.get("record"), RECORD_ID_BYTES, "record"))
        if not self._replica.records.exists(record):
            raise UnknownRecord
        if record[0] not in KINDS:
            raise NotPossible("This entry needs a newer version of meshnode.") from UnknownKind()
        return record


def _bytes(value: object, size: int, what: str) -> bytes:
    try:
        decoded = bytes.fromhex(str(value))
    except ValueError:
        decoded = b""
    if len(decoded) != size:
        raise BadInput(f"The {what} must be its {2 * size} characters of hex.")
    return decoded
