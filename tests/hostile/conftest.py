"""A real node of Maple Street on loopback, with enemies near by."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.hand_peer import HandPeer
from tests.support.nodes import RunningNode
from tests.support.people import Neighbourhood, maple_street
from tests.support.settled import address_of, settled_node

MOST_MEMORY_KIB = 200 * 1024
REFUSED = re.compile(r"refused from [0-9a-f]{8}: ([\w-]+)")


@dataclass
class Target:
    """Alice's node, which bob, chidi and others know how to reach."""

    node: RunningNode
    street: Neighbourhood
    address: str
    rake: str

    def member(self, who: str) -> AbstractAsyncContextManager[HandPeer]:
        """A member's device, spoken by hand."""
        return HandPeer.member(self.address, self.street, who)

    def refusals(self) -> list[str]:
        """The reasons that the node has logged for what it refused, in order."""
        return REFUSED.findall(self.node.output())

    async def is_well(self) -> None:
        """It answers, serves what it held, takes an edit, complains of nothing, and has not grown."""
        before = (await self.node.ask("record", record=self.rake))["view"]["details"]
        edited = await self.node.act("task.edit", self.rake, details=f"Still here. {before}")
        assert edited["view"]["details"].startswith("Still here.")
        assert (await self.node.ask("status"))["trouble"] == []
        assert "Traceback" not in self.node.output()
        assert self.node.peak_kib() < MOST_MEMORY_KIB


Targets = Callable[..., AbstractAsyncContextManager[Target]]


@pytest.fixture
def target(tmp_path: Path) -> Targets:
    """`async with target() as alice`: her node is up and has one task."""

    @contextlib.asynccontextmanager
    async def running(street: Neighbourhood | None = None) -> AsyncIterator[Target]:
        street = street or maple_street(3)
        async with settled_node(tmp_path, "alice", street) as node:
            rake = await node.add("Rake leaves")
            yield Target(node, street, await address_of(node), rake)

    return running
