"""The cast of the tests of sealed notes: notes on real replicas, and what each device makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crdt.actions import ACTIONS
from crdt.boards.notes import NOTE, TEXT_KEY
from crdt.identifiers import RecordId
from meshnode.identity.keys import Identity
from meshnode.identity.sealing import Opened, Unopened
from tests.support.people import NAMES, Neighbourhood, seeded_device, seeded_identity
from tests.support.replicas import Desk
from tests.support.trust import TrustingStreet

SECRET = "Two tablets at noon, the blue box"


async def note(desk: Desk, *people: str, text: str = SECRET, **more: Any) -> RecordId:
    to = [seeded_identity(name).person.hex() for name in people]
    plan = ACTIONS["note.add"].plan({}, {"title": "Medicine", "text": text, "to": to, **more}, desk.actor)
    record, _ = await desk.replica.make(NOTE, plan)
    return record


def answers(desk: Desk, record: RecordId) -> list[Opened | Unopened]:
    return [each.answer for each in desk.replica.sealer.open(record, TEXT_KEY)]


def said(desk: Desk, record: RecordId) -> dict[str, Any]:
    found: dict[str, Any] = desk.replica.records.view(record)["sealed"]["text"]
    return found


def hint(identity: Identity) -> str:
    return identity.device[:4].hex()


def hexes(*names: str) -> list[str]:
    return [seeded_identity(name).person.hex() for name in names]


async def share(*desks: Desk) -> None:
    """Everybody hears everything."""
    for desk in desks:
        for other in desks:
            await desk.hear_of(*[item for _, item in other.store.statements()])
            await desk.take(*other.changes())


def judging_street() -> TrustingStreet:
    """Six people, all established, who can vote."""
    street = TrustingStreet()
    for name in NAMES[1:6]:
        street.join(name)
    return street


def second_device(street: Neighbourhood, name: str, device: str = "phone") -> Identity:
    identity = seeded_device(name, device)
    street.certify(identity, name)
    return identity


def bytes_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
