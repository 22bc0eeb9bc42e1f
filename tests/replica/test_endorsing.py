"""What removed people had written is stood by: by one of those who hold it, after a while, and again if need be."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crdt.identifiers import Lane
from meshnode.membership.statements import Endorse, parse_statement
from meshnode.replica.endorsing import MOST_SECONDS, Endorsing
from tests.replica.conftest import Desks
from tests.support.people import Neighbourhood, fuzz_count, seeded_hub
from tests.support.removals import founders_street, remove
from tests.support.replicas import Desk, ids


class Waiting:
    """A wait that ends when the test says so."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.over = asyncio.Event()
        self.slept = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.slept.set()
        await self.over.wait()
        self.over.clear()


class Endorser:
    """A desk that endorses by itself, when it is its time."""

    def __init__(self, desk: Desk, jitter: Callable[[], float] = lambda: 0.5) -> None:
        self.desk = desk
        self.waiting = Waiting()
        self.endorsing = Endorsing(desk.replica, jitter, self.waiting)
        self.endorsing.start()

    def waits(self) -> bool:
        task = self.endorsing._task
        return task is not None and not task.done()

    async def its_time(self) -> None:
        """The while is over; until it has spoken and waits again, or found nothing to say."""
        self.waiting.slept.clear()
        self.waiting.over.set()
        task = self.endorsing._task
        assert task is not None
        again = asyncio.ensure_future(self.waiting.slept.wait())
        await asyncio.wait((task, again), return_when=asyncio.FIRST_COMPLETED)
        again.cancel()

    def word(self) -> list[bytes]:
        """The endorsements held here."""
        found = [data for _, data in self.desk.store.statements()]
        network = self.desk.street.network
        return [data for data in found if isinstance(parse_statement(network, data), Endorse)]


Spoken = Callable[..., Awaitable[list[Endorser]]]


@pytest.fixture
async def holders(desk: Desks) -> Any:
    """`await holders(street, "alice", ...)`: desks that hold three records of Emre's, and endorse by themselves."""
    made: list[Endorser] = []

    async def make(street: Neighbourhood, *names: str) -> list[Endorser]:
        known = list(street.statements)
        emre = desk("emre", street, known)
        for number in range(3):
            record = await emre.add(f"Task {number}")
            await emre.act("task.comment", record, text="more")
        for name in names:
            holder = desk(name, street, known)
            await holder.take(*emre.changes())
            made.append(Endorser(holder))
        return made

    yield make
    for each in made:
        each.endorsing.stop()


async def test_one_speaks_after_a_while_and_the_others_find_it_done(holders: Spoken) -> None:
    street = founders_street()
    alice, bob = await holders(street, "alice", "bob")
    removal = remove(street, "emre")
    for each in (alice, bob):
        assert not each.waits()
        await each.desk.hear_of(*removal.statements)
        assert each.waits()
        assert each.desk.item_keys() == []
        await each.waiting.slept.wait()
    assert alice.waiting.seconds == [MOST_SECONDS / 2]
    await alice.its_time()
    assert len(alice.desk.item_keys()) == 6, "the newest of each record cover the others"
    (word,) = alice.word()
    endorse = parse_statement(street.network, word)
    assert isinstance(endorse, Endorse)
    assert len(endorse.endorsed) == 3
    await bob.desk.hear_of(word)
    assert len(bob.desk.item_keys()) == 6
    await bob.its_time()
    assert bob.word() == [word]
    assert bob.desk.digests() == alice.desk.digests()
    assert bob.desk.tasks() == alice.desk.tasks()


async def test_when_the_one_who_spoke_is_removed_the_next_one_speaks(holders: Spoken) -> None:
    street = founders_street(6)
    dana, alice = await holders(street, "dana", "alice")
    removal = remove(street, "emre")
    await dana.desk.hear_of(*removal.statements)
    await dana.waiting.slept.wait()
    await dana.its_time()
    await alice.desk.hear_of(*removal.statements)
    await alice.waiting.slept.wait()
    await alice.desk.hear_of(*dana.word())
    await alice.its_time()
    assert len(alice.word()) == 1
    await alice.desk.hear_of(*remove(street, "dana").statements)
    assert alice.desk.item_keys() == [], "a removed device stands by nothing"
    await alice.waiting.slept.wait()
    await alice.its_time()
    assert len(alice.word()) == 2
    assert len(alice.desk.item_keys()) == 6
    await dana.desk.hear_of(*remove(street, "dana").statements)
    await dana.its_time()
    assert len(dana.word()) == 1, "who was removed does not speak"


