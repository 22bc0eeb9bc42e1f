"""Asking: commands speak with their node through here, which is started for them where none runs.

Rules of this module:
1. A command is plain code; the one event loop of a command lives in `conversation`.
2. A node that was started for a command is stopped after it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from crdt.boards.occurrences import tasks_now
from crdt.dates import in_zone
from crdt.display import display_line
from crdt.identifiers import NetworkId
from meshnode.api.client import NodeClient
from meshnode.cli.command import Call, Json
from meshnode.cli.moments import now
from meshnode.cli.node_process import node_for
from meshnode.cli.probe import answers
from meshnode.errors import NodeAway, NoNetwork
from meshnode.platform import check_socket_folder

Result = TypeVar("Result")
KEY_LETTERS = 64
"""Of a member's key in hex; a typed name is shorter."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A node that answers."""

    client: NodeClient
    started: bool
    """It was started for this command and ends with it."""

    async def ask(self, do: str, /, **arguments: object) -> Json:
        """One request."""
        return await self.client.ask(do, **arguments)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A node that answers, for commands that ask a person something between two requests."""

    runner: asyncio.Runner
    node: Attached

    def ask(self, do: str, /, **arguments: object) -> Json:
        """One request."""
        return self.runner.run(self.node.ask(do, **arguments))


@contextlib.contextmanager
def conversation(call: Call, *, start: bool = True) -> Iterator[Conversation]:
    """Speak with the node of the call's profile.

    Args:
        call: whose node.
        start: start a node where none runs; False for questions that only a running node can answer truthfully.

    Raises:
        NodeAway: none runs, and none was to be started.
        MeshnodeError: the node could not be started, or refused.
    """
    check_socket_folder(call.paths)
    if not start and not answers(call.paths.socket):
        raise NodeAway
    # The loop runs only during requests: while a person is asked, Ctrl+C is Python's own.
    with node_for(call.paths) as started, asyncio.Runner() as runner:
        client = runner.run(NodeClient.connect(call.paths.socket))
        try:
            yield Conversation(runner, Attached(client, started))
        finally:
            runner.run(client.close())


def with_node(call: Call, work: Callable[[Attached], Coroutine[Any, Any, Result]], *, start: bool = True) -> Result:
    """Do some work with the node of the call's profile; arguments and errors as in `conversation`."""
    with conversation(call, start=start) as talk:
        return talk.runner.run(work(talk.node))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a screen would show, once."""

    records: list[Json]
    members: dict[str, Json]
    devices: dict[str, Json]
    status: Json

    def name(self, member: str | None) -> str:
        """A member's name for people."""
        return str(self.members.get(member or "", {}).get("name") or "somebody unknown here")

    def author(self, entry: Json) -> str:
        """Who wrote an entry, or whose it is: the member; at a hub whoever stood there; else the hub itself."""
        if by := str(entry.get("by") or ""):
            hub = str(self.devices.get(str(entry.get("at")), {}).get("name") or "a hub unknown here")
            return f"{self.name(by) if len(by) == KEY_LETTERS else display_line(by)}, at {hub}"
        if entry.get("member"):
            return self.name(entry["member"])
        return str(self.devices.get(str(entry.get("device")), {}).get("name") or "a device unknown here")

    def authors(self, entries: Iterable[Json]) -> str:
        """Several of them in one line, by name."""
        names = sorted((display_line(self.author(entry)) for entry in entries), key=str.casefold)
        return ("; " if any("," in name for name in names) else ", ").join(names)

    def now(self) -> datetime:
        """Now, as the neighbourhood's clocks show it: its days are meant in its own zone."""
        zone = next((str(view.get("zone") or "") for view in self.of_kind("settings")), "")
        return in_zone(now(), zone)

    def of_kind(self, kind: str) -> list[Json]:
        """The views of one kind; with the tasks the days of series that are shown today."""
        if kind == "task" and self.status.get("network"):
            network = NetworkId(bytes.fromhex(self.status["network"]["id"]))
            return tasks_now(self.records, network, self.now().date().isoformat())
        return [view for view in self.records if view.get("kind") == kind]


async def snapshot(node: Attached) -> Snapshot:
    """What there is now.

    Raises:
        NoNetwork: this profile belongs to no neighbourhood.
    """
    records: list[Json] = []
    members: dict[str, Json] = {}
    devices: dict[str, Json] = {}
    status: Json = {}
    async for event in node.client.subscribe():
        if event.get("event") != "snapshot":
            continue
        records += event.get("records", ())
        members |= event.get("members") or {}
        devices |= event.get("devices") or {}
        status = event.get("status") or status
        if event.get("last"):
            break
    if status.get("state") == "outside":
        raise NoNetwork
    return Snapshot(records, members, devices, status)
