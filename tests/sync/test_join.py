"""Joining: what the two ends say to each other, and what they never say."""

from __future__ import annotations

import pytest

from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.sync.codec import body_limit, decode, encode
from meshnode.sync.events import PeerLeft
from meshnode.sync.frames import Assembler
from meshnode.sync.join import JoinEvent, JoinGuest, JoinHost
from meshnode.sync.limits import JOIN_SECONDS
from meshnode.sync.messages import Apply, Err, Offer, Ready, Refused, Welcome

KEY = bytes(range(32))
OFFER = Offer("Elm Street", (b"genesis", b"x" * 100_000), b"invite")


def carry(sender: JoinHost | JoinGuest, receiver: JoinHost | JoinGuest) -> list[JoinEvent]:
    """Bring over what was said; what the receiver makes of it."""
    for frame in sender.frames_to_send():
        receiver.receive_frame(frame, 1.0)
    return receiver.events_received()


def pair() -> tuple[JoinHost, JoinGuest]:
    host, guest = JoinHost(OFFER, 0.0), JoinGuest(0.0)
    assert carry(host, guest) == [OFFER], "an offer longer than a frame arrives whole"
    return host, guest


def test_a_guest_is_welcomed() -> None:
    host, guest = pair()
    guest.apply((b"invite", b"hello"))
    assert carry(guest, host) == [Apply((b"invite", b"hello"))]
    host.welcome((b"hello", b"witness"), KEY)
    assert carry(host, guest) == [Welcome((b"hello", b"witness"), KEY)]
    assert host.is_over
    assert guest.is_over


def test_a_guest_is_refused_in_words() -> None:
    host, guest = pair()
    guest.apply((b"hello",))
    carry(guest, host)
    host.refuse("invite-used", "This invite has been used as often as it may be.")
    assert carry(host, guest) == [Refused("invite-used", "This invite has been used as often as it may be.")]


def test_a_guest_may_be_refused_at_once() -> None:
    no = Refused("invite-expired", "This invite is too old.")
    host, guest = JoinHost(no, 0.0), JoinGuest(0.0)
    assert carry(host, guest) == [no]
    assert host.is_over
    assert guest.is_over


def test_a_guest_who_only_looks_tells_nothing() -> None:
    host, guest = pair()
    guest.bye("looked")
    frames = guest.frames_to_send()
    assert sum(map(len, frames)) <= 2 + len("looked")
    for frame in frames:
        host.receive_frame(frame, 1.0)
    assert host.events_received() == [PeerLeft("looked")]
    assert host.is_over


def test_the_key_is_not_given_before_somebody_applied() -> None:
    host, _ = pair()
    with pytest.raises(LocalProtocolError):
        host.welcome((), KEY)
    assert host.frames_to_send() == []


def test_a_welcome_nobody_asked_for_is_refused() -> None:
    _, guest = pair()
    impostor = JoinHost(OFFER, 0.0)
    impostor.frames_to_send()
    other = JoinGuest(0.0)
    carry(JoinHost(OFFER, 0.0), other)
    other.apply((b"hello",))
    carry(other, impostor)
    impostor.welcome((), KEY)
    with pytest.raises(RemoteProtocolError):
        carry(impostor, guest)
    assert guest.events_received() == []


def test_a_guest_cannot_apply_twice() -> None:
    host, guest = pair()
    guest.apply((b"hello",))
    frames = guest.frames_to_send()
    for frame in frames:
        host.receive_frame(frame, 1.0)
    with pytest.raises(RemoteProtocolError):
        host.receive_frame(frames[0], 1.0)


def is_over(end: JoinHost | JoinGuest) -> bool:
    return end.is_over


def test_a_join_link_does_not_last() -> None:
    for end in (JoinHost(OFFER, 0.0), JoinGuest(0.0)):
        assert end.next_deadline() == JOIN_SECONDS
        end.tick(JOIN_SECONDS - 0.1)
        assert not is_over(end)
        end.tick(JOIN_SECONDS)
        assert is_over(end)
        assert end.events_received() == [PeerLeft("too-slow")]
        assert end.next_deadline() is None


def test_the_key_is_not_shown() -> None:
    assert KEY.hex() not in repr(Welcome((), KEY))
    assert repr(KEY) not in repr(Welcome((), KEY))


def test_a_key_of_another_length_is_our_fault() -> None:
    host, guest = pair()
    guest.apply((b"hello",))
    carry(guest, host)
    with pytest.raises(ValueError, match="32 bytes"):
        host.welcome((), b"short")


def test_a_join_link_carries_nothing_else() -> None:
    for end in (JoinHost(OFFER, 0.0), JoinGuest(0.0)):
        with pytest.raises(RemoteProtocolError):
            end.receive_frame(encode(Ready())[0], 1.0)
        assert is_over(end)
        assert decode(*Assembler(body_limit).take(end.frames_to_send()[-1]) or (0, b"")) == Err("remote-protocol")
        end.receive_frame(b"whatever comes after that", 2.0)
        end.bye("too late")
        assert end.frames_to_send() == []


def test_an_offer_in_parts_is_not_an_offer_yet() -> None:
    guest = JoinGuest(0.0)
    first, *_ = JoinHost(OFFER, 0.0).frames_to_send()
    guest.receive_frame(first, 1.0)
    assert guest.events_received() == []
    assert not guest.is_over
