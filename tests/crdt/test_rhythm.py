"""Rhythms and the moon: what people type, the days that follow, and dates that others have published."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest

from crdt.errors import BadValue
from crdt.moon import FULL, NEW, days_of, moment_of
from crdt.rhythm import WEEKDAYS, Rhythm, around, occurrences, read_rhythm, spoken
from tests.support.people import fuzz_count

START = "2026-11-25"  # a Wednesday
FIELD = Rhythm("rhythm", "Rhythm")

TYPED = {
    "every friday": "weekly fri",
    "Fridays": "weekly fri",
    "every Monday and Thursday": "weekly mon thu",
    "thu, mon": "weekly mon thu",
    "weekly": "weekly wed",
    "every week": "weekly wed",
    "fortnightly": "fortnightly wed",
    "every 2 weeks on friday": "fortnightly fri",
    "every second Friday": "fortnightly fri",
    "every other week": "fortnightly wed",
    "2nd sat": "monthly 2nd sat",
    "the second Friday of the month": "monthly 2nd fri",
    "last sun": "monthly last sun",
    "last day of the month": "monthly last",
    "on the 15th": "monthly 15",
    "monthly": "monthly 25",
    "daily": "every 1 days",
    "every 3 days": "every 3 days",
    "every new moon": "new moon",
    "full moons": "full moon",
}


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_has_one_spelling(typed: str) -> None:
    spelt = read_rhythm(typed, START)
    assert spelt == TYPED[typed]
    assert read_rhythm(spelt, "2000-01-01") == spelt
    assert FIELD.read(spelt) == spelt
    assert "cannot read" not in spoken(spelt)


@pytest.mark.parametrize("typed", ["", "blue moon", "every 0 days", "every 999 days", "monthly 32", "5th fri", "t", 7])
def test_what_is_no_rhythm_is_refused_with_what_to_write(typed: object) -> None:
    with pytest.raises(BadValue, match="every friday"):
        FIELD.accept(typed, START)


@pytest.mark.parametrize(
    "raw", [None, 7, True, b"x", "", "weekly", "weekly xyz", "Weekly Fri", "monthly 2", "\x00" * 999]
)
def test_reading_takes_anything(raw: str | int | bytes | None) -> None:
    read = FIELD.read(raw)
    assert read in ("", raw)
    assert list(occurrences(read, START, START, "2027-12-31")) == [] or raw == "monthly 2"


def test_each_rhythm_has_its_days() -> None:
    def days(rhythm: str, last: str = "2027-01-31", start: str = START) -> list[str]:
        return [day[2:] for day in occurrences(rhythm, start, start, last)]

    assert days("weekly fri", "2026-12-12") == ["26-11-27", "26-12-04", "26-12-11"]
    assert days("weekly mon thu", "2026-12-04") == ["26-11-26", "26-11-30", "26-12-03"]
    assert days("fortnightly fri", "2026-12-31") == ["26-11-27", "26-12-11", "26-12-25"]
    assert days("fortnightly mon", "2026-12-31") == ["26-12-07", "26-12-21"]
    assert days("every 10 days", "2026-12-31") == ["26-11-25", "26-12-05", "26-12-15", "26-12-25"]
    assert days("monthly 31", "2027-03-01") == ["26-11-30", "26-12-31", "27-01-31", "27-02-28"]
    assert days("monthly last") == ["26-11-30", "26-12-31", "27-01-31"]
    assert days("monthly 2nd sat") == ["26-12-12", "27-01-09"]
    assert days("monthly last sun") == ["26-11-29", "26-12-27", "27-01-31"]
    assert days("new moon") == ["26-12-09", "27-01-07"]


def test_the_latest_due_day_and_the_next() -> None:
    assert around("weekly fri", "2026-11-01", "", START) == ("2026-11-20", "2026-11-27")
    assert around("weekly wed", "2026-11-01", "", START) == ("2026-11-25", "2026-12-02")
    assert around("weekly fri", "2027-06-01", "2027-09-01", START) == ("", "2027-06-04")
    assert around("weekly fri", "2029-06-01", "2029-09-01", START) == ("", "2029-06-01")
    assert around("weekly fri", "2026-11-01", "2026-11-25", START) == ("2026-11-20", "")
    assert around("", "", "", START) == ("", "")
    assert around("every 366 days", "2026-11-24", "", START) == ("2026-11-24", "2027-11-25")
    for far in ("0001-01-01", "9999-12-31"):
        around("monthly 31", far, "", far)
        around("full moon", "2026-01-01", "9999-12-31", "2026-01-01")


def test_the_days_do_not_depend_on_where_one_begins_to_look() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    for _ in range(fuzz_count(60)):
        some = " ".join(source.sample(WEEKDAYS, source.randrange(1, 4)))
        place = f"{source.choice(['1st', '2nd', '3rd', '4th', 'last'])} {source.choice(WEEKDAYS)}"
        counted = f"every {source.randrange(1, 40)} days", f"monthly {source.randrange(1, 32)}"
        typed = source.choice([some, f"fortnightly {some}", place, *counted, "new moon", "last"])
        start = date(2026, 1, 1) + timedelta(source.randrange(500))
        rhythm = read_rhythm(typed, start.isoformat())
        assert rhythm is not None, typed
        last = (start + timedelta(300)).isoformat()
        whole = list(occurrences(rhythm, start.isoformat(), "2026-01-01", last))
        assert whole == sorted(set(whole))
        assert all(start.isoformat() <= day <= last for day in whole)
        cut = (start + timedelta(source.randrange(300))).isoformat()
        assert list(occurrences(rhythm, start.isoformat(), cut, last)) == [day for day in whole if day >= cut]
        due, following = around(rhythm, start.isoformat(), last, cut)
        assert due == max((day for day in whole if day <= cut), default="")
        assert following == min((day for day in whole if day > cut), default="")


# Phases of the Moon as the U.S. Naval Observatory publishes them, Universal Time.
NEW_2026 = "01-18 19:52, 02-17 12:01, 03-19 01:23, 04-17 11:52, 05-16 20:01, 06-15 02:54, 07-14 09:43, 08-12 17:37, 09-11 03:27, 10-10 15:50, 11-09 07:02, 12-09 00:52"  # noqa: E501
FULL_2026 = "01-03 10:03, 02-01 22:09, 03-03 11:38, 04-02 02:12, 05-01 17:23, 05-31 08:45, 06-29 23:57, 07-29 14:36, 08-28 04:18, 09-26 16:49, 10-26 04:12, 11-24 14:53, 12-24 01:28"  # noqa: E501


@pytest.mark.parametrize(("phase", "published"), [(NEW, NEW_2026), (FULL, FULL_2026)], ids=["new", "full"])
def test_the_moon_is_where_it_was_published(phase: float, published: str) -> None:
    computed = [moment for number in range(318, 336) if (moment := moment_of(number, phase)).year == 2026]
    expected = [datetime.fromisoformat(f"2026-{each}+00:00") for each in published.split(", ")]
    assert len(computed) == len(expected)
    for ours, theirs in zip(computed, expected, strict=True):
        assert abs(ours - theirs) <= timedelta(minutes=1)


def test_the_moons_day_is_one_of_the_networks_zone() -> None:
    june = date(2026, 6, 1), date(2026, 6, 30)
    assert list(days_of(FULL, *june, "UTC")) == [date(2026, 6, 29)]
    assert list(days_of(FULL, *june, "Europe/Berlin")) == [date(2026, 6, 30)]
    assert list(days_of(NEW, date(2026, 12, 1), date(2026, 12, 31), "America/New_York")) == [date(2026, 12, 8)]
