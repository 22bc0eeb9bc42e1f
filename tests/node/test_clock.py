"""A clock that is not to be believed: said in the status, and of no other consequence than for invites."""

from __future__ import annotations

from pathlib import Path

import pytest

from crdt.identifiers import EARLIEST_AT_MS, MAX_AT_MS
from meshnode.api.schema import ApiError
from meshnode.membership.tokens import Token
from meshnode.node.node_clock import DAY_MS, NodeClock, wall_clock_ms
from tests.support.chunks import Draft, put
from tests.support.nodes import RunningNode
from tests.support.people import maple_street, seeded_identity
from tests.support.replicas import NOON_MS, Desk, first_change, open_desk
from tests.support.settled import LOOPBACK, address_of, paths_of, settle


@pytest.mark.parametrize(
    ("last", "now", "unsure"),
    [
        (0, 0, True),
        (0, EARLIEST_AT_MS - 1, True),
        (0, EARLIEST_AT_MS, False),
        (NOON_MS, NOON_MS, False),
        (NOON_MS, NOON_MS - DAY_MS, False),
        (NOON_MS, NOON_MS - DAY_MS - 1, True),
        (NOON_MS, NOON_MS + 900 * DAY_MS, False),
    ],
)
def test_when_a_clock_is_not_believed(last: int, now: int, unsure: bool) -> None:
    clock = NodeClock(last, lambda: now)
    assert (clock(), clock.is_unsure()) == (now, unsure)


async def test_it_is_held_to_this_nodes_own_past_and_not_to_what_others_claim(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, "alice", maple_street(2))
    await desk.add("Here, at noon")
    draft = Draft([put("title", "From the end of time")])
    await desk.take(first_change(seeded_identity("bob"), desk.street.network, draft, MAX_AT_MS))
    clock = NodeClock.of(desk.store)
    assert not clock.is_unsure() or wall_clock_ms() < NOON_MS - DAY_MS
    assert NodeClock(clock._last_ms, lambda: desk.now_ms).is_unsure() is False
    assert clock._last_ms == desk.now_ms
    # Its clock was three years ahead for a while; then it was set right, and the node wrote something.
    desk.now_ms += 1000 * DAY_MS
    await desk.add("Three years ahead")
    assert NodeClock(NodeClock.of(desk.store)._last_ms, lambda: NOON_MS).is_unsure()
    desk.now_ms = NOON_MS
    await desk.add("Set right")
    assert not NodeClock(NodeClock.of(desk.store)._last_ms, lambda: NOON_MS).is_unsure()
    desk.close()


async def test_a_node_that_woke_up_in_the_past_works_and_judges_no_invite(tmp_path: Path) -> None:
    street, today = maple_street(1), wall_clock_ms() // DAY_MS
    invite = street.invite("alice", expires_day=today + 2)
    code = Token.from_invite(street.network, street.epoch_key, invite.secret, invite.statement).text()
    settle(tmp_path / "alice", "alice", street)
    ahead = Desk(paths_of(tmp_path / "alice").network, seeded_identity("alice"), street, wall_clock_ms() + 9 * DAY_MS)
    await ahead.add("Written nine days from now")
    ahead.close()
    async with (
        RunningNode(tmp_path / "alice", "alice", settings=LOOPBACK) as alice,
        RunningNode(tmp_path / "guest", "guest", settings=LOOPBACK) as guest,
    ):
        status = await alice.ask("status")
        assert (status["clock"], status["trouble"]) == ("unsure", []), "said once"
        await alice.add("Works all the same")
        with pytest.raises(ApiError, match="clock of this machine is not set") as refused:
            await alice.ask("invite", uses=1, days=1)
        assert refused.value.what_next.startswith("Set the date")
        address = await address_of(alice)
        for request in ("preview", "join"):
            with pytest.raises(ApiError, match="clock of the node that answered is not set") as refused:
                await guest.ask(request, code=code, address=address, **({"name": "Bo"} if request == "join" else {}))
            assert refused.value.code == "clock-unsure"
            assert refused.value.what_next.startswith("The invite is still good")
        assert (await guest.ask("status"))["state"] == "outside"
        await alice.stop()
        async with RunningNode(tmp_path / "alice", "alice", settings=LOOPBACK) as again:
            assert (await again.ask("status"))["clock"] == "ok", "what it wrote meanwhile says that this is the time"
            await guest.ask("join", code=code, address=await address_of(again), name="Bo")
