"""The key card on the screen: shown, kept, checked, and coming back with it, on real nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshnode.cards.paper import card_of
from meshnode.platform import Paths, Roots
from tests.support.nodes import RunningNode
from tests.tui.conftest import QUIET
from tests.tui.stage import Stage, stage
from tui.dialogs.card_paper import CardPaper
from tui.moments import Clock


def keys_of(node: RunningNode) -> Path:
    return Paths("test", Roots.under(node.home)).keys


async def type_card(shown: Stage, lines: tuple[str, ...]) -> None:
    for number, line in enumerate(lines, 1):
        await shown.sees(f"Line {number} of 8")
        await shown.type(line)
        await shown.press("enter")


async def test_the_card_is_shown_after_a_yes_and_kept_in_a_file_of_ones_own(node: RunningNode, tmp_path: Path) -> None:
    card = card_of(keys_of(node), "Ana", "Maple Street")
    async with stage(node.socket, clock=Clock(), place="net", keys_folder=keys_of(node)) as shown:
        await shown.press("d", "p")
        await shown.sees("Whoever has this card can act as you", "Show it now?")
        await shown.press("n")
        assert not any(line in shown.text() for line in card.lines)
        await shown.press("p", "y")
        await shown.sees("Key card of Ana", *card.lines)
        await shown.press("f")
        await shown.sees("The key card into a file")
        path = tmp_path / "card.txt"
        shown.app.screen.query("LineEntry").first().value = str(path)  # type: ignore[attr-defined]
        await shown.press("enter")
        await shown.until(path.exists, "the file")
        await shown.sees_not("The key card into a file")
        assert not any(line in shown.text() for line in card.lines)
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(line in path.read_text() for line in card.lines)


async def test_what_was_written_down_is_checked_line_by_line(node: RunningNode) -> None:
    card = card_of(keys_of(node), "Ana", "Maple Street")
    async with stage(node.socket, clock=Clock(), place="net", keys_folder=keys_of(node)) as shown:
        await shown.press("d", "c")
        await shown.sees("Line 1 of 8")
        await shown.type("four wrong words here")
        await shown.press("enter")
        await shown.sees("Line 1", "is no word of a card")
        shown.app.screen.query("LineEntry").first().value = ""  # type: ignore[attr-defined]
        await type_card(shown, card.lines)
        await shown.sees("The card is right: it is yours")


async def test_where_the_key_is_elsewhere_the_card_is_not_shown(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock(), place="net") as shown:
        await shown.press("d", "p")
        await shown.sees("meshnode card print")
        assert not isinstance(shown.app.screen, CardPaper)


async def test_one_comes_back_with_the_card_on_a_new_machine(node: RunningNode, short_path: Path) -> None:
    card = card_of(keys_of(node), "Ana", "Maple Street")
    invite = await node.ask("invite")
    address = (await node.ask("status"))["listening"][0]
    async with RunningNode(short_path / "new", "new", settings=QUIET) as new:
        async with stage(new.socket, (80, 30), clock=Clock(), keys_folder=keys_of(new)) as shown:
            await shown.press("7")
            await shown.sees("Be yourself again")
            code, where = shown.app.screen.query("LineEntry")
            code.value, where.value = invite["short"], address  # type: ignore[attr-defined]
            await shown.press("enter")
            await shown.sees("Back to Maple Street", "Line 1 of 8")
            await type_card(shown, card.lines)
            await shown.sees("You are again the member of Maple Street", "Yes, it is me")
            await shown.press("left", "enter")
            await shown.sees("Maple Street — Home")
        assert (await new.ask("status"))["me"]["name"] == "Ana"


@pytest.mark.parametrize("typed", ["", "nonsense"])
async def test_without_an_invite_it_says_what_is_missing(fresh_node: RunningNode, typed: str) -> None:
    async with stage(fresh_node.socket, (80, 30), clock=Clock()) as shown:
        await shown.press("7")
        await shown.type(typed)
        await shown.press("enter")
        await shown.until(lambda: any(word in shown.text() for word in ("Please fill in", "code", "missing")), "why")
        await shown.sees("Be yourself again")
