"""The devices' place and the two other ways in, on real nodes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.support.nodes import RunningNode, found
from tests.tui.conftest import QUIET
from tests.tui.stage import PATIENCE_SECONDS, stage
from tui.moments import Clock

SIZE = (110, 34)


def machine(folder: Path, name: str) -> RunningNode:
    return RunningNode(folder / name[:3], name, settings=f'{QUIET}[device]\nname = "{name}"\n')


async def code_of(node: RunningNode) -> dict[str, Any]:
    """The code that a node shows now."""
    window: dict[str, Any] = (await node.ask("devices"))["window"]
    return window


async def test_another_device_is_added_with_the_code_on_the_screen_and_given_up(short_path: Path) -> None:
    async with machine(short_path, "desk") as ana, machine(short_path, "kitchen") as kitchen:
        await found(ana)
        async with stage(ana.socket, SIZE, clock=Clock()) as shown:
            await shown.press("8", "d")
            await shown.sees("Your devices", "desk", "this one", "There is none yet")
            await shown.press("a")
            await shown.sees("Another device of yours", "Good once, for 9 min")
            code = await code_of(ana)
            address = (await ana.ask("status"))["listening"][0]
            async with stage(kitchen.socket, SIZE, clock=Clock()) as other:
                await other.press("4")
                await other.sees("The code that your main device shows")
                await other.type(f"{code['code']}/{address}")
                await other.press("enter")
                await other.sees("Before this is Ana's device", "This machine becomes a device of Ana in Maple Street")
                await other.press("left", "enter")
                await other.sees("Maple Street", "Board")
            await shown.sees("Now yours: kitchen", "Same words there?")
            assert (await kitchen.ask("status"))["me"]["name"] == "Ana"
            await shown.press("escape", "8", "d", "down", "x")
            await shown.sees("What became of kitchen", "nobody can wipe it from afar")
            await shown.press("enter")
            await shown.sees_not("What became of kitchen")
            await shown.press("x", "right", "right", "enter")
            await shown.sees("is given up", "lost")


async def test_closing_the_window_ends_the_code(short_path: Path) -> None:
    async with machine(short_path, "desk") as ana:
        await found(ana)
        async with stage(ana.socket, SIZE, clock=Clock()) as shown:
            await shown.press("8", "d", "h")
            await shown.sees("leave it empty to show one here")
            await shown.press("enter")
            await shown.sees("meshnode hub setup")
            assert (await code_of(ana))["purpose"] == "hub"
            await shown.press("escape")
            await shown.sees_not("meshnode hub setup")
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await code_of(ana) is not None:
                    await shown.pilot.pause(0.01)


async def test_a_machine_shows_its_code_until_a_steward_types_it(short_path: Path) -> None:
    async with machine(short_path, "desk") as ana, machine(short_path, "Elm hub") as pi:
        await found(ana)
        async with stage(pi.socket, SIZE, clock=Clock()) as hub, stage(ana.socket, SIZE, clock=Clock()) as shown:
            await hub.press("5")
            await hub.sees("This machine becomes a hub", "Good once, for 9 min")
            code = await pi.ask("hub_setup")
            await shown.press("8", "d", "h")
            await shown.sees("The code that the hub shows")
            await shown.type(f"{code['code']}/{code['address'][0]}")
            await shown.press("enter")
            await shown.sees("Elm hub", "Ana answers for it")
            await hub.sees("Maple Street", "Board")
