"""Reach of an alarm: never more than the sets prove, whatever is cut, killed or put off; and all of it once proved."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from crdt.boards.alarms import CODE
from crdt.identifiers import Lane, RecordId
from crdt.kinds import View
from meshnode.alarms.reach import Reach
from meshnode.peers.limits import PeerLimits
from tests.peers.pair import Linked, Side, two_sides
from tests.support.people import NAMES, fuzz_count, maple_street
from tests.support.replicas import Desk, open_desk

PEOPLE = NAMES[:4]


class Post:
    """One node with what it can prove, which can be killed and started again."""

    def __init__(self, desk: Desk, limits: PeerLimits | None = None) -> None:
        self.desk = desk
        self._limits = limits
        self.start()

    def start(self) -> None:
        self.side = Side(self.desk, limits=self._limits) if self._limits else Side(self.desk)
        self.reach = Reach(self.desk.replica)
        self.side.links.on_level = self.reach.level

    async def restart(self) -> None:
        await self.side.links.stop()
        self.desk.reopen()
        self.start()

    def alarms(self) -> Iterator[View]:
        return self.desk.replica.records.views(CODE)

    def holds(self, alarm: View) -> bool:
        """Whether one of the raisings is in this node's set."""
        keys = {bytes(key[-32:]) for key in self.desk.item_keys(Lane.URGENT)}
        return any(bytes.fromhex(raising) in keys for raising in alarm["raising"])

    def proved(self, record: RecordId) -> set[str]:
        return self.reach.of(self.desk.replica.records.view(record))

    async def until_reached(self, record: RecordId, *others: Post) -> None:
        wanted = {other.hex for other in others}
        await self.side.until("reached", lambda: self.proved(record) == wanted)

    @property
    def hex(self) -> str:
        return self.desk.identity.device.hex()


def nobody_claims_too_much(posts: list[Post]) -> None:
    """Compare what each node claims with what is in the others' sets."""
    for post in posts:
        for alarm in post.alarms():
            claimed = post.reach.of(alarm)
            for other in posts:
                if other.hex in claimed:
                    assert other.holds(alarm), "said to hold an alarm that it does not hold"


async def test_reach_grows_with_proof_and_survives_a_restart(tmp_path: Path) -> None:
    street = maple_street(3)
    alice, bob, chidi = posts = [Post(open_desk(tmp_path, name, street)) for name in PEOPLE[:3]]
    first = Linked(alice.side, bob.side)
    await first.settled()
    record = await alice.desk.begin("alarm.raise", what="fire")
    assert alice.proved(record) == set(), "on this node only"
    await alice.until_reached(record, bob)
    await bob.until_reached(record, alice)
    second = Linked(bob.side, chidi.side)
    await bob.until_reached(record, alice, chidi)
    await chidi.until_reached(record, alice, bob)
    assert alice.proved(record) == {bob.hex}, "nobody told alice of chidi"
    await chidi.desk.act("alarm.seen", record)
    await alice.until_reached(record, bob, chidi)
    await alice.restart()
    assert alice.proved(record) == {bob.hex, chidi.hex}
    for link in (first, second):
        link.wire.cut()
    await alice.desk.act("alarm.stand_down", record)
    await alice.desk.act("alarm.again", record)
    assert alice.proved(record) == set(), "of the new raising nobody knows"
    await close(posts)


async def close(posts: list[Post]) -> None:
    for post in posts:
        await post.side.links.stop()
    for post in posts:
        post.desk.close()


async def test_what_a_peer_took_and_put_off_is_not_claimed(tmp_path: Path) -> None:
    """Bob's quota is used up: he gives credit for the alarm, and does not hold it."""
    little = PeerLimits(changes_a_day=3, first_day_times=1, newcomer_share=1)
    street = maple_street(2)
    alice = Post(open_desk(tmp_path, "alice", street))
    bob = Post(open_desk(tmp_path, "bob", street), little)
    link = Linked(alice.side, bob.side)
    await link.settled()
    records = [await alice.desk.begin("alarm.raise", what="other", title=f"Alarm {n}") for n in range(6)]
    await link.settled()
    await alice.side.until("compared", lambda: any(alice.proved(record) for record in records) or settled(alice))
    held = [record for record in records if bob.holds(alice.desk.replica.records.view(record))]
    assert len(held) < len(records), "something was put off"
    credit = next(iter(alice.side.links.by_device.values())).session._outbox.window
    assert credit.items() == 0, "and credit was given for all of it"
    nobody_claims_too_much([alice, bob])
    await close([alice, bob])


