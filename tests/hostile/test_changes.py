"""Hostile changes from a member's own device, over a real connection: refused by name, and nothing else happens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest

from crdt.identifiers import MAX_AT_MS, Lane, NetworkId, RecordId
from meshnode.errors import PeerError
from meshnode.identity.envelope import ChangeRefused, change_id, check_change, parse_envelope, seal_change
from meshnode.identity.keys import Identity
from meshnode.peers.link import STRIKES
from meshnode.sync.messages import Bye, Err
from tests.crdt.test_chunk import HOSTILE
from tests.hostile.conftest import Target, Targets
from tests.support.chunks import Draft, Row, chunk_hash, put
from tests.support.hand_peer import held_by
from tests.support.people import Neighbourhood, seeded_identity
from tests.support.replicas import NOON_MS, first_change, nobodys_record, record_of

LONGEST_PUSH = 250_000


def signed_as_is(author: Identity, network: NetworkId, record: RecordId, at_ms: int, raw: bytes) -> bytes:
    """A good signature over bytes that nobody should believe; the actor is left as it is."""
    named = author.device + record + at_ms.to_bytes(8, "big") + raw
    return author.sign(change_id(network, record, author.device, at_ms, raw)) + named


def hostile_chunks(street: Neighbourhood) -> Mapping[str, bytes]:
    """Every class of malformed chunk, properly signed by bob."""
    bob = seeded_identity("bob")
    return {
        name: signed_as_is(bob, street.network, nobodys_record(name), NOON_MS, raw)
        for name, (_, raw) in HOSTILE.items()
        if 0 < len(raw) < LONGEST_PUSH
    }


def copies(street: Neighbourhood) -> Mapping[str, bytes]:
    """Chidi's honest change as others might want to pass it off."""
    chidi, bob = seeded_identity("chidi"), seeded_identity("bob")
    draft = Draft([put("title", "Honest")])
    honest = first_change(chidi, street.network, draft)
    record, other = record_of(honest), nobodys_record("other")
    raw = parse_envelope(honest).raw
    elsewhere = Neighbourhood("Elm Street", founders=("dana",))
    flipped = bytearray(honest)
    flipped[40] ^= 1  # in the signature
    return {
        "re-signed": signed_as_is(bob, street.network, record, NOON_MS, raw),
        "moved to another record": signed_as_is(chidi, street.network, other, NOON_MS, raw),
        "re-dated": signed_as_is(chidi, street.network, record, NOON_MS + 1, raw),
        "of another network": seal_change(chidi, elsewhere.network, record, NOON_MS, draft.raw()),
        "moved without a new signature": honest[:96] + other + honest[112:],
        "dated far beyond": signed_as_is(chidi, street.network, record, MAX_AT_MS + 1, raw),
        "forged": bytes(flipped),
        "under somebody's name": honest[:64] + bob.device + honest[96:],
        "cut": honest[:119],
    }


def expected_code(street: Neighbourhood, envelope: bytes) -> str:
    with pytest.raises(ChangeRefused) as caught:
        check_change(street.network, envelope)
    return caught.value.code


def groups(items: Mapping[str, bytes], size: int = STRIKES) -> Iterator[dict[str, bytes]]:
    left = iter(items.items())
    while group := dict(itertools.islice(left, size)):
        yield group


async def push_all(target: Target, items: Mapping[str, bytes]) -> None:
    """Each over a link of at most so many as a link survives, and each named in the node's log."""
    for group in groups(items):
        before = len(target.refusals())
        async with target.member("bob") as bob:
            await bob.enter()
            for envelope in group.values():
                await bob.push(envelope)
        codes = [expected_code(target.street, envelope) for envelope in group.values()]
        assert sorted(target.refusals()[before:]) == sorted(set(codes)), list(group)


