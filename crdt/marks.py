"""Marks: a word out of a few that several people may set at once, with what they said beside it.

Rules of this module:
1. Nobody's mark hides another's: as long as marks contradict, all are shown, the most worrying on top, until somebody
   who has seen them all writes a new one. What has seen what is a matter of causes, never of clocks.
2. A mark says who wrote it and when; a moment that was typed with it counts if it is not later than the writing.
3. Reading is total: what is no mark is as if it had never been written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from crdt.display import display_line
from crdt.edits import Put, Scalar
from crdt.fields import RECORD_HEX, Field, Json, entry, read_object
from crdt.past import Merged
from crdt.reading import Reading

LATEST_SLACK_MS = 10 * 60_000
"""Clocks of neighbours differ by less."""
_MARK_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Mark(Field):
    """One key with a JSON object: `word`, and perhaps `how`, `note`, `call` (a roll call) and `at_ms`."""

    shows_all: ClassVar[bool] = True

    words: tuple[str, ...] = ()
    """What may stand there, the most worrying first."""

    def read(self, raw: Scalar) -> dict[str, Json]:
        found = read_object(raw)
        word, call, at_ms = found.get("word"), found.get("call"), found.get("at_ms")
        if word not in self.words:
            return {}
        return {
            "word": word,
            "how": _line(found.get("how")),
            "note": _line(found.get("note")),
            "call": call if isinstance(call, str) and RECORD_HEX.fullmatch(call) else "",
            "at_ms": at_ms if isinstance(at_ms, int) and at_ms > 0 else 0,
        }


def _line(value: Json) -> str:
    return display_line(value) if isinstance(value, str) else ""


def mark(key: str, word: str, **said: Json) -> Put:
    """The edit that writes a mark; what says nothing is left out."""
    return Put(key, entry(key, word=word, **{name: value for name, value in said.items() if value}))


def marks(reading: Reading, key: str, spoken: Mapping[str, str] = MappingProxyType({})) -> list[dict[str, Json]]:
    """Every current mark under a key, the most worrying first: what it says, who wrote it and when.

    `id` stands for the change that wrote it; `text` is all of it in one line, with the word as it is `spoken`.
    """
    declared = reading.declared(key)
    assert isinstance(declared, Mark)
    found = [
        content | _stamp(reading, content, merged, spoken) | {"id": merged.signed.id.hex()[:_MARK_LETTERS]}
        for content, merged in reading.values(key)
        if content
    ]
    return sorted(found, key=lambda each: (declared.words.index(each["word"]), each["id"]))


def _stamp(reading: Reading, content: dict[str, Json], merged: Merged, spoken: Mapping[str, str]) -> dict[str, Json]:
    stamp, typed = reading.stamp(merged), content["at_ms"]
    told = ", ".join(each for each in (content["how"], content["note"]) if each)
    word = spoken.get(content["word"], str(content["word"]))
    heard = typed if 0 < typed <= stamp["at_ms"] + LATEST_SLACK_MS else stamp["at_ms"]
    return stamp | {"at_ms": heard, "text": f"{word}: {told}" if told else word}


def top(found: Sequence[dict[str, Json]], nothing: str) -> str:
    """The word that is shown for some marks; `nothing` where there are none."""
    return str(found[0]["word"]) if found else nothing


def contradict(found: Sequence[dict[str, Json]]) -> bool:
    """Whether they say different things."""
    return len({each["word"] for each in found}) > 1
