"""The three laws of the format, on real replicas with real disks.

(i) Whether an item belongs depends on bytes and on who belongs, on nothing local.
(ii) Views are pure functions of the sets.
(iii) Any honest edit passes every other node's admission.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from crdt.errors import CrdtError
from crdt.identifiers import Lane, RecordId
from meshnode.identity.envelope import seal_change
from meshnode.membership.authoring import sign_device
from meshnode.store.store import Batch, NewChange
from tests.replica.conftest import Desks
from tests.support.chunks import Draft, Row, put
from tests.support.people import NAMES, fuzz_count, maple_street, member_keys, seeded_device, seeded_identity
from tests.support.replicas import NOON_MS, Desk, first_change, nobodys_record, open_desk, prose

Delivery = tuple[Lane, bytes]
DAY_MS = 86_400_000


class Pile:
    """What a street's people and its enemies have signed: honest work, nonsense, and who they are."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        self.street = maple_street(5)
        self.street.leave(rng.choice(NAMES[1:5]))
        self.changes: list[bytes] = []
        self.bad: set[str] = set()

    async def fill(self, place: Path) -> None:
        """Let three people write, apart and together, then add what is refused."""
        desks = [open_desk(place / "writers", name, self.street) for name in self.rng.sample(NAMES[:5], 3)]
        records: list[RecordId] = []
        for step in range(self.rng.randrange(15, 30)):
            await self._honest_step(self.rng.choice(desks), records, step)
        self.changes = sorted({change for desk in desks for change in desk.changes()})
        for desk in desks:
            desk.close()
        self.changes += [self._waiting(), self._strangers(), *self._hostile()]

    async def _honest_step(self, desk: Desk, records: list[RecordId], step: int) -> None:
        rng = self.rng
        if rng.random() < 0.3 or not records:
            records.append(await desk.add(f"Task {step}", details=prose(rng.randrange(0, 200), step)))
            return
        record = rng.choice(records)
        if rng.random() < 0.4:
            await desk.take(*rng.sample(self.changes, min(len(self.changes), 5)))
        try:
            await self._act(desk, record, step)
        except CrdtError as refusal:
            print(f"step {step}: {refusal}")
        self.changes = sorted({*self.changes, *desk.changes()})

    async def _act(self, desk: Desk, record: RecordId, step: int) -> None:
        match self.rng.randrange(4):
            case 0:
                await desk.act("task.claim", record)
            case 1:
                await desk.act("task.edit", record, place=f"Yard {step}", details=prose(150, step))
            case 2:
                await desk.act("task.comment", record, text=prose(60, step))
            case _:
                await desk.act("task.done", record, thanks="Thanks")

    def _waiting(self) -> bytes:
        """Well-formed, by a member, on top of a change that nobody has."""
        author = seeded_identity("alice")
        draft = Draft([put("title", "Orphan")], deps=[self.rng.randbytes(32)], start_op=9)
        return seal_change(author, self.street.network, nobodys_record("o"), NOON_MS, draft.raw())

    def _strangers(self) -> bytes:
        author = seeded_identity("stranger")
        return first_change(author, self.street.network, Draft([put("title", "Hi")]))

    def _hostile(self) -> list[bytes]:
        author, network = seeded_identity("bob"), self.street.network
        honest = self.changes[0]
        drafts = [Draft([put("a", "")], start_op=0), Draft([put("a", "")], seq=2), Draft([Row(5, "a", value=b"x")])]
        sealed = [first_change(author, network, draft) for draft in drafts]
        flipped = bytearray(honest)
        flipped[self.rng.randrange(len(honest))] ^= 1 << self.rng.randrange(8)
        moved = honest[:96] + nobodys_record("m") + honest[112:]
        redated = honest[:112] + (2**40).to_bytes(8, "big") + honest[120:]
        return [*sealed, bytes(flipped), moved, redated, b"", honest + b"\0"]

    def deliveries(self) -> list[Delivery]:
        return [(Lane.STATEMENTS, each) for each in self.street.statements] + [
            (Lane.ORDINARY, each) for each in self.changes
        ]


async def receive(desk: Desk, deliveries: list[Delivery], rng: random.Random) -> set[str]:
    """Take everything in random pieces; with the refusals that were given."""
    refusals: set[str] = set()
    left = list(deliveries)
    while left:
        lane = left[0][0]
        size = rng.choice((1, 1, 3, 30))
        piece = [item for each, item in left[:size] if each is lane]
        left = [each for each in left[:size] if each[0] is not lane] + left[size:]
        accepted = await desk.replica.accept(lane, piece, rng.randbytes(32))
        refusals |= {f"{refusal.code} {(refusal.item or b'').hex()}" for refusal in accepted.refused}
    return refusals