async def test_every_class_is_refused_by_name_and_leaves_the_rest_alone(target: Targets) -> None:
    async with target() as alice:
        before = await alice.node.tasks()
        chunks = hostile_chunks(alice.street)
        assert len(chunks) > 90
        await push_all(alice, chunks)
        for name, envelope in chunks.items():
            expected = "too-large" if name == "long" else HOSTILE[name][0]
            assert expected_code(alice.street, envelope) == expected
        await push_all(alice, copies(alice.street))
        assert await alice.node.tasks() == before
        await alice.is_well()


async def test_what_is_too_large_for_a_message_ends_the_link(target: Targets) -> None:
    async with target() as alice:
        async with alice.member("bob") as bob:
            await bob.enter()
            with pytest.raises(PeerError):
                await bob.push(
                    signed_as_is(seeded_identity("bob"), alice.street.network, nobodys_record("l"), 1, bytes(300_000))
                )
            await bob.until_closed()
            assert isinstance(bob.heard[-1], Err)
        await alice.is_well()


async def test_a_link_is_closed_after_its_strikes_and_another_member_is_not_hurt(target: Targets) -> None:
    async with target() as alice:
        bad = list(hostile_chunks(alice.street).values())
        async with alice.member("chidi") as chidi:
            await chidi.enter()
            async with alice.member("bob") as bob:
                await bob.enter()
                for envelope in bad[:STRIKES]:
                    await bob.push(envelope)
                with pytest.raises(PeerError):
                    await bob.push(bad[STRIKES])
                assert isinstance(bob.heard[-1], Bye | Err)
            honest = first_change(seeded_identity("chidi"), alice.street.network, Draft([put("title", "Soup")]))
            await chidi.push(honest)
        await alice.node.until_titles(["Rake leaves", "Soup"])
        async with alice.member("bob") as bob:
            await bob.enter()  # he may come back: what counts is what he sends
        await alice.is_well()


async def test_a_batch_with_one_bad_change_loses_only_that_one(target: Targets) -> None:
    async with target() as alice:
        network, bob = alice.street.network, seeded_identity("bob")
        good = [first_change(bob, network, Draft([put("title", f"Good {n}")]), NOON_MS + n) for n in range(4)]
        bad = next(iter(copies(alice.street).values()))
        async with alice.member("bob") as peer:
            await peer.enter()
            await peer.push(good[0], good[1], bad, good[2], good[3])
        assert await alice.node.titles() == ["Good 0", "Good 1", "Good 2", "Good 3", "Rake leaves"]


async def test_numbers_that_would_win_every_conflict_are_held_and_never_shown(target: Targets) -> None:
    """A free start_op and missing dependencies are the record's business: in the set of every node, merged on none."""
    async with target() as alice:
        task = (await alice.node.tasks())[0]
        record = RecordId(bytes.fromhex(task["id"]))
        bob, network = seeded_identity("bob"), alice.street.network
        drafts = [
            Draft([put("title", "Mine for ever")], start_op=2**31 - 2),
            Draft([put("title", "Mine")], start_op=10**6),
            Draft([put("title", "Mine")], start_op=2),
            Draft([put("title", "Later")], deps=[b"\x07" * 32], start_op=9),
            Draft([Row(4, "details")], deps=[], start_op=40),
        ]
        async with alice.member("bob") as peer:
            await peer.enter()
            for draft in drafts:
                await peer.push(seal_change(bob, network, record, NOON_MS, draft.raw()))
        assert await alice.node.tasks() == [task]
        assert alice.refusals() == []
        assert (await held_by(alice.address, alice.street, "bob"))[Lane.ORDINARY].count == 1 + len(drafts)
        await alice.is_well()
        await alice.node.kill()
        await alice.node.start()
        assert (await alice.node.tasks())[0]["title"] == "Rake leaves"


