"""Dialling with the network's keys on real sockets: the newest first, an older one where the other node is behind."""

from __future__ import annotations

import os

import pytest

from meshnode.errors import HandshakeRefused
from meshnode.membership.network_keys import link_psk
from meshnode.peers.member_dial import MOST_KEYS_TRIED, dial_member
from meshnode.transport.endpoints import split_endpoint
from tests.support.people import seeded_identity
from tests.transport.two_nodes import LOOPBACK, running_node

KEYS = [bytes([number]) * 32 for number in range(5)]
ALICE = seeded_identity("alice")


@pytest.mark.parametrize("known", [0, 1, 2])
async def test_a_node_that_is_behind_is_reached_with_an_older_key(known: int) -> None:
    async with running_node() as node:
        node.psks = [link_psk(KEYS[known])]
        connection = await dial_member(f"{LOOPBACK}:{node.port}", KEYS, ALICE, os.urandom)
        assert connection.remote.psk == link_psk(KEYS[known])
        assert connection.remote.noise_key == node.public
        await connection.close()


async def test_whoever_holds_both_is_reached_with_the_newest() -> None:
    async with running_node() as node:
        node.psks = [link_psk(KEYS[1]), link_psk(KEYS[0])]
        connection = await dial_member(f"{LOOPBACK}:{node.port}", KEYS, ALICE, os.urandom)
        assert connection.remote.psk == link_psk(KEYS[0])
        await connection.close()


async def test_a_removed_device_knocks_in_vain_once_its_key_is_too_old() -> None:
    """It holds the old key alone; after ninety days nobody takes that any more, and it is a stranger like any other."""
    async with running_node() as node:
        node.psks = [link_psk(KEYS[0])]
        with pytest.raises(HandshakeRefused):
            await dial_member(f"{LOOPBACK}:{node.port}", KEYS[1:2], ALICE, os.urandom)
        assert node.arrivals.empty()


async def test_a_strangers_door_is_knocked_at_a_few_times_at_most() -> None:
    async with running_node() as node:
        node.psks = [link_psk(KEYS[MOST_KEYS_TRIED])]
        with pytest.raises(HandshakeRefused):
            await dial_member(f"{LOOPBACK}:{node.port}", KEYS, ALICE, os.urandom)
        assert split_endpoint(f"{LOOPBACK}:{node.port}") == (LOOPBACK, node.port)
