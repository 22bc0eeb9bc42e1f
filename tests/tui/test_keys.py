"""By keyboard alone: portable keys, every action within reach, the cursor where the selection is, Esc always home."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from textual import events
from textual.binding import Binding

from crdt.actions import ACTIONS
from tests.tui.stage import Stage, stage
from tests.tui.street import BRAKE, TASKS, Street, StreetClock, record, task
from tui import keymap
from tui.dialogs.palette import Palette
from tui.outcome import Outcome
from tui.screens.board import BoardScreen
from tui.screens.home import HomeScreen

PORTABLE = (
    {f"f{number}" for number in range(1, 13)}
    | {f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"}
    | {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"}
    | {"enter", "escape", "space", "tab", "backspace"}
    | {"question_mark", "colon", "slash", "left_square_bracket", "right_square_bracket", "plus"}
    | {"exclamation_mark", "less_than_sign", "greater_than_sign"}
    | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
)
LISTS = [
    *(keymap.EVERYWHERE, keymap.BOARD_KEYS, keymap.CARD_KEYS, keymap.NET_KEYS, keymap.WELCOME_KEYS),
    *(keymap.HOME_KEYS, keymap.ASKS_KEYS, keymap.ENTRY_KEYS, keymap.ROLL_KEYS, keymap.ALARM_KEYS, keymap.WEEK_KEYS),
]


@pytest.mark.parametrize("keys", LISTS)
def test_only_keys_that_every_terminal_has(keys: list[Binding]) -> None:
    assert {key for binding in keys for key in binding.key.split(",")} <= PORTABLE
    ids = [binding.id for binding in keys]
    assert None not in ids
    assert len(set(ids)) == len(ids)


def test_numbers_of_places_are_reserved() -> None:
    taken = {key for keys in LISTS[:4] for binding in keys for key in binding.key.split(",") if key.isdigit()}  # type: ignore[union-attr]
    assert taken == {"1", "2", "3", "4", "5", "8"}


def under_cursor(shown: Stage) -> str:
    column, row = shown.app.cursor_position
    return shown.lines()[row][column:]


async def test_the_cursor_lies_on_the_selected_card(street: Street) -> None:
    async with stage(street.socket) as shown:
        board = shown.app.screen
        assert isinstance(board, BoardScreen)
        for key in ("down", "j", "end", "k", "right", "home", "pagedown", "l", "left", "pageup", "right", "right"):
            await shown.press(key)
            await shown.pilot.pause()
            title = shown.app.held.records[board.card or ""]["title"]
            assert under_cursor(shown)[1:].startswith(title[:8]), key


async def test_the_cursor_lies_on_the_selected_line(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("right", "right", "enter")
        await shown.sees("TWO VERSIONS")
        seen = []
        for _ in range(30):
            seen.append(under_cursor(shown).strip())
            await shown.press("down")
        for text in ("a   Sat", "b   Sun", "[✓] Take", "[ ] New", "17:12      Bo claimed it"):
            assert any(line.startswith(text) for line in seen), text


@pytest.mark.parametrize(
    "keys",
    [
        ("question_mark", "c"),
        ("slash", "s", "o", "enter"),
        ("slash", "x", "y"),
        ("right", "right", "enter", "e"),
        ("right", "right", "enter", "w", "t", "e"),
        ("8", "i"),
        ("q",),
        ("n", "a", "tab", "b"),
    ],
)
async def test_escape_leads_home(street: Street, keys: tuple[str, ...]) -> None:
    async with stage(street.socket) as shown:
        await shown.press(*keys)
        await shown.pilot.pause(0.1)
        await shown.press("escape", "escape", "escape", "escape")
        await shown.sees("All quiet")
        assert isinstance(shown.app.screen, HomeScreen)
        assert shown.app.screen.focused is shown.app.screen.query_one("#today")


async def test_every_action_is_within_reach(street: Street) -> None:
    async with stage(street.socket, (120, 40)) as shown:
        await shown.press("right", "right", "enter")
        await shown.sees("TWO VERSIONS")
        await shown.press("question_mark")
        palette = shown.app.screen
        assert isinstance(palette, Palette)
        offered = {entry.key for entry in palette._actions()} | {entry.key for _, entry in palette._keys}
        for name, action in ACTIONS.items():
            ticks = any(argument.name == "item" for argument in action.arguments)
            assert ("key:tick" if ticks else f"do:{name}") in offered, name


async def test_the_help_finds_keys_actions_and_cards_and_runs_them(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("f1")
        await shown.type("neighb")
        await shown.sees("Neighbours")
        await shown.press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
        await shown.type("brake")
        await shown.sees("Cards", BRAKE["title"])
        await shown.press("enter")
        await shown.sees("TWO VERSIONS", "Esc Close")


async def test_what_cannot_be_done_now_is_listed_and_refused_with_its_reason(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("right", "right", "right", "c")
        await shown.sees("This task is done already.")


async def test_search_narrows_and_escape_shows_all(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("slash")
        await shown.type("the sh")
        await shown.sees("OPEN 1", "CLAIMED 0", "No match here.", "Enter To the cards  Esc Show all")
        await shown.press("enter")
        await shown.sees("OPEN 1", "c Claim")
        await shown.press("escape")
        await shown.sees("OPEN 6", "CLAIMED 2")


async def test_what_was_set_aside_is_shown_on_demand(street: Street) -> None:
    async with stage(street.socket, (120, 40)) as shown:
        assert "Old sofa" not in shown.text()
        await shown.press("v")
        await shown.sees("ASIDE 1", "Old sofa")
        await shown.press("v")
        await shown.sees_not("Old sofa")


@pytest.mark.parametrize(
    ("keys", "left"), [(("ctrl+q",), True), (("q", "y"), True), (("q", "enter"), True), (("q", "n"), False)]
)
async def test_leaving_is_never_a_surprise(street: Street, keys: tuple[str, ...], left: bool) -> None:
    async with stage(street.socket) as shown:
        await shown.press(*keys)
        await shown.pilot.pause()
        assert (shown.app.return_value is Outcome.QUIT) == left


async def test_ctrl_c_asks_in_our_own_words_and_closes_a_window(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("ctrl+c")
        await shown.sees("Close this screen?")
        await shown.press("ctrl+c")
        await shown.sees_not("Close this screen?")
        await shown.press("n", "ctrl+c")
        await shown.sees_not("Add a task")
        assert len(shown.app.screen_stack) == 3
        assert not shown.app._notifications


async def test_nothing_moves_under_the_cursor_just_after_a_key(street: Street) -> None:
    clock = StreetClock()
    async with stage(street.socket, clock=clock) as shown:
        await shown.press("down")
        board = shown.app.screen
        assert isinstance(board, BoardScreen)
        selected, line = board.card, shown.app.cursor_position
        first = next(view for view in TASKS if view["title"].startswith("Drive"))
        await street.tell({"event": "records", "records": [first | {"status": "doing"}]})
        await shown.sees("now in DOING", "OPEN 6")
        assert (board.card, shown.app.cursor_position) == (selected, line)
        await shown.sees("OPEN 5", "DOING 3")
        assert board.card == selected


async def test_after_a_quiet_while_things_move_at_once_and_the_cursor_stays_on_its_card(street: Street) -> None:
    clock = StreetClock()
    async with stage(street.socket, clock=clock) as shown:
        await shown.press("down")
        clock.seconds += 60
        board = shown.app.screen
        assert isinstance(board, BoardScreen)
        selected = board.card
        await street.tell({"event": "records", "records": [task("Today's job", due="2026-11-26")]})
        await shown.sees("OPEN 7", "Today's job")
        assert board.card == selected
        chosen = dict(shown.app.held.records[selected or ""])
        await street.tell({"event": "records", "records": [chosen | {"status": "done"}]})
        await shown.sees("DONE 3")
        assert board.card == selected
        assert board.columns.order.column.key == "done"


async def test_an_alien_title_is_shown_as_text(street: Street) -> None:
    clock = StreetClock()
    async with stage(street.socket, (120, 40), clock=clock) as shown:
        clock.seconds += 60
        evil = task("[bold]x[/] \x1b[2J\x1b]0;owned\x07 a\u202eb {0}", due="2026-11-25")
        await street.tell({"event": "records", "records": [evil]})
        await shown.sees("[bold]x[/] [2J]0;owned ab")
        shown.app.open_card(evil["id"])
        await shown.sees("[bold]x[/] [2J]0;owned ab {0}", "History")
        await shown.press("e")
        await shown.sees("Edit: [bold]x[/] [2J]0;owned ab {0}")


async def test_other_keys_can_be_chosen_by_id(street: Street) -> None:
    async with stage(street.socket, keys={"place.net": "f6"}) as shown:
        await shown.press("f6")
        await shown.sees("IN STEP")


async def test_a_gap_asks_for_a_new_snapshot(street: Street) -> None:
    async with stage(street.socket) as shown:
        street.tasks = TASKS[:2]
        for _, sequence in street._writers:
            sequence[0] += 5
        await street.tell({"event": "records", "records": []})
        await shown.sees("CLAIMED 0")
        assert record("Turn the compost") in shown.app.held.records


async def test_everything_stays_visible_while_the_node_is_away(short_path: Path) -> None:
    path = short_path / "s"
    async with contextlib.AsyncExitStack() as stack:
        async with Street(path).open():
            shown = await stack.enter_async_context(stage(path))
        await shown.sees("NODE AWAY - read only", "OPEN 6")
        await shown.press("c")
        await shown.sees("Not done: the node is away. If it stays away, start meshnode again.")
        async with Street(path).open():
            await shown.sees("linked with 2 of 4 nodes")


async def test_what_is_typed_ahead_of_the_screen_lands_in_the_field_it_was_meant_for(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("n")
        await shown.until(lambda: shown.app.focused is not None and shown.app.focused.id == "field-title", "the form")
        for key in ("G", "a", "t", "e", "tab", "O", "i", "l", "tab", "S", "h", "e", "d"):
            shown.app.screen.post_message(events.Key(key, key if len(key) == 1 else "\t"))
        entries = {"#field-title": "Gate", "#field-details": "Oil", "#field-place": "Shed"}

        def typed() -> dict[str, str]:
            found = {each: shown.app.screen.query_one(each) for each in entries}
            return {
                each: str(getattr(entry, "text", "") or getattr(entry, "value", "")) for each, entry in found.items()
            }

        await shown.until(lambda: typed() == entries, f"{entries}, not {typed()}")
