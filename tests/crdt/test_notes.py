"""Sealed notes as crdt sees them: that something is sealed, by whom and for whom, and never what."""

from __future__ import annotations

import json

import pytest

from crdt.actions import ACTIONS
from crdt.boards.notes import TEXT_KEY
from crdt.edits import LONGEST_STRING_BYTES, Put, Seal
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import made_record_id
from crdt.sealed import (
    LARGEST_VALUE_BYTES,
    LONGEST_TEXT_BYTES,
    MOST_PEOPLE,
    PAD_BYTES,
    Sealed,
    SealedValue,
    circle,
    read_sealed,
)
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, Neighbour, device, member

NOTE_RECORD = made_record_id(NETWORK, 0x23, device(1), FIRST_MS)
SECRET = "Two tablets at noon"


def hexes(*numbers: int) -> str:
    return ",".join(member(number).hex() for number in numbers)


def neighbours(*numbers: int) -> list[Neighbour]:
    return [Neighbour(number, NOTE_RECORD) for number in numbers]


def written() -> Neighbour:
    ana = Neighbour(1, NOTE_RECORD)
    ana.act("note.add", title="Medicine", text=SECRET, to=hexes(2), task="20" + "ab" * 15)
    return ana


def test_a_note_shows_its_title_its_circle_and_its_author() -> None:
    ana = written()
    view = ana.view()
    assert (view["kind"], view["title"], view["task"]) == ("note", "Medicine", "20" + "ab" * 15)
    assert (view["newer"], view["conflicts"]) == (False, [])
    sealed = view["sealed"]["text"]
    assert sealed["for"] == [member(1).hex(), member(2).hex()]
    assert (sealed["member"], sealed["device"]) == (ana.member.hex(), ana.device.hex())
    assert len(sealed["devices"]) == 2
    assert SECRET not in json.dumps(view)


def test_a_plan_keeps_the_text_out_of_what_may_be_logged() -> None:
    plan = ACTIONS["note.add"].plan({}, {"title": "t", "text": SECRET}, Neighbour(1).actor)
    assert SECRET not in repr(plan)
    assert [edit.people for edit in plan if isinstance(edit, Seal)] == [(member(1),)]


def test_the_text_is_written_anew_for_the_same_people_and_the_circle_by_itself() -> None:
    ana = written()
    ana.act("note.edit", text="Three", title="Pills")
    assert ana.view()["title"] == "Pills"
    assert ana.view()["sealed"]["text"]["for"] == [member(1).hex(), member(2).hex()]
    plan = ACTIONS["note.share"].plan(ana.view(), {"with": hexes(3, 2), "without": hexes(9)}, ana.actor)
    assert plan == [Seal(TEXT_KEY, None, (member(1), member(2), member(3)))]
    ana.act("note.share", **{"with": hexes(3)})
    ana.act("note.share", without=hexes(2))
    assert ana.view()["sealed"]["text"]["for"] == [member(1).hex(), member(3).hex()]
    assert [entry.what for entry in ana.record.history(EVERYONE)] == ["share", "share", "seal", "add"]


def test_history_says_that_it_was_sealed_and_never_shows_a_text() -> None:
    ana = written()
    ana.act("note.edit", text=SECRET + "!")
    newest = ana.record.history(EVERYONE)[0]
    assert newest.what == "seal"
    assert [change.field for change in newest.fields] == ["sealed"]
    before, after = newest.fields[0].before, newest.fields[0].after
    assert (before["for"], before["mark"]) != (after["for"], after["mark"])
    assert SECRET not in repr(ana.record.history(EVERYONE))


def test_a_sealed_text_is_never_put_back() -> None:
    """It would be for the devices of then, and in another author's place it would not even open."""
    ana = written()
    change = ana.act("note.edit", text="Three", title="Pills")
    ana.act("note.edit", title="Tablets")
    with pytest.raises(NotPossibleNow, match="write it anew"):
        ana.undo(change)
    assert not ana.record.history(EVERYONE)[1].undoable
    with pytest.raises(NotPossibleNow, match="forget the whole note"):
        ana.undo(ana.written[0])
    ana.undo(ana.written[2])
    assert ana.view()["title"] == "Pills"
    mark = ana.view()["sealed"]["text"]["mark"]
    both = ana.act("note.edit", text="Four", title="Drops")
    ana.undo(both)
    assert ana.view()["title"] == "Pills"
    assert ana.view()["sealed"]["text"]["mark"] != mark


