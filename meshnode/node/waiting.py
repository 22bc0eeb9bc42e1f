"""Waiting: a profile whose reply is on its way on a stick: it looks for its neighbours until one of them knows it.

Rules of this module:
1. What it waits for is in the notebook, so it waits on after a restart. Its network's key is a secret, in no `repr`.
2. It asks to be let in as every joiner does, with the very hello of the reply: a node that has read the reply says yes
   however old the invite is by then; one that has not may say yes as long as the invite is good.
3. It announces nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from meshnode.api.schema import Json
from meshnode.errors import InviteError, NobodyAnswered
from meshnode.peers.joining import Joined, Joining
from meshnode.store.store import Store

log = logging.getLogger("meshnode.node")

WAITING = "waiting"
REST_SECONDS = 5.0
"""Between two searches; each takes 20 s."""
REFUSED_REST_SECONDS = 30.0
"""Whoever has not read the reply yet may have read it then."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What was promised on the stick."""

    network: str
    name: str
    device_name: str
    code: str = field(repr=False)


class Waiting:
    """The wait of one profile, if it waits for anything."""

    def __init__(
        self,
        store: Store,
        joining: Callable[[], Joining],
        addresses: Sequence[str],
        enter: Callable[[Joined], Awaitable[None]],
    ) -> None:
        self._store = store
        self._joining = joining
        self._addresses = addresses
        self._enter = enter
        self._task: asyncio.Task[None] | None = None
        self._said = ""

    def status(self) -> Json | None:
        """For a person: for what this node waits, and what it last heard."""
        wait = self._read()
        return {"network": wait.network, "name": wait.name, "said": self._said} if wait else None

    def begin(self, wait: Wait) -> None:
        """Wait from now on; what was waited for before is given up."""
        fields = {"network": wait.network, "name": wait.name, "device_name": wait.device_name, "code": wait.code}
        self._store.set_meta(WAITING, json.dumps(fields))
        self.go_on()

    def go_on(self) -> None:
        """Look for neighbours, if there is something to wait for."""
        wait = self._read()
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._look(wait)) if wait else None

    async def stop(self, *, for_good: bool = False) -> None:
        """Look no more; `for_good` when this profile belongs somewhere now."""
        if for_good and self._read() is not None:
            self._store.set_meta(WAITING, "")
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _read(self) -> Wait | None:
        written = self._store.meta(WAITING)
        return Wait(**json.loads(written)) if written else None

    async def _look(self, wait: Wait) -> None:
        while True:
            for address in (*self._addresses, None):
                joined = await self._try(wait, address)
                if joined is not None:
                    await self._enter(joined)
                    return
            await asyncio.sleep(REFUSED_REST_SECONDS if self._said else REST_SECONDS)

    async def _try(self, wait: Wait, address: str | None) -> Joined | None:
        try:
            return await self._joining().join(wait.code, wait.name, wait.device_name, address)
        except NobodyAnswered:
            return None
        except InviteError as refusal:
            self._said = str(refusal)
            log.info("not let in yet: %s", refusal.code)
            return None
