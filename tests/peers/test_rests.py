"""Who breaks the protocol again and again waits; who did so once does not."""

from __future__ import annotations

from pathlib import Path

from meshnode.peers.limits import PeerLimits
from meshnode.peers.rests import rest_after_fold
from meshnode.sync.messages import Ready
from tests.peers.pair import Side, played_by_hand, two_sides
from tests.support.people import Neighbourhood, maple_street

FEW = PeerLimits(breaks=3, breaks_seconds=100.0, rest_seconds=10.0)


class Clock:
    """Time that is told to pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def is_let_in(side: Side, street: Neighbourhood, name: str) -> bool:
    """Whether a member is let in; the link is broken then by an unknown type of message."""
    async with played_by_hand(side, street, name) as (peer, report):
        await peer.greet()
        heard = [await peer.hear(), await peer.hear()]
        await peer.connection.send(b"\x7f\x00")
        await peer.until_closed()
        await report
        return any(isinstance(each, Ready) for each in heard)


async def test_a_device_that_breaks_link_after_link_rests(tmp_path: Path) -> None:
    street, clock = maple_street(3), Clock()
    async with two_sides(tmp_path, street, ("alice",), limits=FEW, monotonic=clock) as (alice,):
        assert [await is_let_in(alice, street, "bob") for _ in range(4)] == [True, True, True, False]
        assert await is_let_in(alice, street, "chidi"), "nobody else waits"
        clock.now += 11
        assert [await is_let_in(alice, street, "bob") for _ in range(2)] == [True, False], "one more, and it waits"
        clock.now += 101
        assert [await is_let_in(alice, street, "bob") for _ in range(3)] == [True, True, True], "long ago is forgotten"


def test_who_brings_statements_one_by_one_waits_and_who_brings_everything_does_not() -> None:
    assert rest_after_fold(1, 0.5) == 2.0
    assert rest_after_fold(200, 0.5) == 0.0
