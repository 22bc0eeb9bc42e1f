"""Deciding: how a command asks before something is signed about people.

Rules of this module:
1. What it does is said first; nothing is signed before the yes.
2. People are found by the node, so that a name means the same in every command.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crdt.display import display_line
from meshnode.cli.asking import Conversation
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.layout import paragraph
from meshnode.errors import BadInput

NOTHING_DONE = Answer({"done": False}, ["Nothing was done."], exit_code=1)


def agreed(call: Call, texts: Sequence[str], question: str, **named: object) -> bool:
    """Say what a step does, and ask."""
    effect = [paragraph(text.format(**named), call.terminal.width) for text in texts]
    return call.agreed(effect, question.format(**named))


def the_one(talk: Conversation, words: Sequence[str]) -> Json:
    """The member whom some words mean.

    Raises:
        BadInput: nobody, or several.
    """
    return the_ones(talk, [" ".join(words)])[0]


def the_ones(talk: Conversation, named: Iterable[str]) -> list[Json]:
    """The members whom names, or beginnings of ids, mean.

    Raises:
        BadInput: one means nobody, or several.
    """
    members = talk.ask("members")["members"]
    return [_find(members, each) for each in named]


def _find(members: Sequence[Json], text: str) -> Json:
    wanted = " ".join(text.split()).casefold()
    found = [each for each in members if str(each["name"]).casefold() == wanted]
    found = found or [each for each in members if len(wanted) >= 4 and str(each["id"]).startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput(f"Nobody here is called {display_line(text)!r}.", next_step="See `meshnode members`.")
    ids = ", ".join(str(each["id"])[:8] for each in found)
    raise BadInput(f"{len(found)} people are called {display_line(text)}.", next_step=f"Say which: one of {ids}.")


def names_of(members: Iterable[Json]) -> str:
    """Names for a sentence."""
    return listed(str(each["name"]) for each in members)


def listed(names: Iterable[str]) -> str:
    """Names for a sentence, by name."""
    known = sorted((display_line(name) for name in names), key=str.casefold)
    return " and ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else "".join(known)
