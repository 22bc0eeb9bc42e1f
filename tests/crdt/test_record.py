"""One record, any order: views are a function of the set of changes, and no change can spoil more than itself."""

from __future__ import annotations

import os
import random

import pytest

from crdt.chunk import MOST_ROWS, read_chunk
from crdt.edits import Put, Splice, parts
from crdt.errors import BadValue, EditTooLarge, NotPossibleNow, RecordTooLarge, UnknownKind
from crdt.identifiers import ChangeHash, RecordId, made_record_id
from crdt.record import MOST_CHANGES, OpenRecord
from tests.crdt.cast import EVERYONE, NETWORK, TASK_RECORD, Neighbour, device, party, sealed, signed
from tests.support import chunks
from tests.support.chunks import Draft, put

SEEDS = range(25 * int(os.environ.get("MESHNODE_FUZZ", "1")))


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_duplicates_and_splits_give_the_same_view(seed: int) -> None:
    changes = party(seed)
    source = random.Random(-seed)
    whole = OpenRecord(TASK_RECORD, NETWORK)
    assert whole.add(changes)
    assert (whole.merged, whole.waiting, whole.set_aside) == (len(changes), 0, 0)
    expected = whole.view(EVERYONE), whole.history(EVERYONE), whole.conflicts(EVERYONE)
    for _ in range(3):
        shuffled = changes + source.choices(changes, k=5)
        source.shuffle(shuffled)
        record = OpenRecord(TASK_RECORD, NETWORK)
        while shuffled:
            cut = source.randrange(1, 8)
            record.add(shuffled[:cut])
            del shuffled[:cut]
        assert (record.view(EVERYONE), record.history(EVERYONE), record.conflicts(EVERYONE)) == expected
    assert not whole.add(changes)
    assert whole.change_count == len(changes)


def test_a_change_waits_for_what_it_builds_on() -> None:
    ana = Neighbour(1)
    for action, arguments in (("task.add", {"title": "Gate"}), ("task.claim", {}), ("task.start", {})):
        ana.act(action, **arguments)
    first, second, third = ana.written
    record = OpenRecord(TASK_RECORD, NETWORK)
    assert not record.add([third])
    assert not record.add([second])
    assert (record.merged, record.waiting) == (0, 2)
    assert record.add([first])
    assert (record.merged, record.waiting, record.set_aside) == (3, 0, 0)
    assert record.view(EVERYONE)["status"] == "doing"


def test_only_the_last_drafts_are_trusted_unread() -> None:
    """Drafts that never came back must not pile up."""
    ana = Neighbour(1)
    ana.act("task.add", title="Gate")
    forgotten = sealed(TASK_RECORD, ana.device, 1, ana.record.draft([Put("title", "First")]))
    for number in range(40):
        ana.record.draft([Put("title", str(number))])
    assert ana.record.add([forgotten])
    assert ana.view()["title"] == "First"


def test_200_nodes_write_apart_merge_and_all_can_still_edit() -> None:
    first = Neighbour(1)
    first.act("task.add", title="Street party", details="Bring food.")
    cast = [Neighbour(number) for number in range(2, 202)]
    for one in cast:
        one.hear(first)
        one.act("task.claim")
        one.act("task.edit", details=f"{one.number} " + one.view()["details"], due=f"2027-01-{one.number % 28 + 1:02}")
    everything = [change for one in cast for change in one.record.changes]
    first.record.add(everything)
    assert first.record.merged == 401
    assert first.view()["conflicts"] == ["due"]
    assert len(first.view()["claims"]) == 200
    for one in cast[::40]:
        one.record.add(everything)
        assert one.view() == first.view()
        one.act("task.edit", due="2027-02-01", details="Everybody wrote.")
        assert one.view()["conflicts"] == []
        assert len(read_chunk(one.written[-1].raw).deps) == 200