@pytest.mark.parametrize("seed", range(fuzz_count(6)))
async def test_law_one_and_two_belonging_and_views_are_pure(tmp_path: Path, desk: Desks, seed: int) -> None:
    print(f"seed {seed}")
    pile = Pile(seed)
    await pile.fill(tmp_path)
    rng = pile.rng
    outcomes, refusals, views = [], [], []
    for number in range(3):
        # Another person, another clock (before, after, long ago), another order, other pieces, things twice.
        clock = rng.choice((0, NOON_MS - DAY_MS, NOON_MS + 9 * DAY_MS, 2**52))
        node = desk(rng.choice(NAMES), pile.street, [pile.street.genesis], place=f"node {number}", now_ms=clock)
        deliveries = pile.deliveries()
        deliveries += rng.sample(deliveries, len(deliveries) // 2)
        rng.shuffle(deliveries)
        refusals.append(await receive(node, deliveries, rng))
        outcomes.append(node.digests())
        if number == 1:
            node.reopen()
        views.append([node.replica.records.view(record) for record in node.store.records()])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert refusals[0] == refusals[1] == refusals[2]
    assert len(refusals[0]) >= 7
    assert views[0] == views[1] == views[2]


@pytest.mark.parametrize("seed", range(fuzz_count(4)))
async def test_law_one_split_over_replicas_that_meet_later(tmp_path: Path, desk: Desks, seed: int) -> None:
    """Each got another part; then each gives the others what it holds, once: all are equal."""
    print(f"seed {seed}")
    pile = Pile(seed + 100)
    await pile.fill(tmp_path)
    rng = pile.rng
    nodes = [desk(name, pile.street, [pile.street.genesis], place="parts") for name in ("alice", "hana", "ines")]
    everything = pile.deliveries()
    rng.shuffle(everything)
    for number, node in enumerate(nodes):
        await receive(node, everything[number::3], rng)
    for _ in range(2):  # what one could not judge yet it has after the first meeting
        for giver in nodes:
            held = [(Lane.STATEMENTS, each) for _, each in giver.store.statements()]
            held += [(Lane.ORDINARY, each) for each in giver.changes()]
            for taker in nodes:
                if taker is not giver:
                    assert await receive(taker, held, rng) == set(), "what one node holds, every node admits"
    assert nodes[0].digests() == nodes[1].digests() == nodes[2].digests()
    assert nodes[0].tasks() == nodes[1].tasks() == nodes[2].tasks()


async def test_law_two_who_speaks_for_a_device_is_part_of_the_view(desk: Desks) -> None:
    """A device key that two members certify speaks for neither: also in views that were computed before."""
    street = maple_street(3)
    tablet = seeded_device("bob", "tablet")
    street.certify(tablet, "bob")
    early, late = desk("alice", street, place="early"), desk("alice", street, place="late")
    writer = desk("bob", street)
    record = await writer.add("Rake")
    writer.replica.identity = writer.identity = tablet
    await writer.act("task.claim", record)
    await early.take(*writer.changes())
    assert [claim["member"] for claim in early.tasks()[0]["claims"]] == [tablet.person.hex()]
    chidi = member_keys(seeded_identity("chidi"))
    twice = sign_device(type(tablet)(tablet.device_keys, chidi.id, chidi), street.network, "Chidi", "the same tablet")
    await early.hear_of(twice)
    await late.hear_of(twice)
    await late.take(*writer.changes())
    assert early.digests() == late.digests()
    assert early.tasks() == late.tasks()
    early.reopen()
    assert early.tasks() == late.tasks()


async def test_law_two_views_computed_before_the_authors_were_known_again(desk: Desks) -> None:
    """As after damage: the changes were saved, the statements come back from a neighbour a moment later."""
    street = maple_street(2)
    writer, whole = desk("bob", street), desk("alice", street, place="whole")
    record = await writer.add("Rake")
    await writer.act("task.claim", record)
    await whole.take(*writer.changes())
    saved = desk("alice", street, [street.genesis], place="saved")
    stored = [whole.store.change(change[8:]) for change in whole.item_keys()]  # type: ignore[arg-type]
    batch = [
        NewChange(c.id, c.record, c.author, c.at_ms, c.received_ms, bytes(32), Lane.ORDINARY, c.envelope)  # type: ignore[arg-type]
        for c in stored
        if c is not None
    ]
    saved.store.submit(Batch(changes=batch)).result(30)
    saved.reopen()
    assert saved.tasks()[0]["claims"] == []
    await saved.hear_of(*street.statements)
    assert saved.digests() == whole.digests()
    assert saved.tasks() == whole.tasks()


@pytest.mark.parametrize("seed", range(fuzz_count(5)))
async def test_law_three_whatever_one_can_write_all_admit(desk: Desks, seed: int) -> None:
    """Random actions with random texts, some far too long, at clocks that are wrong: written means admitted by all."""
    print(f"seed {seed}")
    rng = random.Random(seed)
    street = maple_street(3)
    hub = street.hub("elm hub", "alice")
    writers = [desk(name, street, now_ms=rng.choice((5, NOON_MS, 2**52))) for name in ("alice", "bob")]
    writers.append(desk("elm hub", street, identity=hub, now_ms=rng.choice((5, NOON_MS, 2**52))))
    judge = desk("chidi", street)
    record = await writers[0].add("Rake", details="")
    refused = 0
    for _ in range(14):
        writer = rng.choice(writers)
        if writer.identity is hub:
            writer.by = rng.choice((seeded_identity("bob").person.hex(), "Mo \u202e", "x" * 60))
        await writer.take(*(rng.choice(writers).changes()))
        # Control characters, joined emoji, right-to-left, NUL: people paste anything.
        text = "".join(
            rng.choice(("x", "é", "\u202e", "\x1b[2J", "\0", "👩‍👩‍👧", "\r\n", "ß "))
            for _ in range(rng.choice((3, 600, 4_500)))
        )
        action = rng.choice(("title", "place", "details", "comment", "check"))
        try:
            if action == "comment":
                await writer.act("task.comment", record, text=text)
            elif action == "check":
                await writer.act("task.check_add", record, text=text)
            elif writer.replica.records.exists(record):
                await writer.act("task.edit", record, **{action: text})
        except CrdtError:
            refused += 1
    for writer in writers:
        accepted = await judge.take(*writer.changes())
        assert accepted.refused == ()
        assert judge.parked() == 0
    for each in writers:
        await each.take(*judge.changes())
        assert each.digests() == judge.digests()
        assert each.tasks() == judge.tasks()
    assert judge.replica.records.open(record).merged == len(judge.item_keys())
    assert refused < 14, "something was written"
