"""Roles: who may do what, as a table.

Rules of this module:
1. Nothing else in meshnode decides what a role may do; the fold and the node ask this table.
2. A hub carries and witnesses; what only a person can mean (a vouch, an invite) it never says.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Role(enum.Enum):
    """The standing of whoever speaks."""

    NEWCOMER = "newcomer"
    ESTABLISHED = "established"
    HUB = "hub"
    PAST = "past"


class Power(enum.Enum):
    """What somebody may do in a network."""

    SYNC = "sync"
    WRITE = "write"
    WITNESS = "witness"
    CERTIFY_DEVICE = "certify a device"
    LEAVE = "leave"
    INVITE = "invite"
    VOUCH = "vouch"
    STEWARD = "steward a hub"
    PETITION = "petition"
    VOTE = "vote"


_EVERYBODY = frozenset({Power.SYNC, Power.WRITE, Power.WITNESS})
_PERSON = _EVERYBODY | {Power.CERTIFY_DEVICE, Power.LEAVE}

POWERS: Mapping[Role, frozenset[Power]] = {
    Role.NEWCOMER: _PERSON,
    Role.ESTABLISHED: _PERSON | {Power.INVITE, Power.VOUCH, Power.STEWARD, Power.PETITION, Power.VOTE},
    Role.HUB: _EVERYBODY,
    Role.PAST: frozenset(),
}


def may(role: Role, power: Power) -> bool:
    """Whether the table grants `power` to `role`."""
    return power in POWERS[role]
