"""What a session does for its owner: how many flights and bytes things take, in which order, and what is never said."""

from __future__ import annotations

import random

import pytest

from crdt.identifiers import ItemId, Lane
from meshnode.errors import LocalProtocolError
from meshnode.sync.codec import encode
from meshnode.sync.events import PeerHello, PeerLeft, Received, Settled
from meshnode.sync.item_set import AFTER_ALL
from meshnode.sync.limits import MAX_NEED_IDS, PROVIDER_SECONDS, QUEUE_BYTES, WINDOW_BYTES
from meshnode.sync.messages import Block, Bye, Credit, LaneState, Neg, Pull, Push, Ready, State, Step, Want
from meshnode.sync.negentropy import VERSION_1, RangeWriter
from meshnode.sync.session import LocalHello, Session
from meshnode.sync.wanted import Wanted
from tests.support.sets import Item, MemorySets, made_item
from tests.sync.peer import EMPTY, Peer, states_of
from tests.sync.talk import Clock, Node, Wire, digest, pass_time
from tests.sync.test_weather import TODAY, made_statement, settle

HELLO_AND_READY = 2 + 1024 + 2
LIE = bytes(16)
NOTHING_LEFT = bytes((VERSION_1,))


def items(start: int, count: int, at_ms: int = TODAY, size: int = 350) -> list[Item]:
    return [made_item(start + number, at_ms + number * 1000, size) for number in range(count)]


def statements(count: int) -> list[Item]:
    return [made_statement(number) for number in range(count)]


def two_nodes(shared: int) -> tuple[Node, Node]:
    clock, common, members = Clock(), items(0, shared), statements(20)
    alice, bob = Node("alice", clock, members), Node("bob", clock, members)
    alice.put(Lane.ORDINARY, common)
    bob.put(Lane.ORDINARY, common)
    return alice, bob


def sent(wire: Wire) -> int:
    return wire.a.sent_bytes + wire.b.sent_bytes


# -- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shared", [0, 20_000])
def test_equal_sets_are_live_after_the_greeting(shared: int) -> None:
    wire = Wire(*two_nodes(shared))
    assert wire.run() <= 2
    assert wire.settled()
    assert sent(wire) == 2 * HELLO_AND_READY


def test_fifty_new_differences_take_six_flights_and_little_else_than_ids() -> None:
    alice, bob = two_nodes(20_000)
    later = TODAY + 10**9
    alice.put(Lane.ORDINARY, items(100_000, 25, later))
    bob.put(Lane.ORDINARY, items(200_000, 25, later + 500))
    wire = Wire(alice, bob)
    assert wire.run() <= 6
    assert wire.settled()
    assert alice.level_with(bob)
    assert sent(wire) - 2 * HELLO_AND_READY - 50 * 350 < 3000


def test_one_new_item_takes_little_more_than_itself() -> None:
    alice, bob = two_nodes(2000)
    wire = Wire(alice, bob)
    wire.run()
    before = sent(wire)
    alice.put(Lane.ORDINARY, items(100_000, 1))
    assert wire.run() <= 2
    assert sent(wire) - before < 350 + 20
    assert wire.settled()


def test_a_newcomer_takes_everything_once() -> None:
    alice, bob = two_nodes(0)
    bob.put(Lane.ORDINARY, items(0, 8000))
    wire = Wire(alice, bob)
    assert wire.run() < 30
    assert wire.settled()
    assert alice.level_with(bob)
    assert sent(wire) < 8000 * 350 * 1.03


@pytest.mark.parametrize("who_lacks", ["dialler", "answerer"])
def test_the_one_who_lacks_pulls(who_lacks: str) -> None:
    empty, full = two_nodes(0)
    full.put(Lane.ORDINARY, items(0, 3000))
    wire = Wire(empty, full) if who_lacks == "dialler" else Wire(full, empty)
    wire.run()
    assert wire.settled()
    assert empty.level_with(full)
    needy = wire.a if who_lacks == "dialler" else wire.b
    assert needy.sent_bytes < 5000


