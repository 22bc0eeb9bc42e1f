"""Rows: the values that go into and come out of the store.

Rules of this module:
1. Frozen values only; what the bytes mean is the business of those who wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crdt.identifiers import ChangeId, DeviceId, Lane, RecordId, StatementId


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change that passed admission."""

    id: ChangeId
    record: RecordId
    author: DeviceId
    at_ms: int
    received_ms: int
    lane: Lane
    envelope: bytes


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change on disk; `row` grows with every change this node ever took in."""

    row: int
    id: ChangeId
    record: RecordId
    author: DeviceId
    at_ms: int
    received_ms: int
    lane: Lane
    envelope: bytes


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement whose signatures were checked."""

    id: StatementId
    data: bytes


@dataclass(frozen=True, slots=True)
class ParkedChange:
    """A change whose author no statement tells of yet; `source` is the device it came from."""

    id: ChangeId
    author: DeviceId
    source: bytes
    lane: Lane
    envelope: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to become durable in one transaction."""

    changes: Sequence[NewChange] = ()
    statements: Sequence[NewStatement] = ()
    parked: Sequence[ParkedChange] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What of a batch was new, and is on disk now. `newest_row` is the newest change then."""

    changes: tuple[StoredChange, ...]
    statements: tuple[NewStatement, ...]
    newest_row: int
    newest_statement: int


@dataclass(frozen=True, slots=True)
class CachedView:
    """A record's view as it was computed last."""

    text: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What a device is known to hold: every change up to `synced_row`; and when its link ended last."""

    synced_row: int = 0
    last_heard_ms: int = 0
