"""A profile's folder copied to a second machine: both run and write, all of it converges, everybody is warned."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.nodes import RunningNode
from tests.support.people import maple_street
from tests.support.settled import LOOPBACK, address_of, settled_node


async def trouble_of(node: RunningNode) -> str:
    """The first sentence of trouble in a node's status, once there is one."""

    async def holds() -> bool:
        return bool((await node.ask("status"))["trouble"])

    await node.until("in trouble", holds)
    return str((await node.ask("status"))["trouble"][0])


async def test_two_machines_with_one_devices_keys(tmp_path: Path) -> None:
    street = maple_street(2)
    async with settled_node(tmp_path, "alice", street) as alice:
        address = await address_of(alice)
        async with settled_node(tmp_path, "bob", street, peers=(address,)) as bob:
            await bob.add("Before the copy")
            await alice.until_titles(["Before the copy"])
            await bob.stop()  # a restart is not taken for a copy
            shutil.copytree(bob.home, tmp_path / "copy", ignore=shutil.ignore_patterns("s"))
            await bob.start()
            await alice.until_linked(1)
            assert (await alice.ask("status"))["trouble"] == []
            settings = LOOPBACK + f"addresses = ['{address}']\n"
            async with RunningNode(tmp_path / "copy", "copy", settings=settings) as copy:
                told = [await trouble_of(node) for node in (alice, bob, copy)]
                assert told[0].startswith("The keys of Bob (Bob's pi) are in use on two machines at once.")
                for each in told[1:]:
                    assert each.startswith("This device's keys are in use on a second machine, as Alice")
                    assert "stop meshnode on one of the two" in each
                await bob.add("From the first machine")
                await copy.add("From the second machine")
                titles = ["Before the copy", "From the first machine", "From the second machine"]
                for node in (alice, bob, copy):
                    await node.until_titles(titles)
                assert await bob.tasks() == await copy.tasks() == await alice.tasks()
                assert [peer["linked"] for peer in (await alice.ask("status"))["peers"]] == [True]