def test_as_many_versions_as_a_record_may_hold_can_still_be_merged_by_one_edit() -> None:
    base = Neighbour(1)
    base.act("task.add", title="Gate")
    chunk = read_chunk(base.written[0].raw)
    rows = [put("place", "x")]
    base.record.add(
        signed(
            Draft(rows, deps=[chunk.hash], start_op=chunk.max_op + 1, actor=number.to_bytes(16, "big")).raw(), number
        )
        for number in range(1, MOST_CHANGES - 1)
    )
    assert base.record.merged == MOST_CHANGES - 1
    merging = base.write([Put("place", "x" * 16_000)])
    assert len(read_chunk(merging.raw).deps) == MOST_CHANGES - 2


def test_limits_are_kept_when_drafting() -> None:
    ana = Neighbour(1)
    ana.act("task.add", title="Gate")
    with pytest.raises(BadValue, match="16,000"):
        ana.record.draft([Put("title", "x" * 16_385)])
    with pytest.raises(BadValue):
        ana.record.draft([Put("k" * 257, "")])
    with pytest.raises(EditTooLarge):
        ana.record.draft([Splice("details", 0, 0, "x" * (MOST_ROWS + 1))])
    with pytest.raises(NotPossibleNow):
        ana.record.draft([Splice("details", 0, 1, "")])
    with pytest.raises(NotPossibleNow):
        ana.record.draft([Splice("nothing", 0, 0, "x")])
    with pytest.raises(NotPossibleNow):
        ana.record.draft([])
    with pytest.raises(UnknownKind):
        OpenRecord(RecordId(b"\xfe" * 16), NETWORK).draft([Put("title", "")])


def test_a_long_text_goes_in_parts() -> None:
    ana = Neighbour(1)
    ana.act("task.add", title="Gate")
    text = "".join(chr(0x61 + number % 26) for number in range(9_001))
    drafts = parts([Put("place", "x"), Splice("details", 0, 0, text)])
    assert len(drafts) == 4
    for edits in drafts:
        ana.write(edits)
    assert ana.view()["details"] == text
    for edits in parts([Splice("details", 1, 8_999, "!")]):
        ana.write(edits)
    assert ana.view()["details"] == text[0] + "!" + text[-1]
    long = [Put(key, "x" * 16_000) for key in ("title", "place", "due")]
    assert [len(edits) for edits in parts(long)] == [1, 1, 1]
    with pytest.raises(EditTooLarge):
        ana.record.draft([Put(f"link/{number}", "x" * 16_000) for number in range(9)])


def test_a_full_record_takes_no_edit_but_every_change() -> None:
    ana = Neighbour(1)
    ana.act("task.add", title="Gate")
    chunk = read_chunk(ana.written[0].raw)
    head, start = chunk.hash, chunk.max_op + 1
    more = []
    for number in range(MOST_CHANGES):
        raw = Draft([put("place", str(number))], deps=[head], start_op=start, actor=number.to_bytes(16, "big")).raw()
        more.append(signed(raw))
        head, start = ChangeHash(chunks.chunk_hash(raw)), start + 1
    assert ana.record.add(more)
    with pytest.raises(RecordTooLarge):
        ana.record.draft([Put("title", "x")])


def test_an_unknown_kind_is_kept_and_shown_as_newer() -> None:
    record = OpenRecord(made_record_id(NETWORK, 0xFE, device(9), 0), NETWORK)
    record.add([signed(Draft([put("title", "Later\x1b[2J"), put("shape", "round")]).raw())])
    view = record.view(EVERYONE)
    assert (view["kind"], view["newer"], view["title"], view["changes"]) == ("unknown", True, "Later[2J", 1)
    assert [entry.what for entry in record.history(EVERYONE)] == ["add"]
    assert record.conflicts(EVERYONE) == []


def test_unreadable_changes_never_raise() -> None:
    record = OpenRecord(TASK_RECORD, NETWORK)
    assert not record.add([signed(b"\x85\x6f\x4a\x83 nothing of the kind")])
    assert (record.merged, record.set_aside) == (0, 1)
    assert record.view(EVERYONE)["title"] == ""