def test_a_pull_that_was_cut_goes_on_where_it_was() -> None:
    alice, bob = two_nodes(0)
    bob.put(Lane.ORDINARY, items(0, 8000))
    first = Wire(alice, bob)
    for _ in range(5):
        first.flight()
    taken = len(alice.sets.lane(Lane.ORDINARY))
    assert 500 < taken < 2000
    alice.put(Lane.ORDINARY, items(100_000, 1, TODAY + 10**10))
    first.cut()
    second = Wire(alice, bob)
    settle([second], alice.clock, 0)
    assert alice.level_with(bob)
    assert second.b.sent_bytes < (8000 - taken + 10) * 350 * 1.03


def test_of_two_peers_one_gives_the_blocks() -> None:
    clock, members = Clock(), statements(5)
    alice, bob, charlie = (Node(name, clock, members) for name in ("alice", "bob", "charlie"))
    for node in (bob, charlie):
        node.put(Lane.ORDINARY, items(0, 4000))
    wires = [Wire(alice, bob), Wire(charlie, alice)]
    settle(wires, clock, 0)
    assert alice.level_with(bob)
    assert alice.level_with(charlie)
    assert sum(map(sent, wires)) < 4000 * 350 * 1.1


def test_when_the_one_with_the_blocks_falls_silent_the_next_gives_them() -> None:
    clock, members = Clock(), statements(5)
    alice, bob, charlie = (Node(name, clock, members) for name in ("alice", "bob", "charlie"))
    for node in (bob, charlie):
        node.put(Lane.ORDINARY, items(0, 2000))
    silent, other = Wire(alice, bob), Wire(alice, charlie)
    for _ in range(3):
        silent.flight()
    other.run()
    assert not other.settled()
    pass_time([silent, other], clock, PROVIDER_SECONDS)
    other.run()
    assert alice.level_with(charlie)
    assert other.settled()


# -- order ------------------------------------------------------------------------------------------------------------


def test_newest_items_come_first() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 2000))
    peer = Peer(sets)
    known, urgent, _ = states_of(sets)
    peer.open((known, urgent, EMPTY))
    peer.say(Pull(Lane.ORDINARY, b""))
    blocks = peer.heard_of(Block)
    assert len(blocks) > 1
    lows = [block.lowest for block in blocks]
    assert lows == sorted(lows, reverse=True)
    assert lows[0] == sets.lane(Lane.ORDINARY).key_at(2000 - blocks[0].count)


def test_an_alarm_overtakes_everything() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 4000))
    peer = Peer(sets)
    known, urgent, _ = states_of(sets)
    peer.open((known, urgent, EMPTY))
    for frame in encode(Pull(Lane.ORDINARY, b"")):
        peer.session.receive_frame(frame, 0.0)
    burst = peer.session.frames_to_send()
    alarm = made_item(100_000, TODAY, 100)
    peer.session.publish(Lane.URGENT, [alarm], 0.0)
    assert peer.session.next_deadline() == 0.0, "there is more to send at once"
    following = peer.session.frames_to_send()
    assert sum(map(len, burst)) < WINDOW_BYTES
    assert following[0] == encode(Push(Lane.URGENT, False, (alarm[1],)))[0]


def test_change_lanes_are_compared_only_when_statements_are_equal() -> None:
    sets = MemorySets()
    sets.put(Lane.STATEMENTS, statements(3))
    sets.put(Lane.ORDINARY, items(0, 50))
    peer = Peer(sets, we_dial=True)
    known, urgent, ordinary = states_of(sets)
    peer.open((LaneState(known.count, LIE), urgent, LaneState(ordinary.count, LIE)))
    assert [neg.lane for neg in peer.heard_of(Neg)] == [Lane.STATEMENTS]
    peer.say(Push(Lane.STATEMENTS, False, (made_statement(99)[1],)))
    peer.say(Neg(Lane.STATEMENTS, False, NOTHING_LEFT))
    peer.credit()
    assert not peer.heard_of(State), "a round waits for statements that are not on disk"
    peer.commit()
    assert [state.step for state in peer.heard_of(State)] == [Step.OPEN]
    assert len(peer.heard_of(Neg)) == 1
    known, urgent, ordinary = states_of(sets)
    peer.say(State(Step.ANSWER, 1, (known, urgent, LaneState(ordinary.count, LIE))))
    assert [neg.lane for neg in peer.heard_of(Neg)] == [Lane.STATEMENTS, Lane.ORDINARY]


