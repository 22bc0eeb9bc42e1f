"""Node: one profile's process: its keys, its database, its local door, and its network once it belongs to one.

Rules of this module:
1. It builds, starts and stops; it decides nothing.
2. What was stored under one name is found under it again: the network's id and keys live in the database, the device's
   keys beside it.
3. The stop is orderly and bounded: goodbye to peers, caches written, mark set.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import logging
import os
import signal
from pathlib import Path

from meshnode.api.requests import Requests
from meshnode.api.schema import Json
from meshnode.api.server import ApiServer
from meshnode.config import Config
from meshnode.errors import AlreadyMember
from meshnode.events import Events, TroubleChanged
from meshnode.founding import MS_PER_DAY, clean_name, found
from meshnode.identity.key_file import KEY_FILE, load_or_create, replace
from meshnode.identity.keys import Identity
from meshnode.joining.apart import ApartPreview, look_apart, reply_apart
from meshnode.joining.joining import Joined, Joining
from meshnode.membership.statements import sign_leave
from meshnode.node.becoming import Becoming, device_code_in, typed_address
from meshnode.node.belonging import Belonging, SignedItems, read_belonging
from meshnode.node.inside import InsideParts
from meshnode.node.node_clock import NodeClock
from meshnode.node.waiting import Wait, Waiting
from meshnode.peers.status import NodeFacts, outside_status
from meshnode.platform import Paths, sd_notify
from meshnode.replica.own_device import dropped_sentence
from meshnode.store.store import Store

log = logging.getLogger("meshnode.node")

OTHER_KEYS = (
    "The keys of this device are not the ones that your neighbourhood knows, so nobody links with it. Put the key file "
    "back from a copy (`meshnode where` says where it lies), or ask for a new invite and join with another profile."
)
THANKS = "Thank you for all you did here. What you wrote stays with your neighbours, under your name."


class Node:
    """A running node of one profile."""

    def __init__(self, paths: Paths, config: Config) -> None:
        self._paths = paths
        self._config = config
        self._events = Events()
        self._stopping = asyncio.Event()
        self._identity = load_or_create(paths.keys / KEY_FILE)
        self._store = Store.open(paths.network, SignedItems())
        self._clock = NodeClock.of(self._store)
        self._facts = NodeFacts(
            version=importlib.metadata.version("meshnode"),
            profile=paths.profile,
            listening=lambda: self._inside.addresses() if self._inside else [],
            discovery=self._discovery_state,
            trouble=self._trouble,
            clock_unsure=self._clock.is_unsure,
        )
        self._inside: InsideParts | None = None
        self._requests = Requests(self._events, self, self._outside_status, self._paths.where, self.stop_soon)
        self._api = ApiServer(paths.socket, self._requests)
        self._entering = asyncio.Lock()
        self._waiting = Waiting(self._store, self._joining_late, config, self._enter_late)
        self.becoming = Becoming(config, self._clock, self._enter_as)

    # -- life -------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Start, serve until told to stop, stop."""
        try:
            await self._start()
            sd_notify("READY=1")
            await self._stopping.wait()
        finally:
            sd_notify("STOPPING=1")
            await self._stop()

    def stop_soon(self) -> None:
        """End `run` in order."""
        self._stopping.set()

    async def _start(self) -> None:
        if self._store.recovering:
            log.warning("%s", self._store.recovering)
        belonging = read_belonging(self._store)
        if belonging is not None:
            await self._take_up(belonging)
        else:
            self._waiting.go_on()
        await self._api.start()
        log.info("ready, %s", "inside a neighbourhood" if self._inside else "no neighbourhood yet")

    async def _stop(self) -> None:
        await self._api.stop()
        await self.becoming.stop()
        await self._waiting.stop()
        if self._inside is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3.0):
                    await self._inside.stop()
        self._store.close()
        log.info("stopped")

    async def _enter(self, belonging: Belonging) -> None:
        """Become a node of this network."""
        await self.becoming.stop()
        await self._waiting.stop(for_good=True)
        inside = InsideParts(
            self._config, self._identity, belonging, store=self._store, events=self._events, clock=self._clock
        )
        await inside.start(self._facts)
        self._inside = inside
        self._requests.enter(inside)
        self._events.publish(TroubleChanged())

    def _discovery_state(self) -> str:
        if self._inside is None or self._inside.discovery is None:
            return self._config.network.discovery
        return self._inside.discovery.state

    def _trouble(self) -> list[str]:
        sentences = [self._store.recovering, self._store.trouble]
        if self._inside is not None:
            sentences.append(dropped_sentence(self._inside.replica))
            sentences += [] if self._inside.is_known() or sentences[-1] else [OTHER_KEYS]
            sentences += self._inside.links.trouble()
            sentences += self._inside.alarm_output.trouble()
            sentences += self._inside.notices.pointers()
        return [sentence for sentence in sentences if sentence]

    # -- the doorstep -----------------------------------------------------------------------------------------------

    async def found(self, network: str, name: str) -> None:
        """Start a neighbourhood with this device as its first.

        Raises:
            BadInput: a name is empty or too long.
            AlreadyMember: this profile belongs to one.
        """
        async with self._entering:
            self._must_be_outside()
            founded = found(self._person(), network, name, self._device_name())
            await self._take_up(Belonging(founded.network, (founded.epoch_key,), founded.statements))
            settings = {"name": clean_name(network, "The neighbourhood's name")[:60], "zone": local_zone()}
            await self._requests.answer("act", {"action": "settings.edit", "arguments": settings})

    async def preview(self, code: str, address: str | None) -> Json:
        """What a code leads to."""
        device_code = device_code_in(code)
        if device_code is not None:
            self._must_be_outside()
            return await self.becoming.preview(device_code, typed_address(code, address))
        preview = await self._joining().preview(code, address)
        return preview.as_json()

    async def join(self, code: str, name: str | None, address: str | None) -> None:
        """Join the neighbourhood that a code leads to, as a new member or as what a device's code says."""
        device_code = device_code_in(code)
        if device_code is not None:
            self._must_be_outside()
            await self.becoming.become(device_code, typed_address(code, address))
            return
        async with self._entering:
            self._must_be_outside()
            called = clean_name(name or "", "Your name")
            joined = await self._joining().join(code, called, self._device_name(), address)
            await self._take_up(Belonging(joined.network, (joined.epoch_key,), joined.statements))
            assert self._inside is not None
            self._inside.try_peer(joined.endpoint)

    async def look_apart(self, code: str, network: str, inviter: str) -> Json:
        """What an invite file leads to."""
        return self._look_apart(code, network, inviter).as_json()

    async def join_apart(self, code: str, network: str, inviter: str, name: str) -> Json:
        """Write the reply to an invite file, and wait to be let in from now on."""
        preview = self._look_apart(code, network, inviter)
        called = clean_name(name, "Your name")
        reply = reply_apart(self._person(), preview, called, self._device_name())
        self._waiting.begin(Wait(network, called, self._device_name(), preview.token.text()))
        self._events.publish(TroubleChanged())
        return {"reply": reply.content().decode()}

    def _look_apart(self, code: str, network: str, inviter: str) -> ApartPreview:
        self._must_be_outside()
        return look_apart(code, network, inviter, self._clock() // MS_PER_DAY)

    async def leave(self) -> str:
        """Leave for good; a sentence of thanks."""
        assert self._inside is not None
        replica = self._inside.replica
        vouched = replica.membership.vouched_by(self._identity.person)
        await replica.state(sign_leave(self._identity, replica.network, vouched))
        return THANKS

    def _joining(self) -> Joining:
        self._must_be_outside()
        return Joining(self._person(), self._config, self._clock, os.urandom)

    def _joining_late(self) -> Joining:
        """For somebody whose reply is under way: how old the invite is only the others can say."""
        return Joining(self._person(), self._config, lambda: 0, os.urandom)

    async def _enter_late(self, joined: Joined) -> None:
        """The wait is over."""
        async with self._entering:
            if self._requests.inside:
                return
            await self._take_up(Belonging(joined.network, (joined.epoch_key,), joined.statements))
            assert self._inside is not None
            self._inside.try_peer(joined.endpoint)

    def _outside_status(self) -> Json:
        return outside_status(self._facts) | {"waiting": self._waiting.status()}

    def _must_be_outside(self) -> None:
        if self._inside is not None:
            raise AlreadyMember

    def _person(self) -> Identity:
        """The keys of a new member: those of this profile, or new ones after it was meant to be something else."""
        if self._identity.member_keys is None:
            self._identity = Identity.generate(os.urandom)
            replace(self._paths.keys / KEY_FILE, self._identity)
        return self._identity

    async def _enter_as(self, identity: Identity, belonging: Belonging, endpoint: str, port: int) -> None:
        """Become a node of a network with keys that it knows; where this machine was found, it stays."""
        async with self._entering:
            self._must_be_outside()
            if port:
                self._store.set_meta("listen_port", str(port))
            replace(self._paths.keys / KEY_FILE, identity)
            self._identity = identity
            await self._take_up(belonging)
            if endpoint and self._inside is not None:
                self._inside.try_peer(endpoint)

    def _device_name(self) -> str:
        return self._config.device.name

    async def _take_up(self, belonging: Belonging) -> None:
        """Belong to a network from now on."""
        written = self._store.submit(belonging.batch(self._clock()))
        self._store.applied(await asyncio.shield(asyncio.wrap_future(written)))
        await self._enter(belonging)


def local_zone() -> str:
    """This machine's time zone by name; UTC where it cannot be told."""
    with contextlib.suppress(OSError):
        target = str(Path("/etc/localtime").readlink())
        _, found, zone = target.partition("zoneinfo/")
        if found:
            return zone
    return os.environ.get("TZ", "") or "UTC"


async def run_node(paths: Paths, config: Config) -> None:
    """Run a profile's node until SIGTERM, SIGINT or a request to stop.

    Raises:
        MeshnodeError: it could not start.
    """
    node = Node(paths, config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, node.stop_soon)
    await node.run()
