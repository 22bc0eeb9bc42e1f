"""No ranking: no figure is attached to a person, and no list is ordered by who did how much.

Seeded neighbours do very different amounts on every board; every view, list, card, plain line, export line and line of
the screen is walked. `PLANTED` shows that what is looked for would be found.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crdt.actions import ACTIONS
from crdt.board import Board
from crdt.boards.matching import suggestions
from crdt.boards.rollcalls import tally
from crdt.boards.shelf import BOARDS
from crdt.fields import MEMBER_HEX
from crdt.identifiers import made_record_id
from meshnode.cli.asking import Snapshot
from meshnode.cli.board_lines import BoardLines
from meshnode.takeaway import write_copy
from tests.crdt.cast import FIRST_MS, NETWORK, TODAY, Neighbour, device, member
from tests.tui.street import NOW, StreetClock
from tui.entry_words import EntryWords
from tui.glyphs import PLAIN
from tui.held import Held
from tui.home_facts import asking, today_of
from tui.listing_lines import ListingLines
from tui.roll_lines import RollLines
from tui.themes import DARK

Json = dict[str, Any]
SEEDS = range(4)
PEOPLE = 5
OF_AN_ENTRY = frozenset({"at_ms", "received_ms", "back_ms", "raised_ms", "opened_ms"})
"""Times of one thing that somebody said."""
OF_A_GIVING = frozenset({"count", "price"})
"""How many of a thing were given at once, and its price elsewhere."""
BEGINNINGS: dict[str, Json] = {
    "task": {"title": "Task"},
    "series": {"title": "Series", "rhythm": "every friday"},
    "listing": {"side": "offer", "title": "Ladder"},
    "roster": {"title": "House"},
    "alarm": {"what": "fire"},
    "rollcall": {"title": "Storm"},
}
OFTEN: dict[str, list[tuple[str, Json]]] = {
    "task": [("task.claim", {}), ("task.comment", {"text": "x"}), ("task.check_add", {"text": "y"})],
    "listing": [
        ("listing.respond", {"text": "x"}),
        ("listing.given", {"count": 2, "price": 100}),
        ("listing.thank", {}),
    ],
    "roster": [("roster.mark", {"word": "safe"}), ("roster.mark", {"word": "help"})],
    "alarm": [("alarm.seen", {}), ("alarm.going", {}), ("alarm.comment", {"text": "x"})],
}


def people_of(board: Board, source: random.Random, number: int) -> list[Neighbour]:
    """Neighbours with one entry of a board, of whom the first ones do much and the last ones little."""
    record = made_record_id(NETWORK, board.kind.code, device(1), FIRST_MS + 1000 * number)
    cast = [Neighbour(each, record, clock=FIRST_MS - 1000 + 1000 * number) for each in range(1, PEOPLE + 1)]
    beginning = next(action for action in board.actions if not action.needs_record)
    cast[0].act(beginning.name, **BEGINNINGS[board.name])
    for one in cast[1:]:
        one.hear(cast[0])
    for at, one in enumerate(cast):
        for _ in range(PEOPLE - at):
            for name, arguments in OFTEN.get(board.name, []):
                action = ACTIONS[name]
                if source.random() < 0.8 and action.possible(one.view(), one.actor) is None:
                    one.act(name, **arguments)
    cast[0].hear(*cast[1:])
    return cast


def views(seed: int) -> list[Json]:
    """Two entries of every board, by people who did very different amounts."""
    print(f"seed {seed}")
    source = random.Random(seed)
    return [people_of(board, source, number)[0].view() for board in BOARDS.values() for number in range(2)]


def faults(said: Any, where: str = "") -> Iterator[str]:
    """Everywhere in JSON where a number is attached to one person."""
    if isinstance(said, list):
        for each in said:
            yield from faults(each, where)
    if not isinstance(said, dict):
        return
    for key, value in said.items():
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if is_number and MEMBER_HEX.fullmatch(str(key)):
            yield f"{where}: {value} for a person"
        named = isinstance(said.get("member"), str) and MEMBER_HEX.fullmatch(said["member"])
        allowed = OF_AN_ENTRY | (OF_A_GIVING if "per" in said else frozenset())
        if is_number and named and key not in allowed:
            yield f"{where}.{key}: {value} beside a person"
        yield from faults(value, f"{where}.{key}")


PLANTED = [
    {"members": {member(1).hex(): 7}},
    {"thanks": [{"member": member(1).hex(), "done": 12}]},
    {"chart": [{"member": member(2).hex(), "hours": {"member": member(2).hex(), "count": 3}}]},
]


@pytest.mark.parametrize("planted", PLANTED)
def test_a_figure_beside_a_person_is_found(planted: Json) -> None:
    assert list(faults(planted))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_view_and_no_export_has_a_figure_beside_a_person(seed: int, tmp_path: Path) -> None:
    found = views(seed)
    assert sum(len(json.dumps(view)) for view in found) > 5000
    names = {member(number).hex(): f"P{number}" for number in range(1, PEOPLE + 1)}
    file, _ = write_copy(tmp_path, found, names)
    for line in [*found, *map(json.loads, file.read_text().splitlines())]:
        assert not list(faults(line))


def swapped(said: Json, one: str, other: str) -> Json:
    """The same, as if two people had done what the other one did."""
    text = json.dumps(said).replace(one, "?").replace(other, one).replace("?", other)
    swapped_views: Json = json.loads(text)
    return swapped_views


@pytest.mark.parametrize("seed", SEEDS)
def test_who_did_how_much_orders_no_list(seed: int) -> None:
    before = views(seed)
    after = [swapped(view, member(1).hex(), member(PEOPLE).hex()) for view in before]
    for board in BOARDS.values():
        of_board = [[view for view in each if view["kind"] == board.kind.name] for each in (before, after)]
        first, second = (
            [view["id"] for view in sorted(each, key=lambda v: board.order(v, TODAY))] for each in of_board
        )
        assert first == second
    assert suggestions([view for view in before if view["kind"] == "listing"], TODAY) == suggestions(
        [view for view in after if view["kind"] == "listing"], TODAY
    )


def held(found: list[Json]) -> Held:
    members = {member(number).hex(): {"name": f"P{number}"} for number in range(1, PEOPLE + 1)}
    return Held({view["id"]: view for view in found}, members=members, complete=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_screen_and_the_commands_order_nothing_by_person(seed: int) -> None:
    before = views(seed)
    after = [swapped(view, member(1).hex(), member(PEOPLE).hex()) for view in before]
    clock = StreetClock()
    orders = []
    for found in (before, after):
        now = held(found)
        asks = ListingLines(now, clock, PLAIN, DARK.paint).build(80)
        roll = RollLines(now, clock, PLAIN, DARK.paint, next(v for v in found if v["kind"] == "rollcall")).build(80)
        households = [view for view in found if view["kind"] == "household"]
        calls = [view for view in found if view["kind"] == "rollcall"]
        rows = tally(calls[0], households, calls).rows
        orders.append(
            [
                [view["id"] for view in (*today_of(now, clock), *asking(now, clock))],
                [line.key for line in (*asks, *roll) if line.key],
                [row.household["id"] for row in rows],
            ]
        )
    assert orders[0] == orders[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_people_in_one_line_stand_by_name(seed: int) -> None:
    found = views(seed)
    names = {member(number).hex(): f"P{number}" for number in range(1, PEOPLE + 1)}
    known = Snapshot(found, {key: {"name": name} for key, name in names.items()}, {}, {})
    now = held(found)
    for view in found:
        board = next(board for board in BOARDS.values() if board.kind.name == view["kind"])
        printed = BoardLines(board, known, 100, NOW).entry(view, "3fa")
        spoken = list(EntryWords(now, StreetClock(), board, view).lines())
        for line in [*printed, *spoken]:
            people = [word.strip(",.;") for word in line.split() if word.strip(",.;") in names.values()]
            if line.count(",") >= len(people) - 1 > 0:
                assert people == sorted(people), line
