"""The members' place on real nodes: who belongs, and every decision with its question first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.nodes import RunningNode, join
from tests.tui.conftest import QUIET
from tests.tui.pair import two_neighbours
from tests.tui.stage import Stage, stage
from tests.tui.street import Street
from tui.moments import Clock
from tui.outcome import Outcome


async def member(node: RunningNode, name: str) -> dict[str, Any]:
    """What the node says of one person."""
    members = (await node.ask("members"))["members"]
    found: dict[str, Any] = next(each for each in members if each["name"] == name)
    return found


async def at_bos_line(shown: Stage) -> None:
    await shown.press("8", "m")
    await shown.sees("Who belongs to", "(you)", "established")
    await shown.press("down")
    await shown.sees("I have met them")


async def test_a_word_is_given_after_a_yes_only(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo), RunningNode(short_path / "d", "dee", settings=QUIET) as dee:
        await join(bo, dee, "Dee", address=(await bo.ask("status"))["listening"][0])
        async with stage(ana.socket, (110, 30), clock=Clock()) as shown:
            await shown.press("8", "m")
            await shown.sees("newcomer", "The word of a second neighbour who has met them makes them established")
            await shown.press("down", "v")
            await shown.sees("Have you met Bo?", "All members see it")
            await shown.press("enter")
            await shown.sees_not("Have you met Bo?")
            await shown.press("v", "y")
            await shown.sees("Your word for Bo is written down.")
            await shown.press("v", "y")
            await shown.sees("You already stand for Bo.")
            await shown.press("down", "v")
            await shown.sees("Have you met Dee?")
            assert not (await member(ana, "Dee"))["vouched_by"][0]["by_hand"]
            await shown.press("y")
            await shown.sees("Your word for Dee is written down.", "Ana has met Dee, invited by Bo")
            await shown.sees_not("newcomer")


async def test_blocking_is_mine_alone_and_ends(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo), stage(ana.socket, clock=Clock()) as shown:
        await at_bos_line(shown)
        await shown.press("b")
        await shown.sees("Block Bo on this node?", "nobody is told")
        await shown.press("y")
        await shown.sees("blocked by you")
        assert not any(each["blocked"] for each in (await bo.ask("members"))["members"])
        await shown.press("b")
        await shown.sees("This node links with Bo again.")
        assert not (await member(ana, "Bo"))["blocked"]


async def test_everybody_is_asked_with_a_reason(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo), stage(ana.socket, (100, 30), clock=Clock()) as shown:
        await at_bos_line(shown)
        await shown.press("P")
        await shown.sees("Why? (everybody reads this, Bo too)")
        await shown.type("He keeps the key")
        await shown.press("enter")
        await shown.sees("Have you spoken with Bo")
        assert (await ana.ask("members"))["petitions"] == []
        await shown.press("y")
        await shown.sees(
            "to part with Bo.", "Why: He keeps the key", "2 more yes and it takes effect.", "You said yes."
        )
        await shown.press("up", "up", "n")
        await shown.sees("Say no to parting with Bo?")
        await shown.press("y")
        await shown.sees("You said no.", "Yes: nobody")

        async def heard() -> bool:
            return [each["no"] for each in (await bo.ask("members"))["petitions"]] == [["Ana"]]

        await bo.until("Bo's node knows of it", heard)


async def test_somebody_it_is_about_reads_so_and_has_no_keys_for_it(street: Street) -> None:
    first = street.members["petitions"][0]
    street.members = street.members | {"petitions": [first | {"about_me": True}]}
    async with stage(street.socket) as shown:
        await shown.press("8", "m")
        await shown.sees("This is about you", "to part with Kai.")
        await shown.press("home", "y")
        await shown.pilot.pause()
        assert "Say yes" not in shown.text()


async def test_what_is_held_back_is_asked_about(street: Street) -> None:
    street.members = street.members | {"brake": {"waiting": [{"name": "Gus"}, {"name": "Mo"}]}}
    async with stage(street.socket, (100, 30)) as shown:
        await shown.press("8", "m")
        await shown.sees("Many people are to be removed at once: Gus, Mo.")
        await shown.press("home", "f")
        await shown.sees("So many at once?", "Gus, Mo", "Follow it now?")


async def test_whoever_is_asked_along_says_yes_on_the_screen(street: Street) -> None:
    street.refounds = [{"id": "aa", "name": "Elm Street", "by": "Lena", "asked": True}, {"id": "bb", "asked": False}]
    async with stage(street.socket, (100, 30)) as shown:
        await shown.press("8", "m")
        await shown.sees("Lena asks you along to Elm Street.")
        await shown.press("home", "c")
        await shown.sees("Come along to Elm Street?", "usual questions")
        await shown.press("y")
        await shown.pilot.pause()
        assert shown.app.return_value is Outcome.ALONG
