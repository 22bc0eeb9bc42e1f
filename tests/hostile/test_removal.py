"""One's own removal: whatever others decide, what I wrote is still on my node, can be read, and can be taken along."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crdt.identifiers import Lane
from meshnode.api.schema import ApiError
from meshnode.cli.signed_copy import SIGNED
from meshnode.membership.statements import sign_vote
from meshnode.takeaway import READABLE
from tests.support.hand_peer import HandPeer
from tests.support.nodes import RunningNode
from tests.support.people import maple_street, member_keys, seeded_identity
from tests.support.replicas import open_desk
from tests.support.settled import address_of, settled_node
from tests.trust.cast import remove

VOTERS = ("alice", "bob", "chidi")


async def exported(node: RunningNode, folder: Path) -> list[str]:
    """The titles in an export of a node's board."""
    command = [sys.executable, "-m", "meshnode.cli.main", "--profile", "test", "--socket", str(node.socket)]
    environment = os.environ | {"MESHNODE_HOME": str(node.home)}
    done = await asyncio.to_thread(
        subprocess.run, [*command, "export", str(folder)], env=environment, capture_output=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    views = [json.loads(line) for line in (folder / READABLE).read_text().splitlines()]
    return [view["title"] for view in views if "title" in view]


async def test_whoever_is_removed_keeps_their_board_and_can_take_it_along(tmp_path: Path) -> None:
    street = maple_street(6)
    async with settled_node(tmp_path, "emre", street) as node:
        address, known = await address_of(node), len(street.statements)
        await node.add("Mine from before")
        async with HandPeer.member(address, street, "alice") as alice:
            await alice.enter()
            remove(street, VOTERS, "emre", reason="He sold the drill.")
            await alice.push(*street.statements[known:], lane=Lane.STATEMENTS)
        (said,) = (await node.ask("status"))["trouble"]
        assert said.startswith("Maple Street has parted with you."), "nothing is wrong with the machine or its keys"
        with pytest.raises(ApiError, match="has parted with you"):
            await node.add("Nobody would take this")
        for _ in range(2):
            assert await node.titles() == ["Mine from before"]
            assert await exported(node, tmp_path / "copy") == ["Mine from before"]
            await node.stop()
            await node.start()
        assert not (tmp_path / "copy" / SIGNED).exists(), "that one is for when the node is stopped"


async def test_on_every_other_node_they_count_as_decided(tmp_path: Path) -> None:
    street = maple_street(6)
    emre, alice = open_desk(tmp_path, "emre", street), open_desk(tmp_path, "alice", street)
    await emre.add("Mine")
    await alice.take(*emre.changes())
    known = len(street.statements)
    petition = remove(street, VOTERS, "emre")
    for desk in (emre, alice):
        await desk.hear_of(*street.statements[known:])
    assert [[task["title"] for task in desk.tasks()] for desk in (emre, alice)] == [["Mine"], []]
    known = len(street.statements)
    for name in VOTERS:
        street.add(sign_vote(member_keys(seeded_identity(name)), street.network, petition, 2, yes=False))
    for desk in (emre, alice):
        await desk.hear_of(*street.statements[known:])
    assert emre.digests() == alice.digests(), "once taken back, all hold the same again"
    assert [[task["title"] for task in desk.tasks()] for desk in (emre, alice)] == [["Mine"], ["Mine"]]
    for desk in (emre, alice):
        desk.close()