def settled(post: Post) -> bool:
    return all(link.session.settled for link in post.side.links.by_device.values())


async def test_a_lie_about_what_is_held_reaches_as_far_as_the_liar(tmp_path: Path) -> None:
    """Digests are taken at a peer's word, and count for that peer alone."""
    async with two_sides(tmp_path, maple_street(2)) as (side, other):
        reach = Reach(side.desk.replica)
        record = await side.desk.begin("alarm.raise", what="fire")
        index = side.desk.store.index(Lane.URGENT)
        reach.level(other.device, b"another digest..")
        assert reach.of(side.desk.replica.records.view(record)) == set()
        reach.level(other.device, index.fingerprint(0, len(index)))
        assert reach.of(side.desk.replica.records.view(record)) == {other.device.hex()}


class Storm:
    """Random things that people, plugs and cables do."""

    def __init__(self, posts: list[Post], seed: int) -> None:
        self.posts = posts
        self.rng = random.Random(seed)
        self.wires: dict[tuple[int, int], Linked] = {}

    async def step(self) -> None:
        rng, post = self.rng, self.rng.choice(self.posts)
        match rng.choices(("raise", "answer", "link", "cut", "kill", "noise", "wait"), (2, 4, 5, 2, 1, 2, 6))[0]:
            case "raise":
                await post.desk.begin("alarm.raise", what="fire")
            case "answer":
                await self._answer(post)
            case "link":
                self._link(*sorted(rng.sample(range(len(self.posts)), 2)))
                await asyncio.sleep(0)
            case "cut":
                self._cut(lambda pair: rng.random() < 0.5)
            case "kill":
                at = self.posts.index(post)
                self._cut(lambda pair: at in pair)
                await post.restart()
            case "noise":
                await post.desk.add("Soup")
            case _:
                for _ in range(rng.randrange(40)):
                    await asyncio.sleep(0)

    async def _answer(self, post: Post) -> None:
        alarms = list(post.alarms())
        if not alarms:
            return
        alarm = self.rng.choice(alarms)
        verb = self.rng.choice(("seen", "going", "comment", "stand_down" if alarm["state"] == "on" else "again"))
        mine = {each["member"] for each in alarm["seen"]}
        if verb == "seen" and post.desk.identity.person.hex() in mine:
            verb = "comment"
        if alarm["state"] == "down" and verb in ("seen", "going"):
            verb = "comment"
        more = {"text": "It smokes"} if verb == "comment" else {}
        await post.desk.act(f"alarm.{verb}", RecordId(bytes.fromhex(alarm["id"])), **more)

    def _link(self, left: int, right: int) -> None:
        if (left, right) not in self.wires:
            self.wires[left, right] = Linked(self.posts[left].side, self.posts[right].side)

    def _cut(self, which: object) -> None:
        assert callable(which)
        for pair in [pair for pair in self.wires if which(pair)]:
            self.wires.pop(pair).wire.cut()


@pytest.mark.parametrize("seed", range(fuzz_count(4)))
async def test_no_storm_makes_reach_claim_more_than_the_sets_prove(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    street = maple_street(4)
    posts = [Post(open_desk(tmp_path, name, street)) for name in PEOPLE]
    storm = Storm(posts, seed)
    for _ in range(60):
        await storm.step()
        nobody_claims_too_much(posts)
    await calm_down(posts, storm)
    await close(posts)


async def calm_down(posts: list[Post], storm: Storm) -> None:
    """Everybody linked with everybody: in the end all of it is proved."""
    storm._cut(lambda pair: True)
    for post in posts:
        await post.side.until("links are gone", lambda post=post: not post.side.links.by_device)  # type: ignore[misc]
    for left in range(len(posts)):
        for right in range(left + 1, len(posts)):
            storm._link(left, right)
    for post in posts:
        others = {other.hex for other in posts if other is not post}

        def everywhere(post: Post = post, others: set[str] = others) -> bool:
            return all(post.reach.of(alarm) == others for alarm in post.alarms())

        await post.side.until("reach is everywhere", everywhere)
    nobody_claims_too_much(posts)
