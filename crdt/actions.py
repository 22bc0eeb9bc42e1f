"""Every action this version offers, by name: the one registry that CLI, palette, forms, help and completion read.

Rules of this module:
1. Actions are declared in their boards; here they are only gathered.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crdt.action import Action, Actor, Argument
from crdt.boards import alarms, households, listings, notes, profiles, rollcalls, series, settings, tasks

__all__ = ["ACTIONS", "Action", "Actor", "Argument"]

_BOARDS = (
    tasks.ACTIONS,
    series.ACTIONS,
    listings.ACTIONS,
    households.ACTIONS,
    alarms.ACTIONS,
    rollcalls.ACTIONS,
    settings.ACTIONS,
    profiles.ACTIONS,
    notes.ACTIONS,
)
ACTIONS: Mapping[str, Action] = MappingProxyType({action.name: action for actions in _BOARDS for action in actions})
