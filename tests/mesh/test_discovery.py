"""Discovery on real networks: nodes in network namespaces, real multicast, real cables that are pulled."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.lan import (
    Host,
    Laboratory,
    fresh_laboratory,  # noqa: F401  (the fixture `lan`)
)
from tests.support.running import Running

pytestmark = pytest.mark.namespaces

ROOT = Path(__file__).parents[2]
OURS, THEIRS = "11" * 32, "22" * 32
INVITE = "33" * 32
SOON = 5.0
"""Far more than it takes anywhere; that it takes no longer than promised is measured where it is promised."""


def node(host: Host, port: int, *more: str, disc_key: str = OURS) -> Running:
    """A node that only announces and listens; told apart by its port."""
    options = ["--port", str(port), "--disc-key", disc_key, *more]
    return host.start([sys.executable, "-m", "tests.discovery.announcing_node", *options], cwd=ROOT)


def sees(seer: Running, port: int, address: str = "", since: int = 0) -> dict[str, Any]:
    """Wait until the node reports that port (at that address)."""
    pattern = rf'"event": "sighting", "port": {port}, .*"{re.escape(address)}'
    event: dict[str, Any] = json.loads(seer.wait_for(pattern, SOON, since).string)
    return event


def asked(running: Running, question: str = "state") -> dict[str, Any]:
    """The node's state and whom it knows of, after it has done what it is told."""
    mark = running.mark
    running.say(question)
    event: dict[str, Any] = json.loads(running.wait_for('"event": "obeyed"', SOON, mark).string)
    return event


