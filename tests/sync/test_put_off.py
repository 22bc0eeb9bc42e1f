"""What one side does not take now: dropped, not asked for in vain, and found again when it may come."""

from __future__ import annotations

from crdt.identifiers import ItemId, Lane
from meshnode.sync.messages import LaneState, Pull
from tests.support.sets import made_item
from tests.sync.peer import Peer, states_of
from tests.sync.talk import Clock, Node, Wire, id_of, pass_time
from tests.sync.test_session import items, sent, statements, two_nodes

LANES = (Lane.URGENT, Lane.ORDINARY)
LATE = {lane: items(100_000 * int(lane), 200) for lane in LANES}
LATE_IDS = {ItemId(key[8:]) for each in LATE.values() for key, _ in each}


def two_of_whom_one_is_not_in_time(shared: int) -> tuple[Node, Node]:
    alice, bob = two_nodes(shared)
    for lane in LANES:
        alice.put(lane, LATE[lane])
    bob.sets.put_off = set(LATE_IDS)
    return alice, bob


def test_it_is_dropped_and_found_again_when_it_may_come() -> None:
    alice, bob = two_of_whom_one_is_not_in_time(1_000)
    wire = Wire(alice, bob)
    wire.run()
    assert wire.settled()
    assert not alice.level_with(bob)
    assert wire.b.put_off <= LATE_IDS
    live = items(900_000, 1)
    alice.put(Lane.ORDINARY, live)
    wire.run()
    assert bob.sets.items(Lane.ORDINARY, [id_of(Lane.ORDINARY, live[0][1])]), "what is not put off goes on"
    bob.sets.put_off = set()
    pass_time([wire], alice.clock, 600.0)
    wire.b.session.compare_again(alice.clock.now)
    wire.run()
    assert wire.settled()
    assert alice.level_with(bob)


def test_nothing_is_asked_for_in_vain() -> None:
    alice, bob = two_of_whom_one_is_not_in_time(1_000)
    wire = Wire(alice, bob)
    wire.run()
    before = sent(wire)
    for _ in range(360):
        pass_time([wire], alice.clock, 10.0)
        wire.run()
    assert sent(wire) - before < 2_000, "in an hour"


def test_more_than_a_list_holds_is_not_compared_without_end() -> None:
    """A flood beyond every bound, none of which is taken: the comparisons become rare, not endless."""
    clock, members = Clock(), statements(20)
    alice, bob = Node("alice", clock, members), Node("bob", clock, members)
    flood = [made_item(number, number, 40) for number in range(25_000)]
    bob.put(Lane.ORDINARY, items(500_000, 20_000, size=40))
    alice.put(Lane.ORDINARY, flood)
    bob.sets.put_off = {ItemId(key[8:]) for key, _ in flood}
    wire = Wire(alice, bob)
    for _ in range(60):
        pass_time([wire], clock, 10.0)
        wire.run()
    before = sent(wire)
    for _ in range(60):
        pass_time([wire], clock, 10.0)
        wire.run()
    assert sent(wire) - before < 60_000 * 60, "one answer every ten seconds at most"


def test_blocks_are_asked_for_once_they_may_come() -> None:
    _, bob = two_nodes(5)
    known, urgent, _ = states_of(bob.sets)
    for not_now, pulls in (({Lane.ORDINARY}, 0), (set[Lane](), 1)):
        bob.sets.not_now = not_now
        peer = Peer(bob.sets)
        peer.open((known, urgent, LaneState(3_000, bytes(16))))
        assert len(peer.heard_of(Pull)) == pulls
