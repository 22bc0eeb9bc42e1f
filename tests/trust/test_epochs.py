"""The network's key after a removal: who gets the new one, who does not, and how those who came late come by it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from crdt.identifiers import Lane
from meshnode.discovery.announcement import DiscoveryKeys, Recognition, announce, recognise
from meshnode.identity.sealed_box import seal_box
from meshnode.membership.keeping_kinds import EPOCH_BOX_BYTES
from meshnode.membership.network_keys import discovery_key, link_psk
from meshnode.membership.statements import sign_device_drop, sign_epoch
from meshnode.membership.trust_authoring import epoch_key_hash
from meshnode.membership.trust_kinds import Why
from meshnode.store.store import EpochKey
from meshnode.trust.epochs import Epochs
from meshnode.trust.keyring import GOOD_FOR_MS, Keyring
from meshnode.trust.notices import Notices
from tests.peers.pair import Linked, Side
from tests.support.people import Neighbourhood, maple_street, member_keys, seeded, seeded_device, seeded_identity
from tests.support.replicas import NOON_MS, open_desk
from tests.trust.cast import person, remove

VOTERS = ("alice", "bob", "chidi")
OTHER_KEY = bytes(range(32))


class Node:
    """A side with what hands out keys; nothing waits longer than the test lets it."""

    def __init__(self, place: Path, name: str, street: Neighbourhood, statements: list[bytes] | None = None) -> None:
        self.side = Side(open_desk(place, name, street, statements))
        self.replica, self.access, self.keyring = self.side.desk.replica, self.side.access, self.side.keyring
        self.go_on = asyncio.Event()
        self.epochs = Epochs(self.replica, self.access, self.keyring, random=seeded(f"keys of {name}"), wait=self._wait)
        self.epochs.start()

    async def _wait(self) -> None:
        await self.go_on.wait()

    async def hear(self, *statements: bytes) -> None:
        await self.side.desk.hear_of(*statements)

    async def close(self) -> None:
        await self.epochs.stop()
        await self.side.links.stop()
        self.side.desk.close()


@contextlib.asynccontextmanager
async def nodes(place: Path, street: Neighbourhood, *names: str) -> AsyncIterator[list[Node]]:
    opened = [Node(place, name, street) for name in names]
    try:
        yield opened
    finally:
        for node in opened:
            await node.close()


async def test_after_a_removal_the_network_has_a_key_that_the_removed_do_not_hold(tmp_path: Path) -> None:
    street = maple_street(6)
    async with nodes(tmp_path, street, "alice", "bob", "emre") as (a, b, e):
        old = a.keyring.preferred
        told = len(street.statements)
        remove(street, VOTERS, "emre")
        for node in (a, b, e):
            await node.hear(*street.statements[told:])
        assert a.epochs.is_missing()
        a.go_on.set()
        await a.side.until("a new key", lambda: not a.epochs.is_missing())
        new = a.keyring.preferred
        assert new != old
        epoch = a.replica.membership.epochs[0]
        assert epoch.excluded == (person("emre"),)
        assert {device for device, _ in epoch.boxes} == {
            seeded_identity(name).device for name in ("alice", "bob", "chidi", "dana", "farah")
        }
        statement = a.replica.store.statement(epoch.id)
        assert statement is not None
        await b.hear(statement)
        assert b.keyring.preferred == new
        assert b.keyring.valid() == [new, old]
        b.go_on.set()
        assert not b.epochs.is_missing()
        await e.hear(statement)
        assert e.keyring.valid() == [old]
        assert e.keyring.bad == {}
        shout = announce(bytes(8), DiscoveryKeys(tuple(map(discovery_key, a.keyring.valid()))))
        assert shout is not None
        for node, expected in ((b, Recognition.MEMBER), (e, Recognition.STRANGER)):
            keys = DiscoveryKeys(tuple(map(discovery_key, node.keyring.valid())))
            assert recognise(shout, keys).recognition is expected
        assert link_psk(new) not in map(link_psk, e.keyring.valid())


async def test_only_one_writes_when_the_others_hear_of_it_in_time(tmp_path: Path) -> None:
    street = maple_street(6)
    async with nodes(tmp_path, street, *VOTERS) as everybody:
        told = len(street.statements)
        remove(street, VOTERS, "emre")
        for node in everybody:
            await node.hear(*street.statements[told:])
        first, *others = everybody
        first.go_on.set()
        await first.side.until("a new key", lambda: not first.epochs.is_missing())
        epoch = first.replica.membership.epochs[0]
        for node in others:
            await node.hear(first.replica.store.statement(epoch.id) or b"")
            node.go_on.set()
            await node.epochs.stop()
            assert [each.id for each in node.replica.membership.epochs] == [epoch.id]


async def test_newcomers_hubs_and_the_removed_hand_out_no_key(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi", "emre"))
    street.join("dana")
    remove(street, VOTERS, "emre")
    async with nodes(tmp_path, street, "dana", "emre", "alice") as (d, e, a):
        assert not d.epochs.is_missing()
        assert not e.epochs.is_missing()
        assert a.epochs.is_missing()


async def test_what_the_brake_holds_back_is_not_shut_out(tmp_path: Path) -> None:
    street = maple_street(8)
    names = ("emre", "farah", "goran", "hana")
    for name in names:
        remove(street, VOTERS, name)
    async with nodes(tmp_path, street, "alice") as (a,):
        held_back = a.access.waiting
        await a.epochs.write()
        epoch = a.keyring.epochs()[0]
        assert frozenset(epoch.excluded) == a.access.followed
        boxes = {a.replica.membership.member_of(device) for device, _ in epoch.boxes}
        assert held_back <= boxes
        assert not boxes & a.access.followed
        a.access.decide(held_back, follow=True)
        assert a.epochs.is_missing()


async def test_a_stolen_device_is_shut_out_too(tmp_path: Path) -> None:
    street = maple_street(3)
    street.certify(stolen := seeded_device("bob", "tablet"), "bob")
    street.add(sign_device_drop(member_keys(seeded_identity("bob")), street.network, stolen.device, Why.STOLEN, ()))
    async with nodes(tmp_path, street, "alice") as (a,):
        assert a.epochs.is_missing()
        await a.epochs.write()
        assert a.keyring.epochs()[0].box_for(stolen.device) is None
        assert not a.epochs.is_missing()


async def test_a_device_that_came_late_gets_the_key_on_its_first_link(tmp_path: Path) -> None:
    street = maple_street(6)
    remove(street, VOTERS, "emre")
    async with nodes(tmp_path, street, "alice") as (a,):
        await a.epochs.write()
        new = a.keyring.preferred
        told = [data for _, data in a.replica.store.statements()]
        street.join("ines", by="bob")
        late = Node(tmp_path, "ines", street)
        assert late.keyring.preferred != new
        await a.hear(*street.statements)
        await late.hear(*told)
        assert late.keyring.preferred != new, "there is no box for it"
        await Linked(late.side, a.side).up()
        await late.side.until("the key has come", lambda: late.keyring.preferred == new)
        assert late.replica.store.epoch_keys()[0] == new
        await late.close()


async def test_who_goes_on_linking_with_the_removed_does_not_hand_them_the_new_key(tmp_path: Path) -> None:
    """Else the brake of one node, or one person's no, would give everybody's key away."""
    street = maple_street(6)
    old_statements = list(street.statements)
    remove(street, VOTERS, "emre")
    async with nodes(tmp_path, street, "alice", "dana") as (a, d):
        await a.epochs.write()
        d.access.decide([person("emre")], follow=False)
        await d.hear(*(data for _, data in a.replica.store.statements()))
        new = a.keyring.preferred
        assert d.keyring.preferred == new
        assert d.keyring.key_for(seeded_identity("bob").device) == new
        emre = Node(tmp_path, "emre", street, old_statements)
        given: list[tuple[bytes, ...]] = []
        emre.side.links._keys.linked = lambda link: setattr(link, "on_keys", given.append)  # type: ignore[method-assign]
        await Linked(emre.side, d.side).settled()
        assert all(new not in keys for keys in given)
        assert d.keyring.key_for(seeded_identity("emre").device) != new
        await emre.close()


async def test_somebody_who_went_leaves_no_key_behind_that_is_enough(tmp_path: Path) -> None:
    """A friend of who is removed hands out a key beforehand, with a box for everybody, and leaves."""
    street = maple_street(6)
    remove(street, VOTERS, "emre")
    excluded = [person("emre")]
    theirs = sign_epoch(seeded_identity("dana"), street.network, bytes(16), OTHER_KEY, excluded=excluded, boxes=())
    async with nodes(tmp_path, street, "alice") as (a,):
        a.keyring.take([OTHER_KEY])
        await a.hear(theirs)
        assert not a.epochs.is_missing()
        street.leave("dana", ())
        await a.hear(street.statements[-1])
        assert a.epochs.is_missing()
        await a.epochs.write()
        assert a.keyring.preferred != OTHER_KEY


async def test_keys_that_nobody_names_do_not_keep_out_one_that_is_named(tmp_path: Path) -> None:
    street = maple_street(3)
    async with nodes(tmp_path, street, "alice") as (a,):
        a.keyring.take(number.to_bytes(32, "big") for number in range(40))
        a.keyring.take([OTHER_KEY])
        await a.hear(sign_epoch(seeded_identity("bob"), street.network, bytes(16), OTHER_KEY, excluded=(), boxes=()))
        assert a.keyring.preferred == OTHER_KEY


async def test_a_key_that_no_statement_names_is_not_taken(tmp_path: Path) -> None:
    async with nodes(tmp_path, maple_street(3), "alice") as (a,):
        before = a.keyring.valid()
        a.keyring.take([OTHER_KEY, b"short"])
        assert a.keyring.valid() == before
        for number in range(40):
            a.keyring.take([number.to_bytes(32, "big")])
        assert a.keyring.valid() == before


async def test_a_key_may_come_before_the_statement_that_names_it(tmp_path: Path) -> None:
    street = maple_street(3)
    async with nodes(tmp_path, street, "alice") as (a,):
        a.keyring.take([OTHER_KEY])
        await a.hear(sign_epoch(seeded_identity("bob"), street.network, bytes(16), OTHER_KEY, excluded=(), boxes=()))
        assert a.keyring.preferred == OTHER_KEY


async def test_a_box_that_does_not_open_is_ignored_and_told_of(tmp_path: Path) -> None:
    street = maple_street(3)
    async with nodes(tmp_path, street, "alice") as (a,):
        old, mine = a.keyring.preferred, a.replica.identity
        good_for_another = seal_box(mine.device_keys.seal.public, bytes(32), seeded("box"))
        for number, box in enumerate((bytes(EPOCH_BOX_BYTES), good_for_another)):
            boxes = [(mine.device, box)]
            await a.hear(
                sign_epoch(
                    seeded_identity("bob"), street.network, bytes([number] * 16), OTHER_KEY, excluded=(), boxes=boxes
                )
            )
        assert a.keyring.valid() == [old]
        told = Notices(a.replica, a.access, a.keyring).sentences(lambda member: "Bob")
        assert len(told) == 1
        assert told[0].startswith("Bob's device handed out a network key that does not open here")


async def test_a_strangers_or_newcomers_epoch_has_no_effect(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi"))
    street.join("dana")
    async with nodes(tmp_path, street, "alice") as (a,):
        old = a.keyring.preferred
        for name in ("dana", "zoe"):
            box = seal_box(a.replica.identity.device_keys.seal.public, OTHER_KEY, seeded("box"))
            boxes = [(a.replica.identity.device, box)]
            statement = sign_epoch(
                seeded_identity(name), street.network, bytes(16), OTHER_KEY, excluded=(), boxes=boxes
            )
            await a.hear(statement)
        assert a.keyring.valid() == [old]


async def test_an_older_key_is_good_for_ninety_days(tmp_path: Path) -> None:
    street = maple_street(3)
    async with nodes(tmp_path, street, "alice") as (a,):
        old = a.keyring.preferred
        a.side.desk.now_ms = NOON_MS
        a.keyring.take([OTHER_KEY])
        await a.hear(sign_epoch(seeded_identity("bob"), street.network, bytes(16), OTHER_KEY, excluded=(), boxes=()))
        came = a.replica.store.keyring()[0].created_ms
        a.side.desk.now_ms = came + GOOD_FOR_MS - 10
        assert a.keyring.valid() == [OTHER_KEY, old]
        a.side.desk.now_ms = came + GOOD_FOR_MS
        assert a.keyring.valid() == [OTHER_KEY]


async def test_a_clock_that_was_never_set_makes_no_key_old(tmp_path: Path) -> None:
    street = maple_street(3)
    async with nodes(tmp_path, street, "alice") as (a,):
        old = a.keyring.preferred
        a.replica.store.add_epoch_key(EpochKey(epoch_key_hash(OTHER_KEY), OTHER_KEY, 5)).result(10)
        await a.hear(sign_epoch(seeded_identity("bob"), street.network, bytes(16), OTHER_KEY, excluded=(), boxes=()))
        assert a.keyring.valid() == [OTHER_KEY, old]


async def test_keys_are_there_after_a_restart(tmp_path: Path) -> None:
    street = maple_street(6)
    remove(street, VOTERS, "emre")
    async with nodes(tmp_path, street, "alice") as (a,):
        await a.epochs.write()
        before = a.keyring.valid()
        a.side.desk.reopen()
        again = Keyring(a.side.desk.replica, type(a.access)(a.side.desk.replica))
        assert again.valid() == before
        assert len(a.side.desk.item_keys(Lane.STATEMENTS)) == len(street.statements) + 1
