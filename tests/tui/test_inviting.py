"""Letting people in on the screen: three words, a meeting's code, whose words were heard, and a reply under way."""

from __future__ import annotations

from pathlib import Path

from meshnode.cards.paper import card_of
from meshnode.platform import Paths, Roots
from tests.support.nodes import RunningNode
from tests.tui.conftest import QUIET
from tests.tui.stage import stage
from tui.dialogs.event import EventDialog
from tui.dialogs.windows import WindowsDialog
from tui.moments import Clock


async def address_of(node: RunningNode) -> str:
    return str((await node.ask("status"))["listening"][0])


async def test_three_words_stand_there_until_somebody_came(node: RunningNode, fresh_node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("i")
        await shown.sees("w = three words")
        await shown.press("w")
        await shown.sees("Say these three words", "for one person", "3 tries are left", "9:5")
        words = (await node.ask("window"))["words"]
        await shown.sees("   ".join(words))
        preview = await fresh_node.ask("preview", code=" ".join(words), address=await address_of(node))
        await shown.sees("The words matched.", "Esc = back; they can still say yes.")
        await fresh_node.ask("join", code=preview["code"], name="Bo", address=preview["address"])
        await shown.sees("Bo has come in.")


async def test_who_comes_back_with_a_key_card_over_the_words_is_told_of(node: RunningNode, short_path: Path) -> None:
    card = "\n".join(card_of(Paths("test", Roots.under(node.home)).keys, "Ana", "Maple Street").lines)
    async with stage(node.socket, clock=Clock()) as shown, RunningNode(short_path / "n", "n", settings=QUIET) as new:
        await shown.press("i", "w")
        await shown.sees("Say these three words")
        words = " ".join((await node.ask("window"))["words"])
        await new.ask("restore", card=card, code=words, address=await address_of(node))
        await shown.sees("Ana is back, on a new device, with their key card.")


async def test_words_are_good_only_while_they_stand_there(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("i", "w")
        await shown.sees("Say these three words")
        first = (await node.ask("window"))["words"]
        await shown.press("n")
        await shown.sees_not("   ".join(first))
        await node.ask("window_close")
        await shown.sees("These words are not good any more.", "n = new words")
        await shown.press("n")
        await shown.sees("Say these three words")
        await shown.press("escape")
        await shown.sees_not("three words")

        async def closed() -> bool:
            return bool((await node.ask("window"))["state"] == "closed")

        async def until_closed() -> None:
            while not await closed():
                await shown.pilot.pause(0.01)

        await until_closed()


async def test_a_meeting_shows_who_came_and_asks_whom_one_met(node: RunningNode, fresh_node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("i", "e")
        await shown.sees("For a meeting", "Nobody has come in yet.", "up to 30 people")
        (invite,) = (await node.ask("invites"))["invites"][:1]
        assert invite["uses"] == 30
        dialog = shown.app.screen
        assert isinstance(dialog, EventDialog)
        code = dialog._invite["short"]
        await fresh_node.ask("join", code=code, name="Bo", address=await address_of(node))
        await shown.sees("1 has come in:", "Bo", "I have met this person")
        await shown.press("v")
        await shown.sees("Have you met Bo?")
        await shown.press("y")
        await shown.sees("Bo ✓")


async def test_three_words_lead_in_from_the_welcome(node: RunningNode, fresh_node: RunningNode) -> None:
    words = " ".join((await node.ask("window_open"))["words"])
    async with stage(fresh_node.socket, (80, 40), clock=Clock()) as shown:
        await shown.press("2")
        await shown.sees("The code, or three words")
        for text in (words, "Bo", await address_of(node)):
            await shown.type(text)
            await shown.press("tab")
        await shown.press("enter")
        await shown.sees("Before you join Maple Street", "Ana invites you")
        await shown.press("escape")
        await shown.sees("Join with a code", "MESH1:")
        await shown.press("enter")
        await shown.sees("Before you join Maple Street")
        await shown.press("left", "enter")
        await shown.sees("Maple Street — Home")
    assert (await fresh_node.ask("status"))["me"]["name"] == "Bo"


async def test_of_several_windows_the_person_chooses(fresh_node: RunningNode) -> None:
    chosen: list[str | None] = []
    windows = [
        {"network": "Maple\x1b[2J Street", "address": "10.0.0.1:7001"},
        {"network": "Elm Street", "address": "10.0.0.2:7002"},
    ]
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        for keys, answer in ((("down", "enter"), "10.0.0.2:7002"), (("escape",), None)):
            shown.app.push_screen(WindowsDialog(windows), chosen.append)
            await shown.sees("Which neighbourhood?", "Maple[2J Street (10.0.0.1:7001)", "Elm Street (10.0.0.2:7002)")
            await shown.press(*keys)
            await shown.sees_not("Which neighbourhood?")
            assert chosen[-1] == answer


async def test_who_waits_for_a_reply_is_told_so(node: RunningNode, fresh_node: RunningNode) -> None:
    token = (await node.ask("invite", uses=1, days=1))["token"]
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        await shown.sees("Start a neighbourhood")
        await fresh_node.ask("join_apart", code=token, network="Maple Street", inviter="Ana", name="Bo")
        await shown.sees("You are waiting to be let in to Maple Street, as Bo.")


async def test_the_help_knows_both_ways(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        for typed, title in (("aloud", "Say these three words"), ("meeting", "For a meeting")):
            await shown.press("question_mark")
            await shown.type(typed)
            await shown.press("enter")
            await shown.sees(title)
            await shown.press("escape")
            await shown.sees_not(title)
