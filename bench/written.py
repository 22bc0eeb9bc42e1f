"""Written: what a neighbourhood wrote on its board: real actions, drafted by real records, signed by real devices.

Rules of this module:
1. Everything follows from numbers: the same sizes give the same changes, on every machine.
2. Changes of different tasks overlap in time, as those of real people do, so that what a change builds on is often
   far away in the order of the set.
"""

from __future__ import annotations

import gc
import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from crdt.actions import ACTIONS, Actor
from crdt.edits import Edit, Seal
from crdt.identifiers import DeviceId, ItemKey, MemberId, RecordId, item_key, made_record_id
from crdt.record import OpenRecord, SignedChange
from meshnode.identity.envelope import change_id, parse_envelope, seal_change
from meshnode.membership.membership import Membership
from tests.support.people import Neighbourhood, maple_street, seeded_identity

PEOPLE = ("alice", "bob", "chidi", "dana")
NOON_MS = 1_795_521_600_000
"""2026-11-24 12:00 UTC."""
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
TASK_KIND = 0x20
CHANGES_A_TASK = 10
_WORDS = (
    "the",
    "gate",
    "school",
    "leaves",
    "ladder",
    "soup",
    "radio",
    "garden",
    "water",
    "path",
    "bins",
    "corner",
    "key",
    "light",
    "bench",
    "market",
    "roof",
    "pump",
    "paint",
    "tools",
    "bring",
    "please",
    "morning",
    "before",
    "rain",
    "somebody",
    "else",
    "knows",
    "where",
    "shed",
    "evening",
    "together",
    "carry",
    "heavy",
    "old",
    "new",
)


@dataclass(frozen=True, slots=True)
class Written:
    """One signed change, and what its author meant."""

    key: ItemKey
    envelope: bytes
    record: RecordId
    author: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Changes in the order of their keys."""

    changes: tuple[Written, ...]
    seconds: float
    """How long writing them took."""

    @property
    def raw_bytes(self) -> int:
        """The signed changes' own bytes."""
        return sum(len(each.envelope) for each in self.changes)


@cache
def street() -> Neighbourhood:
    """The neighbourhood of all benchmarks: alice founded it; bob, chidi and dana came in."""
    return maple_street(len(PEOPLE))


@cache
def membership() -> Membership:
    """Who belongs to it."""
    return street().membership()


@cache
def corpus(tasks: int, plain: int = 0) -> Corpus:
    """`tasks` with ten changes each, and `plain` more that somebody only added."""
    began = time.perf_counter()
    written = [change for number in range(tasks) for change in _history(number, CHANGES_A_TASK)]
    written += [change for number in range(tasks, tasks + plain) for change in _history(number, 1)]
    written.sort(key=lambda change: change.key)
    made = Corpus(tuple(written), time.perf_counter() - began)
    # A node has no corpus beside it for the collector to walk through.
    gc.collect()
    gc.freeze()
    return made


@cache
def later_edits(tasks: int, count: int, author: int, first: int = 0) -> tuple[Written, ...]:
    """What somebody wrote last of all: one more comment on each of `count` of the corpus's tasks."""
    at = NOON_MS + (tasks + 24 * 60) * MINUTE_MS
    return tuple(
        _Author(task).resumed(corpus(tasks)).write(author, "task.comment", at + task, text=_prose(task, 8))
        for task in range(first, first + count)
    )


@cache
def many_edits(tasks: int, count: int, author: int) -> tuple[Written, ...]:
    """Comment upon comment, task by task in turn, until there are `count`; in the order in which they were written."""
    at = NOON_MS + (tasks + 48 * 60) * MINUTE_MS
    authors = [_Author(task).resumed(corpus(tasks)) for task in range(tasks)]
    return tuple(
        authors[turn % tasks].write(author, "task.comment", at + turn, text=_prose(turn, 8)) for turn in range(count)
    )


class _Authority:
    def member_of(self, device: object) -> MemberId | None:
        return next((MemberId(seeded_identity(name).person) for name in PEOPLE if _device(name) == device), None)

    def has_gone(self, member: object) -> bool:
        """Nobody has."""
        return False

    def is_hub(self, device: object) -> bool:
        return False


