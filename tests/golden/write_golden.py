"""`python -m tests.golden.write_golden FOLDER`: writes the golden set of this version into an empty folder.

A set is written once, when a version is released, and never changed: later versions read all of them. What is in it is
written as bytes in hex beside what those bytes say, so that reading it back needs nothing of the version that wrote it.

    frames.json         every type of message, as frames
    statements.json     every kind of statement of one network
    codes.json          tokens, short codes, device codes, key cards
    announcements.json  TXT records
    files.json          an invite file, its reply, and a bundle, as they lie on a stick
    profile.tar.xz      a profile's folder: key file and database of somebody in a small neighbourhood
    profile.json        what that profile's node shows: its members, its records, its digests
"""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import json
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from crdt.actions import ACTIONS
from crdt.boards.notes import NOTE
from crdt.boards.profiles import profile_record_id
from crdt.boards.settings import settings_record_id
from crdt.identifiers import ChangeId, Lane
from meshnode.bundle.bundle import write_bundle
from meshnode.membership.join_files import InviteFile, ReplyFile
from meshnode.membership.statements import Why, parse_statement
from meshnode.sync.codec import encode
from tests.fuzz.corpus import announcements, codes, messages
from tests.membership.test_statements import EVERY_KIND, NETWORK
from tests.membership.write_vectors import canonical
from tests.support.people import seeded_device, seeded_identity
from tests.support.replicas import NOON_MS, Desk
from tests.support.settled import paths_of, settle
from tests.support.trust import TrustingStreet

SECRET = "Two tablets at noon, the blue box."


def spelt(value: object) -> Any:
    """A value as JSON: bytes in hex, enums by their value, dataclasses by their fields."""
    match value:
        case enum.Enum():
            return spelt(value.value)
        case bytes():
            return value.hex()
        case dict():
            return {str(key): spelt(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [spelt(each) for each in (value if isinstance(value, list | tuple) else sorted(value))]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: spelt(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value


def frames_file() -> list[dict[str, Any]]:
    """Every message, as it is sent and as it is read."""
    return [
        {
            "type": type(message).__name__,
            "frames": [frame.hex() for frame in encode(message)],
            "says": spelt(message),
        }
        for message in messages()
    ]


def statements_file() -> dict[str, Any]:
    """Every kind of statement."""
    return {
        "network": NETWORK.hex(),
        "statements": [
            {
                "kind": type(parse_statement(NETWORK, statement)).__name__,
                "statement": statement.hex(),
                "says": spelt(parse_statement(NETWORK, statement)),
            }
            for statement in EVERY_KIND.values()
        ],
    }


def files_file() -> dict[str, str]:
    """What travels on a stick."""
    with tempfile.TemporaryDirectory() as place:
        bundle = Path(place) / "bundle"
        write_bundle(bundle, NETWORK, [(Lane.STATEMENTS, EVERY_KIND.values())])
        packed = bundle.read_bytes()
    invite = InviteFile("Maple Street", "Alice", codes()[0].decode())
    reply = ReplyFile("Maple Street", "Chidi", EVERY_KIND["invite"], EVERY_KIND["hello"])
    return {"invite": invite.content().hex(), "reply": reply.content().hex(), "bundle": packed.hex()}


def street() -> TrustingStreet:
    """A neighbourhood in which something of everything happened."""
    made = TrustingStreet("Elm Street", founders=("alice", "bob", "chidi"))
    for name in ("dana", "emre", "farah", "goran"):
        made.vouch("bob", name)
        made.join(name, by="alice", witness="chidi")
    hub, tablet = made.hub("hall", "alice", "bob"), seeded_device("alice", "tablet")
    made.certify(tablet, "alice")
    made.join("hana", by="dana", witness=hub)
    made.void("alice", made.invite("alice"))
    made.remove("goran", by=["alice", "bob", "chidi", "dana"], stays=["farah"])
    open_petition = made.petition("dana", ["hana"], reason="Just to see.")
    made.vote(open_petition, yes=["dana"], no=["alice"])
    made.drop("alice", tablet, Why.LOST)
    made.leave("emre", vouched=())
    made.endorse(hub, made.made("goran"), ChangeId(bytes(32)))
    made.epoch("alice", ["goran"], [seeded_identity(name).device for name in ("alice", "bob", "chidi", "dana")])
    made.refound("dana")
    return made


async def _write(desk: Desk, made: TrustingStreet) -> None:
    """Records of every kind, with histories; one of them is forgotten in the end."""
    gate = await desk.add("Fix the gate", details="The hinge is loose. Käse 🌧️", due="2026-12-01", people_needed=2)
    await desk.act("task.claim", gate)
    await desk.act("task.edit", gate, details="The upper hinge is loose.")
    await desk.act("task.comment", gate, text="I have oil.")
    soup = await desk.add("Cook soup", place="Elm hub")
    await desk.act("task.done", soup, thanks="Thank you.")
    await desk.act("settings.edit", settings_record_id(desk.street.network), name="Elm Street and around")
    me = desk.identity.person
    await desk.act("profile.edit", profile_record_id(desk.street.network, me), name="Alice Elm")
    to = [seeded_identity(name).person.hex() for name in ("bob", "dana")]
    plan = ACTIONS["note.add"].plan({}, {"title": "Medicine", "text": SECRET, "to": to}, desk.actor)
    await desk.replica.make(NOTE, plan)
    gone = await desk.add("Never mind")
    first = next(iter(desk.store.changes_of(gone)))
    await desk.hear_of(made.forget("alice", "alice", first.at_ms))


def shown(desk: Desk) -> dict[str, Any]:
    """What a profile's node knows and shows."""
    return {
        "membership": canonical(desk.replica.membership),
        "name": desk.replica.network_name(),
        "views": {view["id"]: spelt(view) for view in desk.replica.records.views()},
        "digests": {lane.name: digest.hex() for lane, digest in zip(Lane, desk.digests(), strict=True)},
    }


def profile_files(folder: Path) -> None:
    """The profile of alice, and what it shows."""
    with tempfile.TemporaryDirectory() as place:
        home, made = Path(place), street()
        settle(home, "alice", made)
        paths = paths_of(home)
        desk = Desk(paths.network, seeded_identity("alice"), made, NOON_MS)
        asyncio.run(_write(desk, made))
        (folder / "profile.json").write_text(json.dumps(shown(desk), indent=1, sort_keys=True) + "\n")
        desk.close()
        with tarfile.open(folder / "profile.tar.xz", "w:xz") as packed:
            packed.add(paths.keys, "keys")
            for database in sorted(paths.network.glob("*.sqlite")):
                packed.add(database, f"network/{database.name}")


def main(folder: Path) -> None:
    """Write everything."""
    folder.mkdir(parents=True)
    files: dict[str, Any] = {
        "frames": frames_file(),
        "statements": statements_file(),
        "codes": [code.decode() for code in codes()],
        "files": files_file(),
        "announcements": [line.decode().split("\n") for line in announcements()],
    }
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
    profile_files(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
