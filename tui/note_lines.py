"""NoteLines: what can be said of a sealed note without opening it, and the lines of one that was opened.

Rules of this module:
1. Pure: from views and opened values to words and lines; every foreign text is cleaned here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meshnode.api.schema import Json
from meshnode.wording import SEALED_FOR, SEALED_FOR_ME, listed
from tui.faces import title_of
from tui.held import Held
from tui.moments import Clock, moment_or_doubt
from tui.plain_text import clean, clean_lines, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import say

HINT_LETTERS = 8
"""A sealed value names its devices by the first letters of their ids."""


def is_note(view: Json) -> bool:
    """Whether this record is a sealed note."""
    return view.get("kind") == "note"


def sealed_of(view: Json) -> Json:
    """What a note says of its sealed text; empty where there is none that this version knows."""
    sealed = view.get("sealed")
    text = sealed.get("text") if isinstance(sealed, dict) else None
    return text if isinstance(text, dict) else {}


def notes_of(held: Held, task: str) -> list[Json]:
    """The sealed notes that belong to a task, by title."""
    notes = [view for view in held.records.values() if is_note(view) and view.get("task") == task]
    return sorted(notes, key=lambda view: (title_of(view).casefold(), str(view.get("id"))))


def readers(held: Held, view: Json, but: str = "") -> list[str]:
    """The names of those a note is for, "you" first; `but` is left out where somebody else is named."""
    people = [str(each) for each in sealed_of(view).get("for") or ()]
    people = [each for each in people if each != but] or people
    others = sorted((held.member_name(each) for each in people if each != held.me), key=str.casefold)
    return [say("note.you"), *others] if held.me in people else others


def note_text(held: Held, view: Json) -> str:
    """One line about a note: its title, who sealed it, and for whom."""
    if view.get("newer"):
        return say("note.newer", title=title_of(view))
    sealed = sealed_of(view)
    author = str(sealed.get("member") or "")
    device = str((held.status.get("me") or {}).get("device") or "")
    mine = held.me in (sealed.get("for") or ())
    elsewhere = mine and device[:HINT_LETTERS] not in (sealed.get("devices") or ())
    return say(
        "note.line-elsewhere" if elsewhere else "note.line",
        title=title_of(view),
        author=say("note.you") if author == held.me else held.member_name(author),
        readers=listed(readers(held, view, author)),
    )


def promise(held: Held, view: Json) -> str:
    """Who can read it, and what that is worth."""
    names = readers(held, view)
    return SEALED_FOR_ME if names == [say("note.you")] else SEALED_FOR.format(people=listed(names))


def opened_lines(
    held: Held, clock: Clock, paint: Paint, *, view: Json, values: Sequence[Json], width: int
) -> Iterator[Line]:
    """An opened note: each text with who wrote it when, then what sealing is worth."""
    for value in values:
        at_ms = value.get("at_ms")
        when = moment_or_doubt(clock, at_ms) if isinstance(at_ms, int) else ""
        head = say("note.written", name=held.member_name(value.get("member")), when=when)
        yield Line(((head, paint.dim),))
        text = value.get("text")
        said = clean_lines(text) if isinstance(text, str) else [clean(str(value.get("why_not") or ""))]
        for paragraph in said:
            for part in wrap(paragraph, width - 2):
                yield Line(((f"  {part}", paint.text),))
        yield Line()
    for sentence in ([say("note.two")] if len(values) > 1 else []) + [promise(held, view)]:
        for part in wrap(sentence, width):
            yield Line(((part, paint.dim),))
