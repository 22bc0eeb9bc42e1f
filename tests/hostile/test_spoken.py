"""Joining by spoken words: the way in, wrong guesses, windows that are over, and somebody on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meshnode.api.schema import ApiError
from meshnode.errors import HandshakeRefused, PeerError, WordsRefused
from meshnode.identity.words import word_list
from meshnode.joining.spoken_exchange import exchange_of
from meshnode.joining.spoken_window import TRIES
from meshnode.noise.handshake import Handshake
from meshnode.noise.spake2 import MESSAGE_BYTES, Side
from meshnode.transport.client import dial
from meshnode.transport.connection import LinkKind
from meshnode.transport.endpoints import split_endpoint
from meshnode.transport.websocket_connection import WebSocketConnection
from tests.hostile.conftest import Target, Targets
from tests.support.frame_relay import FrameRelay
from tests.support.nodes import Json, RunningNode
from tests.support.people import Neighbourhood, seeded_identity
from tests.support.settled import LOOPBACK, settled_node


@pytest.fixture
async def guest(tmp_path: Path) -> AsyncIterator[RunningNode]:
    async with RunningNode(tmp_path / "guest", "guest", settings=LOOPBACK) as node:
        yield node


async def window_of(alice: Target) -> tuple[str, Json]:
    """A new window: its words as somebody says them, and all about it."""
    window = await alice.node.ask("window_open")
    return " ".join(window["words"]), window


def other_words(words: str) -> str:
    """Three words of the list that are not these."""
    return " ".join([word for word in word_list() if word not in words.split()][:3])


async def knock(address: str, words: str) -> WebSocketConnection:
    """One guess, by hand."""
    host, port = split_endpoint(address)
    mallory = seeded_identity("mallory")
    return await dial(
        host,
        port,
        kind=LinkKind.SPOKEN,
        psk=b"",
        static_private=mallory.noise_private,
        ephemeral=os.urandom(32),
        handshakes=Handshake,
        words=exchange_of(Side.A, words.split(), os.urandom),
    )


async def test_three_words_lead_in_after_a_preview(target: Targets, guest: RunningNode) -> None:
    async with target() as alice:
        words, window = await window_of(alice)
        assert (window["state"], window["tries_left"]) == ("open", TRIES)
        assert 590 < window["seconds_left"] <= 600
        before = (await alice.node.ask("status"))["counts"]["statements"]
        said = words.upper().replace(" ", ", ")
        preview = await guest.ask("preview", code=said, address=alice.address)
        assert (preview["network"], preview["inviter"]) == ("Maple Street", "Alice")
        assert preview["address"] == alice.address
        assert (await guest.ask("status"))["state"] == "outside"
        window = await alice.node.ask("window")
        assert (window["state"], window["came"]) == ("matched", [])
        assert (await alice.node.ask("status"))["counts"]["statements"] == before + 1, "only the invite"
        await guest.ask("join", code=preview["code"], name="Erin", address=preview["address"])
        assert (await guest.ask("status"))["network"]["name"] == "Maple Street"
        assert (await alice.node.ask("window"))["came"] == ["Erin"]


async def test_words_may_be_joined_with_at_once_and_are_good_for_one(target: Targets, tmp_path: Path) -> None:
    async with target() as alice, contextlib.AsyncExitStack() as stack:
        guests = [
            await stack.enter_async_context(RunningNode(tmp_path / name, name, settings=LOOPBACK))
            for name in ("erin", "farah")
        ]
        words, _ = await window_of(alice)
        await guests[0].ask("join", code=words, name="Erin", address=alice.address)
        with pytest.raises(ApiError, match="not good any more") as refused:
            await guests[1].ask("join", code=words, name="Farah", address=alice.address)
        assert "Ask for new ones" in refused.value.what_next
        await alice.is_well()


async def test_three_wrong_guesses_close_the_window(target: Targets, guest: RunningNode) -> None:
    async with target() as alice:
        words, _ = await window_of(alice)
        before = (await alice.node.ask("status"))["counts"]
        sentences = []
        for left in (2, 1, 0):
            with pytest.raises(ApiError) as refused:
                await guest.ask("preview", code=other_words(words), address=alice.address)
            assert refused.value.code == "wrong-words"
            assert refused.value.what_next
            sentences.append(str(refused.value))
            assert (await alice.node.ask("window"))["tries_left"] == left
        assert ["2 more tries" in sentences[0], "One more try" in sentences[1], "third time" in sentences[2]] == [
            True
        ] * 3
        assert (await alice.node.ask("window"))["state"] == "guessed"
        with pytest.raises(ApiError, match="not good any more"):
            await guest.ask("preview", code=words, address=alice.address)
        assert (await alice.node.ask("status"))["counts"] == before
        again, _ = await window_of(alice)
        assert again != words
        await guest.ask("join", code=again, name="Erin", address=alice.address)


async def test_a_slip_of_the_finger_costs_no_guess(target: Targets, guest: RunningNode) -> None:
    async with target() as alice:
        words, _ = await window_of(alice)
        first, *rest = words.split()
        for typed in (f"{first}x {' '.join(rest)}", " ".join(rest), f"{words} {first}"):
            with pytest.raises(ApiError) as refused:
                await guest.ask("preview", code=typed, address=alice.address)
            assert refused.value.code == "wrong-words"
        assert f"'{first}'" in await _next_step(guest, f"{first}x {' '.join(rest)}")
        assert (await alice.node.ask("window"))["tries_left"] == TRIES


async def _next_step(guest: RunningNode, typed: str) -> str:
    with pytest.raises(ApiError) as refused:
        await guest.ask("preview", code=typed, address="127.0.0.1:9")
    return refused.value.what_next


async def test_knocks_that_guess_nothing_cost_nothing(target: Targets, guest: RunningNode) -> None:
    """Strangers hang up, send nonsense or points that are none, and still the window is good."""
    async with target() as alice:
        words, _ = await window_of(alice)
        point = exchange_of(Side.A, ("a",), os.urandom).message
        for sent in (
            (),
            (point,),
            (point, b"x"),
            (point, bytes(47)),
            (b"",),
            (b"A" + bytes(32),),
            (b"B" + point[1:],),
            (point[:-1],),
        ):
            for _ in range(2):
                await _say(alice.address, bytes([LinkKind.SPOKEN]), *sent)
        assert (await alice.node.ask("window"))["tries_left"] == TRIES
        await guest.ask("join", code=words, name="Erin", address=alice.address)
        await alice.is_well()


async def _say(address: str, *frames: bytes) -> None:
    """Send frames by hand, then go."""
    import aiohttp

    from meshnode.transport.limits import PATH, SUBPROTOCOL

    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://{address}{PATH}", protocols=(SUBPROTOCOL,), compress=0) as socket,
    ):
        for frame in frames:
            await socket.send_bytes(frame)


async def test_one_conversation_at_a_time(target: Targets, guest: RunningNode) -> None:
    """Who comes while somebody else tries is told so, and their node tries again by itself."""
    import aiohttp

    from meshnode.transport.limits import PATH, SUBPROTOCOL

    async with target() as alice:
        words, _ = await window_of(alice)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://{alice.address}{PATH}", protocols=(SUBPROTOCOL,), compress=0) as idle,
        ):
            await idle.send_bytes(bytes([LinkKind.SPOKEN]))
            await idle.send_bytes(exchange_of(Side.A, ("a",), os.urandom).message)
            assert len((await idle.receive()).data) == MESSAGE_BYTES
            waiting = asyncio.create_task(guest.ask("preview", code=words, address=alice.address))
            with pytest.raises(PeerError, match="Somebody else"):
                await knock(alice.address, words)
            assert not waiting.done()
        assert (await waiting)["network"] == "Maple Street"
        assert (await alice.node.ask("window"))["tries_left"] == TRIES


async def test_without_a_window_a_stranger_gets_not_one_byte(target: Targets) -> None:
    async with target() as alice:
        for _ in range(2):
            relay = FrameRelay(alice.address)
            async with relay.answering() as address:
                with pytest.raises(HandshakeRefused):
                    await knock(address, "maple kettle robin")
            assert [way for way, _ in relay.seen] == ["in", "in"]
            await window_of(alice)
            await alice.node.ask("window_close")
            assert (await alice.node.ask("window"))["state"] == "closed"


async def test_who_is_not_established_cannot_open_one(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob"))
    street.join("chidi")
    async with settled_node(tmp_path, "chidi", street) as chidi:
        with pytest.raises(ApiError, match="established"):
            await chidi.ask("window_open")
        assert (await chidi.ask("window")) == {"state": "none"}


# -- somebody on the wire ----------------------------------------------------------------------------------------------


async def test_on_the_wire_nothing_can_be_read_and_nothing_changed(target: Targets, tmp_path: Path) -> None:
    async with target() as alice:
        for way, number in (("in", 1), ("in", 2), ("in", 3), ("out", 0), ("out", 1)):
            words, _ = await window_of(alice)

            def flip(passing: str, at: int, frame: bytes, *, way: str = way, number: int = number) -> bytes:
                hit = (passing, at) == (way, number)
                return frame[:9] + bytes([frame[9] ^ 1]) + frame[10:] if hit else frame

            async with FrameRelay(alice.address, flip).answering() as address:
                with pytest.raises(PeerError):
                    await (await knock(address, words)).receive()
            assert (await alice.node.ask("window"))["state"] == "open", (way, number)
        words, _ = await window_of(alice)
        relay = FrameRelay(alice.address)
        async with relay.answering() as address:
            connection = await knock(address, words)
            token = await connection.receive()
            await connection.close()
        assert token
        wire = b"".join(frame for _, frame in relay.seen)
        assert not any(word.encode() in wire for word in words.split())
        assert token[:40] not in wire


async def test_a_window_with_other_words_is_no_help_to_who_stands_between(target: Targets, tmp_path: Path) -> None:
    """Mallory answers the joiner with a guess of her own and learns only that it was wrong; so does alice of hers."""
    async with (
        target() as alice,
        RunningNode(tmp_path / "mallory", "mallory", settings=LOOPBACK) as mallory,
        RunningNode(tmp_path / "guest", "guest", settings=LOOPBACK) as guest,
    ):
        await mallory.ask("found", network="Maple Street", name="Alice")
        await mallory.ask("window_open")
        fake = (await mallory.ask("status"))["listening"][0]
        words, _ = await window_of(alice)
        with pytest.raises(ApiError, match="did not match"):
            await guest.ask("preview", code=words, address=fake)
        assert (await guest.ask("status"))["state"] == "outside"
        with pytest.raises(WordsRefused):
            await knock(alice.address, other_words(words))
        window = await alice.node.ask("window")
        assert (window["state"], window["tries_left"]) == ("open", TRIES - 1)