def test_nobody_else_writes_over_it_or_changes_its_circle() -> None:
    ana, bo = written(), Neighbour(2, NOTE_RECORD)
    bo.hear(ana)
    before = bo.view()["sealed"]
    for action, arguments in (("note.edit", {"text": "x"}), ("note.share", {"with": hexes(3)})):
        with pytest.raises(NotPossibleNow, match="Only whoever wrote this note"):
            bo.act(action, **arguments)
    bo.write([bo.shut(Seal(TEXT_KEY, "forged", (bo.member, member(9))))])
    ana.hear(bo)
    assert ana.view()["sealed"] == bo.view()["sealed"] == before
    assert len(ana.record.standing(TEXT_KEY, EVERYONE)) == 1


def test_a_circle_has_bounds_and_always_its_author() -> None:
    ana = written()
    with pytest.raises(BadValue, match="can always read it"):
        ana.act("note.share", without=hexes(1))
    with pytest.raises(NotPossibleNow, match="changes nothing"):
        ana.act("note.share", **{"with": hexes(2)})
    with pytest.raises(BadValue, match=f"at most {MOST_PEOPLE} people"):
        ana.act("note.share", **{"with": hexes(*range(10, 10 + MOST_PEOPLE))})
    for wrong in ("Ana", 7, [7], "ab"):
        with pytest.raises(BadValue, match="Name people"):
            ana.act("note.share", **{"with": wrong})
    assert circle(member(3), [member(2), member(3), member(1)]) == (member(3), member(1), member(2))


@pytest.mark.parametrize("text", ["", "  \n", "ä" * 3000])
def test_a_text_has_bounds(text: str) -> None:
    with pytest.raises(BadValue):
        Neighbour(1, NOTE_RECORD).act("note.add", title="t", text=text)


def test_the_largest_note_fits_into_one_value() -> None:
    text = 16 + (LONGEST_TEXT_BYTES // PAD_BYTES + 1) * PAD_BYTES
    people = tuple(member(number) for number in range(MOST_PEOPLE))
    keys = tuple((person[-4:], bytes(80)) for person in people + people[: MOST_PEOPLE // 2])
    value = SealedValue(people, keys, bytes(24), bytes(text))
    assert len(value.stored) <= LONGEST_STRING_BYTES
    assert read_sealed(value.stored) == value
    assert LARGEST_VALUE_BYTES == 12 * 1024


@pytest.mark.parametrize("value", ["", "no", "AAAA", "AQ==", "AQMD" + "A" * 9000, 7, True])
def test_what_is_no_sealed_value_shows_as_nothing_sealed(value: str | int | bool) -> None:
    ana = written()
    ana.write([Put(TEXT_KEY, value)])
    view = ana.view()
    assert (view["sealed"], view["newer"]) == ({}, False)
    with pytest.raises(NotPossibleNow, match="cannot be read"):
        ana.act("note.share", **{"with": hexes(3)})
    assert Sealed("sealed", "Sealed text").read(value) == {}


def test_a_value_of_a_newer_version_is_there_and_left_alone() -> None:
    ana = written()
    ana.write([Put(TEXT_KEY, "AgAA")])
    assert ana.view()["sealed"]["text"]["newer"] is True
    assert ana.view()["newer"] is True
    with pytest.raises(NotPossibleNow, match="Update"):
        ana.act("note.edit", text="x")


def test_two_devices_of_the_author_apart_both_stand() -> None:
    ana = written()
    twin = Neighbour(1, NOTE_RECORD, clock=ana.clock + 7)
    twin.hear(ana)
    ana.act("note.edit", text="One")
    twin.act("note.edit", text="Two")
    ana.hear(twin)
    assert len(ana.record.standing(TEXT_KEY, EVERYONE)) == 2
    assert ana.view()["conflicts"] == []
