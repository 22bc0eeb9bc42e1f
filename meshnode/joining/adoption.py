"""Adoption: how a node of the network makes another machine a device or a hub, and how a hub gets a further steward.

A window shows a code for some minutes; whoever types it in time is certified once, and the window closes. To have shown
the code is the yes: it is in no statement, and it dies with the window.

Rules of this module:
1. One window at a time, in memory: a restart closes it.
2. One machine at a time: two that come with one code cannot both be certified.
3. A member key that was typed from a card lives as long as the window it was typed for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from crdt.identifiers import Lane, MemberId, NetworkId
from meshnode.errors import InviteError, NotPossible, PeerError
from meshnode.identity.keys import MemberKeys
from meshnode.joining.candidate import ask
from meshnode.joining.certifier import Certifier
from meshnode.membership.device_codes import SECRET_BYTES, DeviceCode, Purpose
from meshnode.membership.fold import Device
from meshnode.membership.roles import Power, may
from meshnode.replica.replica import OURS, Replica
from meshnode.transport.connection import Connection

log = logging.getLogger("meshnode.peers")

WINDOW_SECONDS = 600.0
"""Long enough to walk to the other machine and type; short enough that a photograph of the code is worth little."""

CODE_OVER = InviteError("This code is not good any more: its time is over.", next_step="Show a new one, and type that.")

Reach = Callable[[DeviceCode, str], Awaitable[Connection]]
"""Find and dial the machine that shows a code; an empty address means to look around."""


@dataclass(frozen=True, slots=True)
class Window:
    """A code that is shown now. `keys` sign whoever types it; None on a hub, which asks instead."""

    code: DeviceCode
    until_ms: int
    keys: MemberKeys | None = field(repr=False)


class Adoption:
    """The device links of one node inside a network."""

    def __init__(
        self,
        replica: Replica,
        certifier: Certifier,
        reach: Reach,
        device_name: str,
        *,
        changed: Callable[[], None],
        met: Callable[[str], None],
        seconds: float = WINDOW_SECONDS,
    ) -> None:
        """No code is shown yet.

        Args:
            replica: of this node.
            certifier: signs for its member.
            reach: finds the machine that shows a code.
            device_name: what this machine is called.
            changed: called when a code is shown from now on, or no more.
            met: called with the address of a machine that belongs to the network from now on.
            seconds: for how long a code is good.
        """
        self._replica = replica
        self._certifier = certifier
        self._reach = reach
        self._changed = changed
        self._met = met
        self._seconds = seconds
        self._device_name = device_name
        self._one_at_a_time = asyncio.Lock()
        self._closing: asyncio.TimerHandle | None = None
        self.window: Window | None = None

    def open(self, purpose: Purpose, keys: MemberKeys | None) -> Window:
        """Show a code from now on; a window that was open closes.

        Raises:
            NotPossible: nobody here can answer for a hub.
        """
        if purpose is Purpose.HUB:
            self._must_steward(keys)
        self.close()
        code = DeviceCode.new(purpose, self._replica.network, os.urandom(SECRET_BYTES))
        self.window = Window(code, self._replica.clock() + int(self._seconds * 1000), keys)
        self._closing = asyncio.get_running_loop().call_later(self._seconds, self.close)
        self._changed()
        return self.window

    def close(self) -> None:
        """Show none any more."""
        if self._closing is not None:
            self._closing.cancel()
        if self.window is not None:
            self.window = None
            self._changed()

    def psks(self) -> tuple[bytes, ...]:
        """With which keys a machine may knock now."""
        return (self.window.code.psk,) if self.window is not None else ()

    async def receive(self, connection: Connection) -> None:
        """Speak with a machine where the code was typed, until it is certified, refused or gone."""
        async with self._one_at_a_time:
            window = self.window
            if window is None or connection.remote.psk != window.code.psk:
                await connection.close()
                return
            try:
                if window.keys is not None:
                    await self._certifier.certify(connection, window.code.purpose, window.keys, self._turn(window))
                else:
                    await self._be_stewarded(connection, window.code)
            except (InviteError, PeerError) as error:
                log.info("a device link came to nothing: %s", error.code)
                return
            if self.window is window:
                self.close()

    @contextlib.asynccontextmanager
    async def _turn(self, window: Window) -> AsyncIterator[None]:
        """A conversation may outlive the window that it began in; then nothing is signed any more."""
        if self.window is not window:
            raise CODE_OVER
        yield

    async def adopt(self, code: DeviceCode, address: str, keys: MemberKeys) -> Device:
        """Become steward of the machine that shows this code.

        Raises:
            NotPossible: this person cannot answer for a hub, or it is the hub of another network.
            InviteError: nobody answers to that code, or they refused.
        """
        self._must_steward(keys)
        if code.purpose is not Purpose.STEWARD:
            raise NotPossible(
                "This code is shown by a member's device: it is typed on the machine that is to join them.",
                next_step="There, type: meshnode join CODE",
            )
        if not code.is_for(self._replica.network):
            raise NotPossible("That hub belongs to another neighbourhood.")
        connection = await self._reach(code, address)
        try:
            device = await self._certifier.certify(connection, Purpose.HUB, keys)
        except PeerError as error:
            raise InviteError("The other machine went away in the middle.", next_step="Try again.") from error
        self._met(connection.remote.address)
        return device

    async def _be_stewarded(self, connection: Connection, code: DeviceCode) -> None:
        """On a hub: have one more established member answer for it."""
        replica = self._replica

        def may_answer(network: NetworkId, member: MemberId) -> bool:
            known = replica.membership.members.get(member)
            return network == replica.network and known is not None and known.established

        # Asked before anything is signed: whoever has this hub's signature can use it, whatever is said afterwards.
        certified = await ask(connection, code, replica.identity.device_keys, self._device_name, may_answer)
        await replica.accept(Lane.STATEMENTS, certified.statements, OURS)

    def _must_steward(self, keys: MemberKeys | None) -> None:
        member = self._replica.membership.members.get(keys.id) if keys else None
        if member is None or not may(member.role, Power.STEWARD):
            raise NotPossible(
                "You can answer for a hub once you are established: when two neighbours have vouched for you.",
                next_step="Ask an established neighbour to do it.",
            )