def test_two_find_each_other_and_say_goodbye(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    first, second = node(anna, 4001), node(ben, 4002)
    seen = sees(first, 4002)
    assert seen["recognition"] == "member"
    assert seen["addresses"][0] == ben.address()
    assert seen["network"] == "eth0"
    sees(second, 4001, anna.address())
    first.stop()
    second.wait_for('"event": "gone", "port": 4001', SOON)


def test_a_newcomer_and_those_there_find_each_other(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben, chris = (lan.host(name, home) for name in ("anna", "ben", "chris"))
    first, second = node(anna, 4001), node(ben, 4002)
    sees(first, 4002)
    sees(second, 4001)
    third = node(chris, 4003)
    sees(first, 4003, chris.address())
    sees(second, 4003, chris.address())
    sees(third, 4001, anna.address())
    sees(third, 4002, ben.address())


def test_a_changed_address_is_followed_under_a_new_name(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    first, second = node(anna, 4001), node(ben, 4002)
    before = sees(second, 4001, anna.address())
    sees(first, 4002)
    mark = second.mark
    after = sees(second, 4001, anna.readdress(), since=mark)
    first.wait_for('"event": "network changed"', SOON)
    assert after["instance"] != before["instance"]
    second.wait_for(f'"event": "gone".*"{before["instance"]}"', SOON, mark)


def test_a_node_changes_its_name_from_time_to_time(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    second = node(ben, 4002)
    node(anna, 4001, "--nonce-lives", "0.5", "--every", "0.5")
    before = sees(second, 4001)
    after = sees(second, 4001, since=next(at for at, line in enumerate(second.lines) if before["instance"] in line) + 1)
    assert after["instance"] != before["instance"]
    assert after["addresses"] == before["addresses"]
    second.wait_for(f'"event": "gone".*"{before["instance"]}"', SOON)


def test_ipv6_alone_is_enough_even_while_the_address_is_still_being_checked(lan: Laboratory) -> None:
    """A fresh IPv6 address cannot be used for a second or two; one more message of the kernel tells when it can."""
    home = lan.switch("home")
    nodes = []
    for at, host in enumerate((lan.host("anna"), lan.host("ben"))):
        host.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/accept_dad"])
        host.plug(home)
        host.ip("addr", "flush", "dev", "eth0", "scope", "global")
        nodes.append(node(host, 4001 + at))
    sees(nodes[0], 4002, "fe80::")
    sees(nodes[1], 4001, "fe80::")


@pytest.mark.parametrize("how", ["netlink", "poll"])
def test_the_watch_tells_of_addresses_and_cables(lan: Laboratory, how: str) -> None:
    home = lan.switch("home")
    anna = lan.host("anna", home)
    watch = anna.start([sys.executable, "-m", "tests.discovery.watching_node", how], cwd=ROOT)
    watch.wait_for("watching")
    mark, address = watch.mark, anna.readdress()
    told = watch.wait_for(re.escape(address), SOON, mark)
    assert how == "poll" or told.string.startswith("addresses only")
    mark = watch.mark
    anna.unplug()
    assert address not in watch.wait_for("link changed", SOON, mark).string
    mark = watch.mark
    anna.plug_in()
    watch.wait_for(f"link changed.*{re.escape(address)}", SOON, mark)


@pytest.mark.parametrize("ipv6", [True, False], ids=["both IP versions", "IPv4 only"])
def test_a_machine_carried_to_another_network_is_found_there(lan: Laboratory, ipv6: bool) -> None:
    home, work = lan.switch("home"), lan.switch("work")
    anna, ben, chris = lan.host("anna", home), lan.host("ben", home), lan.host("chris", work)
    for host in () if ipv6 else (anna, ben, chris):
        host.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"])
    first, second, third = node(anna, 4001), node(ben, 4002), node(chris, 4003)
    sees(first, 4002)
    sees(second, 4001)
    address = anna.walk(home, work)
    sees(third, 4001, address)
    sees(first, 4003, chris.address())


def test_long_after_their_start_a_cable_and_a_mended_switch_bring_nodes_together(lan: Laboratory) -> None:
    """For its first 14 s zeroconf itself asks who is there. Afterwards only we do: at once after an event of the
    network, and every so often (here 2 s) because nothing tells a host that its switch was broken and is mended."""
    home = lan.switch("home")
    anna, ben, chris = (lan.host(name, home) for name in ("anna", "ben", "chris"))
    home.split([anna], [ben], [chris])
    first = node(anna, 4001, "--every", "2")
    second, third = (node(host, port, "--tell-after", "14.5") for host, port in ((ben, 4002), (chris, 4003)))
    for one in (second, third):
        one.wait_for('"event": "time passed"', within=20)
        assert asked(one)["seen"] == []

    chris.unplug()
    home.split([anna], [ben, chris])
    chris.plug_in()
    sees(third, 4002)
    sees(second, 4003)
    assert asked(first)["seen"] == []

    home.join()
    for one in (second, third):
        sees(one, 4001)
    sees(first, 4002)
    sees(first, 4003)


def test_back_on_the_cable_a_node_finds_who_came_meanwhile_at_once(lan: Laboratory) -> None:
    """With a minute between announcements: it is the cable's event that makes them meet."""
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    first = node(anna, 4001)
    first.wait_for('"event": "started", "state": "open",')
    anna.unplug()
    first.wait_for('"event": "network changed"', SOON)
    assert asked(first)["state"] == "open (this machine only)"
    second = node(ben, 4002)
    second.wait_for('"event": "started"')
    mark = first.mark
    anna.plug_in()
    sees(first, 4002)
    sees(second, 4001)
    first.wait_for('"event": "network changed"', SOON, mark)
    assert asked(first)["state"] == "open"


def test_a_host_on_two_networks_sees_both_and_tells_them_apart(lan: Laboratory) -> None:
    home, work = lan.switch("home"), lan.switch("work")
    anna, ben = lan.host("anna", home), lan.host("ben", work)
    bridge = lan.host("bridge", home, work)
    first, second, both = node(anna, 4001), node(ben, 4002), node(bridge, 4003)
    assert sees(both, 4001)["network"] == "eth0"
    assert sees(both, 4002)["network"] == "eth1"
    assert sees(first, 4003)["addresses"][0] == bridge.address(home)
    assert sees(second, 4003)["addresses"][0] == bridge.address(work)
    assert asked(first)["seen"] == [4003]


def test_with_nothing_but_loopback_two_nodes_of_one_machine_meet(lan: Laboratory) -> None:
    alone = lan.host("alone")
    first, second = node(alone, 4001), node(alone, 4002)
    sees(first, 4002, "127.0.0.1")
    sees(second, 4001, "127.0.0.1")
    assert asked(first)["state"] == "open (this machine only)"


def test_without_any_network_a_node_waits_and_says_so_until_there_is_one(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna"), lan.host("ben", home)
    anna.ip("link", "set", "lo", "down")
    second = node(ben, 4002)
    first = node(anna, 4001)
    first.wait_for('"event": "started", "state": "waiting for a network"')
    anna.plug(home)
    sees(first, 4002, ben.address())
    sees(second, 4001, anna.address())
    assert asked(first)["state"] == "open"


def test_a_taken_port_is_named_and_tried_again(lan: Laboratory) -> None:
    anna = lan.host("anna", lan.switch("home"))
    hog = "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 5353)); print('mine'); input()"
    other = anna.start([sys.executable, "-c", hog])
    other.wait_for("mine")
    first = node(anna, 4001)
    first.wait_for('"state": "failing: another program keeps port 5353')
    other.kill()
    assert asked(first, "keys - -")["state"] == "open"


def test_a_quiet_node_sees_and_is_not_seen(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben, chris = (lan.host(name, home) for name in ("anna", "ben", "chris"))
    first, quiet = node(anna, 4001), node(ben, 4002, "--mode", "quiet")
    sees(quiet, 4001, anna.address())
    third = node(chris, 4003)
    sees(quiet, 4003)
    sees(first, 4003)
    sees(third, 4001)
    assert asked(quiet)["state"] == "quiet"
    assert (asked(first)["seen"], asked(third)["seen"]) == ([4003], [4001])


def test_another_neighbourhood_is_a_stranger_until_an_invite_ties_the_two(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    inviter, joiner = node(anna, 4001), node(ben, 4002, disc_key="-")
    assert sees(joiner, 4001)["recognition"] == "stranger"
    asked(joiner, f"keys - {INVITE}")
    mark = joiner.mark
    asked(inviter, f"keys {OURS} {INVITE}")
    assert sees(joiner, 4001, since=mark)["recognition"] == "inviter"
    assert asked(inviter)["seen"] == [], "outside any network there is nothing to announce"
    mark = joiner.mark
    asked(joiner, f"keys {OURS} -")
    assert sees(joiner, 4001, since=mark)["recognition"] == "member"
    assert sees(inviter, 4002)["recognition"] == "member"
