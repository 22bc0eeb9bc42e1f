"""A neighbour whose clock is not set sends a newcomer on: the next one who is found lets them in."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from meshnode.membership.tokens import Token
from tests.mesh.test_nodes import node_on
from tests.support.lan import Laboratory, fresh_laboratory  # noqa: F401  (the fixture `lan`)
from tests.support.people import maple_street, seeded_identity
from tests.support.replicas import Desk
from tests.support.settled import paths_of, settle

pytestmark = pytest.mark.namespaces

DAY_MS = 86_400_000


async def test_the_newcomer_finds_a_neighbour_who_knows_the_date(lan: Laboratory, tmp_path: Path) -> None:
    home, street, now_ms = lan.switch("home"), maple_street(2), int(time.time() * 1000)
    invite = street.invite("alice", expires_day=now_ms // DAY_MS + 2)
    code = Token.from_invite(street.network, street.epoch_key, invite.secret, invite.statement).text()
    alice, bob, guest = (node_on(lan.host(name, home), tmp_path) for name in ("alice", "bob", "guest"))
    for node in (alice, bob):
        settle(node.home, node.name, street)
    # What Alice's node wrote last says a time that her machine will reach in nine days only.
    ahead = Desk(paths_of(alice.home).network, seeded_identity("alice"), street, now_ms + 9 * DAY_MS)
    await ahead.add("Written nine days from now")
    ahead.close()
    async with alice, guest:
        assert (await alice.ask("status"))["clock"] == "unsure"
        coming = asyncio.create_task(guest.ask("join", code=code, name="Carl"))
        async with asyncio.timeout(20):
            while "not let in: clock-unsure" not in alice.output():  # noqa: ASYNC110 -- a log has no event
                await asyncio.sleep(0.02)
        async with bob:
            await coming
        assert (await guest.ask("status"))["state"] == "inside"
