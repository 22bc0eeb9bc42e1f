"""Small pure things: fields, edits of texts, numbers, display."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt.dates import LAST_MOMENT_MS, Day, Moment, read_day, read_moment
from crdt.display import display_line, display_text, has_hidden
from crdt.edits import MOST_ROWS_AN_EDIT, Edit, Put, Scalar, Splice, parts, rows, splices
from crdt.errors import BadValue, ChunkRefused
from crdt.fields import Choice, Entry, Line, Link, Member, MemberEntry, Number, Prose, Reference, entry
from crdt.identifiers import Lane, RecordId, item_key, lane_of
from crdt.leb128 import read_signed, read_unsigned, write_unsigned
from tests.support import chunks

TUESDAY = "2026-11-24"
TEXTS = st.text(alphabet=st.sampled_from("ab \n\rÄe\u0301\u200d👩🔬🏽\ufe0f"), max_size=60)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2026-11-27", "2026-11-27"),
        ("today", TUESDAY),
        ("tomorrow", "2026-11-25"),
        ("fri", "2026-11-27"),
        ("friday", "2026-11-27"),
        ("tue", "2026-12-01"),
        ("mon", "2026-11-30"),
        ("in 3 days", "2026-11-27"),
        ("3d", "2026-11-27"),
        ("+2w", "2026-12-08"),
        ("next week", "2026-12-01"),
        ("fr", None),
        ("2026-13-01", None),
        ("0000-01-01", None),
        ("٢٠٢٦-١١-٢٧", None),
        ("", None),
    ],
)
def test_days_in_words(word: str, day: str | None) -> None:
    assert read_day(word, TUESDAY) == day


def test_a_day_is_cleared_with_a_word() -> None:
    due = Day("due", "Due")
    assert due.accept(" None ", TUESDAY) == due.accept("", TUESDAY) == ""
    assert due.accept(" FRI ", TUESDAY) == "2026-11-27"
    with pytest.raises(BadValue):
        due.accept(5, TUESDAY)


FIELDS = (
    Line("a", "A"),
    Prose("a", "A"),
    Choice("a", "A", options=("x", "y")),
    Number("a", "A", least=1, most=9, default=1),
    Day("a", "A"),
    Member("a", "A"),
    Reference("a", "A"),
    Entry("a", "A"),
    MemberEntry("a", "A"),
    Link("a", "A"),
)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary()))
def test_reading_never_fails_and_keeps_its_type(raw: bool | int | str | bytes | None) -> None:
    for field in FIELDS:
        empty = field.read("")
        found = field.read(raw)
        assert type(found) is type(empty)
        if not isinstance(raw, (str, int)) or isinstance(raw, bool):
            assert found == empty


def test_members_and_entries() -> None:
    assert Member("m", "Member").accept("ab" * 32, TUESDAY) == "ab" * 32
    with pytest.raises(BadValue):
        Member("m", "Member").accept("ana", TUESDAY)
    assert Entry("e", "E").read(entry("e", text="é", on=True)) == {"on": True, "text": "é"}
    assert Entry("e", "E").read("[1]") == {}
    assert Entry("e", "E").read('{"a":' * 3000) == {}
    assert Entry("e", "E").read('{"a":' * 3000 + "1" + "}" * 3000) == {}
    odd = '{"a":NaN,"b":[1],"c":{},"d":null,"e":"\\ud800\\u001bx","f":true,"g":1e999,"h":' + "9" * 40 + "}"
    assert Entry("e", "E").read(odd) == {"e": "x", "f": True, "h": 0}
    with pytest.raises(BadValue, match="16,000"):
        entry("e", text="é" * 9000)
    with pytest.raises(BadValue, match="characters; this has"):
        Prose("p", "Text", longest=3).accept("abcd", TUESDAY)
    with pytest.raises(BadValue):
        Prose("p", "Text").accept(None, TUESDAY)
    with pytest.raises(NotImplementedError):
        Entry("e", "E").accept("x", TUESDAY)


def apply(text: str, edits: list[Edit]) -> str:
    for edit in edits:
        assert isinstance(edit, Splice)
        text = text[: edit.index] + edit.insert + text[edit.index + edit.delete :]
    return text


@given(TEXTS, TEXTS)
def test_splices_make_the_one_text_of_the_other(before: str, after: str) -> None:
    edits = splices("t", before, after)
    assert apply(before, edits) == after
    assert bool(edits) == (before != after)
    moved = 0
    for edit in edits:
        assert isinstance(edit, Splice)
        # Positions are of the new text: what lies to the left is replaced already.
        old = edit.index - moved
        for text, cuts in ((before, (old, old + edit.delete)), (after, (edit.index, edit.index + len(edit.insert)))):
            for cut in cuts:
                assert not (0 < cut < len(text) and unicodedata.combining(text[cut])), "cut inside a character"
        moved += len(edit.insert) - edit.delete


def test_typing_one_letter_is_one_row() -> None:
    assert splices("t", "The hinge", "The hinges") == [Splice("t", 9, 0, "s")]
    assert splices("t", "aaa", "aaaa") == [Splice("t", 3, 0, "a")]
    assert splices("t", "e\u0301", "e\u0300") == [Splice("t", 0, 2, "e\u0300")]
    assert splices("t", "same", "same") == []


def test_two_changes_far_apart_leave_the_middle_alone() -> None:
    before = "The hinge is loose and the paint is gone. Bring a drill, please."
    after = "The upper hinge is loose and the paint is gone. Bring a good drill, please."
    edits = splices("t", before, after)
    assert apply(before, edits) == after
    assert sum(map(rows, edits)) == len("upper ") + len("good ")


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 9000)), max_size=4))
def test_parts_are_small_and_do_the_same(sizes: list[tuple[int, int]]) -> None:
    before = "x" * 9000
    edits: list[Edit] = [Put("k", "v")]
    text = before
    for delete, insert in sizes:
        fitting = min(delete, len(text))
        edits.append(Splice("t", 0, fitting, "y" * insert))
        text = "y" * insert + text[fitting:]
    drafts = parts(edits)
    assert all(sum(map(rows, draft)) <= MOST_ROWS_AN_EDIT for draft in drafts)
    pieces = [edit for draft in drafts for edit in draft]
    assert pieces[0] == Put("k", "v")
    assert apply(before, pieces[1:]) == text


def test_lanes_and_keys_follow_from_the_format() -> None:
    assert lane_of(RecordId(b"\x1f" + bytes(15))) is Lane.URGENT
    assert lane_of(RecordId(b"\x20" + bytes(15))) is Lane.ORDINARY
    assert item_key(258, b"\x07" * 32) == bytes(6) + b"\x01\x02" + b"\x07" * 32


@given(st.integers(0, 2**64 - 1))
def test_unsigned_numbers_come_back(value: int) -> None:
    raw = write_unsigned(value)
    assert raw == chunks.uleb(value)
    assert read_unsigned(raw + b"\x00", 0) == (value, len(raw))


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_numbers_come_back(value: int) -> None:
    raw = chunks.sleb(value)
    assert read_signed(raw + b"\x00", 0) == (value, len(raw))


@pytest.mark.parametrize(
    "raw", [b"", b"\x80", b"\x80\x00", b"\xff\x80\x00", b"\xff" * 9 + b"\x02", b"\x80" * 11, b"\xff" * 30]
)
def test_other_spellings_of_numbers_are_refused(raw: bytes) -> None:
    with pytest.raises(ChunkRefused):
        read_unsigned(raw, 0)


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\x80\x00", b"\xff\x7f", b"\x80" * 9 + b"\x02", b"\xff" * 30])
def test_other_spellings_of_signed_numbers_are_refused(raw: bytes) -> None:
    with pytest.raises(ChunkRefused):
        read_signed(raw, 0)


def test_screens_are_safe_from_what_neighbours_write() -> None:
    nasty = "\u061ca\x00\x1b[31mb\u202ec\u2066d\x07\u200be\x9bf\r\ng\u2028h\ud800i\ti"
    assert display_text(nasty) == "a[31mbcdef\ng\nhi\ti"
    assert display_line(nasty) == "a[31mbcdef g hi i"
    assert has_hidden(nasty)
    for plain in ("Äpfel\nund Birnen", "👩\u200d🔬 ❤\ufe0f", "line\r\nline", "नि\u200dका"):
        assert not has_hidden(plain)
    assert display_text("👩\u200d🔬") == "👩\u200d🔬"


@given(st.text())
def test_display_text_is_stable_and_encodable(text: str) -> None:
    shown = display_text(text)
    assert display_text(shown) == shown
    assert not has_hidden(shown)
    shown.encode()
    assert "\n" not in display_line(text)


NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("18:00", "2026-11-24T18:00:00+01:00"),
        ("9.30", "2026-11-25T09:30:00+01:00"),
        ("12:00", "2026-11-25T12:00:00+01:00"),
        ("Tomorrow 9:00", "2026-11-25T09:00:00+01:00"),
        ("fri 18:00", "2026-11-27T18:00:00+01:00"),
        ("2026-07-01 08:00", "2026-07-01T08:00:00+02:00"),
        ("in 2 hours", "2026-11-24T14:00:00+01:00"),
        ("in 20 min", "2026-11-24T12:20:00+01:00"),
        ("fri", "2026-11-27T00:00:00+01:00"),
        ("24:00", None),
        ("soon", None),
        ("", None),
        ("in 5", None),
    ],
)
def test_moments_in_words(typed: str, moment: str | None) -> None:
    read = read_moment(typed, NOON)
    assert (read.isoformat() if read else None) == moment


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary()))
def test_a_moment_reads_anything_as_a_time_or_none(raw: Scalar) -> None:
    read = Moment("back", "Back").read(raw)
    assert read == 0 or (read == raw and 0 < read < LAST_MOMENT_MS)
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw < LAST_MOMENT_MS:
        assert Moment("back", "Back").accept(raw, TUESDAY) == raw
