"""Whoever cannot finish the handshake gets nothing: not a link, and not a byte."""

from __future__ import annotations

import asyncio
import os

import pytest
from nacl.bindings import crypto_scalarmult_base

from meshnode.errors import HandshakeRefused
from meshnode.noise.handshake_state import XXPSK0, HandshakeState, KeyPair
from meshnode.noise.symmetric_state import SymmetricState
from meshnode.transport.connection import LinkKind
from tests.transport.raw_peer import RawPeer, handshake_with
from tests.transport.two_nodes import Node

MEMBER = bytes([LinkKind.MEMBER])
PROLOGUE = b"meshnode/1\0" + MEMBER


async def assert_dropped_without_a_byte(peer: RawPeer, node: Node) -> None:
    assert await peer.rest() == b""
    assert node.arrivals.empty()
    dialler, answerer = await node.pair()
    await asyncio.gather(dialler.close(), answerer.close())


async def test_a_stranger_is_closed_after_message_1(node: Node) -> None:
    peer = await RawPeer.upgraded(node)
    peer.send(MEMBER, handshake_with(node, psk=os.urandom(32)).write_message())
    await assert_dropped_without_a_byte(peer, node)


@pytest.mark.parametrize("kind", [b"", b"\3", b"\xff", b"\0\0", bytes(48)])
async def test_an_unknown_kind_of_link(node: Node, kind: bytes) -> None:
    peer = await RawPeer.upgraded(node)
    peer.send(kind, handshake_with(node).write_message())
    await assert_dropped_without_a_byte(peer, node)


@pytest.mark.parametrize("kind", [LinkKind.TOKEN, LinkKind.SHORT_CODE])
async def test_a_kind_for_which_no_key_is_open(node: Node, kind: LinkKind) -> None:
    peer = await RawPeer.upgraded(node)
    peer.send(bytes([kind]), handshake_with(node).write_message())
    await assert_dropped_without_a_byte(peer, node)


@pytest.mark.parametrize("position", [0, 31, 32, 47])
async def test_a_flipped_byte_in_message_1(node: Node, position: int) -> None:
    peer = await RawPeer.upgraded(node)
    message = bytearray(handshake_with(node).write_message())
    message[position] ^= 1
    peer.send(MEMBER, bytes(message))
    await assert_dropped_without_a_byte(peer, node)


async def test_a_payload_in_message_1(node: Node) -> None:
    state = HandshakeState(
        XXPSK0, initiator=True, prologue=PROLOGUE, static=KeyPair.of(bytes(32)), ephemeral=KeyPair.of(os.urandom(32))
    )
    peer = await RawPeer.upgraded(node)
    peer.send(MEMBER, state.write(b"early", node.psks[0]))
    await assert_dropped_without_a_byte(peer, node)


@pytest.mark.parametrize("low", [bytes(32), b"\1" + bytes(31)])
async def test_a_low_order_key_in_message_1(node: Node, low: bytes) -> None:
    symmetric = SymmetricState(XXPSK0.protocol_name)
    symmetric.mix_hash(PROLOGUE)
    symmetric.mix_key_and_hash(node.psks[0])
    symmetric.mix_hash(low)
    symmetric.mix_key(low)
    peer = await RawPeer.upgraded(node)
    peer.send(MEMBER, low + symmetric.encrypt_and_hash(b""))
    await assert_dropped_without_a_byte(peer, node)


@pytest.mark.parametrize("position", [0, 47, 48, 63])
async def test_a_flipped_byte_in_message_3(node: Node, position: int) -> None:
    peer, handshake = await RawPeer.upgraded(node), handshake_with(node)
    peer.send(MEMBER, handshake.write_message())
    handshake.read_message((await peer.read_frame())[1])
    message = bytearray(handshake.write_message())
    message[position] ^= 1
    peer.send(bytes(message))
    await assert_dropped_without_a_byte(peer, node)


async def test_own_key_shown_by_the_dialler(node: Node) -> None:
    """A dialler with this node's own key sees it in message 2; this one goes on all the same."""
    state = HandshakeState(
        XXPSK0,
        initiator=True,
        prologue=PROLOGUE,
        static=KeyPair.of(node.static),
        ephemeral=KeyPair.of(os.urandom(32)),
    )
    peer = await RawPeer.upgraded(node)
    peer.send(MEMBER, state.write(b"", node.psks[0]))
    state.read((await peer.read_frame())[1], node.psks[0])
    assert state.remote_static == crypto_scalarmult_base(node.static)
    peer.send(state.write(b"", node.psks[0]))
    await assert_dropped_without_a_byte(peer, node)


async def test_the_dialler_hears_that_it_was_refused(node: Node) -> None:
    with pytest.raises(HandshakeRefused):
        await node.dial(psk=os.urandom(32))
    with pytest.raises(HandshakeRefused):
        await node.dial(kind=LinkKind.SHORT_CODE)


async def test_dialling_oneself_is_refused(node: Node) -> None:
    with pytest.raises(HandshakeRefused, match="own key"):
        await node.dial(static=node.static)
    assert node.arrivals.empty()


async def test_an_older_key_still_opens(node: Node) -> None:
    older = os.urandom(32)
    node.psks.extend([os.urandom(32), older])
    dialler = await node.dial(psk=older)
    answerer = await node.arrivals.get()
    assert answerer.remote.psk == older
    await asyncio.gather(dialler.close(), answerer.close())
