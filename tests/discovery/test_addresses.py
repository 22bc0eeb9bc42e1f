"""Addresses: whom we believe, and what is tried first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.discovery.addresses import (
    MAX_ADDRESSES,
    OwnAddress,
    announceable,
    believed,
    endpoint,
    network_of,
    of_neighbourhood,
)

LOOPBACK = OwnAddress("lo", 1, "127.0.0.1", 8)
CABLE = OwnAddress("eth0", 2, "192.168.1.5", 24)
CABLE_6 = OwnAddress("eth0", 2, "fe80::5", 64)
BRIDGE = OwnAddress("docker0", 3, "172.17.0.1", 16)
OURS = (LOOPBACK, CABLE, CABLE_6)


@pytest.mark.parametrize("ip", ["10.1.2.3", "172.16.0.1", "172.31.9.9", "192.168.0.1", "169.254.1.1", "fd00::1"])
def test_neighbourhood_addresses_are_believed(ip: str) -> None:
    assert of_neighbourhood(ip)
    assert believed([ip], OURS) == (ip,)


@pytest.mark.parametrize(
    "ip",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.251",
        "255.255.255.255",
        "192.0.2.1",
        "2a00::1",
        "::",
        "::ffff:8.8.8.8",
        "::ffff:192.168.1.9",
        "ff02::fb",
        "anna.local",
        "192.168.1",
        "192.168.1.256",
        "fe80::1",
    ],
)
def test_addresses_of_the_wide_world_are_not(ip: str) -> None:
    assert believed([ip], OURS) == ()


def test_an_address_that_is_none_is_not() -> None:
    assert believed(["", " ", "192.168.1.9 "], OURS) == ()


def test_loopback_is_believed_only_by_those_who_have_nothing_else() -> None:
    assert believed(["127.0.0.1"], OURS) == ()
    assert believed(["127.0.0.1"], (LOOPBACK,)) == ("127.0.0.1",)


def test_the_nearest_comes_first() -> None:
    claimed = ["fe80::9%2", "fd00::9", "10.0.0.9", "192.168.1.9"]
    assert believed(claimed, OURS) == ("192.168.1.9", "10.0.0.9", "fe80::9%2", "fd00::9")


def test_a_bridge_that_everybody_has_is_not_taken_for_the_neighbour() -> None:
    assert believed(["172.17.0.1", "192.168.1.9"], (*OURS, BRIDGE)) == ("192.168.1.9",)


def test_another_node_on_this_machine_has_our_addresses() -> None:
    assert believed(["172.17.0.1", "192.168.1.5"], (*OURS, BRIDGE)) == ("172.17.0.1", "192.168.1.5")


@given(st.lists(st.ip_addresses().map(str) | st.text(max_size=20), max_size=40))
def test_belief_is_bounded_and_total(claimed: list[str]) -> None:
    addresses = believed(claimed, OURS)
    assert len(addresses) <= MAX_ADDRESSES
    assert all(of_neighbourhood(address) for address in addresses)


def test_we_announce_what_a_neighbour_can_reach() -> None:
    public = OwnAddress("ppp0", 4, "81.2.3.4", 32)
    assert announceable([*OURS, public]) == (CABLE, CABLE_6)
    assert announceable([LOOPBACK]) == (LOOPBACK,)
    assert announceable([public]) == ()


def test_the_network_is_the_interface_that_reaches_it() -> None:
    assert network_of("192.168.1.9", OURS) == "eth0"
    assert network_of("fe80::9%2", OURS) == "eth0"
    assert network_of("fe80::9%eth0", OURS) == "eth0"
    assert network_of("fe80::9%7", OURS) == ""
    assert network_of("10.0.0.9", OURS) == ""
    assert network_of("anna", OURS) == ""


def test_ipv6_is_written_in_brackets() -> None:
    assert endpoint("192.168.1.9", 80) == "192.168.1.9:80"
    assert endpoint("fe80::9%2", 80) == "[fe80::9%2]:80"
