"""Moments: points in time as people type them, turned into milliseconds for every action that takes one.

Rules of this module:
1. What is typed is meant in the network's time zone, by this node's clock.
2. Nothing is guessed at: what is no time is refused with how to write one.
"""

from __future__ import annotations

import datetime

from crdt.actions import Action
from crdt.boards.settings import settings_record_id
from crdt.dates import MOMENT_SENTENCE, in_zone, read_moment
from meshnode.api.schema import Json
from meshnode.errors import BadInput
from meshnode.replica.replica import Replica


def now_of(replica: Replica) -> datetime.datetime:
    """The moment by this node's clock, in the network's zone; in UTC where the zone is unknown here."""
    settings = replica.records.view(settings_record_id(replica.network))
    now = datetime.datetime.fromtimestamp(replica.clock() / 1000, datetime.UTC)
    return in_zone(now, str(settings.get("zone") or ""))


def with_moments(action: Action, given: Json, replica: Replica) -> Json:
    """An action's arguments, with milliseconds in the place of typed moments.

    Raises:
        BadInput: something is no time.
    """
    kinds = {argument.name: argument.kind for argument in action.arguments}
    typed = {
        name: value
        for name, value in given.items()
        if kinds.get(name) == "moment" and isinstance(value, str) and value.strip()
    }
    if not typed:
        return given
    now = now_of(replica)
    past = {argument.name for argument in action.arguments if getattr(argument.field, "past", False)}
    return given | {name: _milliseconds(value, now, past=name in past) for name, value in typed.items()}


def _milliseconds(typed: str, now: datetime.datetime, *, past: bool) -> int:
    moment = read_moment(typed, now)
    if moment is None:
        raise BadInput(f"{typed!r} is no time this understands.", next_step=MOMENT_SENTENCE)
    if past and moment > now:
        moment -= datetime.timedelta(days=1)
    return int(moment.timestamp() * 1000)