def test_a_new_statement_reopens_the_comparison_of_changes() -> None:
    alice, bob = two_nodes(100)
    wire = Wire(alice, bob)
    wire.run()
    waited_for = items(100_000, 1)
    # Parked at bob until a statement arrives: he holds it, and it is in nobody's digest.
    bob.sets.refused.add(ItemId(waited_for[0][0][8:]))
    alice.put(Lane.ORDINARY, waited_for)
    wire.run()
    assert wire.settled()
    assert not alice.level_with(bob)
    bob.sets.refused.clear()
    bob.sets.put(Lane.ORDINARY, waited_for)
    charlie_wrote = items(200_000, 1)
    bob.sets.put(Lane.ORDINARY, charlie_wrote)
    alice.put(Lane.STATEMENTS, [made_statement(1000)])
    wire.run()
    assert wire.settled()
    assert alice.level_with(bob)


def test_statements_that_one_side_never_takes_are_tried_with_patience() -> None:
    alice, bob = two_nodes(10)
    strange = made_statement(5000)
    bob.sets.refused.add(ItemId(strange[0][8:]))
    alice.put(Lane.STATEMENTS, [strange])
    alice.put(Lane.ORDINARY, items(100_000, 30))
    bob.put(Lane.ORDINARY, items(200_000, 30))
    wire = Wire(alice, bob)
    assert wire.run() < 30
    assert wire.settled(), "as equal as they get"
    assert digest(alice, Lane.STATEMENTS) != digest(bob, Lane.STATEMENTS)
    assert digest(alice, Lane.ORDINARY) == digest(bob, Lane.ORDINARY), "the changes are not held up"
    before = sent(wire)
    for _ in range(360):
        pass_time([wire], alice.clock, 10.0)
        wire.run()
    assert sent(wire) - before < 10_000, "in an hour"


# -- who is asked, and what is never sent -----------------------------------------------------------------------------


def shows(sets: MemorySets, lane: Lane, shown: list[ItemId], *, end: bytes = AFTER_ALL) -> Neg:
    """A first turn that shows ids beyond everything we hold."""
    ours = sets.lane(lane)
    writer = RangeWriter()
    bound = (2**52).to_bytes(8, "big")
    skip = writer.skip(bound) if len(ours) else b""
    return Neg(lane, True, bytes((VERSION_1,)) + skip + writer.id_list(end, [bytes(item) for item in shown]))


def asked(peer: Peer) -> list[ItemId]:
    return [item for want in peer.heard_of(Want) for item in want.ids]


def unequal(sets: MemorySets, wanted: Wanted | None = None) -> Peer:
    peer = Peer(sets, wanted=wanted)
    known, urgent, ordinary = states_of(sets)
    peer.open((known, urgent, LaneState(ordinary.count, LIE)))
    return peer


def test_an_item_is_asked_of_one_peer_and_after_a_while_of_the_next() -> None:
    sets, wanted = MemorySets(), Wanted()
    shown = [ItemId(key[8:]) for key, _ in items(0, 10)]
    first, second = unequal(sets, wanted), unequal(sets, wanted)
    first.say(shows(sets, Lane.ORDINARY, shown))
    second.say(shows(sets, Lane.ORDINARY, shown))
    assert sorted(asked(first)) == sorted(shown)
    assert asked(second) == []
    assert second.session.i_lack() == 10
    second.wait(PROVIDER_SECONDS - 1)
    assert asked(second) == []
    second.wait(1.0)
    assert sorted(asked(second)) == sorted(shown)


