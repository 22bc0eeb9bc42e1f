"""The accounts of a day and a minute, by themselves: what is taken, what is not, and how it comes back."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from crdt.identifiers import DeviceId, ItemId, Lane
from meshnode.peers.disk_room import DiskRoom, Room
from meshnode.peers.limits import DAY_SECONDS, DEFAULT_LIMITS
from meshnode.peers.put_off import PutOff
from meshnode.peers.quotas import Giver, Quotas

MALLORY, PHONE = DeviceId(b"m" * 32), DeviceId(b"p" * 32)
PERSON = b"mallory".ljust(32, b"\0")
ESTABLISHED = Giver(MALLORY, PERSON)
NEWCOMER = Giver(MALLORY, PERSON, newcomer=True)
HOUR = 3_600.0
GB = 10**9


def flood(quotas: Quotas, giver: Giver, now: float, count: int = 100_000, size: int = 300) -> int:
    return quotas.take_changes(giver, Lane.ORDINARY, [size] * count, now)


@pytest.mark.parametrize(("giver", "share"), [(ESTABLISHED, 2_000), (NEWCOMER, 400)])
def test_a_day_has_so_many_changes(giver: Giver, share: int) -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    assert flood(quotas, giver, 0.0) == share
    assert flood(quotas, giver, 0.0) == 0
    assert flood(quotas, giver, 6 * HOUR) == share // 4, "it comes back steadily"
    assert flood(quotas, giver, 100 * DAY_SECONDS) == share, "and never adds up to more than a day's"


def test_a_day_has_so_many_bytes() -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    assert flood(quotas, ESTABLISHED, 0.0, size=100_000) == 20
    assert flood(quotas, ESTABLISHED, 0.0, size=1) == 0, "not one byte is left"


def test_two_devices_of_one_person_have_one_share() -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    assert flood(quotas, ESTABLISHED, 0.0, count=1_500) == 1_500
    assert flood(quotas, dataclasses.replace(ESTABLISHED, device=PHONE), 0.0) == 500


def test_one_who_wrote_too_much_can_still_raise_an_alarm() -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    flood(quotas, ESTABLISHED, 0.0)
    assert quotas.take_changes(ESTABLISHED, Lane.URGENT, [300] * 1_000, 0.0) == 200
    fresh = Quotas(DEFAULT_LIMITS)
    assert fresh.take_changes(ESTABLISHED, Lane.URGENT, [300] * 10_000, 0.0) == 2_200


def test_the_first_day_takes_what_founders_wrote_before_and_no_newcomers_flood() -> None:
    quotas = Quotas(DEFAULT_LIMITS, first_day_ends=DAY_SECONDS)
    assert flood(quotas, ESTABLISHED, 0.0) == 20_000
    assert flood(quotas, Giver(PHONE, bytes(32), newcomer=True), 0.0) == 400
    patient = Giver(PHONE, b"patient".ljust(32, b"\0"))
    assert flood(quotas, patient, 0.0, count=10) == 10
    assert flood(quotas, patient, DAY_SECONDS) == 2_000, "on the second day there is one day's worth, whoever saved up"


def test_who_is_established_meanwhile_has_the_whole_share() -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    assert flood(quotas, NEWCOMER, 0.0) == 400
    assert flood(quotas, ESTABLISHED, 0.0) == 2_000


def test_statements_are_counted_by_the_member_who_brings_them() -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    assert quotas.take_statements(NEWCOMER, [200] * 50_000, 0.0) == 4_000
    assert quotas.take_statements(NEWCOMER, [200], 0.0) == 0
    phone = Giver(PHONE, PERSON)
    assert quotas.take_statements(phone, [200] * 50_000, 0.0) == 20_000, "established meanwhile"
    laptop = Giver(DeviceId(b"l" * 32), PERSON)
    assert quotas.take_statements(laptop, [200], 0.0) == 0, "whoever certifies another device has no second share"
    hub = Giver(DeviceId(b"h" * 32), b"h" * 32)
    assert quotas.take_statements(hub, [128_000] * 50_000, 0.0) == 125, "the largest are counted by their bytes"


def test_a_minute_has_so_many_bytes_each_way() -> None:
    quotas = Quotas(DEFAULT_LIMITS)
    assert quotas.may_take_in(MALLORY, 0.0) == 0
    quotas.took(MALLORY, 20_000_000, 0.0)
    assert quotas.may_take_in(MALLORY, 0.0) == 0
    quotas.took(MALLORY, 500_000, 0.0)
    assert quotas.may_take_in(MALLORY, 0.0) == pytest.approx(1.5)
    assert quotas.may_give_in(MALLORY, 0.0) == 0, "the other way is another account"
    assert quotas.may_take_in(PHONE, 0.0) == 0
    assert quotas.may_take_in(MALLORY, 1.5) == pytest.approx(0)


@pytest.mark.parametrize(("away", "left"), [(0.0, 0), (6 * HOUR, 500), (1e12, 2_000), (-1e12, 0)])
def test_a_restart_gives_back_only_the_time_that_it_took(away: float, left: int) -> None:
    """The wall clock says how long; one that jumped gives no more than a day's share, one that ran back nothing."""
    before, after = Quotas(DEFAULT_LIMITS), Quotas(DEFAULT_LIMITS)
    flood(before, ESTABLISHED, 50.0)
    saved = before.saved(50.0)
    after.restore(saved, {PERSON: ESTABLISHED}, away, 7.0)
    assert flood(after, ESTABLISHED, 7.0) == left
    unknown = Quotas(DEFAULT_LIMITS)
    unknown.restore(saved, {}, away, 7.0)
    assert flood(unknown, ESTABLISHED, 7.0) == 2_000, "who is gone has no account"


