"""What removed people wrote: withheld, kept where others built on it or stood by it, and back when they are."""

from __future__ import annotations

import random

import pytest

from crdt.identifiers import ChangeId, ItemId, Lane, RecordId
from meshnode.events import ItemsCommitted, ItemsWithdrawn, RecordsChanged
from meshnode.membership.statements import sign_endorse
from meshnode.node.belonging import SignedItems
from meshnode.replica.local_sets import ReplicaSets
from meshnode.store.store import Batch, NewStatement
from tests.replica.conftest import Desks
from tests.support.people import Neighbourhood, fuzz_count, seeded_identity
from tests.support.removals import Removal, bring_back, founders_street, remove
from tests.support.replicas import Desk, ids


async def give(giver: Desk, *takers: Desk) -> None:
    for taker in takers:
        await taker.take(*giver.changes())


def titles(desk: Desk) -> set[str]:
    return {task["title"] for task in desk.tasks()}


def endorsement(street: Neighbourhood, by: str, *pairs: tuple[RecordId, ChangeId]) -> bytes:
    return sign_endorse(seeded_identity(by), street.network, pairs)


def before_removal(street: Neighbourhood) -> list[bytes]:
    return list(street.statements)


async def test_what_nobody_built_on_leaves_the_set_and_the_screen(desk: Desks) -> None:
    street = founders_street()
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    record = await emre.add("Emre's own")
    await alice.add("Alice's own")
    await give(emre, alice)
    assert titles(alice) == {"Emre's own", "Alice's own"}
    held = ids(emre.item_keys())
    alice.heard.clear()
    await alice.hear_of(*remove(street, "emre").statements)
    assert titles(alice) == {"Alice's own"}
    assert len(alice.item_keys()) == 1
    assert not alice.replica.records.exists(record)
    sets = ReplicaSets(alice.replica)
    assert sets.missing(Lane.ORDINARY, held) == [], "it is not fetched again"
    assert sets.items(Lane.ORDINARY, held) == [], "nor given to those who ask"
    (withdrawn,) = alice.told(ItemsWithdrawn)
    assert isinstance(withdrawn, ItemsWithdrawn)
    assert ids(withdrawn.keys) == held
    assert any(record in event.records for event in alice.told(RecordsChanged))  # type: ignore[union-attr]


async def test_what_others_went_on_with_stays_whole(desk: Desks) -> None:
    street = founders_street()
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    record = await emre.add("Rake leaves")
    await emre.act("task.comment", record, text="built on")
    await give(emre, alice)
    await alice.act("task.claim", record)
    await emre.act("task.comment", record, text="written apart")
    await give(emre, alice)
    removal = remove(street, "emre")
    await alice.hear_of(*removal.statements)
    (task,) = alice.tasks()
    assert [each["text"] for each in task["comments"]] == ["built on"]
    assert len(task["claims"]) == 1
    assert len(alice.item_keys()) == 3
    # Whoever comes in later and gets the changes in any order has the same.
    late = desk("bob", street)
    await late.take(*reversed([*emre.changes(), *alice.changes()]))
    assert late.digests() == alice.digests()
    assert late.tasks() == alice.tasks()


async def test_an_endorsement_keeps_a_change_and_all_it_builds_on(desk: Desks) -> None:
    street = founders_street()
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    record = await emre.add("Rake leaves")
    change = await emre.act("task.comment", record, text="one")
    apart = await emre.act("task.comment", record, text="two")
    await give(emre, alice)
    await alice.hear_of(*remove(street, "emre").statements)
    assert alice.item_keys() == []
    alice.heard.clear()
    word = street.add(endorsement(street, "dana", (record, change)))
    await alice.hear_of(word)
    assert len(alice.item_keys()) == 2
    (told,) = [event for event in alice.told(ItemsCommitted) if event.lane is not Lane.STATEMENTS]  # type: ignore[union-attr]
    assert len(told.items) == 2, "what comes back is passed on"  # type: ignore[union-attr]
    assert [each["text"] for each in alice.tasks()[0]["comments"]] == ["one"]
    # The one who stood by it is removed too: the word counts no more.
    await alice.hear_of(*remove(street, "dana").statements)
    assert (alice.item_keys(), alice.tasks()) == ([], [])
    await alice.hear_of(street.add(endorsement(street, "chidi", (record, apart))))
    assert len(alice.item_keys()) == 3