def test_a_peer_that_says_it_has_not_got_it_frees_the_next_at_once() -> None:
    sets, wanted = MemorySets(), Wanted()
    shown = [ItemId(key[8:]) for key, _ in items(0, 10)]
    first, second = unequal(sets, wanted), unequal(sets, wanted)
    first.say(shows(sets, Lane.ORDINARY, shown))
    second.say(shows(sets, Lane.ORDINARY, shown))
    first.say(Push(Lane.ORDINARY, True, ()))
    second.wait(1.0)
    assert sorted(asked(second)) == sorted(shown)
    assert len(wanted) == 10


def test_a_peer_that_leaves_frees_the_next_at_once() -> None:
    sets, wanted = MemorySets(), Wanted()
    shown = [ItemId(key[8:]) for key, _ in items(0, 10)]
    first, second = unequal(sets, wanted), unequal(sets, wanted)
    first.say(shows(sets, Lane.ORDINARY, shown))
    second.say(shows(sets, Lane.ORDINARY, shown))
    first.say(Bye("going"))
    second.wait(1.0)
    assert sorted(asked(second)) == sorted(shown)


def test_what_was_refused_here_is_not_asked_for_again() -> None:
    sets = MemorySets()
    wrong = items(0, 3)
    peer = unequal(sets)
    for _ in range(3):
        peer.say(shows(sets, Lane.ORDINARY, [ItemId(key[8:]) for key, _ in wrong]))
        if len(peer.heard_of(Want)) == 1 and not peer.heard_of(Credit):
            peer.say(Push(Lane.ORDINARY, True, tuple(payload for _, payload in wrong)))
            peer.commit(store=False)
    assert len(asked(peer)) == 3
    assert peer.session.i_lack() == 0


def test_what_came_from_elsewhere_meanwhile_is_not_asked_for() -> None:
    sets, wanted = MemorySets(), Wanted()
    arriving = items(0, 4)
    first, second = unequal(sets, wanted), unequal(sets, wanted)
    for peer in (first, second):
        peer.say(shows(sets, Lane.ORDINARY, [ItemId(key[8:]) for key, _ in arriving]))
    fresh = sets.put(Lane.ORDINARY, arriving)
    for peer in (first, second):
        peer.session.publish(Lane.ORDINARY, fresh, 0.0)
        peer.listen()
    second.wait(2 * PROVIDER_SECONDS)
    assert asked(second) == []
    assert second.session.i_lack() == 0
    assert not first.heard_of(Push), "both have shown these items themselves"
    assert not second.heard_of(Push)
    assert len(wanted) == 0


def test_what_a_peer_gives_is_not_given_back() -> None:
    peer = unequal(MemorySets())
    peer.say(Push(Lane.ORDINARY, False, tuple(payload for _, payload in items(0, 5))))
    assert peer.commit() == 5
    assert not peer.heard_of(Push)
    later = items(100, 1)
    peer.session.publish(Lane.ORDINARY, later, 0.0)
    peer.listen()
    assert peer.heard_of(Push) == [Push(Lane.ORDINARY, False, (later[0][1],))]


def test_what_a_peer_gives_itself_is_taken_off_the_queue() -> None:
    sets = MemorySets()
    peer = Peer(sets)
    peer.greet()
    peer.session.grant(0.0)
    both, ours = items(0, 2)
    peer.session.publish(Lane.ORDINARY, [both, ours], 0.0)
    peer.say(Push(Lane.ORDINARY, False, (both[1],)))
    peer.say(Ready())
    assert peer.heard_of(Push) == [Push(Lane.ORDINARY, False, (ours[1],))]


def test_credit_is_given_only_for_what_is_on_disk() -> None:
    peer = unequal(MemorySets())
    payload = items(0, 1)[0][1]
    peer.say(Push(Lane.ORDINARY, False, (payload,)))
    assert not peer.heard_of(Credit)
    peer.commit()
    body = len(encode(Push(Lane.ORDINARY, False, (payload,)))[0]) - 2
    assert peer.heard_of(Credit) == [Credit(body)]


