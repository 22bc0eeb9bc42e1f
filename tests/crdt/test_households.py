"""The emergency roster: marks that contradict, consent, who is out, and hostile values."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from crdt.actions import ACTIONS
from crdt.ageing import HOUR_MS, MINUTE_MS, age_of, age_words
from crdt.boards.household_fields import SIGNALS
from crdt.boards.households import BOARD, is_review_due, overdue, signals, who_has
from crdt.edits import LONGEST_STRING_BYTES, Put
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import EARLIEST_AT_MS, DeviceId, made_record_id
from tests.crdt.cast import FIRST_MS, NETWORK, TODAY, Everyone, Neighbour, device, sealed
from tests.support.people import fuzz_count

RECORD = made_record_id(NETWORK, 0x01, device(1), FIRST_MS)


def household(**more: Any) -> Neighbour:
    ana = Neighbour(1, RECORD)
    ana.act("roster.add", title="Ana, number 7", **more)
    return ana


def callers(ana: Neighbour, *numbers: int) -> list[Neighbour]:
    """Others who hold what she has written so far."""
    found = [Neighbour(number, RECORD) for number in numbers]
    for each in found:
        each.hear(ana)
    return found


def test_contradicting_marks_stay_until_one_that_has_seen_them_all() -> None:
    ana = household()
    bo, chidi = callers(ana, 2, 3)
    ana.act("roster.mark", word="safe")
    bo.act("roster.mark", word="help", how="heard on radio", note="needs insulin")
    chidi.act("roster.mark", word="away")
    ana.hear(bo)
    ana.act("roster.mark", word="safe", how="settles two of three")
    ana.hear(chidi)
    view = ana.view()
    assert [mark["word"] for mark in view["marks"]] == ["away", "safe"], "what settled two has not seen the third"
    assert (view["status"], view["contradicted"], view["conflicts"]) == ("away", True, [])
    for each in (bo, chidi):
        each.hear(ana, bo, chidi)
        assert each.view() == view
    bo.act("roster.mark", word="help")
    assert [mark["word"] for mark in bo.view()["marks"]] == ["help"]
    assert (bo.view()["status"], bo.view()["contradicted"]) == ("help", False)


@pytest.mark.parametrize("seed", range(fuzz_count(8)))
def test_the_most_worrying_mark_is_on_top_and_none_is_lost(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    ana = household()
    people = [ana, *callers(ana, 2, 3, 4)]
    for person in people:
        person.act("roster.mark", word=rng.choice(("safe", "help", "away", "unknown")))
    written = [person.view()["marks"][0]["word"] for person in people]
    order = rng.sample(people, len(people))
    for other in order:
        ana.hear(other)
    view = ana.view()
    assert sorted(mark["word"] for mark in view["marks"]) == sorted(written)
    worries = ("help", "unknown", "away", "safe")
    assert view["status"] == min(written, key=worries.index)
    assert [mark["word"] for mark in view["marks"]] == sorted(written, key=worries.index)


def test_a_drill_never_touches_the_real_status() -> None:
    ana = household()
    ana.act("roster.mark", word="help", how="real")
    ana.act("roster.mark", word="safe", drill="yes")
    view = ana.view()
    assert (view["status"], view["drill"]) == ("help", "safe")
    assert [mark["how"] for mark in view["marks"]] == ["real"]


def test_a_mark_says_when_it_was_heard_but_not_in_the_future() -> None:
    ana = household()
    ana.act("roster.mark", word="safe", at=FIRST_MS - HOUR_MS)
    assert ana.view()["marks"][0]["at_ms"] == FIRST_MS - HOUR_MS
    ana.act("roster.mark", word="safe", at=FIRST_MS + 30 * HOUR_MS)
    assert ana.view()["marks"][0]["at_ms"] == ana.clock
    undone = ana.undo(ana.written[-1])
    assert ana.view()["marks"][0]["at_ms"] == FIRST_MS - HOUR_MS
    assert ana.record.history(Everyone())[0].change == undone.id


def test_how_old_a_word_is_is_said_and_a_wrong_clock_too() -> None:
    now = EARLIEST_AT_MS + 100 * HOUR_MS
    said = {0: "just now", 12 * MINUTE_MS: "12 min ago", 3 * HOUR_MS: "3 h ago", 72 * HOUR_MS: "3 days ago"}
    for passed, words in said.items():
        assert age_words(now - passed, now) == words
    assert age_words(now + HOUR_MS, now) == "by a clock that is ahead"
    assert age_words(0, now) == "at a time that cannot be"
    assert age_words(now, now, clock_unsure=True) == "just now, but this clock is not sure"
    assert [age_of(now - hours * HOUR_MS, now).is_old for hours in (0, 5, 6, 90)] == [False, False, True, True]
    assert age_of(0, now).is_old
    assert not age_of(now + HOUR_MS, now).is_old


def test_who_is_out_is_overdue_on_every_node_until_they_are_back() -> None:
    ana = household()
    (bo,) = callers(ana, 2)
    ana.act("roster.out", back=FIRST_MS + HOUR_MS, who="Jon", where="creek path")
    bo.act("roster.out", back=FIRST_MS + 2 * HOUR_MS)
    ana.hear(bo)
    assert [each["who"] for each in overdue(ana.view(), FIRST_MS + HOUR_MS)] == [], "clocks differ by minutes"
    assert [each["who"] for each in overdue(ana.view(), FIRST_MS + 90 * MINUTE_MS)] == ["Jon"]
    assert [each["who"] for each in overdue(ana.view(), FIRST_MS + 3 * HOUR_MS)] == ["", "Jon"]
    ana.act("roster.out", back=FIRST_MS + 9 * HOUR_MS, who="jon")
    assert len(ana.view()["outs"]) == 2, "the same person has one time"
    ana.act("roster.back", trip="jon")
    assert [each["who"] for each in ana.view()["outs"]] == [""]
    with pytest.raises(BadValue, match="Nobody of that name"):
        ana.act("roster.back", trip="Zoe")
    ana.act("roster.back")
    with pytest.raises(NotPossibleNow, match="noted as out"):
        ana.act("roster.back")
    with pytest.raises(BadValue, match="when they want to be back"):
        ana.act("roster.out", back="")


def test_without_consent_only_the_name_is_shown() -> None:
    ana = household(primary="radio channel 3", skills="first aid", people="Ana, Zoe")
    (bo,) = callers(ana, 2)
    assert ana.view()["consent"] == "given"
    with pytest.raises(NotPossibleNow, match="not agreed"):
        bo.act("roster.withdraw")
    bo.act("roster.agree")
    ana.hear(bo)
    ana.act("roster.withdraw")
    assert ana.view()["consent"] == "given", "another who lives there still agrees"
    assert ana.record.view(Everyone(gone=frozenset({bo.member})))["consent"] == "withdrawn"
    bo.hear(ana)
    bo.act("roster.withdraw")
    view = bo.view()
    assert (view["consent"], view["title"], view["lives"]) == ("withdrawn", "Ana, number 7", [])
    assert not any(view[key] for key in ("people", "place", "languages", "skills", "equipment", *SIGNALS))
    bo.act("roster.agree")
    assert bo.view()["skills"] == "first aid", "nothing was deleted"


def test_an_entry_for_somebody_else_waits_for_their_word() -> None:
    ana = household(lives="no")
    assert (ana.view()["consent"], ana.view()["lives"]) == ("open", [])


def test_signals_go_in_their_order_and_what_households_have_is_found() -> None:
    ana = household(emergency="knock", primary="radio 3", skills="First aid, radio", equipment="generator")
    view = ana.view()
    assert signals(view) == [("primary", "radio 3"), ("emergency", "knock")]
    for words in ("first AID", "aid generator"):
        assert who_has([view], words) == [view]
    assert who_has([view], "chainsaw") == who_has([view], " ") == []
    assert who_has([view | {"kept": "aside"}], "radio") == []
    twins = [view | {"title": title, "id": id_} for title, id_ in (("b", "1"), ("A", "2"), ("a", "1"))]
    assert [(each["title"], each["id"]) for each in who_has(twins, "radio")] == [("a", "1"), ("A", "2"), ("b", "1")]


def test_buddies_review_and_taking_off_the_roster() -> None:
    ana = household(review="2026-11-24")
    other = "01" + "5" * 30
    ana.act("roster.buddy", household=other)
    assert ana.view()["buddies"] == [other]
    with pytest.raises(NotPossibleNow, match="changes nothing"):
        ana.act("roster.buddy", household=other)
    with pytest.raises(BadValue, match="own buddy"):
        ana.act("roster.buddy", household=RECORD.hex())
    ana.act("roster.unbuddy", household=other)
    with pytest.raises(NotPossibleNow, match="no buddies"):
        ana.act("roster.unbuddy", household=other)
    assert is_review_due(ana.view(), TODAY)
    assert not is_review_due(ana.view(), "2026-11-23")
    ana.act("roster.aside")
    assert BOARD.state(ana.view(), TODAY) == "aside"
    for action in ({"word": "safe"},):
        with pytest.raises(NotPossibleNow, match="Put it back"):
            ana.act("roster.mark", **action)
    ana.act("roster.restore")
    with pytest.raises(NotPossibleNow, match="on the roster"):
        ana.act("roster.restore")
    assert BOARD.state(ana.view(), TODAY) == "unknown"
    history = [entry.what for entry in ana.record.history(Everyone())]
    assert history == ["restore", "aside", "unbuddy", "buddy", "add"]


def test_what_is_sealed_has_a_circle_of_its_own() -> None:
    ana = household()
    (bo,) = callers(ana, 2)
    ana.act("roster.seal", which="key", text="Under the pot", to=bo.member.hex())
    ana.act("roster.seal", which="medical", text="Insulin")
    view = ana.view()
    assert {field: len(said["for"]) for field, said in view["sealed"].items()} == {"key": 2, "medical": 1}
    ana.act("roster.seal", which="key", text="Under the mat")
    assert len(ana.view()["sealed"]["key"]["for"]) == 2, "the circle stays where none is named"
    ana.act("roster.share", which="key", without=bo.member.hex())
    ana.act("roster.share", which="medical", **{"with": bo.member.hex()})
    assert {field: len(said["for"]) for field, said in ana.view()["sealed"].items()} == {"key": 1, "medical": 2}
    bo.hear(ana)
    with pytest.raises(NotPossibleNow, match="Only whoever made this entry"):
        bo.act("roster.seal", which="key", text="mine")
    for arguments, words in (
        ({"which": "key", "text": " "}, "Write what only they"),
        ({"which": "key", "text": "ä" * 2500}, "within 4,096 bytes"),
        ({"which": "key", "text": "x", "to": ",".join(f"{n:064x}" for n in range(33))}, "at most 32"),
    ):
        with pytest.raises(BadValue, match=words):
            ana.act("roster.seal", **arguments)
    with pytest.raises(BadValue, match="Nothing is sealed there"):
        ana.act("roster.share", which="address", **{"with": bo.member.hex()})
    with pytest.raises(BadValue, match="can always read it"):
        ana.act("roster.share", which="key", without=ana.member.hex())
    with pytest.raises(NotPossibleNow, match="changes nothing"):
        ana.act("roster.share", which="key", **{"with": ana.member.hex()})


HOSTILE = (
    "",
    "{",
    "[]",
    "{}",
    "null",
    '{"word":"fine"}',
    '{"word":["help"]}',
    '{"word":{"a":1}}',
    '{"word":"help","how":5,"note":true,"call":"zz","at_ms":"x"}',
    '{"word":"safe","at_ms":99999999999999999999999}',
    '{"word":"safe","how":"\\ud800\\u202e' + "\\n" * 50 + '"}',
    '{"back":true,"who":7,"where":[]}',
    '{"back":-5}',
    '{"back":1e300}',
    '{"on":"true"}',
    "[" * 5000,
)


def test_hostile_values_say_nothing_and_break_nothing() -> None:
    ana = household()
    keys = ("status", "drill", "out/x", "out/", f"lives/{ana.member.hex()}", f"lives/{ana.member.hex()}/x", "buddy/zz")
    for raw in (*HOSTILE, '{"word":"' + "x" * (LONGEST_STRING_BYTES - 100) + '"}'):
        ana.write([Put(key, raw) for key in keys])
        view = ana.view()
        assert json.loads(json.dumps(view)) == view
        assert view["buddies"] == []
        assert all(mark["word"] in ("help", "safe") for mark in (*view["marks"], *view["drill_marks"]))
        assert all(isinstance(each["back_ms"], int) and each["back_ms"] > 0 for each in view["outs"])
        assert overdue(view, FIRST_MS) == []
        BOARD.order(view, TODAY)
    for value in (5, True, 2**62):
        ana.write([Put(key, value) for key in ("status", "title", "review", "kept", "out/x")])
        assert ana.view()["title"] == ""
        assert ana.view()["marks"] == []


def test_at_a_hub_anybody_marks_and_nobody_agrees() -> None:
    ana = household()
    hub = Neighbour(2, RECORD)
    hub.hear(ana)
    hub_device = DeviceId(b"h" + hub.device[1:])
    mine, theirs = (f"lives/{each.hex()}" for each in (ana.member, hub.member))
    at_hub = [Put("status", '{"word":"help"}'), Put(mine, '{"on":false}'), Put(theirs, '{"on":true}'), Put("by", "Mo")]
    change = sealed(RECORD, hub_device, FIRST_MS + 5000, hub.record.draft(at_hub))
    assert hub.record.add([change])
    view = hub.view()
    assert [(mark["word"], mark["by"], mark["at"]) for mark in view["marks"]] == [("help", "Mo", hub_device.hex())]
    assert [each["member"] for each in view["lives"]] == [ana.member.hex()], "consent is each person's own word"
    actor = replace(hub.actor, by="Mo")
    for name in ("roster.agree", "roster.seal"):
        assert ACTIONS[name].possible(view, actor)
    assert not any(edit.key.startswith("lives/") for edit in ACTIONS["roster.add"].plan({}, {"title": "Mo"}, actor))


def test_households_are_ordered_by_how_they_are_then_by_name_and_by_nothing_else() -> None:
    base = household().view()
    rng = random.Random(7)
    views = [
        base
        | {
            "id": f"01{number:030x}",
            "title": rng.choice(("Ana", "bo", "Zoe")),
            "status": rng.choice(BOARD.states[:4]),
            "changes": rng.randrange(99),
            "created": base["created"] | {"at_ms": rng.randrange(10**12)},
        }
        for number in range(60)
    ]
    order = [(BOARD.state(view, TODAY), view["title"].casefold()) for view in sorted(views, key=_by_board)]
    assert order == sorted(order, key=lambda each: (BOARD.states.index(each[0]), each[1]))


def test_the_history_calls_each_change_by_what_it_did() -> None:
    ana = household()
    ana.act("roster.out", back=FIRST_MS + HOUR_MS)
    ana.act("roster.back")
    ana.act("roster.mark", word="help")
    ana.undo(ana.written[-1])
    ana.act("roster.mark", word="safe", drill="yes")
    ana.act("roster.seal", which="key", text="Under the pot")
    ana.act("roster.edit", place="Elm Street")
    ana.act("roster.withdraw")
    ana.act("roster.agree")
    with pytest.raises(NotPossibleNow, match="agreed already"):
        ana.act("roster.agree")
    whats = [entry.what for entry in reversed(ana.record.history(Everyone()))]
    assert whats == ["add", "out", "back", "mark", "undo", "drill_mark", "seal", "edit", "withdraw", "agree"]
    assert ana.record.reading(Everyone()).values("pigeon") == []
    ana.write([Put("out/x", "")])


def test_no_figure_is_attached_to_a_person() -> None:
    """Numbers in the views of the roster, alarms and roll calls are moments, and how long a history is."""
    ana = household(skills="first aid")
    ana.act("roster.mark", word="help")
    ana.act("roster.out", back=FIRST_MS + HOUR_MS, who="Jon")
    alarm = Neighbour(1, made_record_id(NETWORK, 0x02, device(1), FIRST_MS))
    alarm.act("alarm.raise", what="fire")
    alarm.act("alarm.going")
    call = Neighbour(1, made_record_id(NETWORK, 0x03, device(1), FIRST_MS))
    call.act("rollcall.open", title="storm")
    call.act("rollcall.tried", household=RECORD.hex(), signal="primary")
    found = {name for view in (ana.view(), alarm.view(), call.view()) for name in _numbers("", view)}
    assert found == {"at_ms", "back_ms", "raised_ms", "opened_ms", "changes"}


def _numbers(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _numbers(str(key), each)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(name, each)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield name


def _by_board(view: dict[str, Any]) -> tuple[int, str, str, str]:
    return BOARD.order(view, TODAY)
