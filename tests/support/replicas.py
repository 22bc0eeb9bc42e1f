"""Real replicas on real disks: a person's copy of a neighbourhood, without network, in one process.

street = maple_street(3)
alice, bob = open_desk(tmp_path, "alice", street), open_desk(tmp_path, "bob", street)
record = await alice.add("Rake leaves")
await bob.take(*alice.changes())
assert bob.tasks() == alice.tasks()
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from crdt.acting import person_of
from crdt.actions import ACTIONS, Actor
from crdt.boards.tasks import TASK
from crdt.catalog import KINDS_BY_NAME
from crdt.identifiers import ChangeId, ItemId, ItemKey, Lane, NetworkId, RecordId, made_record_id
from meshnode.events import Event, Events
from meshnode.identity.envelope import parse_envelope, seal_change
from meshnode.identity.keys import Identity
from meshnode.membership.statements import check_statement
from meshnode.membership.trust_authoring import epoch_key_hash
from meshnode.node.belonging import SignedItems
from meshnode.replica.replica import Accepted, Replica
from meshnode.store.store import Batch, EpochKey, NewStatement, Store
from tests.support.chunks import Draft
from tests.support.people import Neighbourhood, seeded_identity

NOON_MS = 1_795_521_600_000
"""2026-11-24 12:00 UTC."""
EVENING_MS = NOON_MS + 6 * 3_600_000
CHANGE_LANES = (Lane.URGENT, Lane.ORDINARY)
ELSEWHERE = b"another device".ljust(32, b"\0")
View = dict[str, Any]


class Desk:
    """One person's device: a store, a replica, and a clock that moves when something is written."""

    def __init__(self, directory: Path, identity: Identity, street: Neighbourhood, now_ms: int) -> None:
        self.directory = directory
        self.identity = identity
        self.street = street
        self.now_ms = now_ms
        self.by = ""
        """Who stands there, if this is a hub."""
        self.heard: list[Event] = []
        self.open()

    def open(self) -> None:
        """Open the store anew, as at the start of a node."""
        self.store = Store.open(self.directory, SignedItems())
        self.events = Events()
        self.events.subscribe(self.heard.append)
        self.replica = Replica(self.store, self.identity, self.street.network, self.events, self.clock)

    def reopen(self) -> None:
        """Close and open, as a node that is started again."""
        self.close()
        self.open()

    def clock(self) -> int:
        self.now_ms += 1
        return self.now_ms

    def close(self) -> None:
        self.store.close()

    # -- writing ----------------------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        ids = iter(range(10**6))
        person = person_of(self.by, self.street.network) if self.by else self.identity.person
        return Actor(person, self.identity.device, "2026-11-24", lambda: f"{self.now_ms:012x}{next(ids):x}", self.by)

    async def act(self, action: str, record: RecordId, **arguments: Any) -> ChangeId:
        """One action of a board."""
        edits = ACTIONS[action].plan(self.replica.records.view(record), arguments, self.actor)
        return await self.replica.edit(record, edits, self.by)

    async def add(self, title: str, **more: Any) -> RecordId:
        """A new task."""
        return await self.begin("task.add", title=title, **more)

    async def begin(self, action: str, **arguments: Any) -> RecordId:
        """A new record of any board."""
        declared = ACTIONS[action]
        edits = declared.plan({}, arguments, self.actor)
        record, _ = await self.replica.make(KINDS_BY_NAME[declared.record_kind], edits, self.by)
        return record

    def begun(self, draft: Draft, at_ms: int | None = None, kind: int = TASK.code) -> bytes:
        """A new record's first change, honest or not, signed by this device and stored nowhere."""
        return first_change(self.identity, self.street.network, draft, self.clock() if at_ms is None else at_ms, kind)

    def signed(self, record: RecordId, draft: Draft, at_ms: int | None = None) -> bytes:
        """Any change at all, honest or not, signed by this device and stored nowhere."""
        at = self.now_ms if at_ms is None else at_ms
        return seal_change(self.identity, self.street.network, record, at, draft.raw())

    # -- taking -----------------------------------------------------------------------------------------------------

    async def take(self, *envelopes: bytes, source: bytes = ELSEWHERE) -> Accepted:
        """Changes from elsewhere."""
        return await self.replica.accept(Lane.ORDINARY, envelopes, source)

    async def hear_of(self, *statements: bytes) -> Accepted:
        """Statements from elsewhere."""
        return await self.replica.accept(Lane.STATEMENTS, statements, ELSEWHERE)

    # -- looking ----------------------------------------------------------------------------------------------------

    def item_keys(self, lane: Lane = Lane.ORDINARY) -> list[ItemKey]:
        """The keys of one set."""
        index = self.store.index(lane)
        return list(index.keys(0, len(index)))

    def changes(self) -> list[bytes]:
        """All changes in both lanes, as sent."""
        return [item for lane in CHANGE_LANES for item in self.store.items(lane, ids(self.item_keys(lane)))]

    def digests(self) -> tuple[bytes, ...]:
        """What a peer compares, lane by lane."""
        return tuple(self.store.index(lane).fingerprint(0, len(self.store.index(lane))) for lane in Lane)

    def tasks(self) -> list[View]:
        """Every task's view, as it is served."""
        return list(self.replica.records.views(0x20))

    def parked(self) -> int:
        """How many changes wait for word of their author."""
        return sum(len(self.store.take_parked(author)) for author in self.store.parked_authors())

    def told(self, kind: type[Event]) -> list[Event]:
        """The events of one kind that were published."""
        return [event for event in self.heard if isinstance(event, kind)]


