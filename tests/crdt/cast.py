"""The cast of crdt's tests: a neighbourhood of devices without keys, whose changes are committed but not signed.

Rules of this module:
1. Everything follows from a seed; nothing here mocks crdt: changes are drafted, committed and read as the node does.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crdt.actions import ACTIONS, Actor
from crdt.chunk import committed_actor, read_chunk, with_actor, zeroed_body
from crdt.edits import Edit, Planned, Put, Seal
from crdt.identifiers import ChangeId, DeviceId, MemberId, NetworkId, RecordId, made_record_id
from crdt.record import OpenRecord, SignedChange
from crdt.sealed import SealedValue
from tests.support import chunks

NETWORK = NetworkId(b"\x4e" * 32)
TODAY = "2026-11-24"


class Everyone:
    """A membership in which each device `d...` speaks for the member `m...` of its number, and each `h...` is a hub."""

    def __init__(self, gone: frozenset[MemberId] = frozenset()) -> None:
        self.gone = gone

    def member_of(self, device: DeviceId) -> MemberId | None:
        return None if device[:1] == b"h" else MemberId(b"m" + device[1:])

    def has_gone(self, member: MemberId) -> bool:
        return member in self.gone

    def is_hub(self, device: DeviceId) -> bool:
        return device[:1] == b"h"


EVERYONE = Everyone()


def device(number: int) -> DeviceId:
    return DeviceId(b"d" + number.to_bytes(31, "big"))


def member(number: int) -> MemberId:
    return MemberId(b"m" + number.to_bytes(31, "big"))


FIRST_MS = 1_700_000_001_000
"""When everybody writes their first change."""
TASK_RECORD = made_record_id(NETWORK, 0x20, device(1), FIRST_MS)
"""The task that neighbour 1 makes."""


def sealed(record: RecordId, author: DeviceId, at_ms: int, draft: bytes) -> SignedChange:
    """A draft as the node would seal it, but for the signature."""
    raw = with_actor(draft, committed_actor(NETWORK, record, author, at_ms, zeroed_body(draft)))
    identity = hashlib.blake2b(NETWORK + record + author + at_ms.to_bytes(8, "big") + raw, digest_size=32).digest()
    return SignedChange(ChangeId(identity), author, at_ms, at_ms + 5, raw)


@dataclass
class Neighbour:
    """One person with one device and an own copy of one record."""

    number: int
    record_id: RecordId = TASK_RECORD
    record: OpenRecord = field(init=False)
    written: list[SignedChange] = field(default_factory=list)
    clock: int = FIRST_MS - 1000

    def __post_init__(self) -> None:
        self.record = OpenRecord(self.record_id, NETWORK)

    @property
    def device(self) -> DeviceId:
        return device(self.number)

    @property
    def member(self) -> MemberId:
        return member(self.number)

    @property
    def actor(self) -> Actor:
        return Actor(self.member, self.device, TODAY, lambda: f"i{self.number}x{len(self.written)}")

    def write(self, edits: Sequence[Planned]) -> SignedChange:
        self.clock += 1000
        ready: list[Edit] = [self.shut(edit) if isinstance(edit, Seal) else edit for edit in edits]
        change = sealed(self.record_id, self.device, self.clock, self.record.draft(ready))
        read_chunk(change.raw)  # law (iii): every honest edit passes every node's admission
        assert self.record.add([change])
        self.written.append(change)
        return change

    def act(self, action: str, **arguments: Any) -> SignedChange:
        view = self.view() if self.record.merged else {}
        return self.write(ACTIONS[action].plan(view, arguments, self.actor))

    def shut(self, edit: Seal) -> Put:
        """A sealed value that nobody can open, which to crdt is one like any other."""
        noise = hashlib.shake_256(f"{self.clock}".encode() + self.device).digest(24 + 80)
        keys = tuple((device(person[-1])[-4:], bytes(80)) for person in edit.people)
        return Put(edit.key, SealedValue(edit.people, keys, noise[:24], noise[24:]).stored)

    def undo(self, change: SignedChange) -> SignedChange:
        return self.write(self.record.undo(change.id, EVERYONE, self.member))

    def hear(self, *others: Neighbour) -> None:
        for other in others:
            self.record.add(other.record.changes)

    def stamp(self) -> dict[str, Any]:
        """What views say about the last change of this neighbour."""
        return {"member": self.member.hex(), "device": self.device.hex(), "at_ms": self.written[-1].at_ms}

    def view(self) -> dict[str, Any]:
        return self.record.view(EVERYONE)


WORDS = ("gate", "hinge", "paint", "Ä", "😀", "\n", "e\u0301", " ")


def scribble(neighbour: Neighbour, source: random.Random) -> None:
    """One random honest action."""
    view = neighbour.view()
    match source.randrange(7):
        case 0:
            due = f"2027-0{source.randrange(1, 4)}-01"
            if due != view["due"]:
                neighbour.act("task.edit", due=due)
        case 1:
            neighbour.act("task.edit", place=source.choice(WORDS) + str(source.random()))
        case 2 | 3:
            text = view["details"]
            at = source.randrange(len(text) + 1)
            changed = text[:at] + source.choice(WORDS) + text[at + source.randrange(4) :]
            if changed != text:
                neighbour.act("task.edit", details=changed)
        case 4:
            neighbour.act("task.comment", text=source.choice("abc"))
        case 5:
            mine = any(claim["member"] == neighbour.member.hex() for claim in view["claims"])
            neighbour.act("task.pass" if mine else "task.claim")
        case _:
            neighbour.act("task.check_add", text=source.choice("abc"))


def party(seed: int, steps: int = 30) -> list[SignedChange]:
    """What four neighbours wrote apart and together."""
    source = random.Random(seed)
    cast = [Neighbour(number) for number in range(1, 5)]
    cast[0].act("task.add", title="Fix the gate", details="The hinge.")
    for other in cast[1:]:
        other.hear(cast[0])
    for _ in range(steps):
        one = source.choice(cast)
        if source.random() < 0.3:
            one.hear(source.choice(cast))
        scribble(one, source)
    cast[0].hear(*cast[1:])
    return cast[0].record.changes


def signed(raw: bytes, number: int = 9) -> SignedChange:
    """Any bytes as a change of some device."""
    return SignedChange(ChangeId(chunks.chunk_hash(raw)), device(number), 0, 0, raw)
