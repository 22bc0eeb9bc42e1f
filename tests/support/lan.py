"""A laboratory of real networks on one machine: hosts and switches as Linux network namespaces.

    def test_two_meet(lan: Laboratory) -> None:
        home = lan.switch("home")
        anna, ben = lan.host("anna", home), lan.host("ben", home)
        node = anna.start([sys.executable, "-m", "..."])
        node.wait_for(r"listening", within=5)
        anna.unplug(); anna.plug_in()              # the cable: the host loses its carrier
        home.split([anna], [ben]); home.join()     # the switch breaks in two: nobody is told
        anna.walk(home, work)                      # same card, other switch, other address
        anna.readdress(home, "10.87.1.77")

Rules of this module:
1. A host is a namespace with eth0, eth1, ...; a switch is a namespace with a bridge. Nothing is made in the machine's
   own network, and no way leads out.
2. Every namespace carries the pid of the run that made it. The end of a laboratory removes its own; the start of one
   removes those of runs that died.
3. Waiting is waiting for a line of output with a deadline, never for time to pass.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pytest

from tests.support.running import Running

PREFIX = "mnlab"
_NAME = re.compile(rf"{PREFIX}-(\d+)-\d+-")
_TOOLS = ("ip", "bridge")
_reason: str | None = None


def skip_reason() -> str:
    """Why there can be no laboratory on this machine; empty when there can."""
    global _reason  # noqa: PLW0603
    if _reason is None:
        _reason = _find_reason()
    return _reason


def _find_reason() -> str:
    if sys.platform != "linux":
        return "network namespaces are a Linux feature"
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        return f"missing: {', '.join(missing)} (apt install iproute2)"
    probe = f"{PREFIX}-{os.getpid()}-0-probe"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no network namespaces here (root is needed): {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", probe], check=False)
    return ""


@pytest.fixture(name="lan")
def fresh_laboratory() -> Iterator[Laboratory]:
    """A laboratory for one test; skips with the reason where there can be none."""
    reason = skip_reason()
    if reason:
        pytest.skip(reason)
    with Laboratory() as laboratory:
        yield laboratory


class Laboratory:
    """Switches, hosts and what runs in them; tidies up whatever happens."""

    _made = 0

    def __init__(self) -> None:
        Laboratory._made += 1
        self._prefix = f"{PREFIX}-{os.getpid()}-{Laboratory._made}-"
        self._cables = 0
        self._switches = 0
        self.running: list[Running] = []
        remove_leftovers()

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def switch(self, name: str, network: str = "") -> Switch:
        """A switch with nobody plugged in; its hosts get addresses of `network`."""
        self._switches += 1
        subnet = ipaddress.IPv4Network(network or f"10.87.{self._switches}.0/24")
        return Switch(self, name, self._namespace(name), subnet)

    def host(self, name: str, *switches: Switch) -> Host:
        """A host, plugged into these switches in turn (eth0, eth1, ...)."""
        host = Host(self, name, self._namespace(name))
        for switch in switches:
            host.plug(switch)
        return host

    def close(self) -> None:
        """Kill what runs, remove the namespaces and with them every cable."""
        for process in self.running:
            process.kill()
        for namespace in _namespaces():
            if namespace.startswith(self._prefix):
                _remove(namespace)

    def next_cable(self) -> str:
        self._cables += 1
        return f"port{self._cables}"

    def _namespace(self, name: str) -> str:
        namespace = f"{self._prefix}{name}"
        _ip("netns", "add", namespace)
        # Without duplicate address detection an IPv6 address is usable at once instead of after one to two seconds.
        sysctl = "for f in all default; do echo 0 > /proc/sys/net/ipv6/conf/$f/accept_dad; done 2>/dev/null; exit 0"
        subprocess.run(["ip", "netns", "exec", namespace, "sh", "-c", sysctl], check=True)
        _ip("-n", namespace, "link", "set", "lo", "up")
        return namespace


class Place:
    """A namespace in which things run."""

    def __init__(self, laboratory: Laboratory, name: str, namespace: str) -> None:
        self.name = name
        self.namespace = namespace
        self._laboratory = laboratory

    @property
    def prefix(self) -> tuple[str, ...]:
        """What to put before a command to have it run here."""
        return ("ip", "netns", "exec", self.namespace)

    def start(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Running:
        """Run something here until the laboratory closes."""
        process = Running(self.name, [*self.prefix, *command], env, cwd)
        self._laboratory.running.append(process)
        return process

    def run(self, command: Sequence[str], within: float = 20.0) -> str:
        """Run something here to its end; its output."""
        done = subprocess.run([*self.prefix, *command], capture_output=True, text=True, timeout=within, check=True)
        return done.stdout

    def ip(self, *words: str) -> None:
        """`ip` in here."""
        _ip("-n", self.namespace, *words)


class Switch(Place):
    """A bridge; splitting it puts its ports on several bridges that know nothing of each other."""

    def __init__(self, laboratory: Laboratory, name: str, namespace: str, network: ipaddress.IPv4Network) -> None:
        super().__init__(laboratory, name, namespace)
        self.network = network
        self._free = network.hosts()
        self._parts = 0
        self.ports: dict[Host, str] = {}
        self._grow(1)

    def free_address(self) -> str:
        return str(next(self._free))

    def split(self, *groups: Sequence[Host]) -> None:
        """Break into parts; the hosts keep their carrier and notice nothing."""
        self._grow(len(groups))
        for part, hosts in enumerate(groups):
            for host in hosts:
                self.ip("link", "set", self.ports[host], "master", f"br{part}")

    def join(self) -> None:
        """Mend what `split` broke."""
        self.split(tuple(self.ports))

    def take(self, host: Host, port: str) -> None:
        """Connect a port that has been put into this namespace."""
        self.ports[host] = port
        self.ip("link", "set", port, "master", "br0", "up")

    def set_port(self, host: Host, state: str) -> None:
        self.ip("link", "set", self.ports[host], state)

    def _grow(self, parts: int) -> None:
        for part in range(self._parts, parts):
            self.ip("link", "add", f"br{part}", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
            self.ip("link", "set", f"br{part}", "up")
        self._parts = max(self._parts, parts)


class Host(Place):
    """A machine of its own: own interfaces, own loopback, own ports; files and clock are shared."""

    def __init__(self, laboratory: Laboratory, name: str, namespace: str) -> None:
        super().__init__(laboratory, name, namespace)
        self._interfaces: dict[Switch, str] = {}
        self._addresses: dict[Switch, str] = {}
        self._plugged = 0

    def address(self, switch: Switch | None = None) -> str:
        """The host's address on this switch, or on its only one."""
        return self._addresses[switch or self._only()]

    def plug(self, switch: Switch) -> str:
        """A new interface, plugged into the switch; returns its name."""
        interface, port = f"eth{self._plugged}", self._laboratory.next_cable()
        self._plugged += 1
        _ip("-n", switch.namespace, "link", "add", port, "type", "veth", "peer", interface, "netns", self.namespace)
        switch.take(self, port)
        self._interfaces[switch] = interface
        self.ip("link", "set", interface, "up")
        self._give_address(switch, switch.free_address())
        return interface

    def unplug(self, switch: Switch | None = None) -> None:
        """Pull the cable: the interface loses its carrier and keeps its address."""
        switch = switch or self._only()
        switch.set_port(self, "down")

    def plug_in(self, switch: Switch | None = None) -> None:
        """Put the cable back."""
        switch = switch or self._only()
        switch.set_port(self, "up")

    def readdress(self, switch: Switch | None = None, address: str = "") -> str:
        """Another address on the same switch, as after a new DHCP lease; returns it."""
        switch = switch or self._only()
        self._drop_address(switch)
        self._give_address(switch, address or switch.free_address())
        return self._addresses[switch]

    def walk(self, old: Switch, new: Switch) -> str:
        """Carry the machine over to another switch: same card, other network; returns its address there."""
        port = old.ports.pop(self)
        _ip("-n", old.namespace, "link", "set", port, "down")
        _ip("-n", old.namespace, "link", "set", port, "netns", new.namespace)
        self._drop_address(old)
        self._interfaces[new] = self._interfaces.pop(old)
        new.take(self, port)
        self._give_address(new, new.free_address())
        return self._addresses[new]

    def _only(self) -> Switch:
        (switch,) = self._interfaces
        return switch

    def _give_address(self, switch: Switch, address: str) -> None:
        self._addresses[switch] = address
        own = f"{address}/{switch.network.prefixlen}"
        self.ip("addr", "add", own, "brd", "+", "dev", self._interfaces[switch])

    def _drop_address(self, switch: Switch) -> None:
        own = f"{self._addresses.pop(switch)}/{switch.network.prefixlen}"
        self.ip("addr", "del", own, "dev", self._interfaces[switch])


def remove_leftovers() -> None:
    """Remove the namespaces of runs that died before they could."""
    for namespace in _namespaces():
        made_by = _NAME.match(namespace)
        if made_by and not Path(f"/proc/{made_by[1]}").exists():
            _remove(namespace)


def _namespaces() -> list[str]:
    directory = Path("/run/netns")
    return sorted(entry.name for entry in directory.iterdir()) if directory.is_dir() else []


def _remove(namespace: str) -> None:
    """Kill what still runs in a namespace of ours, then delete it; another run may do so at the same moment."""
    inside = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True, check=False)
    for pid in inside.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")
