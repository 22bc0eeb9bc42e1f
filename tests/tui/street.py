"""A street that never changes, as a node tells of it, for pictures and measures of the screen.

What these answers look like is proved against a real node in `test_answers.py`; actions are tested on real nodes only.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tui.moments import Clock

Json = dict[str, Any]
NOW = datetime(2026, 11, 26, 18, 42, 30, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
MINUTE = 60_000
PEOPLE = ("Ana", "Bo", "Chidi", "Kai", "Lena")


class StreetClock(Clock):
    """A Thursday evening that does not pass; the seconds do, when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return NOW

    def local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, UTC)

    def monotonic(self) -> float:
        return self.seconds

    def today(self) -> date:
        return NOW.date()


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def record(title: str) -> str:
    return "20" + hashlib.sha256(title.encode()).hexdigest()[:30]


def stamp(name: str, minutes_ago: int) -> Json:
    return {"member": key(name), "device": key(f"{name}'s"), "at_ms": NOW_MS - minutes_ago * MINUTE}


def task(title: str, status: str = "open", claims: tuple[str, ...] = (), **more: Any) -> Json:
    return {
        "id": record(title),
        "kind": "task",
        "newer": False,
        "title": title,
        "details": "",
        "place": "",
        "due": "",
        "window": "",
        "work": "",
        "status": status,
        "people_needed": 1,
        "claims": [{"member": key(name)} for name in claims],
        "checklist": [],
        "comments": [],
        "links": [],
        "copied": "",
        "thanks": [],
        "conflicts": [],
        "created": stamp("Lena", 3000 - len(title)),
        "changed": stamp("Bo", 100 + len(title)),
        "changes": 1,
    } | more


BRAKE = task(
    "Repair the cargo bike brake",
    "doing",
    ("Bo",),
    due="2026-11-28",
    place="shed",
    conflicts=["due"],
    details="The rear one squeals.\n\nPads are in the red box.",
    checklist=[
        {"id": "x1", "text": "Take the wheel off", "done": True, "member": key("Bo"), "ticked": stamp("Kai", 80)},
        {"id": "x2", "text": "New pads", "done": False, "member": key("Bo"), "ticked": None},
    ],
    comments=[{"id": "c1", "member": key("Lena"), "at_ms": NOW_MS - 120 * MINUTE, "text": "I can bring the drill."}],
)
WATER = task("Water the garden beds", "done", ("Lena",), thanks=[{"member": key("Bo"), "at_ms": NOW_MS, "text": "Ta!"}])
TASKS: list[Json] = [
    task("Fix the gutter at the tool shed", due="2026-11-28", place="tool shed"),
    task("Turn the compost"),
    task("Drive Mr. Okafor to the clinic", people_needed=2, due="2026-11-27"),
    task("Label the water jugs"),
    task("Sort the donated coats"),
    task("Read the meter"),
    task("Test the radios, channel 7", "claimed", ("Chidi",), due="2026-12-03"),
    task("Soup for the Lindqvists", "claimed", ("Ana", "Kai"), due="2026-11-26", people_needed=3),
    BRAKE,
    task("Clean the kitchen (lottery: Hana), both sides and the corridor", "doing", ("Lena",)),
    task("Check smoke alarms, even side", "done", ("Kai",)),
    WATER,
    task("Old sofa", "aside"),
]
NOTE: Json = {
    "id": "23" + record("medicine")[2:],
    "kind": "note",
    "newer": False,
    "title": "Door code and medicine",
    "task": WATER["id"],
    "sealed": {
        "text": {
            "for": [key("Ana"), key("Bo"), key("Lena")],
            "devices": [key("Ana's")[:8], key("Bo's")[:8], key("Lena's")[:8]],
            "mark": "00" * 8,
            "newer": False,
        }
        | stamp("Lena", 50)
    },
    "conflicts": [],
    "created": stamp("Lena", 50),
    "changed": stamp("Lena", 50),
    "changes": 1,
}
"""A sealed note that Lena wrote on the card about the beds; the street tells of it only where a test says so."""
OPENED: Json = {
    "record": NOTE["id"],
    "field": "text",
    "for": NOTE["sealed"]["text"]["for"],
    "values": [
        stamp("Lena", 50)
        | {"text": "The code of the shed is 4711.\n\nTwo tablets at noon, the blue box.", "why_not": ""}
    ],
}
HISTORY: list[Json] = [
    {"what": "claim", "fields": []} | stamp("Bo", 90),
    {"what": "edit", "fields": [{"field": "due", "key": "due", "before": "2026-11-27", "after": "2026-11-28"}]}
    | stamp("Kai", 300),
    {"what": "comment", "fields": [{"field": "comment", "key": "comment/x", "before": {}, "after": {"text": "Hm."}}]}
    | stamp("Lena", 2000),
    {"what": "add", "fields": []} | stamp("Lena", 30_000),
]
VALUES = [
    {"value": "2026-11-28", "change": "01" * 32} | stamp("Bo", 71),
    {"value": "2026-11-29", "change": "02" * 32} | stamp("Kai", 69),
]