def test_no_more_is_sent_than_there_is_credit_for() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 6000))
    peer = unequal(sets)
    writer = RangeWriter()
    peer.say(Neg(Lane.ORDINARY, True, bytes((VERSION_1,)) + writer.id_list(AFTER_ALL, [])))
    given = sum(len(frame) - 2 for push in peer.heard_of(Push) for frame in encode(push))
    assert WINDOW_BYTES // 2 <= given <= WINDOW_BYTES
    assert peer.session.they_lack() == 6000
    peer.say(Credit(given))
    assert peer.session.they_lack() < 6000
    assert sum(len(push.items) for push in peer.heard_of(Push)) > 1500


def test_a_full_queue_is_dropped_and_replaced_by_one_comparison() -> None:
    sets = MemorySets()
    peer = Peer(sets, we_dial=True)
    peer.greet()
    peer.session.grant(0.0)
    flood = items(0, QUEUE_BYTES // 350 + 200)
    for item in flood:
        peer.session.publish(Lane.ORDINARY, sets.put(Lane.ORDINARY, [item]), 0.0)
    peer.say(Ready())
    assert not peer.heard_of(Push)
    assert not peer.session.settled
    assert peer.session.they_lack() == len(flood)
    assert not peer.heard_of(Neg)
    peer.wait(1.0)
    assert [neg.start for neg in peer.heard_of(Neg)] == [True]
    late = items(500_000, 1, TODAY + 10**10)
    peer.session.publish(Lane.ORDINARY, sets.put(Lane.ORDINARY, late), 1.0)
    peer.listen()
    assert peer.heard_of(Push) == [Push(Lane.ORDINARY, False, (late[0][1],))], "live again before the comparison ends"


def test_comparisons_that_cross_become_one() -> None:
    alice, bob = two_nodes(500)
    wire = Wire(alice, bob)
    wire.run()
    alice.put(Lane.ORDINARY, items(100_000, 900))
    bob.put(Lane.ORDINARY, items(200_000, 900))
    pass_time([wire], alice.clock, 1.0)
    wire.run()
    assert wire.settled()
    assert alice.level_with(bob)


def test_more_differences_than_lists_hold_take_more_than_one_comparison() -> None:
    alice, bob = two_nodes(0)
    count = MAX_NEED_IDS * 2
    everything = items(0, count, size=40)
    alice.put(Lane.ORDINARY, everything[: count // 2 + 3000])
    bob.put(Lane.ORDINARY, everything[count // 2 - 3000 :])
    wire = Wire(alice, bob)
    settle([wire], alice.clock, 0)
    assert alice.level_with(bob)


# -- greeting ---------------------------------------------------------------------------------------------------------


def test_an_unknown_device_becomes_known_by_the_statements_it_brings() -> None:
    clock = Clock()
    alice, bob = Node("alice", clock, statements(2)), Node("bob", clock, statements(3))
    alice.stranger_until = {ItemId(key[8:]) for key, _ in statements(3)}
    for dialler, answerer in ((alice, bob), (bob, alice)):
        wire = Wire(dialler, answerer)
        wire.run()
        assert wire.settled()
        assert alice.level_with(bob)
        wire.cut()


def test_first_turns_of_a_quicker_judge_wait() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 50))
    peer = Peer(sets)
    peer.greet((EMPTY, EMPTY, LaneState(50, LIE)))
    peer.say(Neg(Lane.ORDINARY, True, bytes((VERSION_1,)) + RangeWriter().fingerprint(AFTER_ALL, LIE)))
    assert not peer.heard_of(Neg)
    peer.session.grant(0.0)
    peer.listen()
    assert len(peer.heard_of(Neg)) == 1


def test_a_granted_peer_that_is_not_ready_gets_only_a_first_turn() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 50))
    peer = Peer(sets, we_dial=True)
    known, urgent, ordinary = states_of(sets)
    peer.greet((known, urgent, LaneState(ordinary.count, LIE)))
    peer.session.grant(0.0)
    peer.session.publish(Lane.ORDINARY, items(100, 3), 0.0)
    kinds = [type(message).__name__ for message in peer.listen()]
    assert kinds == ["Ready", "Neg"]
    assert not peer.session.settled


def test_a_newcomer_does_not_pull_before_the_peer_is_ready() -> None:
    sets = MemorySets()
    peer = Peer(sets, we_dial=True)
    peer.greet((EMPTY, EMPTY, LaneState(50, LIE)))
    peer.session.grant(0.0)
    peer.listen()
    assert not peer.heard_of(Pull)
    peer.say(Ready())
    assert peer.heard_of(Pull)


def test_the_owner_hears_what_matters() -> None:
    alice, bob = two_nodes(10)
    bob.put(Lane.ORDINARY, items(500, 3))
    wire = Wire(alice, bob)
    wire.run()
    kinds = [type(event) for event in wire.a.events]
    assert kinds[0] is PeerHello
    assert kinds.count(Settled) == 1
    assert Received in kinds
    hello = wire.a.events[0]
    assert isinstance(hello, PeerHello)
    assert hello.device_statement == b"device of bob"
    assert hello.versions == (1, 1)
    assert hello.lanes[Lane.ORDINARY].count == 13
    bob.put(Lane.ORDINARY, items(600, 1))
    wire.run()
    assert [type(event) for event in wire.a.events].count(Settled) == 2
    wire.b.session.bye("stopping")
    wire.flight()
    assert wire.a.events[-1] == PeerLeft("stopping")
    assert wire.b.session.frames_to_send() == []
    wire.a.session.publish(Lane.ORDINARY, items(700, 1), 0.0)
    assert wire.a.session.frames_to_send() == []


def test_a_device_that_is_not_current_is_refused() -> None:
    peer = Peer(MemorySets())
    peer.greet()
    peer.session.bye("not-a-member")
    assert peer.listen()[-1] == Bye("not-a-member")
    assert peer.session.next_deadline() is None
    peer.session.grant(0.0)
    assert peer.listen() == []


def test_granting_before_the_greeting_is_our_fault() -> None:
    with pytest.raises(LocalProtocolError):
        Peer(MemorySets()).session.grant(0.0)


def test_granting_twice_changes_nothing() -> None:
    peer = unequal(MemorySets())
    peer.session.grant(0.0)
    assert len(peer.heard_of(Ready)) == 1


def test_a_nonce_has_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        LocalHello(b"", (), 0, b"short")


def test_what_is_told_before_anything_was_compared_is_a_lower_bound() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 50))
    peer = Peer(sets)
    peer.greet((EMPTY, LaneState(3, LIE), LaneState(20, LIE)))
    assert peer.session.they_lack() == 30
    assert peer.session.i_lack() == 3
    assert not peer.session.settled


