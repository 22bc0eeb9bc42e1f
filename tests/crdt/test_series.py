"""Series and their days: one record a day wherever it is begun, shown as tasks, whatever others write into it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from crdt.actions import ACTIONS
from crdt.boards.occurrences import FIELDS, must_be_of_one_day, of_view, series_views, tasks_now
from crdt.boards.series_day import OCCURRENCE_CODE, SeriesDay, begin_edits, occurrence_record_id
from crdt.edits import Planned, Put
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import NetworkId, made_record_id
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TODAY, Everyone, Neighbour, device, member
from tests.support.people import fuzz_count

SERIES_RECORD = made_record_id(NETWORK, 0x25, device(1), FIRST_MS)
FRIDAY = SeriesDay(SERIES_RECORD.hex(), "2026-11-27")
RECORD = occurrence_record_id(NETWORK, FRIDAY)
HOSTILE: tuple[Any, ...] = (0, -1, True, "", "{", "[]", '{"on":{}}', "\x00", "9" * 200, '{"word":7}', 2**40)


def series(**arguments: Any) -> Neighbour:
    ana = Neighbour(1, SERIES_RECORD)
    ana.act("series.add", **{"title": "Compost", "rhythm": "every friday", "starts": "2026-11-01", **arguments})
    return ana


def on_friday(number: int) -> Neighbour:
    return Neighbour(number, RECORD)


def act(who: Neighbour, action: str, plan: Neighbour, **arguments: Any) -> None:
    """What the node does: plan against the joined view, write into the day's record."""
    shown = task(plan, who)
    edits: list[Planned] = [*ACTIONS[action].plan(shown, arguments, who.actor)]
    who.write(edits if who.record.merged else [*begin_edits(1, FRIDAY), *edits])


def task(plan: Neighbour, *days: Neighbour) -> dict[str, Any]:
    shown = tasks_now([plan.view(), *(day.view() for day in days)], NETWORK, TODAY)
    return next(view for view in shown if view["day"] == FRIDAY.day)


def test_a_series_as_people_see_it() -> None:
    view = series(place="Garden", details="Mind the toads.").view()
    assert (view["kind"], view["rhythm"], view["starts"]) == ("series", "weekly fri", "2026-11-01")
    assert view["ends"] == "2027-05-02"  # half a year: terms end
    assert (view["details"], view["willing"], view["status"]) == ("Mind the toads.", [], "running")


def test_a_rhythm_that_leaves_the_day_open_takes_it_from_the_start() -> None:
    ana = series(rhythm="every 2 weeks", starts="2026-11-28")
    assert ana.view()["rhythm"] == "fortnightly sat"
    ana.act("series.edit", starts="2026-11-30", rhythm="weekly")
    assert ana.view()["rhythm"] == "weekly mon"


def test_a_series_must_end_after_it_starts() -> None:
    with pytest.raises(BadValue, match="on that day or later"):
        series(ends="2026-10-01")
    ana = series()
    for arguments in ({"ends": ""}, {"starts": ""}, {"ends": "2026-01-01"}):
        with pytest.raises(BadValue):
            ana.act("series.edit", **arguments)
    ana.act("series.renew")
    assert ana.view()["ends"] == "2027-10-31"


def test_who_is_willing_is_read_and_who_is_not_is_nowhere() -> None:
    ana, bo = series(), Neighbour(2, SERIES_RECORD)
    bo.hear(ana)
    bo.write([Put(f"willing/{member(2).hex()}", '{"word":"willing"}')])
    ana.hear(bo)
    ana.write([Put(f"willing/{member(1).hex()}", '{"word":"willing"}')])
    assert [each["member"] for each in ana.view()["willing"]] == [member(1).hex(), member(2).hex()]
    bo.write([Put(f"willing/{member(2).hex()}", '{"word":"not now"}')])
    ana.hear(bo)
    assert [each["member"] for each in ana.view()["willing"]] == [member(1).hex()]
    assert member(2).hex() not in str(ana.view() | {"changed": None})
    gone = Everyone(frozenset({member(1)}))
    assert ana.record.view(gone)["willing"] == []


def test_shown_are_the_latest_due_day_the_next_and_every_begun_one() -> None:
    ana = series(place="Garden", people_needed=2)
    shown = tasks_now([ana.view()], NETWORK, TODAY)
    assert [view["day"] for view in shown] == ["2026-11-20", "2026-11-27"]
    assert {(view["title"], view["place"], view["people_needed"]) for view in shown} == {("Compost", "Garden", 2)}
    assert [view["due"] for view in shown] == [view["day"] for view in shown]
    assert of_view(shown[1]) == {"series": SERIES_RECORD.hex(), "day": "2026-11-27"}
    later = tasks_now([ana.view()], NETWORK, "2026-12-20")
    assert [view["day"] for view in later] == ["2026-12-18", "2026-12-25"]
    bo = on_friday(2)
    act(bo, "task.claim", ana)
    begun = tasks_now([ana.view(), bo.view()], NETWORK, "2026-12-20")
    assert [view["day"] for view in begun] == ["2026-11-27", "2026-12-18", "2026-12-25"]
    act(bo, "task.done", ana)
    done = tasks_now([ana.view(), bo.view()], NETWORK, "2026-12-20")
    assert [view["day"] for view in done] == ["2026-12-18", "2026-12-25"]


