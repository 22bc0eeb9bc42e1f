"""Offers and requests on the screen, on real nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import stage
from tui.moments import Clock
from tui.screens.entry import EntryScreen


async def test_a_request_is_written_answered_and_accepted_on_two_screens(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        await bo.act("listing.add", side="offer", title="Ladder of 3 m", window="Saturday")
        async with (
            stage(ana.socket, (100, 30), clock=Clock(), place="asks") as one,
            stage(bo.socket, (100, 30), clock=Clock(), place="asks") as two,
        ):
            await one.sees("ASKED FOR 0", "OFFERED 1", "Ladder of 3 m", "Nobody is asking right now.")
            await one.press("n")
            await one.sees("Offer or ask")
            await one.type("request")
            await one.press("tab")
            await one.type("A ladder")
            await one.press("enter")
            await one.sees("ASKED FOR 1", "fits: Ladder of 3 m", "both say 'ladder'")
            await two.sees("ASKED FOR 1", "A ladder")
            await two.press("home", "c")
            await two.sees("Answer: A ladder")
            await two.type("Come by")
            await two.press("tab", "enter")
            await one.sees("1 answer")
            await one.press("home", "a")
            await one.sees("Accept")
            await one.press("enter")
            await one.sees("matched")


async def test_the_card_of_a_listing_says_everything_and_offers_what_can_be_done(node: RunningNode) -> None:
    await node.act("listing.add", side="offer", title="Knitting", what="skill", details="Bring wool.", place="Kitchen")
    async with stage(node.socket, (100, 30), clock=Clock(), place="asks") as shown:
        await shown.press("enter")
        await shown.sees("Knitting", "Bring wool.", "Kitchen", "History")
        assert isinstance(shown.app.screen, EntryScreen)
        await shown.press("d")
        await shown.sees("Withdraw: Take it off the board", "Answer: not now. This is your own.")
        await shown.press("escape", "e")
        await shown.sees("Edit: Knitting")
        await shown.press("escape", "escape")
        await shown.sees("Offers and requests")


async def test_what_is_about_to_end_is_asked_about(node: RunningNode) -> None:
    await node.act("listing.add", side="offer", title="Soup", what="food", until="tomorrow")
    async with stage(node.socket, (80, 24), clock=Clock(), place="asks") as shown:
        await shown.sees("Still true?  Soup", "r = yes")
        await shown.press("home", "r")
        await shown.until(
            lambda: "tomorrow" not in shown.text() or "Still true: Soup" in shown.text(), "it stands for another while"
        )


@pytest.mark.parametrize("size", [(50, 15), (64, 24), (80, 24), (120, 40)])
async def test_offers_fit_every_size_and_can_be_searched(node: RunningNode, size: tuple[int, int]) -> None:
    await node.act("listing.add", side="offer", title="A very long title about many things " * 4)
    await node.act("listing.add", side="request", title="Flour")
    async with stage(node.socket, size, clock=Clock(), place="asks") as shown:
        await shown.sees("ASKED FOR 1", "Flour")
        assert all(len(line) <= size[0] for line in shown.lines())
        await shown.press("slash")
        await shown.type("flour")
        await shown.sees("OFFERED 0")
        await shown.press("escape")
        await shown.sees("ASKED FOR 1")


async def test_home_counts_who_asks_and_leads_there(node: RunningNode) -> None:
    await node.act("listing.add", side="request", title="Flour")
    async with stage(node.socket, clock=Clock(), place="home") as shown:
        await shown.sees("NEIGHBOUR ASKING", "Flour")
        await shown.press("4")
        await shown.sees("ASKED FOR 1")
