"""Feed: a screen is told everything, in order, without gaps; a slow one in fewer words, never in an endless queue."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from crdt.actions import ACTIONS
from crdt.boards.tasks import TASK
from crdt.identifiers import Lane, RecordId
from meshnode.api.board_requests import BoardRequests
from meshnode.api.feed import GATHER_SECONDS, STATUS_SECONDS, VIEWS_AT_A_TIME, Feed
from meshnode.api.schema import SNAPSHOT_PAGE_RECORDS, Json
from meshnode.events import PeersChanged
from tests.api.conftest import Home, add
from tests.support.chunks import Draft, put
from tests.support.people import seeded_identity
from tests.support.replicas import NOON_MS, first_change, record_of

SECONDS = 15.0


class Screen:
    """What a subscriber was told, and how quickly it reads."""

    def __init__(self, home: Home) -> None:
        self.told: list[Json] = []
        self.may_read = asyncio.Event()
        self.may_read.set()
        self._changed = asyncio.Event()
        self.feed = Feed(home.node._requests, self._send)

    async def _send(self, message: Json) -> None:
        self.told.append(message)
        self._changed.set()
        await self.may_read.wait()

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(SECONDS):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def of(self, kind: str) -> list[Json]:
        return [message for message in self.told if message["event"] == kind]

    @property
    def records(self) -> dict[str, Json]:
        """The board as this screen would draw it."""
        return {view["id"]: view for message in self.told for view in message.get("records", ())}

    @property
    def is_gapless(self) -> bool:
        return [message["seq"] for message in self.told] == list(range(1, len(self.told) + 1))


@contextlib.asynccontextmanager
async def screen(home: Home) -> AsyncIterator[Screen]:
    watching = Screen(home)
    watching.feed.start()
    try:
        yield watching
    finally:
        watching.feed.stop()


async def write(home: Home, record: RecordId, action: str, **arguments: Any) -> None:
    """Write through the replica, without a client."""
    board = home.node._requests._groups[0]
    assert isinstance(board, BoardRequests)
    edits = ACTIONS[action].plan(home.replica.records.view(record), arguments, board.actor())
    await home.replica.edit(record, edits)


async def many_tasks(home: Home, count: int) -> list[RecordId]:
    """So many tasks by Bob, as from a neighbour's backlog."""
    bob, network = seeded_identity("bob"), home.street.network
    changes = [
        first_change(bob, network, Draft([put("title", f"Task {number}")]), NOON_MS + number) for number in range(count)
    ]
    await home.replica.accept(Lane.ORDINARY, changes, b"elsewhere")
    return [record_of(change) for change in changes]


async def test_the_snapshot_comes_in_pages_and_is_whole(home: Home) -> None:
    await many_tasks(home, 2 * SNAPSHOT_PAGE_RECORDS + 50)
    async with screen(home) as watching:
        await watching.until(lambda: watching.told and watching.told[-1].get("last"))
        pages = watching.of("snapshot")
        assert [page["part"] for page in pages] == [0, 1, 2]
        assert [page["last"] for page in pages] == [False, False, True]
        assert max(len(page["records"]) for page in pages) == SNAPSHOT_PAGE_RECORDS
        assert len(watching.records) == 450
        assert {"members", "devices", "status"} <= pages[-1].keys()
        assert watching.is_gapless


async def test_what_is_written_while_the_snapshot_is_read_is_not_lost(home: Home) -> None:
    records = await many_tasks(home, SNAPSHOT_PAGE_RECORDS + 30)
    async with screen(home) as watching:
        watching.may_read.clear()
        await watching.until(lambda: watching.told)
        first, last = sorted(records)[0], sorted(records)[-1]
        for record in (first, last):
            await write(home, record, "task.edit", title="Changed meanwhile")
        edits = ACTIONS["task.add"].plan({}, {"title": "New meanwhile"}, BoardRequests(home.replica).actor())
        brand_new, _ = await home.replica.make(TASK, edits)
        watching.may_read.set()
        wanted = {first.hex(), last.hex(), brand_new.hex()}

        def all_there() -> bool:
            return {key for key, view in watching.records.items() if "meanwhile" in view.get("title", "")} == wanted

        await watching.until(all_there)
        assert watching.is_gapless


