"""Waiting: a profile whose reply is on its way on a stick: it looks for its neighbours until one of them knows it.

Rules of this module:
1. What it waits for is in the notebook, so it waits on after a restart. Its network's key is a secret, in no `repr`.
2. It asks to be let in as every joiner does, with the very hello of the reply: a node that has read the reply says yes
   however old the invite is by then; one that has not may say yes as long as the invite is good.
3. It announces nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from meshnode.api.schema import Json
from meshnode.config import Config
from meshnode.discovery.announcement import DiscoveryKeys, Recognition
from meshnode.discovery.sightings import Sighting
from meshnode.errors import InviteError, NobodyAnswered
from meshnode.joining.joining import Joined, Joining
from meshnode.joining.search import sightings
from meshnode.membership.network_keys import discovery_key
from meshnode.membership.tokens import Token, read_code
from meshnode.store.store import Store

log = logging.getLogger("meshnode.node")

WAITING = "waiting"
REST_SECONDS = 30.0
"""Whoever has not read the reply yet may have read it then; whoever is new near by is asked at once."""
MOST_NEAR = 8


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
        config: Config,
        enter: Callable[[Joined], Awaitable[None]],
    ) -> None:
        self._store = store
        self._joining = joining
        self._config = config
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
        """Ask whoever is near, and again every now and then, until somebody says yes."""
        network = self._config.network
        near: dict[str, tuple[str, ...]] = {}
        async with contextlib.AsyncExitStack() as stack:
            seen: asyncio.Queue[Sighting] = asyncio.Queue()
            if network.discovery != "off":
                seen = await stack.enter_async_context(sightings(_keys(wait), network.interfaces))
            while True:
                for address in (*network.addresses, *(endpoint for found in near.values() for endpoint in found)):
                    joined = await self._try(wait, address)
                    if joined is not None:
                        await self._enter(joined)
                        return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(REST_SECONDS):
                        sighting = await seen.get()
                    if sighting.recognition in (Recognition.MEMBER, Recognition.INVITER):
                        near.pop(sighting.instance, None)
                        near[sighting.instance] = sighting.endpoints
                        while len(near) > MOST_NEAR:
                            del near[next(iter(near))]

    async def _try(self, wait: Wait, address: str) -> Joined | None:
        try:
            return await self._joining().join(wait.code, wait.name, wait.device_name, address)
        except NobodyAnswered:
            return None
        except InviteError as refusal:
            self._said = str(refusal)
            log.info("not let in yet: %s", refusal.code)
            return None


def _keys(wait: Wait) -> DiscoveryKeys:
    """By what this node recognises the neighbourhood it waits for."""
    token = read_code(wait.code)
    disc_keys = (discovery_key(token.epoch_key),) if isinstance(token, Token) else ()
    return DiscoveryKeys(disc_keys, (token.secrets.psk_join,))
