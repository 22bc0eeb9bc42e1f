"""Hostile changes that are well-formed by themselves: they stay aside, or are contained in one change of one record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Self

import pytest

from crdt.chunk import read_chunk
from crdt.document import RecordDocument, _contained
from crdt.edits import Put
from crdt.errors import ChangeNotApplied
from crdt.identifiers import ActorId, ChangeHash, ChangeId
from crdt.record import OpenRecord, SignedChange
from tests.crdt.cast import EVERYONE, NETWORK, TASK_RECORD, Neighbour, device, party, signed
from tests.support import chunks
from tests.support.chunks import Draft, Row, put, typed


def started() -> tuple[Neighbour, SignedChange]:
    """A task with a text of three characters: title is op 3, the text 1, its characters 5 to 7."""
    ana = Neighbour(1)
    first = ana.act("task.add", title="Gate", details="abc")
    targets = list(read_chunk(first.raw).operations.targets)
    assert targets[:3] == ["details", "v", "title"], targets
    return ana, first


@pytest.mark.parametrize("start_op", [1, 2, 8, 1_000_000, 2**31 - 2])
def test_a_free_start_op_stays_aside_with_all_that_follows(start_op: int) -> None:
    """A free start_op would win every conflict; one near 2^32 would make every later edit panic."""
    ana, first = started()
    honest_start = read_chunk(first.raw).max_op + 1
    assert start_op != honest_start
    base = read_chunk(first.raw).hash
    bad = signed(Draft([put("title", "Mine")], deps=[base], start_op=start_op, actor=b"\x44" * 16).raw())
    after = Draft([put("place", "x")], deps=[chunks.chunk_hash(bad.raw)], start_op=start_op + 1, actor=b"\x45" * 16)
    assert not ana.record.add([bad, signed(after.raw())])
    assert (ana.record.merged, ana.record.set_aside, ana.record.waiting) == (1, 2, 0)
    ana.act("task.edit", title="Still mine")
    assert ana.view()["title"] == "Still mine"
    late = OpenRecord(TASK_RECORD, NETWORK)
    late.add([signed(after.raw()), bad, *ana.record.changes])
    assert late.view(EVERYONE) == ana.view()


def on_top(base: SignedChange, row: Row, *others: bytes) -> SignedChange:
    chunk = read_chunk(base.raw)
    draft = Draft([row], deps=[chunk.hash], others=others, start_op=chunk.max_op + 1, actor=b"\x44" * 16)
    return signed(draft.raw())


def test_operations_that_do_not_exist_in_its_past_keep_a_change_aside() -> None:
    """Else one node, which has the operation from elsewhere, would show it and another would not."""
    ana, first = started()
    actor = read_chunk(first.raw).actor
    bo = Neighbour(2)
    bo.hear(ana)
    beside = read_chunk(bo.act("task.edit", title="Beside").raw)
    second = ana.act("task.edit", place="Elm Street")
    ana.hear(bo)
    bad = [
        on_top(first, put("title", "x", (1, 3)), b"\x55" * 16),
        on_top(second, put("title", "x", (1, beside.start_op)), beside.actor),
        on_top(first, put("place", "x", (1, 3)), actor),
        on_top(first, typed((1, 3), (None, 0), "x"), actor),
        on_top(first, typed((1, 1), (1, 3), "x"), actor),
        on_top(first, typed((1, 1), (1, 1), "x"), actor),
        on_top(first, chunks.deleted((1, 1), (1, 2)), actor),
    ]
    for change in bad:
        read_chunk(change.raw)  # by itself each is well-formed
        assert not ana.record.add([change])
    assert ana.record.set_aside == len(bad)
    assert ana.record.add([on_top(first, put("title", "Theirs", (1, 3)), actor)])


def test_the_same_change_under_another_id_is_the_same_change() -> None:
    ana, first = started()
    before = ana.view(), ana.record.history(EVERYONE)
    again = SignedChange(ChangeId(b"\x01" * 32), device(5), 0, 0, first.raw)
    assert not ana.record.add([again])
    assert (ana.view(), ana.record.history(EVERYONE)) == before
    assert (ana.record.merged, ana.record.set_aside) == (1, 0)


class Stubborn(RecordDocument):
    """A document in which one change makes automerge itself panic, as some still unknown change might."""

    poison: bytes = b""

    def with_changes(self, raws: Sequence[bytes], heads: Collection[ChangeHash], *, trusted: bool = False) -> Self:
        if self.poison in raws:
            # An actor index that is out of range: what `read_chunk` exists to refuse.
            panicking = Draft([put("a", "b", (7, 1))], start_op=5, actor=b"\x77" * 16).raw()
            return super().with_changes([panicking], heads)
        return super().with_changes(raws, heads, trusted=trusted)


def test_a_panic_is_contained_in_its_change() -> None:
    changes = party(3)
    poison = changes[4]

    class Poisoned(Stubborn):
        pass

    Poisoned.poison = poison.raw
    views = []
    for order in (changes, changes[::-1]):
        record = OpenRecord(TASK_RECORD, NETWORK, Poisoned)
        record.add([changes[0]])
        for change in order:
            record.add([change])
        assert 0 < record.set_aside < len(changes)
        assert record.merged + record.set_aside == len(changes)
        record.draft([Put("title", "Still possible")])
        views.append(record.view(EVERYONE))
    assert views[0] == views[1]
    spared = OpenRecord(TASK_RECORD, NETWORK)
    spared.add(changes)
    assert spared.set_aside == 0


def test_automerge_panics_become_refusals_and_leave_the_document_alone() -> None:
    document = RecordDocument()
    raw = Draft([put("title", "Gate")]).raw()
    heads = [ChangeHash(chunks.chunk_hash(raw))]
    document = document.with_changes([raw], heads)
    bad_index = Draft([put("a", "b", (7, 1))], start_op=5, actor=b"\x77" * 16).raw()
    counter = Draft([Row(chunks.SET, "n", value=b"\x01", value_type=8)], actor=b"\x78" * 16).raw()
    skipped = Draft([put("a", "b")], deps=[b"\x01" * 32], start_op=5, actor=b"\x79" * 16).raw()
    for bad in (bad_index, counter, skipped, b"", b"\x00" * 40):
        with pytest.raises(ChangeNotApplied):
            document.with_changes([bad], [*heads, ChangeHash(chunks.chunk_hash(bad))])
    assert document.value("title") == ("Gate", ActorId(b"\x11" * 16))
    assert document.draft([Put("title", "x")], lambda key: None)


@pytest.mark.parametrize("stopping", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_stops_the_program_passes_through(stopping: type[BaseException]) -> None:
    with pytest.raises(stopping), _contained():
        raise stopping
