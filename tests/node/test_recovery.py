"""A node whose disk was hurt: it says so, is still itself, and comes back equal to its neighbour."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from meshnode.store.store import Batch, NewStatement
from tests.node.conftest import Street
from tests.support.hand_peer import held_by
from tests.support.nodes import Json, RunningNode
from tests.support.people import maple_street, seeded_identity
from tests.support.replicas import NOON_MS, Desk, open_desk
from tests.support.settled import address_of, paths_of, settled_node

TASKS = 40


def database(node: RunningNode) -> Path:
    return paths_of(node.home).network / "meshnode.sqlite"


def log_of(node: RunningNode) -> Path:
    return database(node).with_name("meshnode.sqlite-wal")


def delete_everything(node: RunningNode) -> None:
    for file in database(node).parent.glob("meshnode.sqlite*"):
        file.unlink()


def delete_the_log(node: RunningNode) -> None:
    log_of(node).unlink()


def truncate_to_nothing(node: RunningNode) -> None:
    database(node).write_bytes(b"")
    log_of(node).unlink(missing_ok=True)


def cut_in_half(node: RunningNode) -> None:
    whole = database(node).read_bytes()
    database(node).write_bytes(whole[: len(whole) // 8192 * 4096])
    log_of(node).unlink(missing_ok=True)


def zero_a_page(node: RunningNode) -> None:
    damaged = bytearray(database(node).read_bytes())
    damaged[0:4096] = bytes(4096)
    database(node).write_bytes(bytes(damaged))
    log_of(node).unlink(missing_ok=True)


def garbage_on_pages(node: RunningNode) -> None:
    rng = random.Random(11)
    damaged = bytearray(database(node).read_bytes())
    for page in rng.sample(range(1, len(damaged) // 4096), 6):
        damaged[page * 4096 : page * 4096 + 4096] = rng.randbytes(4096)
    database(node).write_bytes(bytes(damaged))
    log_of(node).unlink(missing_ok=True)


HURTS = [delete_everything, delete_the_log, truncate_to_nothing, cut_in_half, zero_a_page, garbage_on_pages]


async def me(node: RunningNode) -> tuple[Json, Json]:
    status = await node.ask("status")
    return status["network"], {key: status["me"][key] for key in ("member", "device", "name")}


@pytest.mark.parametrize("hurt", HURTS, ids=lambda hurt: hurt.__name__)
async def test_hurt_and_whole_again(tmp_path: Path, hurt: Callable[[RunningNode], None]) -> None:
    street = maple_street(3)
    async with settled_node(tmp_path, "alice", street) as alice:
        address = await address_of(alice)
        bob = settled_node(tmp_path, "bob", street, peers=[address])
        async with bob:
            await bob.until_linked(1)
            tasks = [await bob.add(f"Task {n}", details="Ask Ana. " * 40) for n in range(TASKS)]
            await alice.act("task.claim", tasks[0])
            await alice.until_titles([f"Task {n}" for n in range(TASKS)])
            await bob.until("Bob sees the claim", lambda: claimed(bob, tasks[0]))
            before = await me(bob)
            if hurt is not delete_the_log:
                # So that what is hurt is not all in the log.
                await bob.stop()
                await bob.start()
            await until_marked(bob)
            await bob.kill()
            hurt(bob)
            await alice.add("While he was away")
            await bob.start()
            assert await me(bob) == before, "the same person in the same neighbourhood"
            trouble = (await bob.ask("status"))["trouble"]
            assert trouble, "and says what happened"
            assert all(len(sentence) > 20 for sentence in trouble)
            await bob.until_titles([*(f"Task {n}" for n in range(TASKS)), "While he was away"])
            await bob.add("After it")
            await alice.until_titles([*(f"Task {n}" for n in range(TASKS)), "While he was away", "After it"])
            assert await bob.tasks() == await alice.tasks()
            assert await claimed(bob, tasks[0]), "views, too, are whole"
            bobs = await address_of(bob)
            assert await held_by(bobs, street, "chidi") == await held_by(address, street, "chidi")
            assert "Traceback" not in bob.output()


async def until_marked(node: RunningNode) -> None:
    """Wait until the mark outside the database tells of everything: it is written some seconds after a commit."""
    changes = (await node.ask("status"))["counts"]["changes"]
    state = database(node).with_name("state.json")
    async with asyncio.timeout(20):
        while json.loads(state.read_text())["lanes"]["ordinary"]["count"] < changes:  # noqa: ASYNC110 -- files tell nobody
            await asyncio.sleep(0.05)


async def claimed(node: RunningNode, task: str) -> bool:
    return bool((await node.ask("record", record=task))["view"]["claims"])


async def test_alone_and_hurt_it_keeps_what_can_be_saved(street: Street) -> None:
    """No neighbour is there to ask: what is whole on the disk is there, and the node can be used at once."""
    async with street("ana") as (node,):
        for n in range(TASKS):
            await node.add(f"Task {n}")
        before = await me(node)
        await node.stop()
        zero_a_page(node)
        await node.start()
        assert await me(node) == before
        assert (await node.ask("status"))["trouble"]
        assert len(await node.titles()) >= TASKS - 5
        await node.add("Goes on")
        remains = list(database(node).parent.glob("quarantine/*/*"))
        assert remains, "the damaged files are kept"


async def test_a_power_cut_between_word_of_an_author_and_their_changes(tmp_path: Path) -> None:
    """Chidi's statements reached the disk, what he wrote waits to be judged again: the start does it."""
    few, street = maple_street(2), maple_street(3)
    node = settled_node(tmp_path, "alice", street, statements=few.statements)
    chidi = open_desk(tmp_path / "desks", "chidi", street)
    await chidi.add("From Chidi")
    alice = Desk(paths_of(node.home).network, seeded_identity("alice"), street, NOON_MS)
    await alice.take(*chidi.changes())
    news = [NewStatement(street.id(each), each) for each in street.statements]
    alice.store.submit(Batch(statements=news)).result(30)
    alice.close()
    chidi.close()
    async with node:
        assert await node.titles() == ["From Chidi"]


async def test_killed_at_any_moment_nothing_acknowledged_is_lost(street: Street) -> None:
    seed = 5
    print(f"seed {seed}")
    rng = random.Random(seed)
    async with street("ana") as (node,):
        acknowledged: list[str] = []
        for round_number in range(4):
            for n in range(rng.randrange(1, 12)):
                title = f"Round {round_number} task {n}"
                await node.add(title)
                acknowledged.append(title)
            await node.kill()
            await node.start()
            assert await node.titles() == sorted(acknowledged)
            assert (await node.ask("status"))["trouble"] == []


async def test_the_keys_survive_the_loss_of_either_copy(street: Street) -> None:
    async with street("ana") as (node,):
        before = await me(node)
        keys = paths_of(node.home).keys
        for name in ("identity.key", "identity.key.copy"):
            await node.stop()
            (keys / name).write_bytes(b"damaged")
            await node.start()
            assert await me(node) == before
        await node.stop()
        for file in keys.iterdir():
            file.write_bytes(b"damaged")
        with pytest.raises(AssertionError, match="damaged"):
            await node.start()
        assert "new invite" in node.output()
