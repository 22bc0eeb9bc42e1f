"""The one door: how a thing arrived makes no difference, and nothing is told of before it is on disk."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from crdt.identifiers import ItemId, Lane
from meshnode.errors import StorageError
from meshnode.events import Event, ItemsCommitted, MembershipChanged, RecordsChanged
from meshnode.identity.envelope import change_id, parse_envelope
from meshnode.replica.bad_ids import BadIds
from meshnode.replica.local_sets import ReplicaSets
from meshnode.replica.replica import OURS
from tests.replica.conftest import Desks
from tests.support.chunks import Draft, put
from tests.support.people import Neighbourhood, maple_street
from tests.support.replicas import CHANGE_LANES, ELSEWHERE, Desk, ids, served_elsewhere


async def written_by(desk: Desk, tasks: int = 12) -> list[bytes]:
    """A few tasks with some life in them; all changes."""
    for number in range(tasks):
        record = await desk.add(f"Task {number}", details="Bring gloves.")
        await desk.act("task.claim", record)
        await desk.act("task.comment", record, text=f"On my way {number}")
    return desk.changes()


async def one_by_one(desk: Desk, changes: list[bytes]) -> None:
    for change in changes:
        await desk.take(change)


async def as_a_backlog(desk: Desk, changes: list[bytes]) -> None:
    await desk.take(*changes)


async def in_wild_pieces(desk: Desk, changes: list[bytes]) -> None:
    rng = random.Random(7)
    pieces = [rng.sample(changes, rng.randrange(1, 9)) for _ in range(20)]
    await asyncio.gather(*(desk.take(*piece, source=rng.randbytes(32)) for piece in pieces))
    await desk.replica.accept(Lane.ORDINARY, changes, OURS)


@pytest.mark.parametrize("way", [one_by_one, as_a_backlog, in_wild_pieces])
async def test_the_way_in_makes_no_difference(desk: Desks, way: Callable[[Desk, list[bytes]], object]) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    changes = await written_by(alice)
    await way(bob, changes)  # type: ignore[misc]
    assert bob.digests() == alice.digests()
    assert bob.tasks() == alice.tasks()
    touched = {record for event in bob.told(RecordsChanged) for record in event.records}  # type: ignore[union-attr]
    pushed = [item for event in bob.told(ItemsCommitted) for _, item in event.items]  # type: ignore[union-attr]
    assert len(touched) == 12
    assert sorted(pushed) == sorted(changes), "each was told of exactly once"


async def test_nothing_is_published_before_it_is_on_disk(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    seen: list[tuple[str, bool]] = []

    def look(event: Event) -> None:
        """In the very moment of the event, does another reader of the files find what it tells of?"""
        match event:
            case ItemsCommitted(items=items):
                told = [key[8:] for key, _ in items]
            case RecordsChanged(changes=changes):
                told = [bytes(change) for change in changes]
            case _:
                told = []
        seen.extend((type(event).__name__, served_elsewhere(bob.directory, each)) for each in told)

    bob.events.subscribe(look)
    record = await bob.add("Typed here")
    await alice.take(*bob.changes())
    await alice.act("task.edit", record, place="Garden")
    await bob.take(*alice.changes())
    await bob.hear_of(street.leave("alice"))
    assert len(seen) == 2 + 2 + 1
    assert all(on_disk for _, on_disk in seen), seen
    assert bob.told(MembershipChanged)


async def test_what_was_acknowledged_is_there_after_a_power_cut(desk: Desks) -> None:
    """`done` is what a link gives credit for: all of it must be on disk when `accept` returns."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    accepted = await bob.take(*(await written_by(alice)))
    assert set(accepted.done) == set(accepted.new) == set(ids(alice.item_keys()))
    assert all(served_elsewhere(bob.directory, item) for item in accepted.done)