async def test_who_is_brought_back_has_everything_back(desk: Desks) -> None:
    street = founders_street()
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    await emre.add("before")
    await give(emre, alice)
    removal = remove(street, "emre")
    await alice.hear_of(*removal.statements)
    await emre.add("meanwhile")
    await give(emre, alice)
    assert (alice.parked(), titles(alice)) == (1, set())
    await alice.hear_of(*bring_back(street, removal))
    await emre.hear_of(*street.statements)
    assert (alice.parked(), titles(alice)) == (0, {"before", "meanwhile"})
    assert alice.digests() == emre.digests()


async def test_a_parked_change_joins_when_somebody_goes_on_with_it(desk: Desks) -> None:
    """It came after the removal was known, but a neighbour who had not heard yet wrote on top of it."""
    street = founders_street()
    known = before_removal(street)
    emre, dana = desk("emre", street, known), desk("dana", street, known)
    record = await emre.add("Rake leaves")
    await give(emre, dana)
    await dana.act("task.claim", record)
    remove(street, "emre")
    alice = desk("alice", street)
    await give(emre, alice)
    assert (alice.parked(), alice.tasks()) == (1, [])
    await alice.take(dana.changes()[-1])
    assert (alice.parked(), len(alice.item_keys())) == (0, 2)
    await dana.hear_of(*street.statements)
    assert alice.digests() == dana.digests()
    assert alice.tasks() == dana.tasks()


async def test_who_was_removed_keeps_all_they_had_until_they_are_back(desk: Desks) -> None:
    """Their own node speaks with nobody any more; what it shows is what an export and a fresh start are made of."""
    street = founders_street(6)
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    farah = desk("farah", street, known)
    await emre.add("Emre's own")
    await farah.add("Farah's own")
    await give(farah, emre, alice)
    await give(emre, alice)
    removal = remove(street, "emre")
    await emre.hear_of(*removal.statements)
    assert titles(emre) == {"Emre's own", "Farah's own"}
    await emre.hear_of(*remove(street, "farah").statements)
    assert titles(emre) == {"Emre's own", "Farah's own"}
    emre.reopen()
    await emre.replica.judge_again()
    assert len(emre.item_keys()) == 2
    bring_back(street, removal)
    for each in (alice, emre):
        await each.hear_of(*street.statements)
        assert titles(each) == {"Emre's own"}
    assert alice.digests() == emre.digests()


@pytest.mark.parametrize("cut", ["after the statements", "after the change"])
async def test_an_end_before_the_judgement_is_made_good_at_the_start(desk: Desks, cut: str) -> None:
    street = founders_street()
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    record = await emre.add("Emre's own")
    await give(emre, alice)
    removal = remove(street, "emre")
    if cut == "after the statements":
        _put(alice, street, removal)
        alice.reopen()
        assert len(alice.item_keys()) == 1
        await alice.replica.judge_again()
        assert alice.item_keys() == []
        alice.reopen()
        await alice.replica.judge_again()
        assert alice.item_keys() == []
        return
    bob = desk("bob", street, known)
    await give(emre, bob)
    await bob.act("task.claim", record)
    await alice.hear_of(*removal.statements)
    claim = bob.store.changes_of(record)[-1]
    change = SignedItems().change({"network": street.network.hex()}, claim.envelope, 1)
    assert change is not None
    alice.store.submit(Batch(changes=[change])).result(30)
    alice.reopen()
    assert len(alice.item_keys()) == 1
    await alice.replica.judge_again()
    assert len(alice.item_keys()) == 2


def _put(desk: Desk, street: Neighbourhood, removal: Removal) -> None:
    batch = Batch(statements=[NewStatement(street.id(each), each) for each in removal.statements])
    desk.store.submit(batch).result(30)


async def test_somebody_who_wrote_very_much_is_removed_in_parts(desk: Desks) -> None:
    street = founders_street()
    known = before_removal(street)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    for number in range(80):
        await emre.add(f"Task {number}")
    kept = await emre.add("Kept")
    await give(emre, alice)
    await alice.act("task.claim", kept)
    await alice.hear_of(*remove(street, "emre").statements)
    assert titles(alice) == {"Kept"}
    assert len(alice.item_keys()) == 2


# -- the laws ---------------------------------------------------------------------------------------------------------


