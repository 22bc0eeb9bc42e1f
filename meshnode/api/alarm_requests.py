"""Alarm requests: how far an alarm has come, told truthfully.

Rules of this module:
1. A node is named only if it is proved to hold the alarm; of the others nothing is claimed, not even that they do not.
2. People are named only where they said so themselves. Lists go by name.
"""

from __future__ import annotations

from typing import ClassVar

from crdt.boards.alarms import CODE
from crdt.identifiers import RECORD_ID_BYTES, RecordId
from meshnode.alarms.reach import Reach
from meshnode.api.schema import Json
from meshnode.errors import BadInput, UnknownRecord
from meshnode.peers.status import StatusBoard
from meshnode.replica.replica import Replica

_SHOWN = ("device", "name", "words", "kind", "linked")


class AlarmRequests:
    """The requests about the alarms of one node."""

    NAMES: ClassVar[tuple[str, ...]] = ("reach",)
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, replica: Replica, reach: Reach, board: StatusBoard) -> None:
        self._replica = replica
        self._reach = reach
        self._board = board

    async def answer(self, do: str, arguments: Json) -> Json:
        """Which nodes are proved to hold an alarm (`on`), which are not (`not_proved`), who has seen it, who goes.

        Raises:
            BadInput, UnknownRecord: no alarm is named.
        """
        view = self._replica.records.view(self._alarm(arguments.get("record")))
        proved = self._reach.of(view)
        nodes = [{key: peer[key] for key in _SHOWN} for peer in self._board.peers()]
        return {
            "record": view["id"],
            "state": view["state"],
            "drill": view["drill"],
            "on": [node for node in nodes if node["device"] in proved],
            "not_proved": [node for node in nodes if node["device"] not in proved],
            "seen": view["seen"],
            "going": view["going"],
        }

    def _alarm(self, named: object) -> RecordId:
        try:
            record = RecordId(bytes.fromhex(str(named)))
        except ValueError:
            record = RecordId(b"")
        if len(record) != RECORD_ID_BYTES or record[0] != CODE:
            raise BadInput("That is not an alarm.", next_step="`meshnode alarm list` shows the alarms there are.")
        if not self._replica.records.exists(record):
            raise UnknownRecord
        return record