def test_support_that_a_stranger_would_not_take_is_left_out() -> None:
    sets = MemorySets()
    many = tuple(bytes([number]) * 4000 for number in range(40))
    session = Session(False, sets, LocalHello(b"", many, 0, bytes(16)), Wanted(), 0.0)
    other = Peer(sets)
    other.session = session
    other.greet((LaneState(7, LIE), EMPTY, EMPTY))
    pushed = other.heard_of(Push)[0]
    assert pushed.items == many[: len(pushed.items)]
    assert 50_000 < sum(map(len, encode(pushed))) <= 64 * 1024


# -- large and many ---------------------------------------------------------------------------------------------------


def test_items_of_all_sizes_come_in_blocks() -> None:
    chance = random.Random(7)
    alice, bob = two_nodes(0)
    sizes = [chance.choice([20, 300, 300, 300, 20_000, 100_000, 130_000]) for _ in range(300)]
    bob.put(Lane.ORDINARY, [made_item(number, TODAY + number, size) for number, size in enumerate(sizes)])
    wire = Wire(alice, bob)
    wire.run()
    assert wire.settled()
    assert alice.level_with(bob)
    assert sent(wire) < sum(sizes) * 1.05


def test_after_a_long_absence_lists_are_settled_one_after_another() -> None:
    alice, bob = two_nodes(0)
    bob.put(Lane.ORDINARY, items(0, 30_000, size=40))
    alice.put(Lane.ORDINARY, items(0, 8000, size=40))
    for wire in (Wire(alice, bob), Wire(bob, alice)):
        settle([wire], alice.clock, 0)
        assert alice.level_with(bob)
        wire.cut()


