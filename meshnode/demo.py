"""The demo: a small invented neighbourhood on this machine alone, for looking around before joining a real one.

Three real nodes in processes of their own speak over loopback with real keys and a real invite; two invented neighbours
do something every few seconds. The person's own screen is attached to the first node.

Rules of this module:
1. Nothing touches a real profile: everything lives in a temporary folder that is removed at the end.
2. Nothing leaves this machine: the nodes listen on loopback alone, without discovery.
3. The neighbours act through the same local API as everybody's screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshnode.api.client import NodeClient
from meshnode.errors import MeshnodeError, NodeAway

PREFIX = "mesh-demo-"
STREET = "Maple Street (invented)"
START_SECONDS = 20.0
BEAT_SECONDS = 4.0
"""Often enough to see life within a minute, slowly enough to read."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An invented neighbour and the name of their node's profile."""

    name: str
    profile: str


ANA = Actor("Ana", "kitchen")
BO = Actor("Bo", "toolshed")
CHIDI = Actor("Chidi", "library")
CAST = (ANA, BO, CHIDI)

TASKS: tuple[dict[str, Any], ...] = (
    {"title": "Fix the gutter at the tool shed", "place": "Tool shed", "people_needed": 2},
    {"title": "Soup for the Lindqvists", "place": "14 Maple Street", "details": "Both are down with flu. No onions."},
    {"title": "Test the radios, channel 7", "place": "School steps"},
    {"title": "Turn the compost", "place": "Community garden"},
    {"title": "Drive Mr. Okafor to the clinic", "details": "Thursday 9:00. He needs a hand on the stairs."},
    {"title": "Label the water jugs"},
    {"title": "Sort the donated coats", "people_needed": 3},
)

NOTE = {"title": "Mr. Okafor's door code", "text": "4711, then the lift to the third floor.", "to": "Ana"}
"""Sealed by the neighbour who wrote the task, for the person who looks around."""
NOTE_ON = 4

REMARKS = ("I can bring a ladder.", "Half done, back after lunch.", "Who has the key?", "Easier than it looked.")


class Demo:
    """Three nodes, and the two neighbours who use them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._clients: dict[Actor, NodeClient] = {}

    def home(self, actor: Actor) -> Path:
        """The folder that stands in for the actor's machine."""
        return self._folder / actor.profile

    def socket(self, actor: Actor) -> Path:
        """Where the actor's node listens for screens."""
        # Right below the demo's folder: the system takes about a hundred bytes of a socket's path.
        return self._folder / f"{actor.profile}.s"

    async def start(self) -> None:
        """Start the nodes, found the neighbourhood, let two join, and write the first tasks.

        Raises:
            NodeAway: a node did not start in time.
        """
        for actor in CAST:
            self._spawn(actor)
        for actor in CAST:
            self._clients[actor] = await self._attach(actor)
        ana = self._clients[ANA]
        await ana.ask("found", network=STREET, name=ANA.name)
        for actor in (BO, CHIDI):
            invite = await ana.ask("invite", uses=1, days=1)
            address = next(at for at in invite["address"] if at.startswith("127."))
            await self._clients[actor].ask("join", code=invite["token"], name=actor.name, address=address)
        records = []
        for task, actor in zip(TASKS, itertools.cycle(CAST), strict=False):
            reply = await self._clients[actor].ask("act", action="task.add", record=None, arguments=task)
            records.append((actor, reply["record"]))
        actor, record = records[NOTE_ON]
        await self._clients[actor].ask("act", action="note.add", record=None, arguments=NOTE | {"task": record})

    async def live(self, stop: asyncio.Event) -> None:
        """Let Bo and Chidi do things in turn until `stop`."""
        for beat, actor in enumerate(itertools.cycle((BO, CHIDI))):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await stop.wait()
            if stop.is_set():
                return
            with contextlib.suppress(MeshnodeError):
                await self._act(actor, beat)

    async def _act(self, actor: Actor, beat: int) -> None:
        """One small step on one task, whichever is next for this neighbour."""
        client = self._clients[actor]
        me = (await client.ask("status"))["me"]["member"]
        tasks = (await client.ask("records", kind="task"))["records"]
        mine = [task for task in tasks if any(claim["member"] == me for claim in task["claims"])]
        free = [task for task in tasks if task["status"] == "open"]
        done = [task for task in tasks if task["status"] == "done"]
        doing = [task for task in mine if task["status"] == "doing"]
        claimed = [task for task in mine if task["status"] == "claimed"]

        async def act(action: str, task: dict[str, Any], **arguments: Any) -> None:
            await client.ask("act", action=action, record=task["id"], arguments=arguments)

        if beat % 5 == 4 and tasks:
            await act("task.comment", tasks[beat % len(tasks)], text=REMARKS[beat // 5 % len(REMARKS)])
        elif doing:
            await act("task.done", doing[0], thanks="Thank you!")
        elif claimed:
            await act("task.start", claimed[0])
        elif free:
            await act("task.claim", free[0])
        elif done:
            await act("task.reopen", done[0])

    def stop(self) -> None:
        """End the nodes."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _spawn(self, actor: Actor) -> None:
        self.home(actor).mkdir(parents=True, mode=0o700)
        settings = '[network]\ndiscovery = "off"\ninterfaces = ["127.0.0.1"]\n'
        (self.home(actor) / "config.toml").write_text(settings)
        command = [sys.executable, "-m", "meshnode.cli.main", "--profile", actor.profile, "run"]
        command += ["--config", str(self.home(actor) / "config.toml"), "--socket", str(self.socket(actor))]
        # However the demo's own process ends, its nodes notice: their standard input closes.
        command += ["--with-parent"]
        environment = os.environ | {"MESHNODE_HOME": str(self.home(actor))}
        self._processes.append(
            subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    async def _attach(self, actor: Actor) -> NodeClient:
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    return await NodeClient.connect(self.socket(actor))
                except NodeAway:
                    await asyncio.sleep(0.05)


@contextlib.contextmanager
def running_demo() -> Iterator[Path]:
    """A living demo; gives the socket of the node that is the person's own.

    Raises:
        NodeAway: the nodes did not start.
    """
    remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    demo = Demo(folder)
    started, loop = threading.Event(), asyncio.new_event_loop()
    failure: list[BaseException] = []
    stop = asyncio.Event()

    async def play() -> None:
        try:
            await demo.start()
        except (MeshnodeError, TimeoutError) as error:
            failure.append(error)
            return
        finally:
            started.set()
        await demo.live(stop)

    thread = threading.Thread(target=lambda: loop.run_until_complete(play()), name="demo", daemon=True)
    try:
        thread.start()
        started.wait()
        if failure:
            raise NodeAway("The demo's nodes did not start.") from failure[0]
        yield demo.socket(ANA)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove the folders of demos that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and folder.stat().st_uid == os.getuid() and not _runs(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run_demo(screen: Callable[[Path], None]) -> None:
    """Show the demo on a screen that attaches to the given socket, until that ends."""
    with running_demo() as socket:
        screen(socket)
