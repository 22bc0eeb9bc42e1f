"""What Home says: the three numbers, today's work, and who asks for help. Pure.

Rules of this module:
1. Calm first: it says only what is so. Nobody is called safe who was not asked.
2. Nothing is ordered by a person, and no number is a person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from crdt.boards.shelf import BOARDS
from meshnode.api.schema import Json
from tui.call_facts import called_slots, now_asked, open_call, quiet_sentence
from tui.faces import claimed_by, column_of, is_task, title_of, waiting_order
from tui.held import Held
from tui.moments import Clock
from tui.plain_text import clean
from tui.widgets.big_numbers import Slot
from tui.wording import counted, say

DAYS_AHEAD = 7


def tasks_of(held: Held) -> list[Json]:
    """Every task on the board: soonest due first, then as they were written."""
    return sorted(filter(is_task, held.records.values()), key=waiting_order)


def free(task: Json) -> bool:
    """Whether a task waits for hands."""
    needed = task.get("people_needed")
    return column_of(task) in {"open", "claimed", "doing"} and len(task.get("claims") or ()) < (
        needed if isinstance(needed, int) else 1
    )


def today_of(held: Held, clock: Clock) -> list[Json]:
    """What is at hand: mine that is not done, then what is due by tomorrow, then what is free."""
    soon = (clock.today() + timedelta(days=1)).isoformat()
    unfinished = [task for task in tasks_of(held) if column_of(task) in {"open", "claimed", "doing"}]

    def rank(task: Json) -> int:
        if claimed_by(task, held.me):
            return 0
        due = str(task.get("due") or "")
        return 1 if due and due <= soon else 2 if free(task) else 3

    return sorted((task for task in unfinished if rank(task) < 3), key=rank)


def asking(held: Held, clock: Clock) -> list[Json]:
    """Open requests, then open offers, each as their board orders them."""
    board = BOARDS.get("listing")
    if board is None:
        return []
    today = clock.today().isoformat()
    views = [view for view in held.records.values() if view.get("kind") == board.kind.name]
    open_now = [view for view in views if board.state(view, today) == "open"]
    return sorted(open_now, key=lambda view: (view.get("side") != "request", board.order(view, today)))


def slots(held: Held, clock: Clock) -> list[Slot]:
    """The three numbers: of a calm day, or how households are, while an alarm is on or a roll call open."""
    if (asked := now_asked(held)) is not None:
        return called_slots(held, asked)
    jobs = sum(map(free, tasks_of(held)))
    requests = sum(view.get("side") == "request" for view in asking(held, clock))
    here = 1 + sum(bool(peer.get("linked")) for peer in held.peers)
    return [
        Slot(jobs, counted("home.jobs", jobs), say("home.jobs-key"), opens="board"),
        _second(held, clock, requests),
        Slot(here, counted("home.nodes", 1 + len(held.peers)), say("home.nodes-key"), "good", opens="net"),
    ]


def sentence(held: Held, clock: Clock, alarms: Sequence[Json]) -> tuple[str, str]:
    """What stands above the numbers, and how it is painted."""
    if alarms:
        first = alarms[0]
        key = "home.alarm-drill" if first.get("drill") else "home.alarm"
        place = clean(str(first.get("place") or ""))
        return say(key, title=title_of(first), place=place), "away" if first.get("drill") else "error"
    if (call := open_call(held)) is not None:
        return say("home.call-drill" if call["drill"] else "home.call", title=title_of(call)), "pending"
    return quiet_sentence(held, clock) if held.complete else say("board.reading"), "title_focus"


def _second(held: Held, clock: Clock, requests: int) -> Slot:
    if "listing" in BOARDS:
        return Slot(requests, counted("home.asks", requests), say("home.asks-key"), opens="asks")
    due = sum(1 for _ in due_within(tasks_of(held), clock))
    return Slot(due, say("home.due"), say("home.due-key"), opens="week")


def due_within(tasks: Iterable[Json], clock: Clock) -> Iterable[Json]:
    """Tasks that are not finished and due within a week from today."""
    first, last = clock.today().isoformat(), (clock.today() + timedelta(days=DAYS_AHEAD - 1)).isoformat()
    for task in tasks:
        if column_of(task) in {"open", "claimed", "doing"} and first <= str(task.get("due") or "") <= last:
            yield task
