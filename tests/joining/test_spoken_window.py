"""Windows for spoken words: their time, their tries, and what becomes of a token that cannot be given."""

from __future__ import annotations

import asyncio

import pytest

from crdt.identifiers import StatementId
from meshnode.errors import HandshakeRefused
from meshnode.identity.spoken_words import looks_spoken, pick_words, read_words
from meshnode.identity.words import word_list
from meshnode.joining.spoken_window import TRIES, SpokenToken, SpokenWindows, WindowState
from tests.support.people import seeded


class Changes:
    """Counts what is told to whoever announces windows."""

    def __init__(self) -> None:
        self.count = 0
        self.came = asyncio.Event()

    def __call__(self) -> None:
        self.count += 1
        self.came.set()


async def token() -> SpokenToken:
    return SpokenToken("MESH1:TOKEN", StatementId(bytes(32)))


def windows(changes: Changes, seconds: float = 600.0) -> SpokenWindows:
    return SpokenWindows(token, seeded("windows"), changes, seconds)


async def test_a_window_ends_by_itself_and_says_so() -> None:
    changes = Changes()
    doors = windows(changes, seconds=0.01)
    window = doors.open()
    changes.came.clear()
    await asyncio.wait_for(changes.came.wait(), 5)
    assert window.state is WindowState.OVER
    assert not doors.is_open
    with pytest.raises(HandshakeRefused):
        doors.knock()


async def test_a_new_window_closes_the_old_one_and_has_other_words() -> None:
    doors = windows(Changes())
    one = doors.open()
    two = doors.open()
    assert (one.state, two.state) == (WindowState.CLOSED, WindowState.OPEN)
    assert one.words != two.words
    doors.close()
    doors.close()
    assert two.state is WindowState.CLOSED


async def test_tries_are_counted_one_at_a_time() -> None:
    changes = Changes()
    doors = windows(changes)
    window = doors.open()
    first = doors.knock()
    assert first is not None
    assert doors.knock() is None
    first.broken_off()
    for left in reversed(range(TRIES)):
        attempt = doors.knock()
        assert attempt is not None
        assert attempt.wrong() == left
    assert window.state is WindowState.GUESSED
    with pytest.raises(HandshakeRefused):
        doors.knock()
    assert doors.open().tries_left == TRIES


async def test_a_try_of_an_old_window_does_not_count_against_the_new_one() -> None:
    doors = windows(Changes())
    doors.open()
    old = doors.knock()
    assert old is not None
    new = doors.open()
    old.wrong()
    assert new.tries_left == TRIES
    assert doors.knock() is not None


def test_words_are_read_as_people_type_them() -> None:
    words = pick_words(bytes(range(8)))
    for typed in (" ".join(words), ", ".join(words).upper(), "-".join(words), "\n".join(words) + "\n"):
        assert looks_spoken(typed)
        assert read_words(typed) == words
    for code in ("MESH1:ABCDE", "MESH1: ABCDE FGHIJ", "maple", "", "a b c d e f", "maple kettle r0bin"):
        assert not looks_spoken(code)
    assert len({pick_words(seeded(str(number))(8)) for number in range(200)}) == 200
    assert set(words) <= set(word_list())


async def test_words_are_in_no_repr() -> None:
    window = windows(Changes()).open()
    assert not any(word in repr(window) for word in window.words)
    assert "TOKEN" not in repr(await token())