async def test_duplicates_are_done_but_not_new(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    changes = await written_by(alice, 3)
    first = await bob.take(*changes, *changes)
    told = len(bob.heard)
    again = await bob.take(*changes)
    assert len(first.new) == len(changes)
    assert (again.new, again.refused, again.strikes) == ((), (), 0)
    assert set(again.done) == set(first.done)
    assert len(bob.heard) == told, "nothing new, nothing published"
    statements = await bob.hear_of(*street.statements)
    assert (statements.new, len(statements.done)) == ((), len(street.statements))
    assert len(bob.heard) == told


async def test_each_lane_gets_its_own(desk: Desks) -> None:
    """An urgent record's change that comes in the ordinary lane belongs to the urgent set, for ever."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    urgent = alice.begun(Draft([put("title", "Fire")], start_op=1), kind=0x02)
    ordinary = alice.begun(Draft([put("title", "Rake")], start_op=1))
    await bob.take(urgent, ordinary)
    assert [len(bob.item_keys(lane)) for lane in CHANGE_LANES] == [1, 1]
    assert [event.lane for event in bob.told(ItemsCommitted)] == [Lane.URGENT, Lane.ORDINARY]  # type: ignore[union-attr]


async def test_a_caller_who_goes_away_takes_nothing_along(desk: Desks) -> None:
    """A link that is cut while its batch is being written: the batch is applied, merged and told of all the same."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    changes = await written_by(alice, 4)
    going = asyncio.ensure_future(bob.take(*changes[:3]))
    arrived = asyncio.Event()
    bob.events.subscribe(lambda _: arrived.set())
    await asyncio.sleep(0)
    going.cancel()
    async with asyncio.timeout(10):
        await arrived.wait()
    assert len(bob.item_keys()) == len(ids(bob.item_keys())) == 3
    assert [item for event in bob.told(ItemsCommitted) for _, item in event.items]  # type: ignore[union-attr]


async def test_a_listener_that_fails_spoils_nothing(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)

    def fail(_: Event) -> None:
        raise RuntimeError("a bug of a listener")

    alice.events.subscribe(fail)
    after: list[Event] = []
    alice.events.subscribe(after.append)
    record = await alice.add("Still written")
    assert alice.replica.records.view(record)["title"] == "Still written"
    assert len(after) == 2


async def test_storage_that_fails_is_said_and_nothing_is_published(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await bob.add("Before")
    changes = await written_by(alice, 2)
    keys, told, view = bob.item_keys(), len(bob.heard), bob.replica.records.view(record)
    bob.store._writer.close()
    with pytest.raises(StorageError):
        await bob.take(*changes)
    with pytest.raises(StorageError):
        await bob.act("task.edit", record, title="After")
    with pytest.raises(StorageError):
        await bob.hear_of(street.leave("alice"))
    assert len(bob.heard) == told
    assert bob.item_keys() == keys
    assert bob.replica.records.view(record) == view
    assert ReplicaSets(bob.replica).missing(Lane.ORDINARY, ids(alice.item_keys())) == ids(alice.item_keys())


async def test_what_is_worth_fetching(desk: Desks) -> None:
    """Not what is held, not what is parked, not what was refused for its own bytes; everything else."""
    street = maple_street(2)
    stranger = maple_street(3)
    alice, bob, chidi = desk("alice", street), desk("bob", street), desk("chidi", stranger, place="other")
    await bob.add("Held")
    (held,) = ids(bob.item_keys())
    parked = chidi.begun(Draft([put("title", "Parked")]))
    bad = alice.begun(Draft([put("title", "Bad")], start_op=0))
    forged = bytes(64) + alice.begun(Draft([put("title", "Forged")]))[64:]
    accepted = await bob.take(parked, bad, forged)
    assert [(refusal.item is None, refusal.code) for refusal in accepted.refused] == [
        (False, "start-op"),
        (True, "signature"),
    ]
    assert accepted.strikes == 2

    def id_of(envelope: bytes) -> ItemId:
        parts = parse_envelope(envelope)
        return ItemId(change_id(street.network, parts.record, parts.author, parts.at_ms, parts.raw))

    new = ItemId(b"\x07" * 32)
    asked = [held, id_of(parked), id_of(bad), id_of(forged), new]
    assert set(accepted.done) == {id_of(parked), id_of(bad)}
    assert ReplicaSets(bob.replica).missing(Lane.ORDINARY, asked) == [id_of(forged), new]


async def test_what_is_remembered_of_bad_items_is_bounded() -> None:
    bad = BadIds(limit=3)
    for number in range(10):
        bad.remember(ItemId(bytes([number]) * 32))
    assert [item[0] for item in bad.ids] == [7, 8, 9]


async def test_statements_of_another_network_or_forged_are_refused(desk: Desks) -> None:
    street, other = maple_street(2), maple_street(3)
    elsewhere = Neighbourhood("Elm Street", founders=("dana",))
    bob = desk("bob", street)
    good = other.statements[-1]
    forged = bytes([good[0] ^ 1]) + good[1:]
    accepted = await bob.replica.accept(Lane.STATEMENTS, (elsewhere.genesis, forged, b"", good), ELSEWHERE)
    assert [refusal.code for refusal in accepted.refused] == ["another-network", "signature", "truncated"]
    assert accepted.strikes == 3
    assert len(accepted.new) == 1, "what is genuine is taken all the same"