class Street:
    """Three desks that hear of removals and endorsements at different times, and two people who are removed."""

    def __init__(self, seed: int, desk: Desks) -> None:
        self.rng = random.Random(seed)
        self.street = founders_street(6)
        known = before_removal(self.street)
        self.judges = [desk(name, self.street, known, place=f"{name} {seed}") for name in ("alice", "bob", "chidi")]
        self.writers = [desk(name, self.street, known, place=f"{name} {seed}") for name in ("dana", "emre", "farah")]
        self.records: list[RecordId] = []
        self.envelopes: set[bytes] = set()
        self.removals: dict[str, Removal] = {}

    @property
    def everybody(self) -> list[Desk]:
        return [*self.judges, *self.writers]

    async def step(self, number: int) -> None:
        rng = self.rng
        writer = rng.choice([*self.judges, *self.writers, *self.writers])
        match rng.randrange(10):
            case 0 | 1:
                self.records.append(await writer.add(f"Task {number}"))
            case 2 | 3 | 4 if self.records:
                await self._write(writer, rng.choice(self.records), number)
            case 5 | 6:
                await self._pass_some(rng.choice(self.everybody), rng.choice(self.everybody))
            case 7:
                await self._govern()
            case 8:
                self._endorse()
            case _:
                taker = rng.choice(self.everybody)
                await taker.hear_of(*rng.sample(self.street.statements, len(self.street.statements) // 2))
        self.envelopes.update(envelope for each in self.everybody for envelope in each.changes())

    async def _write(self, writer: Desk, record: RecordId, number: int) -> None:
        if writer.replica.records.exists(record) and writer.replica.records.open(record).begun:
            await writer.act("task.comment", record, text=f"Comment {number}")

    async def _pass_some(self, giver: Desk, taker: Desk) -> None:
        changes = giver.changes()
        await taker.take(*self.rng.sample(changes, len(changes) * self.rng.randrange(1, 4) // 3))

    async def _govern(self) -> None:
        who = self.rng.choice(("dana", "emre"))
        if who not in self.removals:
            self.removals[who] = remove(self.street, who)
        elif self.rng.random() < 0.5:
            bring_back(self.street, self.removals.pop(who))

    def _endorse(self) -> None:
        """Somebody, removed or not, stands by something, be it only half known."""
        changes = [change for each in self.everybody for r in self.records for change in each.store.changes_of(r)]
        if changes:
            change = self.rng.choice(changes)
            by = self.rng.choice(("alice", "dana", "farah"))
            self.street.add(endorsement(self.street, by, (change.record, change.id)))

    async def deliver_everything(self, taker: Desk) -> None:
        """All statements and changes there are, some twice, in an order of its own."""
        rng = self.rng
        deliveries = [(Lane.STATEMENTS, each) for each in self.street.statements]
        deliveries += [(Lane.ORDINARY, each) for each in sorted(self.envelopes)]
        deliveries += rng.sample(deliveries, len(deliveries) // 3)
        rng.shuffle(deliveries)
        while deliveries:
            lane = deliveries[0][0]
            size = rng.choice((1, 4, 30))
            piece = [item for each, item in deliveries[:size] if each is lane]
            deliveries = [each for each in deliveries[:size] if each[0] is not lane] + deliveries[size:]
            accepted = await taker.replica.accept(lane, piece, rng.randbytes(32))
            assert accepted.refused == ()


@pytest.mark.parametrize("seed", range(fuzz_count(6)))
async def test_the_three_laws_with_removals_in_any_order(desk: Desks, seed: int) -> None:
    print(f"seed {seed}")
    street = Street(seed, desk)
    for number in range(street.rng.randrange(30, 70)):
        await street.step(number)
    for each in street.judges:
        await street.deliver_everything(each)
    alice, bob, chidi = street.judges
    newcomer = desk("hana", street.street, [street.street.genesis], place=f"new {seed}")
    await street.deliver_everything(newcomer)
    outcomes = [each.digests() for each in (alice, bob, chidi, newcomer)]
    assert outcomes[1:] == outcomes[:-1], "law i"
    views = [[each.replica.records.view(r) for r in each.store.records()] for each in (alice, bob, chidi, newcomer)]
    # When a change was received is each node's own matter.
    assert views[1:] == views[:-1], "law ii"
    chidi.reopen()
    await chidi.replica.judge_again()
    assert chidi.digests() == alice.digests()
    await _law_three(street, alice, bob)


async def _law_three(street: Street, writer: Desk, judge: Desk) -> None:
    """Whatever a current member writes, in whatever is left, everybody admits."""
    for record in writer.store.records()[:5]:
        if writer.replica.records.open(record).begun:
            change = await writer.act("task.comment", record, text="after all")
            (envelope,) = writer.store.items(Lane.ORDINARY, [ItemId(change)])
            assert (await judge.take(envelope)).new == (ItemId(change),)
    assert writer.digests() == judge.digests()
