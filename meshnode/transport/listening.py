"""Listening sockets: one port number for IPv4 and IPv6.

Rules of this module:
1. Both families get the same number, or the announcement would be wrong for one of them.
2. A family that this machine does not have is left out.
"""

from __future__ import annotations

import errno
import os
import socket

from meshnode.errors import NotPossible

EVERYWHERE = ("0.0.0.0", "::")
TRIES = 16
"""A random port that is free in one family may be taken in the other; that is rare."""

NO_SUCH_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}


def listening_sockets(hosts: tuple[str, ...], port: int, *, or_any: bool) -> list[socket.socket]:
    """Bound sockets, not yet listening; port 0 is a random one.

    Raises:
        NotPossible: the port is taken (and `or_any` is false), or there is no address to listen on.
    """
    for wanted in [port] * (1 if port else TRIES) + [0] * (TRIES if port and or_any else 0):
        try:
            sockets = _bind_all(hosts, wanted)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise NotPossible(f"Cannot listen: {error.strerror}.") from error
            continue
        if sockets:
            return sockets
        raise NotPossible("This machine has no address to listen on.")
    raise NotPossible(f"Port {port} is taken by another program.", next_step="Choose another one in the settings file.")


def _bind_all(hosts: tuple[str, ...], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for host in hosts:
            bound = _bind(host, port)
            if bound is not None:
                sockets.append(bound)
                port = bound.getsockname()[1]
    except OSError:
        for opened in sockets:
            opened.close()
        raise
    return sockets


def _bind(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        if error.errno in NO_SUCH_FAMILY:
            return None
        raise
    try:
        opened.setblocking(False)
        if os.name == "posix":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        if error.errno in NO_SUCH_FAMILY:
            return None
        raise
    return opened
