"""What the screen holds: snapshots replace as a whole, changes touch only what they name, undo goes back and forth."""

from __future__ import annotations

from tests.tui.street import DEVICES, MEMBERS, TASKS, key, status, task
from tui.card_lines import copies_text
from tui.held import EVERYTHING, Held
from tui.undo import Journal


def snapshot(*pages: list[dict[str, object]]) -> list[dict[str, object]]:
    events: list[dict[str, object]] = [
        {"event": "snapshot", "part": number, "last": number == len(pages) - 1, "records": page}
        for number, page in enumerate(pages)
    ]
    events[-1] |= {"members": dict(MEMBERS), "devices": dict(DEVICES), "status": status()}
    return events


def test_a_first_snapshot_is_shown_page_by_page() -> None:
    held = Held()
    first, last = snapshot(TASKS[:3], TASKS[3:])
    assert held.apply([first]) == {EVERYTHING}
    assert (len(held.records), held.complete) == (3, False)
    held.apply([last])
    assert (len(held.records), held.complete) == (len(TASKS), True)


def test_a_later_snapshot_replaces_only_when_it_is_whole() -> None:
    held = Held()
    held.apply(snapshot(TASKS))
    first, last = snapshot(TASKS[:1], TASKS[1:2])
    held.apply([first])
    assert len(held.records) == len(TASKS)
    held.apply([last])
    assert len(held.records) == 2


def test_the_same_view_again_paints_nothing() -> None:
    held = Held()
    held.apply(snapshot(TASKS))
    assert held.apply([{"event": "records", "records": [TASKS[0]]}]) == set()
    changed = TASKS[0] | {"title": "Other"}
    assert held.apply([{"event": "records", "records": [changed]}]) == {TASKS[0]["id"]}


def test_an_event_that_a_reply_has_overtaken_changes_nothing() -> None:
    held = Held()
    held.apply(snapshot(TASKS))
    later, earlier = TASKS[0] | {"status": "open", "changes": 3}, TASKS[0] | {"status": "claimed", "changes": 2}
    assert held.put(later)
    assert held.apply([{"event": "records", "records": [earlier]}]) == set()
    assert held.records[str(TASKS[0]["id"])]["status"] == "open"


def test_people_who_are_not_known_are_someone() -> None:
    held = Held()
    held.apply(snapshot(TASKS))
    assert held.member_name(key("Bo")) == "Bo"
    assert held.member_name("ff") == "someone"
    assert held.device_name(key("Elm hub's")) == "Elm hub"
    held.members[key("Bo")] = {"name": "B\x1b[31mo\u202e"}
    assert held.member_name(key("Bo")) == "B[31mo"


def test_copies_are_told_only_as_far_as_they_are_proved() -> None:
    held = Held()
    held.apply(snapshot(TASKS))
    assert copies_text(held) == "on this node; Chidi, Elm hub lack something (perhaps of another card)"
    for peer in held.status["peers"]:
        held.status = held.status | {"peers": [peer | {"they_lack": None}]}
        assert "not heard" in copies_text(held)
        held.status = held.status | {"peers": [peer | {"they_lack": 0}]}
        assert copies_text(held).startswith("everything written here is on this node and on")
    held.status = held.status | {"peers": []}
    assert copies_text(held) == "only on this node; no other node is known yet"


def test_undo_and_redo_go_back_and_forth_among_my_changes() -> None:
    journal = Journal()
    assert journal.to_undo("r") is None
    assert journal.may_ask_node("r")
    journal.did("r", "one")
    journal.did("r", "two")
    assert journal.to_undo("r") == "two"
    journal.undid("r", "not two")
    assert (journal.to_undo("r"), journal.to_redo("r")) == ("one", "not two")
    journal.redid("r", "two again")
    assert (journal.to_undo("r"), journal.to_redo("r")) == ("two again", None)
    journal.undid("r", "no")
    journal.undid("r", "nor one")
    assert journal.to_undo("r") is None
    assert not journal.may_ask_node("r")
    journal.did("r", "three")
    assert journal.to_redo("r") is None


def test_a_view_of_nonsense_is_still_a_card() -> None:
    from tui.faces import column_of, meta_line, order_key, title_of

    held = Held()
    odd = task("x") | {"status": 7, "claims": ["?", {"member": None}], "due": 5, "created": None, "title": None}
    assert column_of(odd) == "open"
    assert title_of(odd) == "(no title)"
    from tests.tui.street import StreetClock

    assert "someone" in meta_line(held, StreetClock(), odd)
    assert order_key(odd)
