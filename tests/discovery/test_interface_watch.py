"""The watch's reading of kernel messages: what is a change of a link and what is noise."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from meshnode.discovery.interface_watch import RTM_NEWLINK, own_addresses, split_messages


def message(kind: int, body: bytes) -> bytes:
    """One netlink message, padded to four bytes."""
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body + bytes(-len(body) % 4)


def test_messages_are_told_apart() -> None:
    packet = message(RTM_NEWLINK, b"abcde") + message(20, b"") + message(21, b"xyzw")
    assert list(split_messages(packet)) == [(RTM_NEWLINK, b"abcde"), (20, b""), (21, b"xyzw")]


@given(st.binary(max_size=200))
def test_splitting_ends_whatever_comes(packet: bytes) -> None:
    assert len(list(split_messages(packet))) <= len(packet) // 16


def test_a_length_that_is_too_small_ends_the_packet() -> None:
    assert list(split_messages(struct.pack("=IHHII", 15, 1, 0, 0, 0) + b"abcd")) == []


def test_only_the_interfaces_that_are_named_count() -> None:
    everything = own_addresses()
    assert own_addresses(["no such interface"]) == ()
    for address in everything:
        assert address in own_addresses([address.interface])
        assert {one.ip for one in own_addresses([address.ip])} == {address.ip}