def test_any_two_days_of_any_flood_stay_within_three_shares() -> None:
    seed = random.Random().randrange(2**32)
    print(f"seed {seed}")
    chance, quotas, now, taken = random.Random(seed), Quotas(DEFAULT_LIMITS), 0.0, 0
    while now < 2 * DAY_SECONDS:
        taken += flood(quotas, ESTABLISHED, now, chance.randrange(500), chance.randrange(1, 2_000))
        now += chance.expovariate(1 / 600)
    assert taken <= 3 * DEFAULT_LIMITS.changes_a_day


# -- what is put off --------------------------------------------------------------------------------------------------


def test_what_is_put_off_is_asked_of_nobody_until_then() -> None:
    later, ids = PutOff(100), [ItemId(bytes([number]) * 32) for number in range(3)]
    assert later.add(MALLORY, ids, 60.0, 0.0)
    assert not later.add(MALLORY, ids, 90.0, 1.0), "that is no news"
    assert later.due_at(MALLORY) == 60.0, "and later ones do not put off the earlier ones once more"
    assert later.holds(ids[0], 59.0)
    assert not later.holds(ids[0], 60.0)
    assert later.may_ask(MALLORY, 0.0), "for everything else it is asked"
    later.end(MALLORY)
    assert (len(later), later.due_at(MALLORY)) == (0, None)


def test_what_others_signed_is_put_off_for_its_giver_alone() -> None:
    later, word = PutOff(100), ItemId(bytes(32))
    later.add(MALLORY, (), 60.0, 0.0, [word])
    assert later.holds(word, 1.0, MALLORY)
    assert not later.holds(word, 1.0, PHONE), "or nobody could hear of it from whom it is about"
    assert not later.holds(word, 60.0, MALLORY)


def test_of_one_with_more_than_is_remembered_nothing_is_asked() -> None:
    later = PutOff(100)
    later.add(MALLORY, (ItemId(number.to_bytes(32, "big")) for number in range(5_000)), 60.0, 0.0)
    assert len(later) == 100
    assert not later.may_ask(MALLORY, 59.0)
    assert later.may_ask(PHONE, 0.0)
    assert later.may_ask(MALLORY, 60.0)


# -- the disk ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "free", "room"),
    [
        (32 * GB, 16 * GB, Room.PLENTY),
        (32 * GB, 3 * GB, Room.SCARCE),
        (32 * GB, 4 * GB, Room.PLENTY),
        (1_000 * GB, 90 * GB, Room.PLENTY),
        (1_000 * GB, 4 * GB, Room.SCARCE),
        (2 * GB, 499_999_999, Room.SCARCE),
        (32 * GB, 49_999_999, Room.LAST),
        (32 * GB, 0, Room.LAST),
    ],
)
def test_how_much_room_there_is(tmp_path: Path, total: int, free: int, room: Room) -> None:
    disk = DiskRoom(tmp_path, DEFAULT_LIMITS, lambda _: SimpleNamespace(total=total, free=free))
    assert (disk.now(), disk.free()) == (room, free)


def test_a_disk_that_does_not_say_is_tried(tmp_path: Path) -> None:
    disk = DiskRoom(tmp_path / "gone", DEFAULT_LIMITS)
    assert (disk.now(), disk.free()) == (Room.PLENTY, 0)
    assert DiskRoom(tmp_path, DEFAULT_LIMITS).free() > 0
