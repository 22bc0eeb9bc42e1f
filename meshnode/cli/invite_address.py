"""Where an invite says that somebody answers.

Rules of this module:
1. Only what another machine can reach and a person can type.
"""

from __future__ import annotations

from meshnode.cli.command import Json


def lan_address(invite: Json) -> str | None:
    """The first address that another machine can reach and that a person can type."""
    addresses = [str(address) for address in invite["address"] if not str(address).startswith(("127.", "["))]
    return addresses[0] if addresses else None