def test_roles_and_what_has_ended_are_not_on_the_board() -> None:
    assert tasks_now([series(ends="2026-11-15").view()], NETWORK, TODAY) == []
    role = series()
    role.write([Put("rotates", "role")])
    assert tasks_now([role.view()], NETWORK, TODAY) == []


def test_what_is_set_aside_leaves_what_people_claimed() -> None:
    ana, bo = series(), on_friday(2)
    act(bo, "task.claim", ana)
    ana.act("series.aside")
    assert [view["status"] for view in tasks_now([ana.view(), bo.view()], NETWORK, TODAY)] == ["claimed"]
    with pytest.raises(NotPossibleNow):
        ana.act("series.aside")
    ana.act("series.reopen")
    assert len(tasks_now([ana.view(), bo.view()], NETWORK, TODAY)) == 2


def test_one_day_begun_by_several_is_one_record_in_every_order() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    plan = series()
    for _ in range(fuzz_count(3)):
        cast = [on_friday(number) for number in range(1, 5)]
        for step in range(12):
            who = source.choice(cast)
            if source.random() < 0.4:
                who.hear(source.choice(cast))
            shown = task(plan, who)
            mine = any(claim["member"] == who.member.hex() for claim in shown["claims"])
            act(who, source.choice(["task.pass" if mine else "task.claim"]), plan) if step % 2 else act(
                who, "task.comment", plan, text=f"{who.number} {step}"
            )
        views = []
        for reader in cast:
            others = source.sample(cast, len(cast))
            reader.hear(*others)
            views.append(task(plan, reader))
        assert all(view == views[0] for view in views)
        assert views[0]["id"] == RECORD.hex()


def test_a_first_change_is_told_as_what_it_did_and_taken_back() -> None:
    plan, bo = series(), on_friday(2)
    act(bo, "task.claim", plan)
    entry = bo.record.history(EVERYONE)[0]
    assert (entry.what, [change.field for change in entry.fields]) == ("claim", ["claim"])
    bo.undo(bo.written[0])
    assert (task(plan, bo)["status"], task(plan, bo)["claims"]) == ("open", [])


def test_one_day_may_differ_but_not_in_what_is_the_series() -> None:
    plan, bo = series(place="Garden"), on_friday(2)
    act(bo, "task.edit", plan, place="Cellar", people_needed=4, due="2026-11-28")
    shown = task(plan, bo)
    assert (shown["place"], shown["people_needed"], shown["due"]) == ("Cellar", 4, "2026-11-28")
    act(bo, "task.edit", plan, place="", due="")
    assert (task(plan, bo)["place"], task(plan, bo)["due"]) == ("Garden", FRIDAY.day)
    edits = ACTIONS["task.edit"].plan(task(plan, bo), {"title": "Other"}, bo.actor)
    with pytest.raises(NotPossibleNow, match="series edit"):
        must_be_of_one_day(edit.key for edit in edits)


def test_nobody_can_make_a_day_of_what_is_none_nor_take_a_day_away() -> None:
    plan, bo, eve = series(), on_friday(2), on_friday(3)
    eve.write([Put("v", 1), Put(f"of/{SERIES_RECORD.hex()}.2026-12-04", "on"), Put("status", "done")])
    assert (eve.view()["series"], eve.view()["day"]) == ("", "")
    act(bo, "task.claim", plan)
    eve.hear(bo)
    eve.write([Put(f"of/{SERIES_RECORD.hex()}.{FRIDAY.day}", ""), Put("of/x", "y"), Put("status", "open")])
    bo.hear(eve)
    assert SeriesDay(bo.view()["series"], bo.view()["day"]) == FRIDAY
    assert task(plan, bo)["status"] == "claimed"
    other = NetworkId(b"\x01" * 32)
    assert occurrence_record_id(other, FRIDAY) != RECORD
    assert RECORD[0] == OCCURRENCE_CODE


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_values_read_as_nothing(raw: Any) -> None:
    plan, bo = series(), on_friday(2)
    keys = [declared.key for declared in FIELDS if not declared.group and declared.key != "details"]
    groups = [f"{group}/{member(2).hex()}" for group in ("claim", "comment", "check", "thanks")]
    bo.write([*begin_edits(1, FRIDAY), *(Put(key, raw) for key in (*keys, *groups, "tick/x", "link/x", "of/x.y"))])
    shown = task(plan, bo)
    assert shown["status"] in ("open", "claimed", "done")
    plan.write(
        [Put(key, raw) for key in ("rhythm", "starts", "ends", "rotates", "status", f"willing/{member(1).hex()}")]
    )
    views = series_views([plan.view(), bo.view()], NETWORK)
    assert all(set(view) == set(shown) for view in views.tasks(TODAY))
