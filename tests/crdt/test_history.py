"""Who wrote what, what is disputed, and undoing."""

from __future__ import annotations

import random

import pytest

from crdt.chunk import read_chunk
from crdt.edits import Put, Splice
from crdt.errors import NotPossibleNow
from crdt.identifiers import ChangeId
from crdt.record import SignedChange
from tests.crdt.cast import EVERYONE, Neighbour, member

FIELDS = ("title", "place", "due", "status")
VALUES = {
    "title": ("Gate", "Fence", "Wall"),
    "place": ("", "Elm Street", "Oak Street"),
    "due": ("", "2027-01-01", "2027-01-02"),
    "status": ("open", "doing", "done"),
}


def pair() -> tuple[Neighbour, Neighbour]:
    ana, bo = Neighbour(1), Neighbour(2)
    ana.act("task.add", title="Gate", details="The hinge is loose.")
    bo.hear(ana)
    return ana, bo


def meet(*cast: Neighbour) -> None:
    for one in cast:
        one.hear(*(other for other in cast if other is not one))


@pytest.mark.parametrize("seed", range(40))
def test_conflicts_are_exactly_the_different_values_nobody_has_seen_together(seed: int) -> None:
    """Compared with a model that only remembers who had seen which change when writing."""
    source = random.Random(seed)
    cast = [Neighbour(number) for number in range(1, 4)]
    cast[0].act("task.add", title="Gate")
    for other in cast[1:]:
        other.hear(cast[0])
    seen: dict[int, set[ChangeId]] = {one.number: {cast[0].written[0].id} for one in cast}
    writes: list[tuple[str, object, SignedChange, frozenset[ChangeId]]] = [
        ("title", "Gate", cast[0].written[0], frozenset())
    ]
    for _ in range(14):
        one = source.choice(cast)
        if source.random() < 0.35:
            other = source.choice(cast)
            one.hear(other)
            seen[one.number] |= seen[other.number]
        key = source.choice(FIELDS)
        value = source.choice(VALUES[key])
        change = one.write([Put(key, value)])
        writes.append((key, value, change, frozenset(seen[one.number])))
        seen[one.number].add(change.id)
    cast[0].hear(*cast[1:])
    expected = {}
    for key in FIELDS:
        mine = [(value, change, before) for name, value, change, before in writes if name == key]
        standing = [
            (value, change.id) for value, change, _ in mine if not any(change.id in before for _, _, before in mine)
        ]
        if len({value for value, _ in standing}) > 1:
            expected[key] = set(standing)
    found = {
        conflict.field: {(value.value, value.change) for value in conflict.values}
        for conflict in cast[0].record.conflicts(EVERYONE)
    }
    assert found == expected
    assert cast[0].view()["conflicts"] == sorted(expected)


@pytest.mark.parametrize("later", range(6))
def test_both_values_are_told_with_who_and_when(later: int) -> None:
    ana, bo = pair()
    bo.clock += later  # other times make other actors, so that each side comes first now and then
    ours = ana.act("task.edit", due="2027-01-01")
    theirs = bo.act("task.edit", due="2027-01-02")
    meet(ana, bo)
    (conflict,) = ana.record.conflicts(EVERYONE)
    assert conflict.field == "due"
    assert {(value.value, value.member, value.author, value.at_ms, value.change) for value in conflict.values} == {
        ("2027-01-01", ana.member, ana.device, ours.at_ms, ours.id),
        ("2027-01-02", bo.member, bo.device, theirs.at_ms, theirs.id),
    }
    winner = max((ours, theirs), key=lambda change: read_chunk(change.raw).actor)  # automerge's rule for equal numbers
    assert conflict.values[0].change == winner.id
    assert conflict.values[0].value == ana.view()["due"]  # the one shown meanwhile comes first


@pytest.mark.parametrize("pick", [0, 1])
def test_picking_either_value_settles_it(pick: int) -> None:
    """Also the one already shown: automerge would rather delete the others, which no reader accepts."""
    ana, bo = pair()
    ana.act("task.edit", due="2027-01-01")
    bo.act("task.edit", due="2027-01-02")
    meet(ana, bo)
    picked = ana.record.conflicts(EVERYONE)[0].values[pick].value
    ana.act("task.edit", due=picked)
    meet(ana, bo)
    assert ana.view()["conflicts"] == bo.view()["conflicts"] == []
    assert bo.view()["due"] == picked


def test_the_same_value_twice_is_no_conflict() -> None:
    ana, bo = pair()
    ana.act("task.edit", due="2027-01-01")
    bo.act("task.edit", due="2027-01-01")
    meet(ana, bo)
    assert ana.view()["conflicts"] == []


def test_texts_merge_letter_by_letter_without_conflict() -> None:
    ana, bo = pair()
    ana.act("task.edit", details="The upper hinge is loose.")
    bo.act("task.edit", details="The hinge is loose. Bring a drill.")
    meet(ana, bo)
    assert ana.view()["details"] == bo.view()["details"] == "The upper hinge is loose. Bring a drill."
    assert ana.view()["conflicts"] == []


