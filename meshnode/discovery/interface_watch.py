"""Interface watch: tells when this machine's network changed, and what its addresses are.

Rules of this module:
1. It reports facts and decides nothing: something moved, and whether a link went up or down.
2. Linux tells through a netlink socket; elsewhere the address list is looked at every five seconds.
3. One change of network makes a burst of messages: they are reported once, when 0.3 s have passed without another
   (or 2 s since the first).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence

import ifaddr

from meshnode.discovery.addresses import OwnAddress

SETTLE_SECONDS = 0.3
SETTLE_AT_MOST_SECONDS = 2.0
POLL_SECONDS = 5.0

RTMGRP_LINK = 0x1
RTMGRP_IPV4_IFADDR = 0x10
RTMGRP_IPV6_IFADDR = 0x100
RTM_NEWLINK, RTM_DELLINK = 16, 17
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_LINK_LIVE = 0x1 | 0x40 | 0x10000
"""IFF_UP, IFF_RUNNING and IFF_LOWER_UP: with any of them gone nothing gets through."""
_READ_BYTES = 65536
_SIOCGIFFLAGS = 0x8913

OnMove = Callable[[bool], None]


def own_addresses(interfaces: Sequence[str] = ()) -> tuple[OwnAddress, ...]:
    """The addresses of this machine's interfaces that carry traffic now, or only of those given by name or address."""
    found = []
    for adapter in ifaddr.get_adapters():
        if not _runs(adapter.name):
            continue
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            if not interfaces or adapter.name in interfaces or text in interfaces:
                found.append(OwnAddress(adapter.name, adapter.index or 0, text, ip.network_prefix))
    return tuple(sorted(found))


def _runs(interface: str) -> bool:
    """Whether the interface is up and has its cable or its access point; true where that cannot be asked."""
    if sys.platform != "linux":
        return True
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe, _SIOCGIFFLAGS, struct.pack("16sH14x", interface.encode()[:15], 0))
        except OSError:
            return False
    flags: int = struct.unpack("16sH14x", answer)[1]
    return flags & 0x41 == 0x41


class InterfaceWatch:
    """Calls `on_move(link_changed)` on the event loop after each change of this machine's network."""

    def __init__(self, on_move: OnMove, *, netlink: bool = True, poll_seconds: float = POLL_SECONDS) -> None:
        self._on_move = on_move
        self._netlink = netlink
        self._poll_seconds = poll_seconds
        self._socket: socket.socket | None = None
        self._poll: asyncio.Task[None] | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._first_message = 0.0
        self._link_changed = False
        self._link_flags: dict[int, int] = {}

    def start(self) -> None:
        """Begin to watch; needs a running event loop."""
        self._socket = _netlink_socket() if self._netlink else None
        if self._socket is not None:
            asyncio.get_running_loop().add_reader(self._socket, self._read)
        else:
            self._poll = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Stop watching; nothing is reported afterwards."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        if self._settling is not None:
            self._settling.cancel()
        if self._poll is not None:
            self._poll.cancel()
            await asyncio.gather(self._poll, return_exceptions=True)

    def _read(self) -> None:
        assert self._socket is not None
        try:
            messages = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            # The kernel dropped messages because we were too slow (ENOBUFS): anything may have happened.
            self._moved(link_changed=True)
            return
        for kind, body in split_messages(messages):
            self._moved(link_changed=kind in (RTM_NEWLINK, RTM_DELLINK) and self._note_link(kind, body))

    def _note_link(self, kind: int, body: bytes) -> bool:
        """Whether this message says that a link went up or down. Wi-Fi sends many that do not."""
        if len(body) < _LINK.size:
            return False
        _, _, index, flags, _ = _LINK.unpack_from(body)
        live = 0 if kind == RTM_DELLINK else flags & _LINK_LIVE
        before = self._link_flags.get(index, _LINK_LIVE)
        self._link_flags[index] = live
        return live != before

    def _moved(self, *, link_changed: bool) -> None:
        self._link_changed |= link_changed
        loop = asyncio.get_running_loop()
        if self._settling is None:
            self._first_message = loop.time()
        else:
            self._settling.cancel()
        due = min(loop.time() + SETTLE_SECONDS, self._first_message + SETTLE_AT_MOST_SECONDS)
        self._settling = loop.call_at(due, self._settled)

    def _settled(self) -> None:
        link_changed, self._link_changed = self._link_changed, False
        self._settling = None
        self._on_move(link_changed)

    async def _look_again_and_again(self) -> None:
        before = own_addresses()
        while True:
            await asyncio.sleep(self._poll_seconds)
            now = own_addresses()
            if now != before:
                before = now
                self._on_move(True)


def split_messages(packet: bytes) -> Iterator[tuple[int, bytes]]:
    """The kind and the body of every netlink message in a packet."""
    at = 0
    while at + _HEADER.size <= len(packet):
        length, kind, _, _, _ = _HEADER.unpack_from(packet, at)
        if length < _HEADER.size:
            return
        yield kind, packet[at + _HEADER.size : at + length]
        at += (length + 3) & ~3


def _netlink_socket() -> socket.socket | None:
    """A socket that hears of links and addresses, or None where there is no netlink."""
    if sys.platform != "linux":
        return None
    with contextlib.suppress(OSError):
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        try:
            netlink.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR))
        except OSError:
            netlink.close()
            raise
        return netlink
    return None
