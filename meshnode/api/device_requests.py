"""Device requests: a person's devices, the neighbourhood's hubs, codes that make more of them, and giving one up.

Rules of this module:
1. What needs the member key takes it from this device, or from the card that came with the request: `card`.
2. Secrets go only into the reply to who asked for them, and a card into no log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol

from crdt.identifiers import DeviceId, Lane
from meshnode.api.arguments import id_of, optional_text, text
from meshnode.api.schema import Json
from meshnode.errors import BadInput, NotPossible
from meshnode.identity.words import device_words
from meshnode.joining.adoption import Adoption, Window
from meshnode.membership.device_codes import Purpose, expect_device_code
from meshnode.membership.fold import Device
from meshnode.membership.key_card import signing_keys
from meshnode.membership.kinds import DeviceKind
from meshnode.membership.statements import sign_device_drop
from meshnode.membership.trust_kinds import Why
from meshnode.peers.status import StatusBoard
from meshnode.replica.replica import OURS, Replica

PURPOSES = {"device": Purpose.DEVICE, "hub": Purpose.HUB, "steward": Purpose.STEWARD}


class OfDevices(Protocol):
    """What of a node these requests are about."""

    replica: Replica
    adoption: Adoption
    status_board: StatusBoard

    def addresses(self) -> list[str]: ...


class DeviceRequests:
    """The requests about devices and hubs."""

    NAMES: ClassVar[tuple[str, ...]] = ("devices", "device_code", "device_code_close", "hub_add", "device_drop")
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset({"device_code", "hub_add", "device_drop"})

    def __init__(self, inside: OfDevices) -> None:
        self._inside = inside
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {
            name: getattr(self, f"_{name}") for name in self.NAMES
        }

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            UsageError: it was refused.
        """
        return await self._answers[do](arguments)

    # -- what there is ----------------------------------------------------------------------------------------------

    async def _devices(self, _: Json) -> Json:
        identity = self._inside.replica.identity
        devices = self._inside.replica.membership.devices.values()
        shown = [self._shown(device) for device in devices if self._is_ours(device)]
        window = self._inside.adoption.window
        return {
            "devices": sorted(shown, key=lambda each: (each["kind"], each["state"], each["name"], each["words"])),
            "main": identity.member_keys is not None,
            "window": self._code(window) if window else None,
        }

    def _is_ours(self, device: Device) -> bool:
        """This person's devices, and everybody's hubs."""
        own = device.member is not None and device.member == self._inside.replica.identity.member
        return own or device.kind is DeviceKind.HUB

    def _shown(self, device: Device) -> Json:
        replica = self._inside.replica
        members, names = replica.membership.members, replica.profile_names()
        linked = {peer["device"]: peer["linked"] for peer in self._inside.status_board.peers()}
        return {
            "device": device.id.hex(),
            "name": device.name,
            "words": device_words(device.id),
            "kind": device.kind.value,
            "here": device.id == replica.identity.device,
            "state": device.state.value,
            "dropped": device.dropped.value if device.dropped else None,
            "linked": bool(linked.get(device.id.hex())),
            "stewards": [
                {"member": steward.hex(), "name": names.get(steward) or members[steward].name}
                for steward in device.stewards
                if steward in members
            ],
            "vouched": len(replica.membership.vouched_through(device.id)),
        }

    # -- more of them -----------------------------------------------------------------------------------------------

    async def _device_code(self, arguments: Json) -> Json:
        """Show a code from now on."""
        purpose = PURPOSES.get(str(arguments.get("purpose", "device")))
        if purpose is None:
            raise BadInput("A code is for a device, a hub or a steward.")
        identity = self._inside.replica.identity
        if purpose is Purpose.STEWARD:
            if identity.member is not None:
                raise NotPossible(
                    "This is a person's device; only a hub has stewards.",
                    next_step="Do it on the hub: meshnode hub setup",
                )
            return self._code(self._inside.adoption.open(purpose, None))
        keys = signing_keys(identity, optional_text(arguments, "card"))
        return self._code(self._inside.adoption.open(purpose, keys))

    def _code(self, window: Window) -> Json:
        purpose = next(name for name, purpose in PURPOSES.items() if purpose is window.code.purpose)
        return {
            "code": window.code.text(),
            "purpose": purpose,
            "until_ms": window.until_ms,
            "address": self._inside.addresses(),
        }

    async def _device_code_close(self, _: Json) -> Json:
        self._inside.adoption.close()
        return {}

    async def _hub_add(self, arguments: Json) -> Json:
        """Answer for the hub that shows a code."""
        code = expect_device_code(text(arguments, "code"))
        keys = signing_keys(self._inside.replica.identity, optional_text(arguments, "card"))
        address = optional_text(arguments, "address") or ""
        return self._shown(await self._inside.adoption.adopt(code, address, keys))

    # -- fewer of them ----------------------------------------------------------------------------------------------

    async def _device_drop(self, arguments: Json) -> Json:
        """Give a device up; everybody who is in on a word given through it stays."""
        replica = self._inside.replica
        try:
            why = Why(str(arguments.get("why", "")))
        except ValueError as error:
            raise BadInput("A device is given up because it is retired, lost or stolen.") from error
        device = replica.membership.devices.get(DeviceId(id_of(arguments, "device")))
        if device is None or not self._is_ours(device):
            raise NotPossible("That is no device of yours and no hub.", next_step="See `meshnode device list`.")
        if device.dropped is not None:
            raise NotPossible(f"{device.name} was given up already.")
        if device.id == replica.identity.device and device.kind is DeviceKind.PERSONAL:
            raise NotPossible(
                "This is the device you are using.",
                next_step="Give it up on another device of yours, or with your card.",
            )
        keys = signing_keys(replica.identity, optional_text(arguments, "card"))
        stays = replica.membership.vouched_through(device.id)
        statement = sign_device_drop(keys, replica.network, device.id, why, stays)
        await replica.accept(Lane.STATEMENTS, (statement,), OURS)
        now = replica.membership.devices[device.id]
        return self._shown(now) | {"stays": len(stays), "done": now.dropped is not None}
