"""Real `meshnode run` processes for tests: start, kill, ask, and wait for what they say of themselves.

Waiting is on the node's own events with a deadline, never on time passing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from meshnode.api.client import NodeClient
from meshnode.errors import NodeAway

Json = dict[str, Any]
READY_SECONDS = 30.0
SETTLE_SECONDS = 30.0


class RunningNode:
    """One profile's node process; may run inside a network namespace through `prefix`."""

    def __init__(self, home: Path, name: str, *, prefix: Sequence[str] = (), settings: str = "") -> None:
        self.home = home
        self.name = name
        self.prefix = list(prefix)
        self.socket = home / "s"
        self.process: subprocess.Popen[bytes] | None = None
        self._client: NodeClient | None = None
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / "config.toml").write_text(settings)

    async def __aenter__(self) -> RunningNode:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        if error is not None:
            print(f"--- {self.name} said ---\n{self.output()[-4000:]}")

    def command(self) -> list[str]:
        """What starts the node."""
        return [
            *self.prefix,
            *(sys.executable, "-m", "meshnode.cli.main", "--profile", "test", "run"),
            *("--config", str(self.home / "config.toml"), "--socket", str(self.socket)),
        ]

    async def start(self) -> None:
        """Start the process and wait until its API answers."""
        process = self._spawn()
        async with asyncio.timeout(READY_SECONDS):
            while self._client is None:
                if process.poll() is not None:
                    raise AssertionError(f"{self.name} ended at once:\n{self.output()[-3000:]}")
                with contextlib.suppress(NodeAway):
                    self._client = await NodeClient.connect(self.socket)
                await asyncio.sleep(0.01)

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.socket.unlink(missing_ok=True)
        environment = os.environ | {"MESHNODE_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}
        with (self.home / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                self.command(),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self.process

    def output(self) -> str:
        """What the process printed."""
        path = self.home / "output.txt"
        return path.read_text(errors="replace") if path.exists() else ""

    def peak_kib(self) -> int:
        """The most memory that the process has had so far; 0 where the system does not tell."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))

    async def kill(self) -> None:
        """SIGKILL: what a pulled plug looks like to the process."""
        assert self.process is not None
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        await self._detach()

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        await self._detach()
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(self.process.wait, 10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    async def _detach(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def ask(self, do: str, /, **arguments: Any) -> Json:
        """One request."""
        if self._client is None:
            self._client = await NodeClient.connect(self.socket)
        return await self._client.ask(do, **arguments)

    async def act(self, action: str, record: str | None = None, **arguments: Any) -> Json:
        """One action of a board."""
        return await self.ask("act", action=action, record=record, arguments=arguments)

    async def add(self, title: str, **more: Any) -> str:
        """A new task; its record's id."""
        return str((await self.act("task.add", title=title, **more))["record"])

    async def tasks(self) -> list[Json]:
        """Every task's view, by id."""
        return sorted((await self.ask("records", kind="task"))["records"], key=lambda view: str(view["id"]))

    async def titles(self) -> list[str]:
        """Every task's title, sorted."""
        return sorted(str(task["title"]) for task in await self.tasks())

    async def events(self) -> AsyncGenerator[Json, None]:
        """The node's events, on a connection of their own."""
        client = await NodeClient.connect(self.socket)
        try:
            async for event in client.subscribe():
                yield event
        finally:
            await client.close()

    async def until(self, what: str, holds: Callable[[], Awaitable[object]], seconds: float = SETTLE_SECONDS) -> None:
        """Wait for `holds`, looking again after every event of this node.

        Raises:
            AssertionError: it did not come to hold in time.
        """
        try:
            async with asyncio.timeout(seconds):
                async with contextlib.aclosing(self.events()) as events:
                    async for _ in events:
                        if await holds():
                            return
        except TimeoutError:
            status = await self.ask("status")
            raise AssertionError(f"{self.name}: not within {seconds} s: {what}\nstatus: {status}") from None

    async def until_linked(self, peers: int, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until this node is linked to so many others."""

        async def holds() -> bool:
            return sum(bool(peer["linked"]) for peer in (await self.ask("status"))["peers"]) >= peers

        await self.until(f"linked to {peers}", holds, seconds)

    async def until_titles(self, titles: Sequence[str], seconds: float = SETTLE_SECONDS) -> None:
        """Wait until the board shows exactly these tasks."""
        wanted = sorted(titles)

        async def holds() -> bool:
            return await self.titles() == wanted

        await self.until(f"shows {wanted}", holds, seconds)


async def found(node: RunningNode, network: str = "Maple Street", name: str = "Ana") -> None:
    """Start a neighbourhood on `node`."""
    await node.ask("found", network=network, name=name)


async def join(
    host: RunningNode, guest: RunningNode, name: str, *, code: str = "short", address: str | None = None
) -> None:
    """Let `guest` in with a fresh invite of `host`."""
    invite = await host.ask("invite", uses=1, days=2)
    await guest.ask("join", code=invite[code], name=name, address=address)
