"""Every board this version offers, in the order in which menus show them: the one registry of boards.

Rules of this module:
1. Boards are declared in their own files; here they are only gathered. Kinds without a board (settings, profiles,
   notes, and records that belong to another kind's board) are in `crdt.catalog` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crdt.board import Board
from crdt.boards import alarms, households, listings, rollcalls, series, tasks

_ALL = (tasks.BOARD, series.BOARD, listings.BOARD, households.BOARD, alarms.BOARD, rollcalls.BOARD)
BOARDS: Mapping[str, Board] = MappingProxyType({board.name: board for board in _ALL})
