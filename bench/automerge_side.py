"""Automerge's own sync, for comparison: everything that was written, in ONE document.

Rules of this module:
1. Only `automerge.core`; a fresh SyncState on both sides; the sides take turns strictly.
2. Each signed change of the corpus is one change here, by an actor of its author, with the same edits.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from automerge import core

from bench.written import Written
from crdt.edits import Put


class OneDocument:
    """A document that holds the content of all records."""

    def __init__(self, document: core.Document | None = None) -> None:
        self.document = document or core.Document(bytes(16))
        self._records: dict[bytes, bytes] = {}
        self._texts: dict[tuple[bytes, str], bytes] = {}

    def fork(self) -> OneDocument:
        """A copy that goes on by itself."""
        copy = OneDocument(self.document.fork())
        copy._records, copy._texts = dict(self._records), dict(self._texts)
        return copy

    def write(self, changes: Sequence[Written]) -> int:
        """One change for each; the bytes that these changes have by themselves."""
        size = 0
        for change in changes:
            self.document.set_actor(bytes([change.author + 1]) * 16)
            with self.document.transaction() as transaction:
                self._write(transaction, change)
            written = self.document.get_last_local_change()
            size += len(written.raw_bytes) if written is not None else 0
        return size

    def _write(self, transaction: Any, change: Written) -> None:
        record = self._records.get(change.record)
        if record is None:
            record = transaction.put_object(core.ROOT, change.record.hex(), core.ObjType.Map)
            self._records[change.record] = record
        for edit in change.edits:
            if isinstance(edit, Put):
                transaction.put(record, edit.key, _scalar_type(edit.value), edit.value)
                continue
            text = self._texts.get((record, edit.key))
            if text is None:
                text = transaction.put_object(record, edit.key, core.ObjType.Text)
                self._texts[record, edit.key] = text
            transaction.splice_text(text, edit.index, edit.delete, edit.insert)


def _scalar_type(value: str | int | bool) -> core.ScalarType:
    if isinstance(value, str):
        return core.ScalarType.Str
    return core.ScalarType.Boolean if isinstance(value, bool) else core.ScalarType.Int


@dataclass(frozen=True, slots=True)
class Talk:
    """What one sync of two documents took."""

    sent_bytes: int
    messages: int
    cpu: float


def synced(one: OneDocument, other: OneDocument) -> Talk:
    """Make two documents equal, in strict turns.

    Raises:
        AssertionError: they did not become equal.
    """
    states = (core.SyncState(), core.SyncState())
    documents = (one.document, other.document)
    sent = messages = idle = turn = 0
    began = time.process_time()
    while idle < 2:
        message = documents[turn].generate_sync_message(states[turn])
        idle += 1
        if message is not None:
            encoded = message.encode()
            sent, messages, idle = sent + len(encoded), messages + 1, 0
            documents[1 - turn].receive_sync_message(states[1 - turn], core.Message.decode(encoded))
        turn = 1 - turn
    took = time.process_time() - began
    if set(documents[0].get_heads()) != set(documents[1].get_heads()):
        raise AssertionError("automerge's own sync did not make the documents equal")
    return Talk(sent, messages, took)
