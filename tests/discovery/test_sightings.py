"""Sightings: what is news, what is forgotten first, and what a flood of strangers can do."""

from __future__ import annotations

import random

import pytest

from meshnode.discovery.addresses import OwnAddress
from meshnode.discovery.announcement import (
    SERVICE_TYPE,
    Announcement,
    DiscoveryKeys,
    Recognition,
    announce,
    tag_of,
    txt_of,
)
from meshnode.discovery.sightings import MAX_SIGHTINGS, Sighting, Sightings

KEY, PSK = b"k" * 32, b"p" * 32
CABLE = OwnAddress("eth0", 2, "192.168.1.5", 24)
NEAR, FAR = "192.168.1.9", "10.0.0.9"


@pytest.fixture
def sightings() -> Sightings:
    seen = Sightings()
    seen.own, seen.keys, seen.own_nonce = (CABLE,), DiscoveryKeys((KEY,)), b"m" * 8
    return seen


def hear(
    sightings: Sightings, nonce: bytes, *, key: bytes = KEY, ips: tuple[str, ...] = (NEAR,), port: int = 4000
) -> Sighting | None:
    announcement = announce(nonce, DiscoveryKeys((key,)))
    assert announcement is not None
    txt: dict[bytes, bytes | None] = {name.encode(): value.encode() for name, value in txt_of(announcement).items()}
    return sightings.heard(announcement.service_name, txt, ips, port)


def test_a_neighbour_is_news_once(sightings: Sightings) -> None:
    sighting = hear(sightings, b"a" * 8, ips=(FAR, NEAR))
    assert sighting is not None
    assert sighting.recognition is Recognition.MEMBER
    assert sighting.endpoints == ("192.168.1.9:4000", "10.0.0.9:4000")
    assert sighting.network == "eth0"
    assert hear(sightings, b"a" * 8, ips=(NEAR, FAR)) is None


def test_another_address_is_news_again(sightings: Sightings) -> None:
    hear(sightings, b"a" * 8)
    moved = hear(sightings, b"a" * 8, ips=("192.168.1.10",))
    assert moved is not None
    assert moved.addresses == ("192.168.1.10",)
    assert list(sightings) == [moved]


def test_one_of_two_makes_the_first_move(sightings: Sightings) -> None:
    lower, higher = hear(sightings, b"a" * 8), hear(sightings, b"z" * 8)
    assert lower is not None
    assert higher is not None
    assert (lower.we_first, higher.we_first) == (False, True)
    sightings.own_nonce = None
    assert [sighting.we_first for sighting in sightings.judge_again()] == [True], "who is not announced must dial"


def test_new_keys_show_old_sightings_in_another_light(sightings: Sightings) -> None:
    stranger = hear(sightings, b"a" * 8, key=b"x" * 32)
    assert stranger is not None
    assert stranger.recognition is Recognition.STRANGER
    assert sightings.judge_again() == []
    sightings.keys = DiscoveryKeys((KEY, b"x" * 32))
    (member,) = sightings.judge_again()
    assert member.recognition is Recognition.MEMBER


def test_an_open_invite_is_recognised(sightings: Sightings) -> None:
    announcement = Announcement(b"a" * 8, None, (tag_of(b"a" * 8, PSK),))
    txt: dict[bytes, bytes | None] = {name.encode(): value.encode() for name, value in txt_of(announcement).items()}
    sightings.keys = DiscoveryKeys((), (PSK,))
    sighting = sightings.heard(announcement.service_name, txt, [NEAR], 1)
    assert sighting is not None
    assert (sighting.recognition, sighting.join_psk) == (Recognition.INVITER, PSK)


def test_who_has_no_believable_address_is_no_sighting_until_he_has(sightings: Sightings) -> None:
    assert hear(sightings, b"a" * 8, ips=("8.8.8.8",)) is None
    assert list(sightings) == []
    assert hear(sightings, b"a" * 8, ips=(NEAR,)) is not None
    assert hear(sightings, b"a" * 8, ips=("8.8.8.8",)) is None
    assert list(sightings) == []


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_impossible_port_is_ignored(sightings: Sightings, port: int) -> None:
    assert hear(sightings, b"a" * 8, port=port) is None
    assert len(sightings) == 0


def test_what_is_no_announcement_is_not_kept(sightings: Sightings) -> None:
    assert sightings.heard(f"printer.{SERVICE_TYPE}", {b"v": b"1"}, [NEAR], 1) is None
    assert sightings.heard(f"{'a' * 16}.{SERVICE_TYPE}", {b"v": b"9"}, [NEAR], 1) is None
    assert len(sightings) == 0


def test_who_says_goodbye_is_gone(sightings: Sightings) -> None:
    sighting = hear(sightings, b"a" * 8)
    assert sightings.gone((b"a" * 8).hex()) == sighting
    assert sightings.gone((b"a" * 8).hex()) is None
    assert hear(sightings, b"a" * 8) == sighting, "and is news when he is back"
    sightings.clear()
    assert len(sightings) == 0


def test_ten_thousand_strangers_push_out_no_neighbour(sightings: Sightings) -> None:
    seed = 20_261_124
    print(f"seed {seed}")
    lots = random.Random(seed)
    neighbours = [hear(sightings, bytes([number]) * 8) for number in range(40)]
    for _ in range(10_000):
        hear(sightings, lots.randbytes(8), key=b"x" * 32)
    assert len(sightings) == MAX_SIGHTINGS
    late = hear(sightings, b"late one")
    assert late is not None
    assert {*neighbours, late} <= set(sightings)
    assert len(sightings) == MAX_SIGHTINGS


def test_a_street_larger_than_the_limit_keeps_the_newest() -> None:
    sightings = Sightings(limit=3)
    sightings.own, sightings.keys = (CABLE,), DiscoveryKeys((KEY,))
    for number in range(5):
        hear(sightings, bytes([number]) * 8)
    assert [sighting.instance for sighting in sightings] == [(bytes([number]) * 8).hex() for number in (2, 3, 4)]
    assert hear(sightings, b"stranger"[:8], key=b"x" * 32) is None
    assert len(sightings) == 3
