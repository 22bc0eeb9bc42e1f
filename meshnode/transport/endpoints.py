"""Endpoints: `host:port` as people type and read it."""

from __future__ import annotations

from meshnode.errors import BadInput

HIGHEST_PORT = 65_535


def split_endpoint(endpoint: str) -> tuple[str, int]:
    """Host and port of `host:port`; an IPv6 host stands in brackets.

    Raises:
        BadInput: it is not of that form.
    """
    host, colon, port = endpoint.strip().rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) <= HIGHEST_PORT:
        raise BadInput(
            f"{endpoint!r} is not an address.", next_step="Write it as HOST:PORT, for example 192.168.1.20:41234."
        )
    return host, int(port)
