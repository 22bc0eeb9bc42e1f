"""At a hub's screen, by keys on a real hub: who acts is asked first, and told with the hub everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.nodes import RunningNode
from tests.support.people import maple_street
from tests.support.settled import settled_hub
from tests.tui.stage import TERMINAL, Stage, stage
from tui.held import Held
from tui.moments import Clock

ELM = "elm hub"
KIOSK = {**TERMINAL, "MESH_KIOSK": "1"}
BO, DEVICE = "bb" * 32, "ee" * 32


@pytest.fixture
async def elm(short_path: Path) -> AsyncIterator[RunningNode]:
    """A hub that alice answers for; bob is a member, too."""
    street = maple_street(2)
    street.hub(ELM, "alice")
    async with settled_hub(short_path, ELM, street) as node:
        yield node


async def asked(shown: Stage, what: str, *keys: str) -> None:
    """A key that asks who one is; then the answer."""
    await shown.sees(f"{what}: who are you?")
    for each in keys:
        if len(each) > 1 and each not in {"enter", "down", "escape", "ctrl+r"}:
            await shown.type(each)
        else:
            await shown.press(each)


async def the_task(node: RunningNode) -> dict[str, Any]:
    (task,) = await node.tasks()
    return task


async def test_every_action_asks_first_on_a_kiosk(elm: RunningNode) -> None:
    async with stage(elm.socket, clock=Clock(), environ=KIOSK) as shown:
        await shown.press("n")
        await asked(shown, "Add a task")
        await shown.sees("Alice", "Bob", "Asked every time.")
        await shown.type("Mo")
        await shown.sees("Mo (here without a key of their own)")
        await shown.press("ctrl+r", "enter")
        await shown.sees("Title")
        await shown.type("Fix the gate")
        await shown.press("enter")
        await shown.sees("Written down: Fix the gate")
        await shown.press("c")
        await asked(shown, "Claim: Fix the gate", "bo", "enter")
        await shown.sees("You claimed: Fix the gate", "@Bob, at elm hub")
        assert (await the_task(elm))["claims"][0]["at"]
        await shown.press("c")
        await asked(shown, "Claim: Fix the gate", "bob", "enter")
        await shown.sees("You have claimed this task already")
        await shown.press("p")
        await asked(shown, "Pass on: Fix the gate", "escape")
        await shown.sees_not("who are you?")
        assert (await the_task(elm))["status"] == "claimed", "nobody answered, so nothing was done"
        await shown.press("enter")
        await shown.sees("Bob, at elm hub claimed it", "Mo, at elm hub wrote this card")


async def test_one_is_remembered_until_the_screen_closes(elm: RunningNode) -> None:
    async with stage(elm.socket, clock=Clock()) as shown:
        await shown.press("n")
        await asked(shown, "Add a task")
        await shown.sees("Remembered until this screen closes")
        await shown.press("ctrl+r")
        await shown.sees("Only this once")
        await shown.type("mo")
        await shown.press("enter")
        await shown.sees("Title")
        await shown.type("Soup")
        await shown.press("enter")
        await shown.sees("Written down: Soup")
        await shown.press("c")
        await asked(shown, "Claim: Soup", "down", "enter")
        await shown.sees("You claimed: Soup", "(Bob)")
        await shown.press("u")
        await shown.sees("Undone (U = redo): Soup")
        await shown.press("U")
        await shown.sees("Done again: Soup", "@Bob, at elm hub")
        await shown.press("question_mark")
        await shown.type("somebody else acts")
        await shown.sees("Somebody else acts now")
        await shown.press("enter")
        await shown.sees("is asked who they are")
        await shown.press("u")
        await asked(shown, "Undo: Soup", "mo", "enter")
        await shown.sees("Undone (U = redo): Soup")
        assert (await the_task(elm))["status"] == "aside", "Mo's last change was writing it down"


async def test_a_card_says_who_did_what_where(elm: RunningNode) -> None:
    mo = {"as": {"name": "Mo"}}
    record = (await elm.ask("act", action="task.add", arguments={"title": "Gate"}, **mo))["record"]
    await elm.ask("act", action="task.check_add", record=record, arguments={"text": "Hinges"}, **mo)
    async with stage(elm.socket, clock=Clock(), environ=KIOSK) as shown:
        await shown.sees("Gate")
        await shown.press("enter")
        await shown.sees("[ ] Hinges")
        await shown.press("space")
        await asked(shown, "Tick: Gate", "Mo", "enter")
        await shown.sees("Hinges (Mo, at elm hub)")
        await shown.press("x")
        await asked(shown, "Set aside: Gate", "alice", "enter")
        await shown.sees("SET ASIDE", "Alice, at elm hub set it aside", "Mo, at elm hub added to the checklist")
    assert (await elm.ask("history", record=record))["entries"][0]["by"]


async def test_there_is_room_to_answer_on_a_small_screen(elm: RunningNode) -> None:
    async with stage(elm.socket, (50, 15), clock=Clock(), environ=KIOSK) as shown:
        await shown.press("n")
        await shown.sees("Add a task: who are you?", "Alice", "Bob", "Asked every time.")
        await shown.type("zo")
        await shown.sees_not("Alice")
        await shown.press("enter")
        await shown.sees("Title")


async def test_what_is_for_ones_own_device_is_said_at_once(elm: RunningNode) -> None:
    async with stage(elm.socket, clock=Clock()) as shown:
        await shown.press("question_mark")
        await shown.type("edit my profile")
        await shown.sees("(not now)")
        await shown.press("enter")
        await shown.sees("Do it on a device of your own.")


@pytest.mark.parametrize(
    ("entry", "who"),
    [
        ({"by": BO, "at": DEVICE, "device": DEVICE, "member": ""}, "Bo, at Elm hub"),
        ({"by": "Mo\x1b[2J", "at": DEVICE}, "Mo[2J, at Elm hub"),
        ({"by": "cc" * 32, "at": "nothing"}, "someone, at a device unknown here"),
        ({"device": DEVICE, "member": ""}, "Elm hub"),
        ({"member": BO}, "Bo"),
        ({}, "someone"),
    ],
)
def test_who_is_told(entry: dict[str, Any], who: str) -> None:
    held = Held(members={BO: {"name": "Bo"}}, devices={DEVICE: {"name": "Elm hub", "kind": "hub", "member": None}})
    assert held.who(entry) == who


def test_only_who_belongs_now_is_offered() -> None:
    members: dict[str, dict[str, Any]]
    members = {"aa": {"name": "zoe"}, "bb": {"name": "Ana", "current": True}, "cc": {"name": "Bo", "current": False}}
    assert Held(members=members).people() == [("bb", "Ana"), ("aa", "zoe")]
