"""The first start on real nodes: starting a neighbourhood, joining one, and not going further without a yes."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.support.nodes import RunningNode
from tests.tui.stage import Stage, stage
from tui.moments import Clock
from tui.outcome import Outcome


async def fill_in_found(shown: Stage) -> None:
    await shown.sees("Start a neighbourhood")
    await shown.press("enter")
    await shown.sees("What shall the neighbourhood be called?")
    await shown.type("Maple Street")
    await shown.press("tab")
    await shown.type("Ana")
    await shown.press("enter")
    await shown.sees("Before you start Maple Street", "What your neighbours will see")


async def test_a_neighbourhood_is_started(fresh_node: RunningNode) -> None:
    async with stage(fresh_node.socket, (80, 40), clock=Clock()) as shown:
        await fill_in_found(shown)
        await shown.sees("What a thief of this machine could read", "What cannot be taken back")
        await shown.press("left", "enter")
        await shown.sees("Maple Street — Home", "Nothing is at hand")
        status = await fresh_node.ask("status")
        assert (status["network"]["name"], status["me"]["name"]) == ("Maple Street", "Ana")
        await shown.press("8")
        await shown.sees("You are Ana", "No other node yet")


async def test_without_a_yes_nothing_begins(fresh_node: RunningNode) -> None:
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        await fill_in_found(shown)
        await shown.press("enter")
        await shown.sees("What shall the neighbourhood be called?", "Maple Street", "Ana")
        await shown.press("escape")
        await shown.sees("Welcome to meshnode")
        assert (await fresh_node.ask("status"))["state"] == "outside"


async def test_what_is_missing_is_asked_for(fresh_node: RunningNode) -> None:
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        await shown.press("2", "enter")
        await shown.sees("Please fill in: The code")
        await shown.type("MESH1:NONSENSE")
        await shown.press("tab")
        await shown.type("Bo")
        await shown.press("enter")
        await shown.sees("This code is damaged", "MESH1:NONSENSE")


async def test_the_help_names_the_three_ways_and_no_places_beyond(fresh_node: RunningNode) -> None:
    async with stage(fresh_node.socket, (80, 40), clock=Clock()) as shown:
        await shown.sees("q Quit")
        await shown.press("question_mark")
        await shown.sees("1        Start a neighbourhood", "2        Join with a code", "3        Look around first")
        assert not any(place in shown.text() for place in ("3        Board", "8        Neighbours"))


async def test_the_demo_is_for_the_one_who_started_the_screen(fresh_node: RunningNode) -> None:
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        await shown.press("3")
        await shown.pilot.pause()
        assert shown.app.return_value is Outcome.DEMO


async def test_a_code_leads_in_after_its_preview(short_path: Path, node: RunningNode, fresh_node: RunningNode) -> None:
    await node.add("Fix the gate")
    invite = await node.ask("invite", uses=1, days=2)
    async with stage(fresh_node.socket, (80, 40), clock=Clock()) as shown:
        await shown.press("2")
        for text in (invite["short"], "Bo", (await node.ask("status"))["listening"][0]):
            await shown.type(text)
            await shown.press("tab")
        await shown.press("enter")
        await shown.sees("Before you join Maple Street", "Ana invites you")
        assert (await fresh_node.ask("status"))["state"] == "outside"
        await shown.press("left", "enter")
        await shown.sees("Maple Street — Home", "Fix the gate")
    assert (await fresh_node.ask("status"))["me"]["name"] == "Bo"


async def test_a_code_of_several_lines_is_pasted_whole(fresh_node: RunningNode) -> None:
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        await shown.press("2")
        await shown.sees("Join with a code")
        shown.app.post_message(events.Paste("MESH1: AGBVS UGIAM  \n\n   HLF5P NGKWF\r\nKCRF6 F7M\n"))
        await shown.sees("MESH1: AGBVS UGIAM HLF5P NGKWF KCRF6 F7M")


async def test_leaving_says_what_it_means_and_thanks(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("question_mark")
        await shown.type("leave this")
        await shown.press("enter")
        await shown.sees("A copy of everything to take along")
        await shown.press("enter")
        await shown.sees("Leave Maple Street?", "No reason is asked.", "y = yes   Enter, Esc or n = no")
        await shown.press("enter")
        await shown.sees_not("Leave Maple Street?")
        assert not (await node.ask("status"))["me"]["left"]
        await shown.press("question_mark")
        await shown.type("leave this")
        await shown.press("enter")
        await shown.sees("A copy of everything to take along")
        await shown.press("enter")
        await shown.sees("No reason is asked.")
        await shown.press("y")
        await shown.sees("Goodbye")
        await shown.press("enter")
        await shown.pilot.pause()
        assert shown.app.return_value is Outcome.LEFT
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("YOU HAVE LEFT - read only")