async def test_what_came_after_the_removal_is_stood_by_nobody(holders: Spoken, desk: Desks) -> None:
    street = founders_street()
    (alice,) = await holders(street, "alice")
    removal = remove(street, "emre")
    await alice.desk.hear_of(*removal.statements)
    late = desk("emre", street, [street.genesis, *street.statements[:6]], place="late")
    await late.add("After the removal")
    await alice.desk.take(*late.changes())
    await alice.waiting.slept.wait()
    await alice.its_time()
    assert {task["title"] for task in alice.desk.tasks()} == {"Task 0", "Task 1", "Task 2"}
    assert alice.desk.parked() == 1


async def test_a_hub_speaks_too_and_after_a_start(desk: Desks) -> None:
    street = founders_street()
    hub_identity = street.hub("oak hub", "alice")
    known = list(street.statements)
    emre, hub = desk("emre", street, known), desk("bob", street, known, place="hub")
    assert hub_identity == seeded_hub("oak hub")
    hub.replica.identity = hub.identity = hub_identity
    await emre.add("Rake")
    await hub.take(*emre.changes())
    await hub.hear_of(*remove(street, "emre").statements)
    endorser = Endorser(hub)
    await endorser.waiting.slept.wait()
    await endorser.its_time()
    endorser.endorsing.stop()
    assert len(hub.item_keys()) == 1
    assert len(endorser.word()) == 1


async def test_who_wrote_very_much_is_endorsed_in_few_statements(holders: Spoken, desk: Desks) -> None:
    street = founders_street()
    known = list(street.statements)
    (alice,) = await holders(street, "alice")
    emre = desk("emre", street, known, place="much")
    for number in range(100):
        await emre.add(f"More {number}")
    await alice.desk.take(*emre.changes())
    await alice.desk.hear_of(*remove(street, "emre").statements)
    await alice.waiting.slept.wait()
    await alice.its_time()
    assert len(alice.word()) == 2
    assert len(alice.desk.item_keys()) == 106


@pytest.mark.parametrize("seed", range(fuzz_count(4)))
async def test_all_speak_at_random_and_all_hold_the_same_at_the_end(desk: Desks, holders: Spoken, seed: int) -> None:
    """Each holds another part; some speak before they hear the others. Passed round at last, all is equal and kept."""
    print(f"seed {seed}")
    rng = random.Random(seed)
    street = founders_street()
    everybody = await holders(street, "alice", "bob", "chidi")
    emre = desk("emre", street, list(street.statements), place="more")
    for number in range(6):
        record = await emre.add(f"Part {number}")
        await rng.choice(everybody).desk.take(*emre.changes())
        await emre.act("task.comment", record, text="and more")
        await rng.choice(everybody).desk.take(*rng.sample(emre.changes(), min(3, len(emre.changes()))))
    held = {each for endorser in everybody for each in ids(endorser.desk.item_keys())}
    removal = remove(street, "emre")
    rng.shuffle(everybody)
    for each in everybody:
        await each.desk.hear_of(*removal.statements)
        await each.waiting.slept.wait()
    for each in everybody:
        if rng.random() < 0.5:
            other = rng.choice(everybody)
            await each.desk.hear_of(*other.word())
        await each.its_time()
    for _ in range(2):
        for giver in everybody:
            for taker in everybody:
                await taker.desk.hear_of(*giver.word())
                await taker.desk.take(*giver.desk.changes())
    first, *others = everybody
    for each in others:
        assert each.desk.digests() == first.desk.digests()
        assert each.desk.tasks() == first.desk.tasks()
    assert set(ids(first.desk.item_keys(Lane.ORDINARY))) == held, "nothing that somebody had is lost"
