"""What outsiders see of discovery: a capture of every packet, and avahi, which most neighbours' computers run."""

from __future__ import annotations

import getpass
import shutil
import socket
import sys
from pathlib import Path

import pytest

from meshnode.discovery.announcement import tag_of
from tests.mesh.test_discovery import OURS, SOON, asked, node, sees
from tests.support.lan import (
    Host,
    Laboratory,
    fresh_laboratory,  # noqa: F401  (the fixture `lan`)
)
from tests.support.running import Running

pytestmark = pytest.mark.namespaces

ROOT = Path(__file__).parents[2]
BUS = """<busconfig>
  <type>custom</type> <listen>unix:path={socket}</listen> <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/> <allow own="*"/> <allow send_type="*"/> <allow receive_type="*"/>
  </policy>
</busconfig>"""
AVAHI = "[server]\nhost-name={name}\nuse-ipv4=yes\nuse-ipv6=yes\n[publish]\npublish-workstation=no\n"
AVAHI_START = (
    "mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon"
    " && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --file {settings}"
)


def heard_by(ear: Running) -> bytes:
    """All packets so far, one after the other."""
    return b"\n".join(bytes.fromhex(line) for line in ear.lines[1 : ear.mark])


def test_no_packet_names_a_host_a_person_or_the_network(lan: Laboratory) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    ear = home.start([sys.executable, "-m", "tests.discovery.packet_ear"], cwd=ROOT)
    ear.wait_for("listening")
    first, second = node(anna, 4001), node(ben, 4002)
    seen = sees(second, 4001)
    sees(first, 4002)
    anna.readdress()
    second.wait_for(f'"event": "gone".*"{seen["instance"]}"', SOON)

    packets = heard_by(ear).lower()
    assert seen["instance"].encode() in packets, "the ear heard the announcement"
    assert tag_of(bytes.fromhex(seen["instance"]), bytes.fromhex(OURS)).hex().encode() in packets
    for secret in (socket.gethostname(), getpass.getuser(), anna.namespace, "Elm Street", OURS):
        assert secret.lower().encode() not in packets, secret
    assert bytes.fromhex(OURS) not in packets

    asked(first, f"keys {OURS} - Elm Street")
    ear.wait_for(b"Elm Street".hex(), SOON)


def avahi(host: Host, directory: Path) -> dict[str, str]:
    """Start avahi in a host, with a message bus of its own; the environment in which its tools reach it."""
    bus = directory / "bus"
    (directory / "bus.conf").write_text(BUS.format(socket=bus))
    host.start(["dbus-daemon", f"--config-file={directory / 'bus.conf'}", "--nofork", "--print-address"]).wait_for(
        "unix:"
    )
    settings = directory / "avahi.conf"
    settings.write_text(AVAHI.format(name=host.name))
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}"}
    daemon = host.start(["sh", "-c", AVAHI_START.format(settings=settings)], env=environment)
    daemon.wait_for("Server startup complete", 10)
    return environment


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("avahi-browse", "avahi-daemon", "dbus-daemon")),
    reason="needs avahi-daemon, avahi-utils and dbus-daemon (apt install avahi-daemon avahi-utils)",
)
def test_avahi_sees_the_announcement_its_address_and_the_goodbye(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    environment = avahi(ben, tmp_path)
    browse = ben.start(["avahi-browse", "--parsable", "--resolve", "_meshnode._tcp"], env=environment)
    first = node(anna, 4001)
    line = browse.wait_for(rf"^=;eth0;IPv4;.*;{anna.address()};4001;", 10).string
    _, _, _, instance, kind, domain, server, _, _, txt = line.split(";")
    assert (kind, domain) == ("_meshnode._tcp", "local")
    assert server == f"{instance}.local"
    tag = tag_of(bytes.fromhex(instance), bytes.fromhex(OURS)).hex()
    assert sorted(txt.split()) == [f'"t={tag}"', '"v=1"']
    first.stop()
    browse.wait_for(f"^-;eth0;IPv4;{instance};", SOON)


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("avahi-daemon", "dbus-daemon")),
    reason="needs avahi-daemon and dbus-daemon (apt install avahi-daemon)",
)
def test_a_node_shares_its_machine_with_avahi(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    avahi(ben, tmp_path)
    first, second = node(anna, 4001), node(ben, 4002)
    sees(first, 4002, ben.address())
    sees(second, 4001, anna.address())
    assert asked(second)["state"] == "open"
