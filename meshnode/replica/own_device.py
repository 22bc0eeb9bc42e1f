"""This device, when its own person or its stewards have given it up.

Rules of this module:
1. Everything on it stays and can be read; it writes nothing more, because no neighbour would take it.
"""

from __future__ import annotations

from meshnode.errors import NotPossible
from meshnode.membership.trust_kinds import Why
from meshnode.replica.replica import Replica

_WHY = {Why.RETIRED: "retired", Why.LOST: "lost", Why.STOLEN: "stolen"}
STAYS = "What is here stays, and can be exported. To use this machine again, begin in a new profile: "
NEXT = f"{STAYS}`meshnode device add` on your main device, then `meshnode --profile NAME join CODE` here."
NEXT_FOR_HUBS = f"{STAYS}`meshnode --profile NAME hub setup`."


def dropped_sentence(replica: Replica) -> str:
    """What to say on a device that was given up; empty on every other."""
    own = replica.membership.devices.get(replica.identity.device)
    if own is None or own.dropped is None:
        return ""
    return (
        f"{_what(replica)} was given up as {_WHY[own.dropped]}: no neighbour links with it any more. {_next(replica)}"
    )


def must_not_be_dropped(replica: Replica) -> None:
    """Refuse to write what nobody would take.

    Raises:
        NotPossible: this device was given up.
    """
    sentence = dropped_sentence(replica)
    if sentence:
        raise NotPossible(sentence.removesuffix(f" {_next(replica)}"), next_step=_next(replica))


def _what(replica: Replica) -> str:
    return "This device" if replica.identity.member else "This hub"


def _next(replica: Replica) -> str:
    return NEXT if replica.identity.member else NEXT_FOR_HUBS