def test_items_dropped_meanwhile_do_not_hold_anything_up() -> None:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, items(0, 50))
    peer = Peer(sets)
    known, urgent, _ = states_of(sets)
    peer.open((known, urgent, LaneState(40, LIE)))
    kept = sets.items
    sets.items = lambda lane, ids: kept(lane, ids)[:3]  # type: ignore[method-assign]
    peer.say(Neg(Lane.ORDINARY, True, bytes((VERSION_1,)) + RangeWriter().id_list(AFTER_ALL, [])))
    assert peer.heard_of(Neg)[-1].giving == 50
    assert peer.heard_of(Push)[-1].ends_giving
    peer.credit()
    assert peer.session.they_lack() == 0
    assert peer.session.settled


# -- what is still to come --------------------------------------------------------------------------------------------


def test_what_is_on_its_way_is_not_given_again_until_much_later() -> None:
    sets = MemorySets()
    peer = unequal(sets)
    new = items(0, 3)
    peer.session.publish(Lane.ORDINARY, sets.put(Lane.ORDINARY, new), 0.0)
    everything_lacking = Neg(Lane.ORDINARY, True, bytes((VERSION_1,)) + RangeWriter().id_list(AFTER_ALL, []))
    peer.say(everything_lacking)
    assert sum(len(push.items) for push in peer.heard_of(Push)) == 3
    assert peer.heard_of(Neg)[-1].giving == 0
    peer.credit()
    peer.wait(700.0)
    peer.say(everything_lacking)
    assert sum(len(push.items) for push in peer.heard_of(Push)) == 6


def test_a_peers_comparison_replaces_a_dropped_queue_too() -> None:
    sets = MemorySets()
    peer = Peer(sets)
    peer.greet()
    peer.session.grant(0.0)
    flood = items(0, QUEUE_BYTES // 350 + 200)
    peer.session.publish(Lane.ORDINARY, sets.put(Lane.ORDINARY, flood), 0.0)
    peer.say(Ready())
    assert not peer.heard_of(Push)
    peer.say(Neg(Lane.ORDINARY, True, bytes((VERSION_1,)) + RangeWriter().id_list(AFTER_ALL, [])))
    late = items(500_000, 1, TODAY + 10**10)
    peer.session.publish(Lane.ORDINARY, sets.put(Lane.ORDINARY, late), 0.0)
    peer.credit()
    peer.credit()
    assert peer.session.they_lack() == 0
    assert late[0][1] in [payload for push in peer.heard_of(Push) for payload in push.items]


def test_what_a_peer_is_going_to_ask_for_counts_as_lacking() -> None:
    sets = MemorySets()
    held = items(0, 20)
    sets.put(Lane.ORDINARY, held)
    peer = unequal(sets)
    listed = bytes((VERSION_1,)) + RangeWriter().fingerprint(AFTER_ALL, LIE)
    peer.say(Neg(Lane.ORDINARY, True, listed))
    peer.say(Neg(Lane.ORDINARY, False, NOTHING_LEFT, giving=0, wanting=5))
    assert peer.session.they_lack() == 5
    assert not peer.session.settled
    peer.say(Want(Lane.ORDINARY, tuple(ItemId(key[8:]) for key, _ in held[:3]), spared=2))
    assert peer.session.they_lack() == 3
    peer.credit()
    assert peer.session.they_lack() == 0
    assert peer.session.settled


def test_what_was_given_and_refused_is_no_disappointment() -> None:
    sets = MemorySets()
    peer = unequal(sets)
    for start in range(0, 12_000, 1000):
        wrong = items(start, 1000, size=20)
        peer.say(shows(sets, Lane.ORDINARY, [ItemId(key[8:]) for key, _ in wrong]))
        peer.say(Push(Lane.ORDINARY, True, tuple(payload for _, payload in wrong)))
        peer.commit(store=False)
    assert len(asked(peer)) == 12_000
    assert peer.session.i_lack() == 0