async def test_missing_dependencies_may_come_in_any_order(target: Targets) -> None:
    async with target() as alice:
        bob, network = seeded_identity("bob"), alice.street.network
        first = first_change(bob, network, Draft([put("title", "One"), put("place", "Yard")]))
        record = record_of(first)
        envelopes = [first]
        for number in range(1, 6):
            before = parse_envelope(envelopes[-1]).raw
            actor = check_change(network, envelopes[-1]).chunk.actor
            # The first change has two operations; each later one overwrites the title of the one before.
            start = 2 + number
            overwritten = 1 if number == 1 else start - 1
            draft = Draft(
                [put("title", f"Step {number}", (1, overwritten))],
                deps=[chunk_hash(before)],
                others=[actor],
                start_op=start,
            )
            envelopes.append(seal_change(bob, network, record, NOON_MS + number, draft.raw()))
        async with alice.member("bob") as peer:
            await peer.enter()
            for index in (5, 3, 4, 1, 2):
                await peer.push(envelopes[index])
                shown = {task["id"]: task["title"] for task in await alice.node.tasks()}
                assert shown.get(record.hex(), "") == ""
            await peer.push(envelopes[0])
        task = (await alice.node.ask("record", record=record.hex()))["view"]
        assert (task["title"], task["place"], task["changes"], task["conflicts"]) == ("Step 5", "Yard", 6, [])


async def test_the_year_0_and_the_year_3000_have_no_power(target: Targets) -> None:
    """A claimed time decides nothing: the later edit stands although it says year 0, and two at once are a conflict."""
    async with target() as alice:
        task = (await alice.node.tasks())[0]
        bob, network = seeded_identity("bob"), alice.street.network
        year_3000 = 32_503_680_000_000
        first = first_change(bob, network, Draft([put("title", "Says 3000")]), year_3000)
        record = record_of(first)
        parts = check_change(network, first)

        def after(at_ms: int, title: str) -> bytes:
            draft = Draft(
                [put("title", title, (1, 1))], deps=[parts.chunk.hash], others=[parts.chunk.actor], start_op=2
            )
            return seal_change(bob, network, record, at_ms, draft.raw())

        async with alice.member("bob") as peer:
            await peer.enter()
            await peer.push(first, after(0, "Says 0"))
            view = (await alice.node.ask("record", record=record.hex()))["view"]
            assert (view["title"], view["conflicts"]) == ("Says 0", [])
            await peer.push(after(MAX_AT_MS, "Says the end of time"))
        view = (await alice.node.ask("record", record=record.hex()))["view"]
        assert view["conflicts"] == ["title"]
        conflict = (await alice.node.ask("conflicts", record=record.hex()))["conflicts"][0]
        assert {value["value"] for value in conflict["values"]} == {"Says 0", "Says the end of time"}
        history = (await alice.node.ask("history", record=record.hex()))["entries"]
        assert history[-1]["at_ms"] == year_3000, "in the order of causes, the oldest last"
        assert all(entry["received_ms"] < year_3000 for entry in history), "our own clock says when it came"
        await alice.node.ask("resolve", record=record.hex(), field="title", value="Settled")
        view = (await alice.node.ask("record", record=record.hex()))["view"]
        assert (view["title"], view["conflicts"]) == ("Settled", [])
        assert (await alice.node.ask("invite", uses=1, days=1))["uses"] == 1
        assert task in await alice.node.tasks()
        await alice.is_well()


async def test_an_author_whom_nobody_knows_is_no_offence(target: Targets) -> None:
    """It waits in silence: no strike, nothing shown, and never sent on."""
    async with target() as alice:
        stranger = seeded_identity("stranger")
        items = [
            first_change(stranger, alice.street.network, Draft([put("title", "Hi")]), NOON_MS + n)
            for n in range(STRIKES + 3)
        ]
        async with alice.member("bob") as bob:
            await bob.enter()
            await bob.push(*items)
        assert await alice.node.titles() == ["Rake leaves"]
        lanes = await held_by(alice.address, alice.street, "chidi")
        assert lanes[Lane.ORDINARY].count == 1
        assert alice.refusals() == []


def test_the_classes_here_are_the_ones_of_the_reader() -> None:
    """A class added to the reader's tests is sent over a connection, too, unless no message can carry it."""
    left_out = {name for name, (_, raw) in HOSTILE.items() if not 0 < len(raw) < LONGEST_PUSH}
    assert left_out == {"empty", "1 MB key"}
