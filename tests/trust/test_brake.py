"""The brake: a few removals in a week are followed, about the rest the person is asked."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from crdt.identifiers import MemberId
from meshnode.trust.brake import BY_PERSON, WINDOW_MS, Noted, allowance, answered, follow_by_itself

NOW = 1_795_521_600_000
DAY_MS = 86_400_000


def people(*numbers: int) -> frozenset[MemberId]:
    return frozenset(MemberId(number.to_bytes(32, "big")) for number in numbers)


def each(numbers: Iterable[int]) -> list[frozenset[MemberId]]:
    return [people(number) for number in numbers]


@pytest.mark.parametrize(("members", "expected"), [(0, 3), (5, 3), (39, 3), (40, 4), (500, 50)])
def test_three_or_one_of_ten(members: int, expected: int) -> None:
    assert allowance(members) == expected


def test_three_are_followed_and_the_fourth_waits() -> None:
    noted = follow_by_itself(Noted(), each(range(4)), 12, NOW)
    assert noted.followed == dict.fromkeys(people(0, 1, 2), NOW)
    assert noted.waiting(people(0, 1, 2, 3)) == people(3)


def test_thirty_three_at_once_are_asked_about_together() -> None:
    noted = follow_by_itself(Noted(), [people(*range(33))], 60, NOW)
    assert noted.followed == {}
    assert noted.waiting(people(*range(33))) == people(*range(33))


def test_a_smaller_one_still_has_room_behind_a_larger_one() -> None:
    noted = follow_by_itself(Noted(), [people(*range(9)), people(20, 21)], 12, NOW)
    assert noted.followed.keys() == people(20, 21)


def test_the_week_passes() -> None:
    noted = follow_by_itself(Noted(), each(range(3)), 12, NOW)
    later = follow_by_itself(noted, each(range(4)), 12, NOW + WINDOW_MS - 1)
    assert later.waiting(people(*range(4))) == people(3)
    assert follow_by_itself(noted, each(range(4)), 12, NOW + WINDOW_MS).waiting(people(*range(4))) == frozenset()


def test_a_clock_that_was_put_back_spends_nothing_anew() -> None:
    noted = follow_by_itself(Noted(), each(range(3)), 12, NOW)
    assert follow_by_itself(noted, each(range(4)), 12, NOW - 400 * DAY_MS).followed.keys() == people(0, 1, 2)
    unset = follow_by_itself(Noted(), each(range(3)), 12, 0)
    assert BY_PERSON not in unset.followed.values()


def test_what_the_person_said_is_not_counted() -> None:
    asked = follow_by_itself(Noted(), [people(*range(9))], 12, NOW)
    said = answered(asked, people(*range(9)), follow=True)
    assert said.waiting(people(*range(9))) == frozenset()
    more = follow_by_itself(said, [people(*range(9)), *each(range(9, 12))], 12, NOW + DAY_MS)
    assert more.followed.keys() == people(*range(12))


def test_no_is_an_answer_until_it_is_changed() -> None:
    asked = follow_by_itself(Noted(), [people(*range(9))], 12, NOW)
    declined = answered(asked, people(*range(9)), follow=False)
    assert declined.waiting(people(*range(9))) == frozenset()
    assert follow_by_itself(declined, [people(*range(9))], 12, NOW + 10 * WINDOW_MS).followed == {}
    assert answered(declined, people(1), follow=True).followed == {next(iter(people(1))): BY_PERSON}
    followed = follow_by_itself(Noted(), each(range(2)), 12, NOW)
    assert answered(followed, people(1), follow=False).followed.keys() == people(0)


def test_who_is_taken_back_is_forgotten_and_gives_room_again() -> None:
    noted = follow_by_itself(Noted(), each(range(3)), 12, NOW)
    restored = follow_by_itself(noted, each(range(1, 3)), 12, NOW)
    assert restored.followed.keys() == people(1, 2)
    assert follow_by_itself(restored, each((1, 2, 7)), 12, NOW).followed.keys() == people(1, 2, 7)
