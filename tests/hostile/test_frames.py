"""Hostile frames over a real connection: whoever breaks the protocol is gone, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import random
import zlib
from collections.abc import Callable

import pytest

from crdt.identifiers import KEY_BYTES, ItemId, Lane, NetworkId
from meshnode.errors import PeerError
from meshnode.membership.statements import sign_device
from meshnode.sync.limits import HELLO_SECONDS, MAX_ROUNDS
from meshnode.sync.messages import (
    Apply,
    Block,
    Bye,
    Credit,
    Err,
    Hello,
    LaneState,
    Neg,
    Pull,
    Push,
    State,
    Step,
    Want,
    Welcome,
)
from tests.hostile.conftest import Targets
from tests.support.chunks import Draft, put
from tests.support.hand_peer import HandPeer, kinds_of
from tests.support.people import Neighbourhood, seeded_identity
from tests.support.replicas import first_change

MANY = 1_000_000

GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "one byte": b"\x08",
    "an unknown type": b"\x7f\x00hello",
    "a wrong flag": b"\x01\x02",
    "a hello without an end": b"\x01\x00" + bytes(9),
    "an HTTP request": b"GET / HTTP/1.1\r\n\r\n",
    "the longest frame": b"\xff" * 65_519,
    "zeros": bytes(2_000),
}


async def closes(peer: HandPeer) -> list[str]:
    """What the node says until it has closed; it must do so by itself."""
    return kinds_of(await peer.until_closed())


@pytest.mark.parametrize("entered", [False, True])
async def test_garbage_ends_the_link_and_nothing_else(target: Targets, entered: bool) -> None:
    seed = 7
    print(f"seed {seed}")
    rng = random.Random(seed)
    frames = GARBAGE | {
        f"random {n}": bytes([rng.randrange(128)]) + rng.randbytes(rng.randrange(1, 300)) for n in range(6)
    }
    async with target() as alice:
        survivors = {}
        for name, frame in frames.items():
            async with alice.member("bob") as bob:
                if entered:
                    await bob.enter()
                with contextlib.suppress(PeerError):
                    await bob.connection.send(frame)
                    if frame[:1] == b"\xff":  # of a kind that an older node may ignore: the next one is garbage to it
                        await bob.connection.send(b"\x08")
                if (said := await closes(bob))[-1:] != ["Err"]:
                    survivors[name] = said
        assert survivors == {}
        await alice.is_well()


def early(street_item: bytes) -> dict[str, Callable[[HandPeer], object]]:
    """What may not be said before the node has let us in."""
    return {
        "push before hello": lambda peer: peer.say(Push(Lane.ORDINARY, False, (street_item,))),
        "block before hello": lambda peer: peer.say(Block(Lane.ORDINARY, True, b"", 0, b"")),
        "pull before hello": lambda peer: peer.say(Pull(Lane.ORDINARY, b"")),
        "want before hello": lambda peer: peer.say(Want(Lane.ORDINARY, (ItemId(bytes(32)),))),
        "credit before hello": lambda peer: peer.say(Credit(10)),
        "a join link's message": lambda peer: peer.say(Apply((b"x",))),
        "a welcome": lambda peer: peer.say(Welcome((b"x",), bytes(32))),
    }


async def test_nothing_counts_before_the_greeting(target: Targets) -> None:
    async with target() as alice:
        bob = seeded_identity("bob")
        item = first_change(bob, alice.street.network, Draft([put("title", "Early")]))
        for name, speak in early(item).items():
            async with alice.member("bob") as peer:
                await speak(peer)  # type: ignore[misc]
                said = await closes(peer)
                assert said in (["Hello", "Err"], ["Err"]), name
        async with alice.member("bob") as peer:
            await peer.greet()
            await peer.greet()
            assert (await closes(peer))[-1] == "Err", "one greeting a link"
        assert await alice.node.titles() == ["Rake leaves"]
        await alice.is_well()


async def test_changes_before_being_known_are_not_taken(target: Targets) -> None:
    """Somebody with the network's key and no membership pushes right behind the HELLO."""
    async with target() as alice:
        stranger = seeded_identity("stranger")
        certificate = strangers_certificate(alice.street.network)
        item = first_change(stranger, alice.street.network, Draft([put("title", "E")]))
        for what in (
            Push(Lane.ORDINARY, False, (item,)),
            Push(Lane.URGENT, False, (item,)),
            Pull(Lane.ORDINARY, b""),
            Want(Lane.ORDINARY, (ItemId(bytes(32)),)),
            Push(Lane.STATEMENTS, False, tuple(bytes([n]) * 4_000 for n in range(17))),
        ):
            async with HandPeer.member(alice.address, alice.street, stranger, certificate) as peer:
                await peer.greet()
                await peer.say(what)
                await peer.until_closed()
                assert isinstance(peer.heard[-1], Err)
                assert peer.items_heard() == []
        assert await alice.node.titles() == ["Rake leaves"]
        await alice.is_well()


def strangers_certificate(network: NetworkId) -> bytes:
    return sign_device(seeded_identity("stranger"), network, "Mallory", "laptop")


