"""One member who brings without end, and a disk without room, against a real node: bounded, and nobody else is hurt."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crdt.identifiers import Lane
from meshnode.peers.limits import DEFAULT_LIMITS
from meshnode.store.database import FILE_NAME
from tests.hostile.conftest import MOST_MEMORY_KIB, Target, Targets
from tests.support.chunks import Draft, put
from tests.support.hand_peer import HandPeer, held_by
from tests.support.people import Neighbourhood, fuzz_count, maple_street, seeded_identity
from tests.support.replicas import first_change
from tests.support.settled import address_of, paths_of, settled_node

FLOOD = fuzz_count(3_000)
"""100,000 and more with MESHNODE_FUZZ=34."""
A_PUSH = 250
DAY_MS = 86_400_000
URGENT_KIND = 0x01
MIB = 1024 * 1024


def tiny(street: Neighbourhood, name: str, number: int, kind: int = 0x20) -> bytes:
    """A valid change of a hundred bytes and a bit, in a record of its own."""
    at_ms = 1_795_521_600_000 + number
    return first_change(seeded_identity(name), street.network, Draft([put("title", "x")]), at_ms, kind)


async def ordinary_count(target: Target) -> int:
    return (await held_by(target.address, target.street, "chidi"))[Lane.ORDINARY].count


async def write_long_ago(target: Target) -> None:
    """The node is no newcomer: it wrote something three days ago."""
    await target.node.stop()
    three_days_ago = int(time.time() * 1000) - 3 * DAY_MS
    with contextlib.closing(sqlite3.connect(paths_of(target.node.home).network / FILE_NAME)) as database, database:
        database.execute("UPDATE changes SET received_ms = ? WHERE row = 1", (three_days_ago,))
    await target.node.start()
    target.address = await address_of(target.node)


async def test_a_hundred_thousand_tiny_changes_of_one_member_are_bounded(target: Targets) -> None:
    """The rest of the day's share waits outside; others, an alarm, and whoever sits at the node notice nothing."""
    async with target() as alice:
        await write_long_ago(alice)
        before, others = await ordinary_count(alice), 0
        async with alice.member("bob") as bob, alice.member("chidi") as chidi:
            await bob.enter()
            await chidi.enter()
            for start in range(0, FLOOD, A_PUSH):
                await bob.push(*(tiny(alice.street, "bob", start + each) for each in range(A_PUSH)))
                if start % (4 * A_PUSH) == 0:
                    others += 1
                    began = time.monotonic()
                    await chidi.push(tiny(alice.street, "chidi", start))
                    await bob.push(tiny(alice.street, "bob", start, URGENT_KIND), lane=Lane.URGENT)
                    await alice.node.add(f"Mine {start}")
                    assert time.monotonic() - began < 10
        held = await ordinary_count(alice) - before - 2 * others
        assert DEFAULT_LIMITS.changes_a_day <= held <= DEFAULT_LIMITS.changes_a_day * 1.01
        lanes = await held_by(alice.address, alice.street, "chidi")
        assert lanes[Lane.URGENT].count == others, "not even his own alarms are held up"
        (said,) = (await alice.node.ask("status"))["trouble"]
        assert said.startswith("More came from Bob than your node takes from one person in a day.")
        assert alice.node.peak_kib() < MOST_MEMORY_KIB
        await alice.node.stop()
        await alice.node.start()
        alice.address = await address_of(alice.node)
        async with alice.member("bob") as bob:
            await bob.enter()
            await bob.push(*(tiny(alice.street, "bob", FLOOD + each) for each in range(A_PUSH)))
        assert await ordinary_count(alice) - before - 2 * others - held < A_PUSH / 2, "a restart gives no new share"


async def test_statements_without_end_leave_the_boards_alone(target: Targets) -> None:
    """He signs invites all day; every one of them is genuine. His neighbours' changes go on."""
    async with target() as alice:
        street, bob_keys = alice.street, seeded_identity("bob")
        flood = fuzz_count(600)
        async with alice.member("bob") as bob, alice.member("chidi") as chidi:
            await bob.enter()
            await chidi.enter()
            for start in range(0, flood, 100):
                made = [street.invite(bob_keys).statement for _ in range(100)]
                await bob.push(*made, lane=Lane.STATEMENTS)
                await chidi.push(tiny(street, "chidi", start))
        lanes = await held_by(alice.address, street, "chidi")
        assert lanes[Lane.ORDINARY].count == 1 + flood // 100
        assert lanes[Lane.STATEMENTS].count <= len(street.statements)
        await alice.is_well()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={300 * MIB}", "tmpfs", str(place)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_a_nearly_full_disk_takes_my_own_edits_alarms_and_statements(small_disk: Path) -> None:
    street = maple_street(3)
    async with settled_node(small_disk, "alice", street) as node:
        address = await address_of(node)
        await node.add("Mine")
        async with HandPeer.member(address, street, "bob") as bob:
            await bob.enter()
            await bob.push(tiny(street, "bob", 1))
            await bob.push(tiny(street, "bob", 2, URGENT_KIND), lane=Lane.URGENT)
            lanes = await held_by(address, street, "chidi")
            assert (lanes[Lane.ORDINARY].count, lanes[Lane.URGENT].count) == (1, 1)
            (said,) = (await node.ask("status"))["trouble"]
            assert said.startswith("The disk is nearly full (")
            (small_disk / "photographs").write_bytes(bytes(260 * MIB))
            await bob.push(tiny(street, "bob", 3, URGENT_KIND), lane=Lane.URGENT)
            invite = street.invite("bob").statement
            await bob.push(invite, lane=Lane.STATEMENTS)
            await node.add("Also mine")
        lanes = await held_by(address, street, "chidi")
        assert (lanes[Lane.ORDINARY].count, lanes[Lane.URGENT].count) == (2, 1), "the rest is for what is written here"
        assert lanes[Lane.STATEMENTS].count == len(street.statements)
        (small_disk / "photographs").unlink()
        assert await node.titles() == ["Also mine", "Mine"]
