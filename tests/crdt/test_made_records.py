"""A record's id commits to who made it and when: a second beginning has no power, on every node alike."""

from __future__ import annotations

import random

import pytest

from crdt.boards.settings import settings_record_id
from crdt.chunk import read_chunk
from crdt.edits import Put
from crdt.identifiers import DeviceId, NetworkId, RecordId, made_record_id
from crdt.record import OpenRecord, SignedChange
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TASK_RECORD, Neighbour, device, sealed
from tests.support import chunks
from tests.support.chunks import Draft, Row, put

CRAFTED = Draft([Row(chunks.MAKE_TEXT, "details"), put("v", "1"), put("title", "Mine"), put("status", "aside")]).raw()


def crafted(author: int, at_ms: int) -> list[SignedChange]:
    """A second beginning of the task, and something on top of it."""
    first = sealed(TASK_RECORD, device(author), at_ms, CRAFTED)
    chunk = read_chunk(first.raw)
    later = Draft([put("place", "Mine too")], deps=[chunk.hash], start_op=chunk.max_op + 1)
    return [first, sealed(TASK_RECORD, device(author), at_ms + 1, later.raw())]


def gate() -> Neighbour:
    """Neighbour 1's task with a few changes."""
    ana, bo = Neighbour(1), Neighbour(2)
    ana.act("task.add", title="Gate", details="The hinge.")
    bo.hear(ana)
    bo.act("task.claim")
    ana.hear(bo)
    ana.act("task.edit", place="Elm Street")
    return ana


@pytest.mark.parametrize(
    ("author", "at_ms"),
    [(2, FIRST_MS), (1, FIRST_MS + 1), (1, FIRST_MS - 1), (1, 0), (1, 2**53), (2, FIRST_MS + 1000)],
    ids=["another's", "re-dated", "before", "year 0", "end of time", "as the claim"],
)
def test_a_second_beginning_stays_aside_with_all_that_follows(author: int, at_ms: int) -> None:
    ana = gate()
    view, history = ana.view(), ana.record.history(EVERYONE)
    everything = [*ana.record.changes, *crafted(author, at_ms)]
    source = random.Random(7)
    for _ in range(10):
        source.shuffle(everything)
        record = OpenRecord(TASK_RECORD, NETWORK)
        for change in everything:
            record.add([change])
        assert (record.merged, record.waiting, record.set_aside) == (3, 0, 2)
        assert (record.view(EVERYONE), record.history(EVERYONE)) == (view, history)
    ana.record.add(everything)
    ana.act("task.edit", title="Still the gate")
    assert len(read_chunk(ana.written[-1].raw).deps) == 1, "nobody builds on what stays aside"


def test_two_beginnings_by_the_maker_at_one_time_show_the_same_everywhere() -> None:
    """Only who made a record can begin it twice; that is their own, and all see both."""
    ana = gate()
    twice = [*ana.record.changes, sealed(TASK_RECORD, device(1), FIRST_MS, CRAFTED)]
    views = []
    for order in (twice, twice[::-1]):
        record = OpenRecord(TASK_RECORD, NETWORK)
        record.add(order)
        assert (record.merged, record.set_aside) == (4, 0)
        views.append(record.view(EVERYONE))
    assert views[0] == views[1]


def test_a_beginning_belongs_to_one_record_of_one_network() -> None:
    ana = gate()
    first = ana.written[0]
    for elsewhere, network in ((RecordId(b"\x20" + bytes(15)), NETWORK), (TASK_RECORD, NetworkId(b"\x4f" * 32))):
        record = OpenRecord(elsewhere, network)
        assert not record.add([first])
        assert (record.merged, record.set_aside, record.begun) == (0, 1, False)


def test_of_a_kind_from_the_future_only_the_maker_begins() -> None:
    """Whether its ids are derived is not known here; it is shown as newer in any case."""
    made = made_record_id(NETWORK, 0xFE, device(1), 5)
    record = OpenRecord(made, NETWORK)
    record.add([sealed(made, device(at), at, Draft([put("title", str(at))]).raw()) for at in (2, 5)])
    assert (record.merged, record.set_aside) == (0, 2)
    record.add([sealed(made, device(1), 5, Draft([put("title", "Made")]).raw())])
    assert (record.view(EVERYONE)["title"], record.view(EVERYONE)["newer"]) == ("Made", True)


def test_a_record_that_is_about_something_is_begun_by_anyone() -> None:
    record = settings_record_id(NETWORK)
    ana, bo = Neighbour(1, record), Neighbour(2, record)
    assert ana.record.begun
    ana.act("settings.edit", name="Elm Street")
    bo.act("settings.edit", zone="Europe/Berlin")
    ana.hear(bo)
    assert (ana.record.merged, ana.record.set_aside) == (2, 0)
    assert (ana.view()["name"], ana.view()["zone"]) == ("Elm Street", "Europe/Berlin")


def test_what_has_not_begun_here_cannot_be_edited() -> None:
    ana = gate()
    record = OpenRecord(TASK_RECORD, NETWORK)
    record.add(ana.record.changes[1:])
    before = record.begun
    record.add(ana.record.changes[:1])
    assert (before, record.begun) == (False, True)
    assert record.draft([Put("title", "Gate, again")])


def test_the_id_of_a_made_record_is_pinned() -> None:
    made = made_record_id(NetworkId(bytes(range(32))), 0x20, DeviceId(bytes(range(32, 64))), 1_795_521_600_000)
    assert made.hex() == "20da176caf1aa42ea8a9f33db84a76d7"
    assert (
        made_record_id(NetworkId(bytes(range(32))), 0x05, DeviceId(bytes(range(32, 64))), 1_795_521_600_000)[1:]
        == (made[1:])
    ), "the kind is said, not hashed"
