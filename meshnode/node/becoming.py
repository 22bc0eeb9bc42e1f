"""Becoming: how a profile without a network becomes somebody's device, a hub, or its person again with a key card.

Rules of this module:
1. Keys of a device are new ones for each attempt, and are written down with what they were certified for: before a
   network knows them they are worth nothing, afterwards they are never replaced.
2. Looking (`preview`) changes nothing, here or there.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable

from crdt.display import display_line
from meshnode.api.schema import Json
from meshnode.config import Config
from meshnode.errors import BadInput, InviteError, MeshnodeError
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.spoken_words import looks_spoken
from meshnode.joining.candidate import Certified, ask, look
from meshnode.joining.device_dial import reach
from meshnode.joining.joining import Joining
from meshnode.membership.armour import read_address
from meshnode.membership.device_codes import DeviceCode, Purpose, read_device_code
from meshnode.membership.key_card import is_card_code, read_card
from meshnode.membership.kinds import DeviceKind
from meshnode.node.belonging import Belonging
from meshnode.node.hub_to_be import HubToBe, hub_name

log = logging.getLogger("meshnode.node")

Enter = Callable[[Identity, Belonging, str, int], Awaitable[None]]
"""Write the identity down and become a node of the network.

The address is where somebody of it was a moment ago, the port where this machine was; empty and 0 where not known.
"""

EFFECTS = {
    Purpose.DEVICE: (
        "This machine becomes a device of {person} in {network}.",
        "What is written here is written by {person}; all members can read it.",
        "The key that stands for {person} as a person stays on the other machine.",
    ),
    Purpose.HUB: (
        "This machine becomes a hub of {network}: a node that is always on and belongs to everybody.",
        "{person} answers for it. It has no vote, invites nobody, and can read nothing that is sealed.",
        "Whoever can use its screen can read all boards.",
    ),
}


class Becoming:
    """The ways of one profile into a network that need no new member."""

    def __init__(self, config: Config, clock: Callable[[], int], enter: Enter) -> None:
        self._config = config
        self._clock = clock
        self._enter = enter
        self._hub_to_be: HubToBe | None = None
        self._entering: asyncio.Task[None] | None = None

    async def preview(self, code: DeviceCode, address: str) -> Json:
        """What a device code leads to, before saying yes.

        Raises:
            InviteError: it is no such code, or nobody answers to it.
        """
        _typed_here(code)
        connection = await reach(code, DeviceKeys.generate(os.urandom), address, self._config.network.interfaces)
        seen = await look(connection, code)
        names = {"person": display_line(seen.person) or "a member", "network": display_line(seen.network)}
        return {
            "network": seen.network,
            "inviter": seen.person,
            "expires_ms": None,
            "becomes": "device" if code.purpose is Purpose.DEVICE else "hub",
            "effect": [sentence.format(**names) for sentence in EFFECTS[code.purpose]],
        }

    async def become(self, code: DeviceCode, address: str) -> None:
        """Become what a code says that another machine shows.

        Raises:
            InviteError: it is no such code, nobody answers to it, or they refused.
        """
        _typed_here(code)
        keys = DeviceKeys.generate(os.urandom)
        connection = await reach(code, keys, address, self._config.network.interfaces)
        name = hub_name(self._config) if code.purpose is Purpose.HUB else self._config.device.name
        certified = await ask(connection, code, keys, name)
        await self._take(certified, keys, certified.endpoint, 0)

    async def restore(self, card: str, code: str, address: str | None) -> None:
        """Be again the person whose key is on a card, with any open invite of a neighbour.

        Raises:
            BadInput: the card has a mistake.
            InviteError: the invite leads nowhere, or the card's person is no member there.
        """
        member = read_card(card)
        identity = Identity(DeviceKeys.generate(os.urandom), member.id, member)
        joining = Joining(identity, self._config, self._clock, os.urandom)
        joined = await joining.join(code, "", self._config.device.name, address, returns=True)
        belonging = Belonging(joined.network, (joined.epoch_key,), joined.statements)
        await self._enter(identity, belonging, joined.endpoint, 0)

    async def hub_setup(self, *, close: bool) -> Json:
        """Show a code that a steward types, until one has; or show it no more."""
        if close:
            await self.stop()
            return {}
        if self._hub_to_be is None or not self._hub_to_be.is_open:
            await self.stop()
            self._hub_to_be = HubToBe(self._config, self._clock, self._certified)
            await self._hub_to_be.start()
        shown = self._hub_to_be
        return {
            "code": shown.code.text(),
            "purpose": "steward",
            "until_ms": shown.until_ms,
            "address": shown.addresses(),
        }

    async def stop(self) -> None:
        """Show no code any more."""
        shown, self._hub_to_be = self._hub_to_be, None
        if shown is not None:
            await shown.stop()

    def _certified(self, certified: Certified, keys: DeviceKeys, port: int) -> None:
        self._entering = asyncio.create_task(self._become_hub(certified, keys, port))

    async def _become_hub(self, certified: Certified, keys: DeviceKeys, port: int) -> None:
        await self.stop()
        try:
            await self._take(certified, keys, "", port)
        except MeshnodeError as error:
            log.warning("this machine was certified as a hub and did not become one: %s", error)

    async def _take(self, certified: Certified, keys: DeviceKeys, endpoint: str, port: int) -> None:
        member = certified.member if certified.kind is DeviceKind.PERSONAL else None
        belonging = Belonging(certified.network, (certified.epoch_key,), certified.statements)
        await self._enter(Identity(keys, member), belonging, endpoint, port)


def device_code_in(text: str) -> DeviceCode | None:
    """The device code in what somebody typed; None where it is spoken words, or an invite.

    Raises:
        DamagedCode: it is nothing of all that.
        BadInput: it is a key card.
    """
    if is_card_code(text):
        raise BadInput(
            "This is the code of a key card, not an invite: show it to nobody.",
            next_step="To be its member again, ask a neighbour for an invite: `meshnode card restore INVITE`.",
        )
    return None if looks_spoken(text) else read_device_code(text)


def typed_address(code: str, address: str | None) -> str:
    """Where to look: the address that was given, or the one behind the code."""
    return address or read_address(code)


def _typed_here(code: DeviceCode) -> None:
    """Whether a code is one to type on the machine that is to become something.

    Raises:
        InviteError: it is shown by a hub.
    """
    if code.purpose is Purpose.STEWARD:
        raise InviteError(
            "This code is shown by a hub: a steward types it on a device of theirs.",
            next_step="There, type: meshnode hub add CODE",
        )