def open_desk(
    place: Path,
    name: str,
    street: Neighbourhood,
    statements: Iterable[bytes] | None = None,
    now_ms: int = NOON_MS,
    identity: Identity | None = None,
) -> Desk:
    """Somebody's device that holds all statements of the street, or those given. Close it at the end.

    `identity` is another device than the main one of the person called `name`.
    """
    directory = place / name
    store = Store.open(directory, SignedItems())
    given = street.statements if statements is None else list(statements)
    batch = Batch(
        statements=[NewStatement(check_statement(street.network, each), each) for each in given],
        epoch_keys=[EpochKey(epoch_key_hash(street.epoch_key), street.epoch_key, now_ms)],
    )
    store.submit(batch).result(30)
    store.close()
    return Desk(directory, identity or seeded_identity(name), street, now_ms)


def first_change(
    author: Identity, network: NetworkId, draft: Draft, at_ms: int = NOON_MS, kind: int = TASK.code
) -> bytes:
    """The change with which somebody makes a new record; `record_of` it is that record."""
    record = made_record_id(network, kind, author.device, at_ms)
    return seal_change(author, network, record, at_ms, draft.raw())


def record_of(envelope: bytes) -> RecordId:
    """The record of a change."""
    return parse_envelope(envelope).record


def nobodys_record(name: str, kind: int = TASK.code) -> RecordId:
    """A record that nobody can have made: what is written in it belongs to the set and is never shown."""
    return RecordId(bytes([kind]) + random.Random(name).randbytes(15))


def ids(keys: Iterable[bytes]) -> list[ItemId]:
    return [ItemId(key[8:]) for key in keys]


def served_elsewhere(directory: Path, change: bytes) -> bool:
    """Whether a second reader of the same files, on a thread of its own, finds a change or statement."""

    def look() -> bool:
        with sqlite3.connect(f"file:{directory / 'meshnode.sqlite'}?mode=ro", uri=True) as connection:
            rows = connection.execute(
                "SELECT 1 FROM changes WHERE id = ?1 UNION SELECT 1 FROM statements WHERE id = ?1", (change,)
            ).fetchall()
        return bool(rows)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look).result(10)


def prose(characters: int, seed: int = 1) -> str:
    """Text like people's, with a few letters that take more than one byte."""
    rng = random.Random(seed)
    words = ["soup", "gate", "Käse", "ladder", "radio", "naïve", "water", "łąka", "Thursday", "the", "and", "🌧️"]
    text = ""
    while len(text) < characters:
        text += rng.choice(words) + rng.choice((" ", " ", ", ", ".\n"))
    return text[:characters]