async def test_who_is_not_known_in_time_is_let_go_and_was_given_nothing(target: Targets) -> None:
    """Side by side, as each takes the whole time: one who greets and stays unknown, one who says nothing at all."""
    async with target() as alice:

        async def unknown() -> tuple[list[str], list[bytes], object]:
            certificate = strangers_certificate(alice.street.network)
            async with HandPeer.member(alice.address, alice.street, seeded_identity("stranger"), certificate) as peer:
                peer.lanes = (LaneState(0, bytes(16)), *peer.lanes[1:])
                await peer.greet()
                said = await closes(peer)
                return said, peer.items_heard(), peer.heard[-1]

        async def silent() -> tuple[list[str], list[bytes], object]:
            async with alice.member("bob") as peer:
                said = await closes(peer)
                return said, peer.items_heard(), peer.heard[-1]

        loop = asyncio.get_running_loop()
        began = loop.time()
        (said, given, last), (silence, nothing, end) = await asyncio.gather(unknown(), silent())
        assert HELLO_SECONDS - 1 < loop.time() - began < HELLO_SECONDS + 5
        assert (said, given, last) == (["Hello", "Push", "Bye"], [], Bye("unknown-device"))
        assert (silence, nothing, end) == (["Hello", "Bye"], [], Bye("too-slow"))
        assert (await alice.node.ask("status"))["peers"][0]["linked"] is False
        await alice.is_well()


async def test_endless_rounds_are_cut(target: Targets) -> None:
    """A peer whose fingerprints never agree: every turn is answered within bounds, and there is a last one."""
    async with target() as alice:
        for n in range(40):
            await alice.node.add(f"Task {n}")
        async with alice.member("bob") as bob:
            statements = bob.lanes[Lane.STATEMENTS]
            bob.lanes = (statements, bob.lanes[Lane.URGENT], LaneState(41, b"\x09" * 16))
            await bob.enter()
            await bob.say(State(Step.OPEN, 1, bob.lanes))
            turns = answered = 0
            with contextlib.suppress(PeerError):
                for turns in range(1, MAX_ROUNDS * 3):
                    # One range up to infinity with a fingerprint that nothing has.
                    await bob.say(Neg(Lane.ORDINARY, turns == 1, b"\x61\x00\x00\x01" + turns.to_bytes(16, "big")))
                    answer = await bob.until(Neg)
                    answered += len(answer.message)
            assert turns <= MAX_ROUNDS + 1
            assert answered < 65_536 * turns
            await bob.until_closed()
            assert isinstance(bob.heard[-1], Err)
        await alice.is_well()


async def test_a_bomb_stops_at_its_limit(target: Targets) -> None:
    """The node asks for blocks, as we say that we hold a million things; the block is 100 MB of zeros."""
    async with target() as alice:
        bomb = zlib.compress(bytes(100_000_000), 9)
        assert len(bomb) < 190 * 1024
        before = alice.node.peak_kib()
        async with alice.member("bob") as bob:
            bob.lanes = (*bob.lanes[:2], LaneState(MANY, b"\x09" * 16))
            await bob.enter()
            await bob.say(State(Step.OPEN, 1, bob.lanes))
            await bob.until(Pull)
            await bob.say(Block(Lane.ORDINARY, False, bytes(KEY_BYTES), 4_000, bomb))
            await bob.until_closed()
            assert isinstance(bob.heard[-1], Err)
        assert alice.node.peak_kib() - before < 20 * 1024
        await alice.is_well()


async def test_asking_for_everything_again_and_again_is_bounded(target: Targets) -> None:
    """WANTs for things nobody has, and blocks nobody asked for."""
    async with target() as alice:
        async with alice.member("bob") as bob:
            await bob.enter()
            rng = random.Random(3)
            with contextlib.suppress(PeerError):
                for _ in range(40):
                    await bob.say(Want(Lane.ORDINARY, tuple(ItemId(rng.randbytes(32)) for _ in range(1024))))
            await bob.until_closed()
            assert isinstance(bob.heard[-1], Err)
        async with alice.member("bob") as bob:
            await bob.enter()
            await bob.say(Block(Lane.ORDINARY, True, b"", 0, b""))
            await bob.until_closed()
            assert isinstance(bob.heard[-1], Err)
        await alice.is_well()


async def test_a_hello_that_belongs_to_another_key(target: Targets) -> None:
    """A device statement is public: showing somebody else's, or a broken one, is not being them."""
    async with target() as alice:
        street = alice.street
        chidi = next(each for each in street.statements if street.id(each) == device_certificate(street, "chidi"))
        for shown in (
            chidi,
            chidi[:-1],
            b"",
            street.genesis,
            street.statements[2],
            strangers_certificate(street.network),
        ):
            async with HandPeer.member(alice.address, street, "bob", shown or b"\0") as peer:
                peer.statement = shown
                await peer.greet()
                await peer.until_closed()
                assert isinstance(peer.heard[-1], Bye | Err)
                assert peer.items_heard() == []
        status = await alice.node.ask("status")
        assert [peer["linked"] for peer in status["peers"]] == [False, False]
        await alice.is_well()


def device_certificate(street: Neighbourhood, who: str) -> bytes:
    return street.membership().devices[seeded_identity(who).device].certificate


async def test_versions_that_have_nothing_in_common(target: Targets) -> None:
    async with target() as alice:
        async with alice.member("bob") as bob:
            await bob.say(Hello(7, 9, 0, bytes(16), bob.lanes, bob.statement))
            await bob.until_closed()
            assert isinstance(bob.heard[-1], Err)

        async def is_said() -> bool:
            said = (await alice.node.ask("status"))["trouble"]
            return bool(
                said == ["Bob has a newer meshnode that this one cannot talk to any more. Update meshnode here."]
            )

        await alice.node.until("who should update", is_said)
