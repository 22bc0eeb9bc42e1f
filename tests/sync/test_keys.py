"""Network keys and last words on a session: what is given when, and what a peer may not say."""

from __future__ import annotations

import pytest

from crdt.identifiers import Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.codec import body_limit, decode, encode
from meshnode.sync.events import KeysGiven, PeerLeft, Received
from meshnode.sync.limits import MAX_KEYS
from meshnode.sync.messages import Bye, Keys, MessageType, Push, Ready
from tests.support.sets import MemorySets
from tests.sync.peer import Peer

KEYS = (b"n" * 32, b"o" * 32)


def test_keys_go_out_once_each_side_has_let_the_other_in() -> None:
    peer = Peer(MemorySets())
    peer.session.give_keys(KEYS, 0.0)
    peer.greet()
    assert peer.heard_of(Keys) == [], "we have not let the peer in"
    peer.session.grant(0.0)
    peer.listen()
    assert peer.heard_of(Keys) == [], "the peer has not let us in"
    peer.say(Ready())
    assert peer.heard_of(Keys) == [Keys(KEYS)]
    peer.wait(5.0)
    assert peer.heard_of(Keys) == [Keys(KEYS)], "once"
    peer.session.give_keys(KEYS[:1], peer.now)
    assert peer.listen() == [Keys(KEYS[:1])]


def test_keys_are_handed_up_as_they_came() -> None:
    peer = Peer(MemorySets())
    peer.open()
    peer.say(Keys(KEYS))
    assert peer.events[-1] == KeysGiven(KEYS)
    assert "nnnn" not in repr(peer.events[-1])
    assert "nnnn" not in repr(Keys(KEYS))


def test_nobody_hands_over_keys_before_being_let_in() -> None:
    peer = Peer(MemorySets())
    peer.greet()
    with pytest.raises(RemoteProtocolError):
        peer.say(Keys(KEYS))


def test_keys_are_whole_and_few() -> None:
    kind = MessageType.KEYS
    assert decode(kind, b"") == Keys(())
    for size in (1, 31, 33, 63):
        with pytest.raises(RemoteProtocolError):
            decode(kind, bytes(size))
    assert body_limit(kind) == MAX_KEYS * 32
    assert decode(kind, encode(Keys(KEYS))[0][2:]) == Keys(KEYS)


@pytest.mark.parametrize("let_in", [False, True])
def test_last_words_come_before_the_goodbye(let_in: bool) -> None:
    peer = Peer(MemorySets())
    peer.greet()
    if let_in:
        peer.session.grant(0.0)
        peer.say(Ready())
    peer.session.bye("not-a-member", (b"petition", b"vote"))
    assert peer.listen()[-2:] == [Push(Lane.STATEMENTS, False, (b"petition", b"vote")), Bye("not-a-member")]
    peer.session.bye("again", (b"petition",))
    assert peer.listen() == []


def test_last_words_are_handed_up_before_the_end() -> None:
    peer = Peer(MemorySets())
    peer.greet()
    peer.say(Push(Lane.STATEMENTS, False, (b"petition", b"vote")))
    peer.say(Bye("not-a-member"))
    received, left = peer.events[-2:]
    assert isinstance(received, Received)
    assert received.items == (b"petition", b"vote")
    assert left == PeerLeft("not-a-member")
