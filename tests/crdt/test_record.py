"""One record, any order: views are a function of the set of changes, and no change can spoil more than itself."""

from __future__ import annotations

import os
import random
from collections.abc import Collection, Sequence
from typing import Self

import pytest

from crdt.chunk import MOST_ROWS, read_chunk
from crdt.document import RecordDocument, _contained
from crdt.edits import Put, Splice, parts
from crdt.errors import BadValue, ChangeNotApplied, EditTooLarge, NotPossibleNow, RecordTooLarge, UnknownKind
from crdt.identifiers import ActorId, ChangeHash, ChangeId, RecordId
from crdt.record import MOST_CHANGES, OpenRecord, SignedChange
from tests.crdt.cast import EVERYONE, TASK_RECORD, Neighbour, device, sealed
from tests.support import chunks
from tests.support.chunks import Draft, Row, put, typed

SEEDS = range(int(os.environ.get("MESHNODE_SEEDS", "25")))
WORDS = ("gate", "hinge", "paint", "Ä", "😀", "\n", "e\u0301", " ")


def scribble(neighbour: Neighbour, source: random.Random) -> None:
    """One random honest action."""
    view = neighbour.view()
    match source.randrange(7):
        case 0:
            due = f"2027-0{source.randrange(1, 4)}-01"
            if due != view["due"]:
                neighbour.act("task.edit", due=due)
        case 1:
            neighbour.act("task.edit", place=source.choice(WORDS) + str(source.random()))
        case 2 | 3:
            text = view["details"]
            at = source.randrange(len(text) + 1)
            changed = text[:at] + source.choice(WORDS) + text[at + source.randrange(4) :]
            if changed != text:
                neighbour.act("task.edit", details=changed)
        case 4:
            neighbour.act("task.comment", text=source.choice("abc"))
        case 5:
            mine = any(claim["member"] == neighbour.member.hex() for claim in view["claims"])
            neighbour.act("task.pass" if mine else "task.claim")
        case _:
            neighbour.act("task.check_add", text=source.choice("abc"))


def party(seed: int, steps: int = 30) -> list[SignedChange]:
    """What four neighbours wrote apart and together."""
    source = random.Random(seed)
    cast = [Neighbour(number) for number in range(1, 5)]
    cast[0].act("task.add", title="Fix the gate", details="The hinge.")
    for other in cast[1:]:
        other.hear(cast[0])
    for _ in range(steps):
        one = source.choice(cast)
        if source.random() < 0.3:
            one.hear(source.choice(cast))
        scribble(one, source)
    cast[0].hear(*cast[1:])
    return cast[0].record.changes


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_duplicates_and_splits_give_the_same_view(seed: int) -> None:
    changes = party(seed)
    source = random.Random(-seed)
    whole = OpenRecord(TASK_RECORD)
    assert whole.add(changes)
    assert (whole.merged, whole.waiting, whole.set_aside) == (len(changes), 0, 0)
    expected = whole.view(EVERYONE), whole.history(EVERYONE), whole.conflicts(EVERYONE)
    for _ in range(3):
        shuffled = changes + source.choices(changes, k=5)
        source.shuffle(shuffled)
        record = OpenRecord(TASK_RECORD)
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
    record = OpenRecord(TASK_RECORD)
    assert not record.add([third])
    assert not record.add([second])
    assert (record.merged, record.waiting) == (0, 2)
    assert record.add([first])
    assert (record.merged, record.waiting, record.set_aside) == (3, 0, 0)
    assert record.view(EVERYONE)["status"] == "doing"


def signed(raw: bytes, number: int = 9) -> SignedChange:
    return SignedChange(ChangeId(chunks.chunk_hash(raw)), device(number), 0, 0, raw)


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
    late = OpenRecord(TASK_RECORD)
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
        record = OpenRecord(TASK_RECORD, Poisoned)
        record.add([changes[0]])
        for change in order:
            record.add([change])
        assert 0 < record.set_aside < len(changes)
        assert record.merged + record.set_aside == len(changes)
        record.draft([Put("title", "Still possible")])
        views.append(record.view(EVERYONE))
    assert views[0] == views[1]
    spared = OpenRecord(TASK_RECORD)
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
        OpenRecord(RecordId(b"\xfe" * 16)).draft([Put("title", "")])


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
    record = OpenRecord(RecordId(b"\xfe" * 16))
    record.add([signed(Draft([put("title", "Later\x1b[2J"), put("shape", "round")]).raw())])
    view = record.view(EVERYONE)
    assert (view["kind"], view["newer"], view["title"], view["changes"]) == ("unknown", True, "Later[2J", 1)
    assert [entry.what for entry in record.history(EVERYONE)] == ["add"]
    assert record.conflicts(EVERYONE) == []


def test_unreadable_changes_never_raise() -> None:
    record = OpenRecord(TASK_RECORD)
    assert not record.add([signed(b"\x85\x6f\x4a\x83 nothing of the kind")])
    assert (record.merged, record.set_aside) == (0, 1)
    assert record.view(EVERYONE)["title"] == ""
