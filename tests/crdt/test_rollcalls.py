"""Roll calls: three callers in three partitions make one truthful list; whom to try next; what counts as reached."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crdt.boards.rollcalls import BOARD, Tally, call_for, mark_arguments, tally
from crdt.edits import Put
from crdt.errors import NotPossibleNow
from crdt.identifiers import RecordId, made_record_id
from tests.crdt.cast import FIRST_MS, NETWORK, TODAY, Everyone, Neighbour, device
from tests.crdt.test_households import HOSTILE

CALL = made_record_id(NETWORK, 0x03, device(1), FIRST_MS)
DAY_MS = 86_400_000


class Caller:
    """One caller with an own copy of the call and of every household."""

    def __init__(self, number: int, homes: list[RecordId]) -> None:
        self.call = Neighbour(number, CALL)
        self.homes = {home: Neighbour(number, home) for home in homes}

    def hear(self, *others: Caller) -> None:
        for other in others:
            self.call.hear(other.call)
            for home, copy in self.homes.items():
                copy.hear(other.homes[home])

    def mark(self, home: RecordId, word: str, how: str = "") -> None:
        self.homes[home].clock += DAY_MS
        self.homes[home].act("roster.mark", **mark_arguments(self.call.view(), word, how))

    def tally(self) -> Tally:
        return tally(self.call.view(), [home.view() for home in self.homes.values()], [self.call.view()])


def titles(rows: Any) -> list[str]:
    return [str(row.household["title"]) for row in rows]


def street(names: tuple[str, ...] = ("Ana", "Bo", "Chidi", "Dana"), **call: str) -> tuple[list[RecordId], list[Caller]]:
    homes = [made_record_id(NETWORK, 0x01, device(1), FIRST_MS + 1000 * at) for at in range(len(names))]
    callers = [Caller(number, homes) for number in (1, 2, 3)]
    first = callers[0]
    for at, (home, name) in enumerate(zip(homes, names, strict=True)):
        first.homes[home].clock += 1000 * at
        first.homes[home].act("roster.add", title=name, primary="radio 3", alternate="bell", emergency="knock")
    first.call.act("rollcall.open", title="storm", **call)
    for other in callers[1:]:
        other.hear(first)
    return homes, callers


def test_three_callers_in_three_partitions_merge_into_one_truthful_list() -> None:
    (ana, bo, chidi, dana), callers = street()
    one, two, three = callers
    one.mark(ana, "safe")
    two.mark(bo, "away")
    two.mark(ana, "help", "heard on radio")
    three.mark(chidi, "safe")
    three.mark(bo, "away", "seen")
    one.call.act("rollcall.tried", household=dana.hex(), signal="primary")
    three.call.act("rollcall.tried", household=dana.hex(), signal="alternate")
    for each in callers:
        each.hear(*callers)
    lists = [each.tally() for each in callers]
    assert lists[0] == lists[1] == lists[2]
    found = lists[0]
    assert titles(found.need_help) == ["Ana"]
    assert titles(found.not_yet) == ["Dana"]
    assert titles(found.reached) == ["Bo", "Chidi"]
    assert [mark["word"] for mark in found.need_help[0].marks] == ["help", "safe"]
    assert found.need_help[0].contradicted
    assert not found.reached[0].contradicted, "two who say the same do not contradict"
    assert (found.not_yet[0].tried, found.not_yet[0].next_signal) == (["primary", "alternate"], ("emergency", "knock"))
    assert len(found.rows) == 4, "every household stands there once"
    two.mark(ana, "safe", "talked to them")
    assert titles(two.tally().need_help) == []


def test_signals_are_tried_in_their_order_and_then_from_the_beginning() -> None:
    (ana, *_), (one, *_) = street()
    expected = [("primary", "radio 3"), ("alternate", "bell"), ("emergency", "knock")]
    for name, text in expected:
        row = next(row for row in one.tally().not_yet if row.household["id"] == ana.hex())
        assert (row.next_signal, row.all_tried) == ((name, text), False)
        one.call.act("rollcall.tried", household=ana.hex(), signal=name)
    found = one.tally().not_yet
    assert (found[-1].next_signal, found[-1].all_tried) == (("primary", "radio 3"), True)
    assert titles(found) == ["Bo", "Chidi", "Dana", "Ana"], "who was tried least comes first, then the name"


def test_an_old_word_is_no_answer_but_a_call_for_help_stands() -> None:
    (ana, bo, *_), (one, *_) = street()
    home, other = one.homes[ana], one.homes[bo]
    home.clock = other.clock = FIRST_MS - 10 * DAY_MS
    home.act("roster.mark", word="safe", how="last week")
    other.act("roster.mark", word="help", how="last week")
    found = one.tally()
    row = next(row for row in found.not_yet if row.household["id"] == ana.hex())
    assert (row.word, row.marks, row.earlier[0]["how"]) == ("", [], "last week")
    assert titles(found.need_help) == ["Bo"]
    home.clock = FIRST_MS + DAY_MS
    home.act("roster.mark", word="safe", how="by themselves, without the call")
    assert titles(one.tally().reached) == ["Ana"]


def test_a_mark_that_names_the_call_counts_whatever_its_clock_says() -> None:
    (ana, *_), (one, *_) = street()
    one.homes[ana].clock = FIRST_MS - 900 * DAY_MS
    one.mark(ana, "safe")
    assert titles(one.tally().reached) == ["Ana"]


def test_a_drill_is_answered_by_drill_marks_alone() -> None:
    (ana, bo, *_), (one, *_) = street(drill="yes")
    one.mark(ana, "safe")
    assert one.homes[ana].view()["status"] == "unknown"
    assert titles(one.tally().reached) == ["Ana"]
    one.homes[bo].act("roster.mark", word="help", how="for real")
    assert titles(one.tally().need_help) == []
    assert BOARD.state(one.call.view(), TODAY) == "drill"


def test_two_calls_opened_apart_are_one_and_a_closed_one_keeps_its_own() -> None:
    (ana, bo, *_), (one, *_) = street()
    second = Neighbour(2, made_record_id(NETWORK, 0x03, device(2), FIRST_MS))
    second.act("rollcall.open", title="storm, too")
    second.act("rollcall.tried", household=bo.hex(), signal="primary")
    calls = [one.call.view(), second.view()]
    one.homes[ana].clock = FIRST_MS - DAY_MS
    one.homes[ana].act("roster.mark", **mark_arguments(second.view(), "safe"))
    homes = [home.view() for home in one.homes.values()]
    for call in calls:
        found = tally(call, homes, calls)
        assert titles(found.reached) == ["Ana"]
        assert found.not_yet[-1].tried == ["primary"]
    assert call_for(calls) == min(calls, key=lambda call: str(call["id"]))
    second.act("rollcall.close")
    calls = [one.call.view(), second.view()]
    assert titles(tally(calls[0], homes, calls).reached) == []
    assert call_for(calls) == calls[0]
    assert call_for(calls, drill=True) is None
    assert mark_arguments(None, "safe") == {"word": "safe"}


def test_who_is_off_the_roster_is_not_called_and_without_signals_nobody_is_lost() -> None:
    (ana, bo, *_), (one, *_) = street()
    one.homes[ana].act("roster.aside")
    one.homes[bo].act("roster.edit", primary="", alternate="", emergency="")
    found = one.tally()
    assert titles(found.not_yet) == ["Chidi", "Dana", "Bo"]
    assert (found.not_yet[-1].next_signal, found.not_yet[-1].all_tried) == (None, False)


def test_opening_closing_and_opening_again() -> None:
    _, (one, *_) = street()
    with pytest.raises(NotPossibleNow, match="is open"):
        one.call.act("rollcall.reopen")
    one.call.act("rollcall.close")
    with pytest.raises(NotPossibleNow, match="closed already"):
        one.call.act("rollcall.tried", household="01" + "0" * 30, signal="primary")
    assert BOARD.state(one.call.view(), TODAY) == "closed"
    one.call.act("rollcall.reopen")
    one.call.act("rollcall.tried", household="01" + "0" * 30, signal="primary")
    one.call.act("rollcall.edit", title="storm, morning")
    whats = [entry.what for entry in one.call.record.history(Everyone())]
    assert whats == ["edit", "tried", "reopen", "close", "add"]
    _, (other, *_) = street()
    other.call.undo(other.call.written[0])
    assert other.call.view()["state"] == "closed"


def test_hostile_values_are_nobody_who_was_tried() -> None:
    _, (one, *_) = street()
    for raw in HOSTILE:
        one.call.write([Put(key, raw) for key in ("state", "tried/x", "tried/" + "a" * 32 + ".primary", "drill")])
        view = one.call.view()
        assert json.loads(json.dumps(view)) == view
        assert (view["tried"], view["drill"], view["state"]) == ({}, False, "open")
        assert len(one.tally().rows) == 4
    one.call.write([Put("tried/" + "a" * 32 + ".pigeon", '{"on":true}')])
    assert one.call.view()["tried"] == {"a" * 32: ["pigeon"]}
    assert len(one.tally().rows) == 4


def test_a_closed_call_remembers_when_it_was_opened() -> None:
    _, callers = street(("Ana",))
    first = callers[0]
    opened = first.call.view()["opened_ms"]
    assert opened == first.call.written[0].at_ms
    first.call.act("rollcall.close")
    assert first.call.view()["opened_ms"] == opened
    first.call.act("rollcall.reopen")
    assert first.call.view()["opened_ms"] == opened