async def test_a_slow_reader_gets_fewer_and_larger_events(home: Home) -> None:
    records = await many_tasks(home, 60)
    async with screen(home) as watching:
        await watching.until(lambda: watching.of("snapshot"))
        watching.may_read.clear()
        before = len(watching.told)
        for round_number in range(3):
            for record in records:
                await write(home, record, "task.edit", title=f"Round {round_number}")
        assert len(watching.told) - before <= 2, "nothing is queued for who does not read"
        assert len(watching.feed._records) <= len(records), "only ids are kept, each once"
        watching.may_read.set()

        def shows_the_last() -> bool:
            return all(watching.records[record.hex()]["title"] == "Round 2" for record in records)

        await watching.until(shows_the_last)
        assert len(watching.of("records")) <= 3
        assert watching.is_gapless


async def test_the_first_event_goes_at_once_and_the_rest_waits_for_company(home: Home) -> None:
    (record,) = await many_tasks(home, 1)
    async with screen(home) as watching:
        await watching.until(lambda: watching.of("snapshot"))
        for number in range(40):
            await write(home, record, "task.edit", title=f"Title {number}")
            if number == 0:
                began = asyncio.get_running_loop().time()
                await watching.until(lambda: watching.of("records"))
                assert asyncio.get_running_loop().time() - began < 1.0
        await watching.until(lambda: watching.records[record.hex()]["title"] == "Title 39")
        assert len(watching.of("records")) < 40
        assert watching.is_gapless


async def test_status_is_told_four_times_a_second_at_most_and_the_last_word_is_never_dropped(home: Home) -> None:
    async with screen(home) as watching:
        await watching.until(lambda: watching.of("snapshot"))
        loop = asyncio.get_running_loop()
        began = loop.time()
        rounds = 0
        while loop.time() - began < 3 * STATUS_SECONDS:
            home.replica.events.publish(PeersChanged())
            rounds += 1
            await asyncio.sleep(GATHER_SECONDS / 10)
        told = len(watching.of("status"))
        assert rounds > 3 * told
        assert told <= 3 + 2
        home.replica.store.note_peer(home.replica.identity.device, last_heard_ms=1)
        home.replica.events.publish(PeersChanged())
        await watching.until(lambda: len(watching.of("status")) > told)


async def test_news_of_members_and_nothing_after_the_end(home: Home) -> None:
    async with screen(home) as watching:
        await watching.until(lambda: watching.of("snapshot"))
        home.street.join("chidi")
        await home.replica.accept(Lane.STATEMENTS, home.street.statements, b"")
        await watching.until(lambda: watching.of("members"))
        names = {member["name"] for member in watching.of("members")[-1]["members"].values()}
        assert names == {"Alice", "Bob", "Chidi"}
    told = len(watching.told)
    await many_tasks(home, 3)
    assert len(watching.told) == told
    assert watching.feed._heard not in home.replica.events._listeners


class Turns:
    """The requests of a node, and how many views were computed in each turn of the event loop."""

    def __init__(self, home: Home) -> None:
        self._requests = home.node._requests
        self.views = [0]
        self._ticking = asyncio.create_task(self._tick())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def view(self, record: RecordId) -> Json:
        self.views[-1] += 1
        return self._requests.view(record)

    async def _tick(self) -> None:
        while True:
            self.views.append(0)
            await asyncio.sleep(0)

    def stop(self) -> None:
        self._ticking.cancel()


async def test_others_get_their_turn_while_many_records_are_told(home: Home) -> None:
    async with screen(home) as watching:
        await watching.until(lambda: watching.of("snapshot"))
        turns = Turns(home)
        watching.feed._requests = turns  # type: ignore[assignment]
        await many_tasks(home, SNAPSHOT_PAGE_RECORDS)
        await watching.until(lambda: len(watching.records) == SNAPSHOT_PAGE_RECORDS)
        turns.stop()
    assert sum(turns.views) >= SNAPSHOT_PAGE_RECORDS
    assert max(turns.views) <= VIEWS_AT_A_TIME


async def test_two_screens_see_the_same(home: Home) -> None:
    async with screen(home) as one, screen(home) as two:
        for each in (one, two):
            await each.until(lambda each=each: each.of("snapshot"))  # type: ignore[misc]
        one.may_read.clear()
        client = await home.client()
        for number in range(5):
            await add(client, f"Task {number}")
        await client.close()
        await two.until(lambda: len(two.records) == 5)
        one.may_read.set()
        await one.until(lambda: len(one.records) == 5)
        seen = [{record: view | {"revision": 0} for record, view in each.records.items()} for each in (one, two)]
        assert seen[0] == seen[1], "a slow one holds up nobody, and misses nothing"
