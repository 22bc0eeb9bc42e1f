"""Who gives way to whom, without any socket."""

from __future__ import annotations

from dataclasses import dataclass, field

from meshnode.transport.crowd import Crowd
from meshnode.transport.limits import TransportLimits

LIMITS = TransportLimits(connections=6, per_address=3, loopback_connections=5, handshakes=4, half_open=5)


@dataclass(eq=False)
class Visitor:
    """A guest that remembers whether it was sent away."""

    host: str
    was_cut: bool = field(default=False)

    def cut(self) -> None:
        self.was_cut = True


def enter(crowd: Crowd, host: str, *, stage: str = "unproved") -> Visitor | None:
    visitor = Visitor(host)
    crowd.arrived(visitor)
    if not crowd.asks_in(visitor):
        return None
    if stage in {"proved", "linked"}:
        crowd.proved(visitor)
    if stage == "linked":
        crowd.linked(visitor)
    return visitor


def test_the_oldest_half_open_socket_gives_way() -> None:
    crowd = Crowd(LIMITS)
    visitors = [Visitor(f"10.0.0.{number}") for number in range(8)]
    for visitor in visitors:
        crowd.arrived(visitor)
    assert [visitor.was_cut for visitor in visitors] == [True] * 3 + [False] * 5
    assert crowd.half_open == len(crowd) == 5


def test_the_oldest_stranger_of_an_address_gives_way_to_the_next() -> None:
    crowd = Crowd(LIMITS)
    visitors = [enter(crowd, "10.0.0.1") for _ in range(5)]
    assert [visitor is not None and visitor.was_cut for visitor in visitors] == [True, True, False, False, False]
    assert len(crowd) == 3


def test_an_address_full_of_links_gets_no_more() -> None:
    crowd = Crowd(LIMITS)
    linked = [enter(crowd, "10.0.0.1", stage="linked") for _ in range(3)]
    assert enter(crowd, "10.0.0.1") is None
    assert enter(crowd, "10.0.0.2") is not None
    assert not any(visitor is None or visitor.was_cut for visitor in linked)
    assert linked[0] is not None
    crowd.gone(linked[0])
    assert enter(crowd, "10.0.0.1") is not None


def test_the_machine_itself_may_hold_more() -> None:
    crowd = Crowd(LIMITS)
    for host in ("127.0.0.1", "::1"):
        assert all(enter(crowd, host, stage="linked") for _ in range(2))
    assert enter(crowd, "127.0.0.1", stage="linked") is not None


def test_proved_handshakes_are_not_sent_away() -> None:
    crowd = Crowd(LIMITS)
    proved = [enter(crowd, f"10.0.0.{number}", stage="proved") for number in range(4)]
    assert enter(crowd, "10.0.0.9") is None
    assert not any(visitor is None or visitor.was_cut for visitor in proved)
    assert proved[0] is not None
    crowd.linked(proved[0])
    assert enter(crowd, "10.0.0.9") is not None


def test_all_connections_together_are_bounded() -> None:
    crowd = Crowd(LIMITS)
    stranger = enter(crowd, "10.0.1.1")
    linked = [enter(crowd, f"10.0.0.{number}", stage="linked") for number in range(5)]
    assert all(linked)
    assert enter(crowd, "10.0.0.6", stage="linked") is not None
    assert stranger is not None
    assert stranger.was_cut
    assert enter(crowd, "10.0.0.7") is None
    assert len(crowd) == 6


def test_going_twice_and_late_news_change_nothing() -> None:
    crowd = Crowd(LIMITS)
    visitor = enter(crowd, "10.0.0.1")
    assert visitor is not None
    crowd.gone(visitor)
    crowd.gone(visitor)
    crowd.proved(visitor)
    crowd.linked(visitor)
    assert len(crowd) == 0


def test_an_address_that_knocks_without_end_is_sent_away_before_it_is_read() -> None:
    now = 1000.0
    crowd = Crowd(TransportLimits(knocks=3, knocks_per_second=0.5), monotonic=lambda: now)

    def stays(host: str) -> bool:
        visitor = Visitor(host)
        crowd.arrived(visitor)
        return not visitor.was_cut

    assert [stays("10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    assert stays("10.0.0.2"), "nobody else is meant"
    assert all(stays("127.0.0.1") for _ in range(20)), "only this machine's own programs come from there"
    now += 2.0
    assert [stays("10.0.0.1") for _ in range(2)] == [True, False]
    now += 100.0
    assert [stays("10.0.0.1") for _ in range(4)] == [True, True, True, False]