def test_history_is_newest_first_with_before_and_after() -> None:
    ana, bo = pair()
    ana.act("task.edit", due="2027-01-01", details="The hinge is very loose.")
    bo.hear(ana)
    bo.act("task.start")
    bo.act("task.comment", text="Hello")
    entries = bo.record.history(EVERYONE)
    assert [entry.what for entry in entries] == ["comment", "start", "edit", "add"]
    assert [entry.member for entry in entries] == [bo.member, bo.member, ana.member, ana.member]
    assert [(change.field, change.before, change.after) for change in entries[2].fields] == [
        ("due", "", "2027-01-01"),
        ("details", "The hinge is loose.", "The hinge is very loose."),
    ]
    assert [(change.field, change.before, change.after) for change in entries[1].fields] == [
        ("status", "open", "doing"),
        ("claim", {}, {"on": True}),
    ]
    assert entries[0].at_ms == bo.written[-1].at_ms
    assert entries[0].received_ms == bo.written[-1].received_ms


def test_a_comment_that_was_taken_back_was_not_said_twice() -> None:
    ana, _ = pair()
    comment = ana.act("task.comment", text="Hello")
    ana.undo(comment)
    taken_back, said, _ = ana.record.history(EVERYONE)
    assert (taken_back.what, said.what) == ("undo", "comment")
    ana.undo(ana.written[-1])
    assert ana.record.history(EVERYONE)[0].what == "comment"


def test_undo_puts_back_and_undoing_that_does_it_again() -> None:
    ana, _ = pair()
    before = ana.view()
    edit = ana.act("task.edit", title="Fence", due="2027-01-01", details="All new")
    after = ana.view()
    undone = ana.undo(edit)
    shown = ("title", "due", "details", "status", "claims")
    assert [ana.view()[key] for key in shown] == [before[key] for key in shown]
    ana.undo(undone)
    assert [ana.view()[key] for key in shown] == [after[key] for key in shown]


def test_undo_leaves_alone_what_was_written_since() -> None:
    ana, bo = pair()
    edit = ana.act("task.edit", title="Fence", due="2027-01-01", details="The hinge")
    bo.hear(ana)
    bo.act("task.edit", title="Wall")
    ana.hear(bo)
    ana.undo(edit)
    view = ana.view()
    assert (view["title"], view["due"], view["details"]) == ("Wall", "", "The hinge is loose.")
    bo.hear(ana)
    bo.act("task.edit", details="x", due="2027-03-03")
    ana.hear(bo)
    with pytest.raises(NotPossibleNow):
        ana.record.undo(edit.id, EVERYONE)
    assert not next(entry for entry in ana.record.history(EVERYONE) if entry.change == edit.id).undoable


def test_undoing_one_side_of_a_conflict_leaves_the_other() -> None:
    ana, bo = pair()
    ours = ana.act("task.edit", due="2027-01-01")
    bo.act("task.edit", due="2027-01-02")
    meet(ana, bo)
    ana.undo(ours)
    assert (ana.view()["due"], ana.view()["conflicts"]) == ("2027-01-02", [])


def test_undoing_the_first_change_sets_the_task_aside() -> None:
    ana, bo = pair()
    undone = ana.undo(ana.written[0])
    assert ana.view()["status"] == "aside"
    ana.undo(undone)
    assert ana.view()["status"] == "open"
    bo.hear(ana)
    with pytest.raises(NotPossibleNow):
        bo.record.undo(ana.written[0].id, EVERYONE)


def test_undoing_leaves_other_peoples_own_keys_alone() -> None:
    ana, bo = pair()
    claim = bo.act("task.claim")
    start = bo.act("task.start")
    ana.hear(bo)
    with pytest.raises(NotPossibleNow):
        ana.record.undo(claim.id, EVERYONE, ana.member)
    ana.undo(start)
    assert ana.view()["status"] == "claimed"
    bo.undo(claim)
    assert bo.view()["claims"] == []


def test_undo_of_what_is_not_here() -> None:
    ana, _ = pair()
    with pytest.raises(NotPossibleNow):
        ana.record.undo(ChangeId(b"\x00" * 32), EVERYONE)


def test_nobody_speaks_for_another() -> None:
    """A claim written for somebody else does not count, nor does it take the real one away."""
    ana, bo = pair()
    key = f"claim/{ana.member.hex()}"
    bo.write([Put(key, '{"on":true}')])
    assert bo.view()["claims"] == []
    ana.act("task.claim")
    meet(ana, bo)
    bo.write([Put(key, "")])
    ana.hear(bo)
    assert ana.view()["claims"] == bo.view()["claims"] == [{"member": ana.member.hex()}]
    ana.act("task.pass")
    assert ana.view()["claims"] == []
    ana.act("task.claim")
    assert ana.view()["claims"] == [{"member": ana.member.hex()}]


def test_a_hub_writes_but_speaks_for_nobody() -> None:
    ana, _ = pair()
    assert ana.view()["created"]["member"] == member(1).hex()
    hub = Neighbour(3)
    hub.record.add(ana.record.changes)
    hub.write([Put("place", "Elm Street")])
    for entry in hub.record.history(
        type("Nobody", (), {"member_of": lambda self, device: None, "is_hub": lambda self, device: False})()
    ):
        assert entry.member is None
    assert read_chunk(hub.written[0].raw).deps


def test_history_is_safe_to_show() -> None:
    ana, bo = pair()
    bo.hear(ana)
    bo.write(
        [Put("colour\x1b", "red\x1b[2J"), Splice("details", 0, 0, "\u202e"), Put("place", "a\x07b"), Put("odd", True)]
    )
    shown = [(change.field, change.after) for change in bo.record.history(EVERYONE)[0].fields]
    assert shown == [("colour", "red[2J"), ("place", "ab"), ("odd", True)]
