"""Announcements: who recognises whom, what an outsider learns (nothing), and that no bytes from outside can hurt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.discovery.announcement import (
    MAX_JOIN_TAGS,
    NONCE_BYTES,
    SERVICE_TYPE,
    Announcement,
    DiscoveryKeys,
    Recognised,
    Recognition,
    announce,
    nonce_in,
    read_announcement,
    recognise,
    tag_of,
    txt_of,
)

KEY, OLD_KEY, OTHER_KEY = b"k" * 32, b"o" * 32, b"x" * 32
PSKS = tuple(bytes([number]) * 32 for number in range(10))
NONCE = bytes.fromhex("00112233445566ff")


def over_the_air(announcement: Announcement) -> Announcement | None:
    """What somebody else reads of it."""
    txt: dict[bytes, bytes | None] = {key.encode(): value.encode() for key, value in txt_of(announcement).items()}
    return read_announcement(announcement.service_name, txt)


def announced(keys: DiscoveryKeys) -> Announcement:
    announcement = announce(NONCE, keys)
    assert announcement is not None
    return announcement


def seen_by(keys: DiscoveryKeys, announcer: DiscoveryKeys) -> Recognised:
    received = over_the_air(announced(announcer))
    assert received is not None
    return recognise(received, keys)


def test_the_names_come_from_the_nonce_and_nothing_else() -> None:
    announcement = announced(DiscoveryKeys((KEY,)))
    assert announcement.service_name == "00112233445566ff._meshnode._tcp.local."
    assert announcement.server_name == "00112233445566ff.local."
    assert txt_of(announcement) == {"v": "1", "t": "869b2e0f04607716"}


def test_members_recognise_each_other_also_by_an_older_epoch() -> None:
    assert seen_by(DiscoveryKeys((KEY, OLD_KEY)), DiscoveryKeys((KEY,))).recognition is Recognition.MEMBER
    assert seen_by(DiscoveryKeys((KEY, OLD_KEY)), DiscoveryKeys((OLD_KEY,))).recognition is Recognition.MEMBER


def test_an_outsider_learns_only_that_a_meshnode_is_here() -> None:
    keys = DiscoveryKeys((KEY,), PSKS)
    assert seen_by(DiscoveryKeys((OTHER_KEY,)), keys) == Recognised(Recognition.STRANGER)
    assert seen_by(DiscoveryKeys(), keys) == Recognised(Recognition.STRANGER)


def test_another_nonce_has_nothing_in_common() -> None:
    one, other = announced(DiscoveryKeys((KEY,), PSKS)), announce(b"n" * NONCE_BYTES, DiscoveryKeys((KEY,), PSKS))
    assert other is not None
    assert {one.tag, *one.join_tags}.isdisjoint({other.tag, *other.join_tags})


def test_outside_any_network_there_is_nothing_to_announce() -> None:
    assert announce(NONCE, DiscoveryKeys((), PSKS)) is None


def test_the_bearer_of_an_invite_finds_its_network() -> None:
    found = seen_by(DiscoveryKeys(join_psks=(PSKS[2],)), DiscoveryKeys((KEY,), PSKS))
    assert found == Recognised(Recognition.INVITER, PSKS[2])


def test_only_the_newest_invites_are_announced() -> None:
    announcement = announced(DiscoveryKeys((KEY,), PSKS))
    assert announcement.join_tags == tuple(tag_of(NONCE, psk) for psk in PSKS[:MAX_JOIN_TAGS])
    assert over_the_air(announcement) == announcement
    late = seen_by(DiscoveryKeys(join_psks=(PSKS[MAX_JOIN_TAGS],)), DiscoveryKeys((KEY,), PSKS))
    assert late.recognition is Recognition.STRANGER


def test_membership_goes_before_an_invite() -> None:
    keys = DiscoveryKeys((KEY,), PSKS)
    assert seen_by(keys, keys).recognition is Recognition.MEMBER


def test_a_spoken_code_window_shows_the_name() -> None:
    announcement = announced(DiscoveryKeys((KEY,), (), "Elm Street"))
    assert txt_of(announcement) == {"v": "1", "t": "869b2e0f04607716", "w": "1", "n": "Elm Street"}
    assert over_the_air(announcement) == announcement
    assert recognise(announcement, DiscoveryKeys()).recognition is Recognition.SPOKEN


def test_a_long_name_is_cut_between_letters() -> None:
    announcement = announced(DiscoveryKeys((KEY,), (), "é" * 40))
    assert txt_of(announcement)["n"] == "é" * 32


@pytest.mark.parametrize(
    ("txt", "why"),
    [
        ({}, "no version"),
        ({b"v": None}, "empty version"),
        ({b"v": b"2"}, "a version we do not know"),
        ({b"v": b"1", b"t": b"00"}, "a short tag"),
        ({b"v": b"1", b"t": b"00" * 9}, "a long tag"),
        ({b"v": b"1", b"j": b"00" * 9}, "a join tag too much by a byte"),
    ],
)
def test_what_is_malformed_is_ignored(txt: dict[bytes, bytes | None], why: str) -> None:
    assert read_announcement(f"{NONCE.hex()}.{SERVICE_TYPE}", txt) is None, why


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        SERVICE_TYPE,
        "0" * 16,
        f"{'0' * 16}._http._tcp.local.",
        *(f"{instance}.{SERVICE_TYPE}" for instance in ("anna", "0" * 15, "0" * 18, "00 11 22 33 44 55", "٠" * 16)),
    ],
)
def test_what_has_another_name_is_no_meshnode(name: str) -> None:
    assert nonce_in(name) is None
    assert read_announcement(name, {b"v": b"1"}) is None


def test_letters_in_any_case_are_the_same_name() -> None:
    assert nonce_in("AABBCCDDEEFF0011._MeshNode._TCP.local.") == bytes.fromhex("aabbccddeeff0011")


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"\x1b[31mElm", "[31mElm"), (b"\xff\xfe", None), (b"", None), (b"a" * 65, None), ("\u202eElm".encode(), "Elm")],
)
def test_a_foreign_name_cannot_move_the_cursor(name: bytes, shown: str | None) -> None:
    read = read_announcement(f"{NONCE.hex()}.{SERVICE_TYPE}", {b"v": b"1", b"w": b"1", b"n": name})
    assert read is not None
    assert read.spoken_network == shown


def test_a_name_outside_the_window_is_not_shown() -> None:
    read = read_announcement(f"{NONCE.hex()}.{SERVICE_TYPE}", {b"v": b"1", b"n": b"Elm"})
    assert read is not None
    assert read.spoken_network is None


TXT_KEYS = st.sampled_from([b"v", b"t", b"j", b"w", b"n"]) | st.binary(max_size=4)
TXT_VALUES = st.none() | st.binary(max_size=80) | st.sampled_from([b"1", b"00" * 8, b"ab" * 32])


@given(
    st.text(max_size=40) | st.binary(max_size=9).map(lambda nonce: f"{nonce.hex()}.{SERVICE_TYPE}"),
    st.dictionaries(TXT_KEYS, TXT_VALUES, max_size=8),
)
def test_reading_is_total(name: str, txt: dict[bytes, bytes | None]) -> None:
    read = read_announcement(name, txt)
    if read is not None:
        assert len(read.nonce) == NONCE_BYTES
        assert len(read.join_tags) <= MAX_JOIN_TAGS
        assert recognise(read, DiscoveryKeys((KEY,), PSKS)).recognition in {Recognition.STRANGER, Recognition.SPOKEN}
        assert over_the_air(read) == read


@given(st.binary(min_size=8, max_size=8), st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=7))
def test_what_is_announced_is_read_back(nonce: bytes, keys: list[bytes]) -> None:
    announcement = announce(nonce, DiscoveryKeys(tuple(keys[:1]), tuple(keys[1:]), "Elm" if len(keys) > 3 else None))
    assert announcement is not None
    assert over_the_air(announcement) == announcement
