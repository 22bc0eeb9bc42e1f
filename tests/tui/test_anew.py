"""A new start on the screen: whom, what and why, its effect before the yes, and nothing before that."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshnode.errors import MeshnodeError
from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import Stage, stage
from tui.moments import Clock
from tui.outcome import NewStart, Outcome


def read(shown: Stage) -> str:
    """What stands on the screen as running text, without frames."""
    return " ".join(shown.text().replace("┃", " ").split())


async def at_the_promise(shown: Stage) -> None:
    await shown.press("8", "m")
    await shown.sees("Who belongs to", "(you)")
    await shown.press("A")
    await shown.sees("Whom do you ask along?", "[ ] Bo", "Nothing happens")
    await shown.press("enter")
    await shown.sees("Nobody is marked yet")
    await shown.press("space")
    await shown.sees("[x] Bo", "Space = mark or unmark")
    await shown.press("enter")
    await shown.sees("Start anew with Bo")
    await shown.type("Elm Street")
    await shown.press("tab")
    await shown.type("In peace")
    await shown.press("enter")
    await shown.sees("Before you start Elm Street")


def started(shown: Stage) -> NewStart | None:
    return shown.app.new_start


async def test_what_it_does_is_read_before_a_yes_of_two_keys(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo), stage(ana.socket, (80, 40), clock=Clock()) as shown:
        await at_the_promise(shown)
        said = read(shown)
        assert "so is Maple Street" in said or "so does Maple Street" in said
        assert "Bo: with your reason, and an invitation" in said
        assert "Why: In peace" in said
        assert "Nobody else in Maple Street gets a word about it." in said
        assert "whose devices you asked" in said
        await shown.press("enter")
        await shown.sees_not("Before you start Elm Street")
        assert not started(shown)
        await shown.press("A")
        await shown.sees("[x] Bo")
        await shown.press("enter")
        await shown.sees("What you typed before is still here.", "Elm Street", "In peace")
        await shown.press("enter")
        await shown.sees("Before you start Elm Street")
        await shown.press("left", "enter")
        await shown.until(lambda: shown.app.return_value, "the screen closes")
        assert shown.app.return_value is Outcome.ANEW
        [member] = [each["id"] for each in (await ana.ask("members"))["members"] if each["name"] == "Bo"]
        assert started(shown) == NewStart("Elm Street", (member,), "In peace")
        assert (await bo.ask("refounds"))["refounds"] == []


async def test_what_the_node_would_refuse_is_said_in_the_form(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, _), stage(ana.socket, clock=Clock()) as shown:
        await shown.press("question_mark")
        await shown.type("start anew")
        await shown.sees("Start anew with people you name")
        await shown.press("enter")
        await shown.sees("[ ] Bo")
        await shown.press("space", "enter")
        await shown.sees("Start anew with Bo")
        await shown.press("enter")
        await shown.sees("The name is missing.")
        await shown.type("x" * 65)
        await shown.press("enter")
        await shown.sees("The new neighbourhood's name is too long.")


async def test_whoever_is_alone_is_told_what_to_do_instead(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("8", "m")
        await shown.sees("(you)")
        await shown.press("A")
        await shown.sees("There is nobody here whom you could ask along.")


async def test_nothing_is_founded_for_what_would_be_refused(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, _):
        members = [each["id"] for each in (await ana.ask("members"))["members"] if each["name"] == "Bo"]
        wrongs: list[dict[str, object]] = [{"reason": "x" * 501}, {"name": " "}, {"members": []}]
        for wrong in wrongs:
            request = {"name": "Elm", "reason": "", "members": members} | wrong
            with pytest.raises(MeshnodeError) as refused:
                await ana.ask("refound_check", **request)
            assert refused.value.what_next, wrong
        assert (await ana.ask("refound_check", name=" Elm ", members=members)) == {"name": "Elm", "hear": members}


async def test_the_new_place_says_what_came_of_it(node: RunningNode) -> None:
    begun = {"name": "Elm", "old": "Maple", "profile": "elm", "copied": 1, "told": ["Bo"], "by_hand": [["Cy", "MESH9"]]}
    async with stage(node.socket, clock=Clock(), place="home", begun=begun) as shown:
        await shown.sees("Elm is there", "1 task is copied.", "Asked along: Bo.", "Cy: MESH9", "--profile elm run")
        await shown.press("enter")
        await shown.sees_not("Elm is there")
