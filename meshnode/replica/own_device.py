"""This device, when its own person or its stewards have given it up.

Rules of this module:
1. Everything on it stays and can be read; it writes nothing more, because no neighbour would take it.
"""

from __future__ import annotations

from meshnode.errors import NotPossible
from meshnode.membership.trust_kinds import Why
from meshnode.replica.replica import Replica

_WHY = {Why.RETIRED: "retired", Why.LOST: "lost", Why.STOLEN: "stolen"}
NEXT = (
    "What is here stays, and can be exported. To use this machine again, begin in a new profile: "
    "`meshnode device add` on your main device, then `meshnode --profile NAME join CODE` here."
)


def dropped_sentence(replica: Replica) -> str:
    """What to say on a device that was given up; empty on every other."""
    own = replica.membership.devices.get(replica.identity.device)
    if own is None or own.dropped is None:
        return ""
    whose = "This hub" if replica.identity.member is None else "This device"
    return f"{whose} was given up as {_WHY[own.dropped]}: no neighbour links with it any more. {NEXT}"


def must_not_be_dropped(replica: Replica) -> None:
    """Refuse to write what nobody would take.

    Raises:
        NotPossible: this device was given up.
    """
    sentence = dropped_sentence(replica)
    if sentence:
        raise NotPossible(sentence.removesuffix(f" {NEXT}"), next_step=NEXT)
