"""Forget requests: having something wiped that one made, on every node that hears of it.

Rules of this module:
1. Who may is decided in `meshnode.replica.forgetting`. What a person must know before the yes is told without doing it.
"""

from __future__ import annotations

from typing import ClassVar

from crdt.identifiers import RECORD_ID_BYTES, MemberId, RecordId
from meshnode.api.member_views import Names
from meshnode.api.schema import Json
from meshnode.errors import BadInput, NotPossible, UnknownRecord
from meshnode.replica.forgetting import forget_statement
from meshnode.replica.replica import Replica


class ForgetRequests:
    """The requests about wiping records of one replica."""

    NAMES: ClassVar[tuple[str, ...]] = ("forget",)
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset({"forget"})

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    async def answer(self, do: str, arguments: Json) -> Json:
        """Have `record` wiped; with `ask` only say what that would do.

        Raises:
            UsageError: it was refused; the sentence says why.
        """
        record = self._record(arguments.get("record"))
        ask = arguments.get("ask", False)
        if not isinstance(ask, bool):
            raise BadInput("`ask` must be true or false.")
        replica = self._replica
        forget_statement(replica.identity, replica.network, replica.membership, replica.store, record)
        others = Names(replica).listed(self._others(record))
        told = {"record": record.hex(), "title": str(replica.records.view(record).get("title") or ""), "others": others}
        if not ask:
            await replica.forget(record)
        return told | {"wiped": not ask}

    def _others(self, record: RecordId) -> set[MemberId]:
        """Who else wrote in it: their words go, too."""
        membership, me = self._replica.membership, self._replica.identity.member
        authors = {change.author for change in self._replica.store.changes_of(record)}
        people = {membership.member_of(author) for author in authors}
        return {member for member in people if member is not None and member != me}

    def _record(self, named: object) -> RecordId:
        try:
            record = RecordId(bytes.fromhex(str(named)))
        except ValueError:
            record = RecordId(b"")
        if len(record) != RECORD_ID_BYTES:
            raise BadInput(f"The record must be its {2 * RECORD_ID_BYTES} characters of hex.")
        if record in self._replica.membership.forgotten:
            raise NotPossible("This was wiped already.", next_step="There is nothing more to do.")
        if not self._replica.records.exists(record):
            raise UnknownRecord
        return record