def peer(name: str, words: str, *, linked: bool, lacks: int | None, kind: str = "personal") -> Json:
    hub = kind == "hub"
    return {
        "device": key(f"{name}'s"),
        "member": None if hub else key(name),
        "name": name,
        "words": words,
        "kind": kind,
        "linked": linked,
        "since_ms": NOW_MS - 95 * MINUTE if linked else None,
        "address": "192.168.1.20:41234" if linked else None,
        "they_lack": lacks,
        "i_lack": 0 if linked else None,
        "last_heard_ms": NOW_MS - 26 * MINUTE if hub else None,
    }


PEERS = [
    peer("Bo", "maple river seven oak", linked=True, lacks=0),
    peer("Chidi", "lamp stone winter bread", linked=True, lacks=1),
    peer("Elm hub", "tree cup field morning", linked=False, lacks=4, kind="hub"),
    peer("Kai", "boat letter green sun", linked=False, lacks=None),
]


def status(inside: bool = True) -> Json:
    me = {"member": key("Ana"), "name": "Ana", "device": key("Ana's"), "words": "apple door rain coat"}
    return {
        "version": "0.1.0",
        "state": "inside" if inside else "outside",
        "profile": "default",
        "network": {"id": key("net"), "name": "Maple Street"} if inside else None,
        "me": me | {"established": True, "left": False} if inside else None,
        "listening": ["192.168.1.5:40001"],
        "discovery": "open",
        "peers": PEERS if inside else [],
        "mine": {"changes": 30, "held_by_all": False, "on_nodes": 3},
        "counts": {"records": len(TASKS), "changes": 120, "statements": 9},
        "clock": "ok",
        "trouble": [],
    }


MEMBERS = {key(name): {"name": name, "mine": name == "Ana", "left": False, "established": True} for name in PEOPLE}
DEVICES = {
    key(f"{name}'s"): {"member": key(name), "name": name, "words": "", "kind": "personal"} for name in PEOPLE
} | {key("Elm hub's"): {"member": None, "name": "Elm hub", "words": "", "kind": "hub"}}
INVITE: Json = {
    "short": "MESH1:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTU",
    "token": "MESH1:" + "ABCDEFGH" * 36,
    "expires_ms": NOW_MS + 29 * 60 * MINUTE,
    "uses": 1,
    "address": ["127.0.0.1:40001", "192.168.1.5:40001"],
}


class Street:
    """Tells of the street on a real socket; asked to change anything, it refuses."""

    def __init__(self, socket: Path, tasks: list[Json] | None = None, *, inside: bool = True) -> None:
        self.socket = socket
        self.tasks = TASKS if tasks is None else tasks
        self.inside = inside
        self.members: Json = {}
        self.refounds: list[Json] = []
        self._writers: list[tuple[asyncio.StreamWriter, list[int]]] = []

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Street]:
        """Tell until the end of the block."""
        self.socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, str(self.socket))
        try:
            yield self
        finally:
            server.close()
            for writer, _ in self._writers:
                writer.close()

    async def tell(self, event: Json) -> None:
        """An event for everybody who listens."""
        for writer, sequence in self._writers:
            sequence[0] += 1
            writer.write(json.dumps(event | {"seq": sequence[0]}).encode() + b"\n")
            await writer.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while line := await reader.readline():
                request = json.loads(line)
                reply = self._reply(request["do"])
                answer = {"ok": reply} if reply is not None else {"error": {"code": "not-possible", "message": "No."}}
                writer.write(json.dumps({"id": request["id"]} | answer).encode() + b"\n")
                if request["do"] == "subscribe":
                    await self._snapshot(writer)
                await writer.drain()

    async def _snapshot(self, writer: asyncio.StreamWriter) -> None:
        tasks = self.tasks if self.inside else []
        pages = [tasks[at : at + 200] for at in range(0, len(tasks), 200)] or [[]]
        for number, page in enumerate(pages):
            last = number == len(pages) - 1
            event: Json = {"event": "snapshot", "seq": number + 1, "part": number, "last": last, "records": page}
            if last:
                event |= {"members": MEMBERS, "devices": DEVICES, "status": status(self.inside)}
            writer.write(json.dumps(event).encode() + b"\n")
        self._writers.append((writer, [len(pages)]))

    def _reply(self, do: str) -> Json | None:
        entries: list[Json] = [
            {"change": f"{number:064x}", "received_ms": NOW_MS, "undoable": True} | entry
            for number, entry in enumerate(HISTORY)
        ]
        answers: dict[str, Json] = {
            "subscribe": {"seq": 0},
            "history": {"entries": entries},
            "conflicts": {"conflicts": [{"field": "due", "values": VALUES}]},
            "invite": INVITE,
            "open_sealed": OPENED,
            "members": self.members,
            "refounds": {"refounds": self.refounds},
            "preview": {"network": "Maple Street", "inviter": "Bo", "effect": [], "expires_ms": NOW_MS},
        }
        return answers.get(do)
