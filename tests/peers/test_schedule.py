"""The schedule's promises, one at a time: how soon, how often, whom, and who leaves the first move."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt.identifiers import DeviceId
from meshnode.peers.dial_target import LONGEST_BACK_OFF_SECONDS, back_off
from meshnode.peers.double_dial import DOUBLE_DIAL_SECONDS, Opened, second_stays
from meshnode.peers.schedule import (
    ACCEPT,
    ACCEPT_AS_HUB,
    ADDRESS_RESTS_SECONDS,
    COURTESY_SECONDS,
    DIALS_AT_ONCE,
    EAGER_RESTS_SECONDS,
    REFUSED_RESTS_SECONDS,
    TAKEN_FOR_SECONDS,
    Dial,
    Schedule,
    may_accept,
)

LOW, ME, HIGH = DeviceId(b"a" * 32), DeviceId(b"m" * 32), DeviceId(b"z" * 32)
HERE, THERE = "10.0.0.1:4000", "10.0.0.2:4000"


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(ME)


def endpoints(dials: list[Dial]) -> list[str]:
    return [dial.endpoint for dial in dials]


def dial_at(schedule: Schedule, now: float) -> Dial:
    (dial,) = schedule.dials(now)
    return dial


def next_due(schedule: Schedule) -> float:
    due = schedule.next_due()
    assert due is not None
    return due


def fail_until(schedule: Schedule, now: float, until: float) -> list[float]:
    """Dial whatever is due and fail, as time goes on; the times of the dials."""
    times = []
    while now <= until:
        for dial in schedule.dials(now):
            times.append(now)
            schedule.failed(dial, now, 0.5)
        now = max(next_due(schedule), now + 0.001)
    return times


def test_nothing_is_due_at_first(schedule: Schedule) -> None:
    assert schedule.dials(0.0) == []
    assert schedule.next_due() is None


def test_a_fresh_sighting_is_dialled_at_once_and_only_once(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 10.0, 0.5, we_first=True)
    assert endpoints(schedule.dials(10.0)) == [HERE]
    assert schedule.dials(10.0) == []


def test_an_unproven_address_rests_for_thirty_seconds(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    times = fail_until(schedule, 0.0, 200.0)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert min(pauses) >= ADDRESS_RESTS_SECONDS
    assert max(pauses) <= LONGEST_BACK_OFF_SECONDS


def test_forged_sightings_cannot_make_us_hammer_an_address(schedule: Schedule) -> None:
    """Somebody replays announcements that name one victim, a hundred a second."""
    dials = 0
    for tick in range(1000):
        now = tick / 100
        schedule.sighted(f"n{tick}", [HERE], now, 0.5, we_first=True)
        for dial in schedule.dials(now):
            dials += 1
            schedule.failed(dial, now, 0.5)
        schedule.gone(f"n{tick}")
    assert dials <= 10 / EAGER_RESTS_SECONDS + 1


def test_a_forged_address_in_a_true_announcement_rests_too(schedule: Schedule) -> None:
    schedule.remember(HIGH, [HERE], 0.0, 0.5, proven=True)
    schedule.sighted("n1", [THERE, HERE], 0.0, 0.5, we_first=True)
    dialled: list[tuple[float, str]] = []
    now = 0.0
    while now < 100.0:
        for dial in schedule.dials(now):
            dialled.append((now, dial.endpoint))
            schedule.failed(dial, now, 0.5)
        now = max(next_due(schedule), now + 0.001)
    strangers = [at for at, endpoint in dialled if endpoint == THERE]
    assert min(later - earlier for earlier, later in pairwise(strangers)) >= 30.0
    assert len([at for at, endpoint in dialled if endpoint == HERE]) > 0


def test_other_addresses_of_a_sighting_are_tried_at_once(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE, THERE], 0.0, 0.5, we_first=True)
    first = dial_at(schedule, 0.0)
    schedule.failed(first, 2.0, 0.5)
    assert endpoints([first, *schedule.dials(2.0)]) == [HERE, THERE]


def test_a_change_of_network_tries_everybody_at_once(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    schedule.failed(dial_at(schedule, 0.0), 1.0, 0.5)
    assert schedule.dials(5.0) == []
    schedule.network_changed(5.0)
    assert endpoints(schedule.dials(5.0)) == [HERE]


def test_a_proven_device_is_dialled_again_within_seconds_then_less_and_less_often(schedule: Schedule) -> None:
    schedule.remember(HIGH, [HERE], 0.0, 0.5, proven=True)
    times = fail_until(schedule, 0.0, 400.0)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[:6] == pytest.approx([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], abs=0.01)
    assert pauses[6:] == pytest.approx([LONGEST_BACK_OFF_SECONDS] * len(pauses[6:]), abs=0.01)


def test_an_address_that_a_peer_told_is_not_taken_for_proven(schedule: Schedule) -> None:
    schedule.remember(HIGH, [HERE], 0.0, 0.5, proven=False)
    schedule.failed(dial_at(schedule, 0.0), 0.1, 0.0)
    assert next_due(schedule) == ADDRESS_RESTS_SECONDS


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_back_off_stays_between_half_a_second_and_a_minute(failures: int, jitter: float) -> None:
    assert 0.5 <= back_off(failures, jitter) <= LONGEST_BACK_OFF_SECONDS
    assert back_off(failures, jitter) <= back_off(failures + 1, jitter)


def test_the_lower_device_moves_first_and_the_other_waits_a_moment() -> None:
    lower, higher = Schedule(LOW), Schedule(HIGH)
    lower.remember(HIGH, [HERE], 0.0, 0.5, proven=True)
    higher.remember(LOW, [THERE], 0.0, 0.5, proven=True)
    assert next_due(lower) == 0.0
    assert next_due(higher) == COURTESY_SECONDS
    assert endpoints(higher.dials(COURTESY_SECONDS)) == [THERE]


def test_their_dial_makes_ours_unnecessary(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=False)
    schedule.linked(HIGH, 0.02, 0.5, ip="10.0.0.1")
    assert schedule.dials(COURTESY_SECONDS) == []
    assert next_due(schedule) == pytest.approx(0.02 + TAKEN_FOR_SECONDS), "but a wrong guess is no dead-lock"


def test_somebody_else_behind_the_same_address_is_not_taken_for_the_caller(schedule: Schedule) -> None:
    schedule.sighted("n1", ["10.0.0.1:1"], 0.0, 0.1, we_first=False)
    schedule.sighted("n2", ["10.0.0.1:2"], 0.0, 0.2, we_first=False)
    schedule.linked(HIGH, 0.02, 0.5, ip="10.0.0.1")
    assert len(schedule.dials(COURTESY_SECONDS)) == 1


def test_a_linked_device_is_left_alone_until_the_link_ends(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    schedule.linked(HIGH, 0.1, 0.5, dial=dial_at(schedule, 0.0))
    assert schedule.next_due() is None
    schedule.sighted("n2", [HERE], 5.0, 0.5, we_first=True)
    assert schedule.next_due() is None, "a new announcement of the proven address is the same device"
    schedule.unlinked(HIGH, 10.0, 0.5)
    assert 10.5 <= next_due(schedule) <= 11.5
    assert dial_at(schedule, 12.0) == Dial(HIGH.hex(), HERE, HIGH)


def test_an_address_that_changed_hands_belongs_to_the_new_device(schedule: Schedule) -> None:
    schedule.remember(HIGH, [HERE], 0.0, 0.5, proven=True)
    schedule.linked(LOW, 0.1, 0.5, dial=dial_at(schedule, 0.0))
    schedule.network_changed(5.0)
    assert schedule.dials(5.0) == [], "nowhere is left to look for the old one"
    schedule.unlinked(LOW, 6.0, 0.5)
    assert dial_at(schedule, 8.0).device == LOW


def test_who_refuses_is_left_in_peace(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    schedule.refused(dial_at(schedule, 0.0), 1.0)
    assert next_due(schedule) == 1.0 + REFUSED_RESTS_SECONDS


def test_a_link_that_one_side_does_not_want_is_not_made_again_soon(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    schedule.linked(HIGH, 0.1, 0.5, dial=dial_at(schedule, 0.0))
    schedule.unlinked(HIGH, 10.0, 0.5, in_peace=True)
    assert next_due(schedule) == 10.0 + REFUSED_RESTS_SECONDS


def test_our_own_address_is_not_dialled_twice_but_the_others_are(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE, THERE], 0.0, 0.5, we_first=True)
    schedule.ourselves(dial_at(schedule, 0.0))
    again = dial_at(schedule, 0.0)
    assert again.endpoint == THERE
    schedule.failed(again, 0.1, 0.5)
    assert endpoints(schedule.dials(100.0)) == [THERE]


def test_a_withdrawn_announcement_is_forgotten_even_in_mid_dial(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    dial = dial_at(schedule, 0.0)
    schedule.gone("n1")
    schedule.failed(dial, 1.0, 0.5)
    schedule.sighted("n2", [THERE], 1.0, 0.5, we_first=True)
    schedule.gone("n2")
    schedule.gone("n3")
    assert schedule.next_due() is None


def test_new_addresses_of_a_sighting_replace_the_old_ones(schedule: Schedule) -> None:
    schedule.sighted("n1", [HERE], 0.0, 0.5, we_first=True)
    schedule.failed(dial_at(schedule, 0.0), 1.0, 0.5)
    schedule.sighted("n1", [THERE], 2.0, 0.5, we_first=True)
    schedule.failed(dial_at(schedule, 2.0), 2.0, 0.5)
    schedule.network_changed(50.0)
    assert endpoints(schedule.dials(50.0)) == [THERE]


def test_a_former_member_is_not_dialled_any_more(schedule: Schedule) -> None:
    schedule.remember(HIGH, [HERE], 0.0, 0.5, proven=True)
    schedule.forget(HIGH)
    schedule.unlinked(HIGH, 1.0, 0.5)
    assert schedule.next_due() is None


def test_up_to_six_everybody_is_linked_to(schedule: Schedule) -> None:
    for number in range(6):
        schedule.sighted(f"n{number}", [f"10.0.0.{number}:1"], 0.0, number / 10, network="eth0", we_first=True)
    assert len(schedule.dials(0.0)) == 6


def test_among_many_four_are_picked_in_each_network_and_whoever_bridges(schedule: Schedule) -> None:
    for number in range(20):
        network = "eth0" if number < 10 else "wlan0"
        schedule.sighted(f"n{number}", [f"10.0.0.{number}:1"], 0.0, number / 20, network=network, we_first=True)
    schedule.typed("192.168.7.7:4000", 0.0, 0.99)
    dialled = schedule.dials(0.0)
    assert len(dialled) == DIALS_AT_ONCE
    for dial in dialled:
        device = DeviceId(dial.endpoint.encode().ljust(32))
        schedule.linked(device, 0.1, 0.5, dial=dial)
    last = schedule.dials(0.2)
    everybody = {*endpoints(dialled), *endpoints(last)}
    assert everybody == {f"10.0.0.{n}:1" for n in (0, 1, 2, 3, 10, 11, 12, 13)} | {"192.168.7.7:4000"}


def test_a_pick_that_fails_gives_way_to_a_healthy_one(schedule: Schedule) -> None:
    for number in range(10):
        schedule.sighted(f"n{number}", [f"10.0.0.{number}:1"], 0.0, number / 10, network="eth0", we_first=True)
    now, reached = 0.0, set()
    while now < 400.0:
        for dial in schedule.dials(now):
            reached.add(dial.endpoint)
            schedule.failed(dial, now, 0.5)
        now += 1.0
    assert len(reached) == 10


def test_remembered_devices_are_tried_when_nobody_is_seen(schedule: Schedule) -> None:
    """Multicast is blocked: the book is all we have, and the first six in it have moved away."""
    for number in range(20):
        device = DeviceId(bytes([100 + number]) * 32)
        schedule.remember(device, [f"10.0.0.{number}:1"], 0.0, number / 20, proven=True)
    now, reached = 0.0, set()
    while now < 60.0:
        for dial in schedule.dials(now):
            reached.add(dial.endpoint)
            schedule.failed(dial, now, 0.5)
        now += 0.5
    assert len(reached) == 20


def test_no_more_than_eight_dials_are_under_way(schedule: Schedule) -> None:
    for number in range(30):
        schedule.typed(f"10.0.0.{number}:1", 0.0, number / 30)
    begun = schedule.dials(0.0)
    assert len(begun) == DIALS_AT_ONCE
    assert schedule.next_due() is None, "until one of them ends"
    schedule.failed(begun[0], 1.0, 0.5)
    assert len(schedule.dials(1.0)) == 1


def test_there_is_room_for_sixteen_and_at_a_hub_for_more() -> None:
    assert may_accept(ACCEPT - 1, hub=False)
    assert not may_accept(ACCEPT, hub=False)
    assert may_accept(ACCEPT, hub=True)
    assert not may_accept(ACCEPT_AS_HUB, hub=True)


def test_dialled_past_each_other_the_lower_ones_link_stays_on_both_sides() -> None:
    by_low, by_high = Opened(LOW, 1.0), Opened(HIGH, 1.1)
    assert not second_stays(by_low, by_high)
    assert second_stays(by_high, by_low)


def test_a_later_link_replaces_a_dead_one_whoever_dialled() -> None:
    assert second_stays(Opened(LOW, 0.0), Opened(HIGH, DOUBLE_DIAL_SECONDS + 1))
    assert second_stays(Opened(LOW, 0.0), Opened(LOW, 1.0))