def _device(name: str) -> DeviceId:
    return seeded_identity(name).device


def _made_at(number: int) -> int:
    return NOON_MS + number * MINUTE_MS + number % 997


class _Author:
    """Writes one task's changes."""

    def __init__(self, number: int) -> None:
        self.record = made_record_id(street().network, TASK_KIND, _device(PEOPLE[number % 4]), _made_at(number))
        self._open = OpenRecord(self.record, street().network)
        self._authority = _Authority()
        self._ids: Callable[[], str] = lambda: hashlib.sha256(b"%d" % self._open.change_count).hexdigest()[:12]

    def resumed(self, before: Corpus) -> _Author:
        """With what was written in this task already."""
        self._open.add(_signed(each) for each in _by_record(before).get(self.record, ()))
        return self

    def write(self, author: int, action: str, at_ms: int, **arguments: object) -> Written:
        """One action of somebody."""
        identity = seeded_identity(PEOPLE[author])
        actor = Actor(identity.person, identity.device, "2026-11-24", self._ids)
        view = self._open.view(self._authority) if self._open.change_count else {}
        if "item" in arguments:
            arguments["item"] = view["checklist"][0]["id"]
        planned = ACTIONS[action].plan(view, arguments, actor)
        edits = [edit for edit in planned if not isinstance(edit, Seal)]  # nothing on the task board is sealed
        envelope = seal_change(identity, street().network, self.record, at_ms, self._open.draft(edits))
        written = _written(envelope, author, edits)
        self._open.add((_signed(written),))
        return written


_INDEX: dict[int, dict[RecordId, list[Written]]] = {}


def _by_record(before: Corpus) -> dict[RecordId, list[Written]]:
    if id(before) not in _INDEX:
        index: dict[RecordId, list[Written]] = {}
        for change in before.changes:
            index.setdefault(change.record, []).append(change)
        _INDEX[id(before)] = index
    return _INDEX[id(before)]


def _written(envelope: bytes, author: int, edits: Sequence[Edit]) -> Written:
    parts = parse_envelope(envelope)
    change = change_id(street().network, parts.record, parts.author, parts.at_ms, parts.raw)
    return Written(item_key(parts.at_ms, change), envelope, parts.record, author, tuple(edits))


def _signed(written: Written) -> SignedChange:
    parts = parse_envelope(written.envelope)
    change = change_id(street().network, parts.record, parts.author, parts.at_ms, parts.raw)
    return SignedChange(change, parts.author, parts.at_ms, parts.at_ms, parts.raw)


def _prose(seed: int, words: int) -> str:
    return " ".join(random.Random(seed).choices(_WORDS, k=words)).capitalize() + "."


def _history(number: int, changes: int) -> Iterator[Written]:
    """One task from its first word to its thanks; of three tasks one is done, one begun, one still open."""
    task = _Author(number)
    at = _made_at(number)
    first, second, third = number % 4, (number + 1) % 4, (number + 2) % 4
    end: tuple[int, str, dict[str, object]] = (third, "task.comment", {"text": _prose(number + 4, 10)})
    if number % 3 == 0:
        end = (second, "task.done", {"thanks": _prose(number, 4)})
    start: tuple[int, str, dict[str, object]] = (second, "task.start", {})
    if number % 3 == 2:
        start = (third, "task.edit", {"due": "2026-12-01"})
    details = _prose(number, 18)
    script: list[tuple[int, str, dict[str, object]]] = [
        (
            first,
            "task.add",
            {"title": f"Job {number}: {_prose(number, 3)}", "details": details, "place": "Elm Street 7"},
        ),
        (second, "task.claim", {}),
        (third, "task.comment", {"text": _prose(number + 1, 9)}),
        (first, "task.check_add", {"text": _prose(number + 2, 4)}),
        (first, "task.check_add", {"text": _prose(number + 3, 5)}),
        start,
        (first, "task.edit", {"details": f"{details} {_prose(number + 5, 6)}", "due": "2026-11-28"}),
        (second, "task.check", {"item": ""}),
        (second, "task.comment", {"text": _prose(number + 6, 12)}),
        end,
    ]
    for step, (author, action, arguments) in enumerate(script[:changes]):
        yield task.write(author, action, at + step * HOUR_MS, **arguments)
