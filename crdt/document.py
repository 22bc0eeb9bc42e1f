"""One record's Automerge document. The only module that imports automerge.

Rules of this module:
1. Only single changes that passed `read_chunk` go in, in a sync message built here. Foreign sync messages and foreign
   document chunks never reach automerge: they can abort the process.
2. A document is never changed in place: `with_changes` works on a copy and returns it. A panic inside automerge
   derives from BaseException and poisons what it touched; here that is the copy, which is dropped.
3. Automerge skips what it does not like without a word, so the heads are compared after every step.
4. Transactions stay inside one `with`. No counters, lists or marks: some of their calls panic or crash.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from automerge import core

from crdt.edits import Edit, Put, Scalar
from crdt.errors import ChangeNotApplied
from crdt.identifiers import ACTOR_BYTES, ActorId, ChangeHash
from crdt.leb128 import write_unsigned
from crdt.operations import OpId

_CHANGES_ONLY = b"\x42\x00\x00\x00"
"""A sync message of version 1 with no heads, no needs and no filters: only changes follow."""


@contextmanager
def _contained() -> Iterator[None]:
    """Turn whatever automerge does to us into one refusal; interrupts and cancellations pass."""
    try:
        yield
    except ChangeNotApplied:
        raise
    except Exception as error:
        raise ChangeNotApplied(f"{type(error).__name__}: {error}") from error
    except BaseException as error:
        # PanicException cannot be imported and is no Exception; everything else of that kind is not ours to stop.
        if type(error).__name__ != "PanicException":
            raise
        raise ChangeNotApplied(f"automerge panicked: {error}") from None


class RecordDocument:
    """The merged state of one record."""

    def __init__(self, document: core.Document | None = None) -> None:
        self._document = document or core.Document(bytes(ACTOR_BYTES))

    def with_changes(self, raws: Sequence[bytes], heads: Collection[ChangeHash], *, trusted: bool = False) -> Self:
        """A copy of this document with these changes, dependencies first.

        Args:
            raws: changes that passed `read_chunk` and whose dependencies are here or among them.
            heads: what the heads must be afterwards.
            trusted: the changes were written by this very document, so that reading and reloading need no proof.

        Raises:
            ChangeNotApplied: automerge panicked, refused or skipped one. This document is as it was.
        """
        with _contained():
            copy = self._document.fork()
            message = bytearray(_CHANGES_ONLY + write_unsigned(len(raws)))
            for raw in raws:
                message += write_unsigned(len(raw)) + raw
            copy.receive_sync_message(core.SyncState(), core.Message.decode(bytes(message)))
            if set(copy.get_heads()) != set(heads):
                raise ChangeNotApplied("other heads than expected")
            if not trusted:
                _prove(copy)
        return type(self)(copy)

    def value(self, key: str, heads: Sequence[ChangeHash] | None = None) -> tuple[Scalar, ActorId] | None:
        """The value under a key (None for a text) and the actor that wrote it, now or at some earlier heads."""
        with _contained():
            found = self._document.get(core.ROOT, key, None if heads is None else list(heads))
        if found is None:
            return None
        value, operation = found
        scalar = value[1] if isinstance(value, tuple) else None
        return scalar, ActorId(operation[2 : 2 + ACTOR_BYTES])  # type: ignore[return-value]  # read_chunk's types only

    def text(self, text: OpId, heads: Sequence[ChangeHash] | None = None) -> str:
        """What a text says, now or at some earlier heads."""
        with _contained():
            return self._document.text(_external_id(text), None if heads is None else list(heads))

    def draft(self, edits: Sequence[Edit], texts: Callable[[str], OpId | None]) -> bytes | None:
        """One raw change by the zero actor that makes these edits, or None if they change nothing.

        Args:
            edits: in order; a splice of a key for which `texts` knows no text makes that text.
            texts: the text under a key, if there is one.
        """
        with _contained():
            copy = self._document.fork()
            copy.set_actor(bytes(ACTOR_BYTES))
            with copy.transaction() as transaction:
                _write(transaction, edits, texts)
            change = copy.get_last_local_change()
            return None if change is None else change.raw_bytes


def _external_id(operation: OpId) -> bytes:
    """Automerge's name for an object. It carries a hint of the actor's place in a table, which may be wrong."""
    return bytes([0x10, ACTOR_BYTES]) + operation.actor + b"\x00" + write_unsigned(operation.counter)


def _prove(document: core.Document) -> None:
    """Read everything and load what was saved: some accepted changes fail only then."""
    for key in document.keys(core.ROOT):
        found = document.get(core.ROOT, key)
        if found is None:
            raise ChangeNotApplied("a key without a value")
        value, operation = found
        if not isinstance(value, tuple):
            document.text(operation)
    if set(core.Document.load(document.save()).get_heads()) != set(document.get_heads()):
        raise ChangeNotApplied("saved and loaded differ")


def _write(transaction: Any, edits: Sequence[Edit], texts: Callable[[str], OpId | None]) -> None:
    made: dict[str, bytes] = {}
    for edit in edits:
        if isinstance(edit, Put):
            _put(transaction, edit)
            continue
        place = made.get(edit.key)
        if place is None:
            known = texts(edit.key)
            place = _external_id(known) if known else transaction.put_object(core.ROOT, edit.key, core.ObjType.Text)
            made[edit.key] = place
        if edit.delete or edit.insert:
            transaction.splice_text(place, edit.index, edit.delete, edit.insert)


def _put(transaction: Any, edit: Put) -> None:
    """Write a value even where it stands already: a person settles a conflict so.

    Of an equal value automerge would write nothing, or delete the other values, which no reader accepts.
    """
    found = transaction.get(core.ROOT, edit.key)
    if found is not None and isinstance(found[0], tuple) and found[0][1] == edit.value:
        transaction.put(core.ROOT, edit.key, core.ScalarType.Null, None)
    transaction.put(core.ROOT, edit.key, _scalar_type(edit.value), edit.value)


def _scalar_type(value: str | int | bool) -> core.ScalarType:
    if isinstance(value, str):
        return core.ScalarType.Str
    return core.ScalarType.Boolean if isinstance(value, bool) else core.ScalarType.Int
