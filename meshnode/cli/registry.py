"""The registry: every command by name, with the module that is imported once the command is used.

Rules of this module:
1. Names and summaries are here, so that help and suggestions load no command; everything else is in its module.
2. The verbs of a board come from the boards' own actions: a new action is a new command, without a line here.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from meshnode.cli.command import Command
from meshnode.errors import BadInput


@dataclass(frozen=True, slots=True)
class Entry:
    """A command's place in the registry."""

    name: str
    """One word, or a board and a verb."""
    summary: str
    load: Callable[[], Command]


def _from(module: str, name: str = "COMMAND") -> Callable[[], Command]:
    def load() -> Command:
        command: Command = getattr(importlib.import_module(f"meshnode.cli.{module}"), name)
        return command

    return load


def _note_history() -> Command:
    from meshnode.cli.board_history import command_of

    return command_of("note", "note", "door code")


GROUPS: Final = {
    "Start": ("screen", "run", "stop", "demo"),
    "A neighbourhood": ("init", "invite", "join", "letin", "newcomers", "leave"),
    "People": ("members", "vouch", "petition", "vote", "block", "unblock", "follow", "refound"),
    "The boards": ("task", "series", "listing", "roster", "alarm", "rollcall", "drill", "note", "forget"),
    "What is going on": ("status", "profile", "settings"),
    "Your machines": ("device", "card", "hub"),
    "This machine": ("where", "profiles", "export", "remove"),
    "More": ("help", "completion"),
}
"""The first words, in the order in which the help shows them."""

BOARDS: Final = {
    "task": "task",
    "series": "series",
    "listing": "listing",
    "roster": "roster",
    "alarm": "alarm",
    "rollcall": "rollcall",
    "drill": "",
    "note": "note",
    "profile": "profile",
    "settings": "settings",
    "device": "",
    "card": "",
    "hub": "",
}
"""First words that take a verb, and the board whose actions are their verbs; none for words with commands alone."""

_ENTRIES: Final = (
    Entry("screen", "The screen; also what `meshnode` alone does", _from("screen")),
    Entry("run", "The node without a screen", _from("run")),
    Entry("stop", "Stop the node of this profile", _from("stop")),
    Entry("demo", "Look around in an invented neighbourhood on this machine alone", _from("demo")),
    Entry("init", "Start a neighbourhood", _from("init")),
    Entry("invite", "Make a code that lets a neighbour in", _from("invite")),
    Entry("join", "Join a neighbourhood with a code", _from("join")),
    Entry("letin", "Let in whose reply came back on a stick", _from("letin")),
    Entry("newcomers", "Who is new here, and who has met them", _from("newcomers")),
    Entry("leave", "Leave the neighbourhood", _from("leave")),
    Entry("members", "Who is here, on whose word, and what is being asked", _from("members")),
    Entry("vouch", "Give your word for somebody you have met", _from("vouch")),
    Entry("petition", "Ask the neighbourhood to part with somebody", _from("petition")),
    Entry("vote", "Say yes or no to a petition, or change your mind", _from("vote")),
    Entry("block", "Link with somebody's devices no more, from this node alone", _from("block")),
    Entry("unblock", "Link with somebody's devices again", _from("unblock")),
    Entry("follow", "Answer your node when it asks about many removals", _from("follow")),
    Entry("refound", "Start anew with people you name, or come along with somebody who did", _from("refound")),
    Entry("status", "Who is linked, and what has reached whom", _from("status")),
    Entry("task list", "The tasks on the board", _from("task_list")),
    Entry("task show", "One task with its comments and checklist", _from("task_show")),
    Entry("roster list", "The households: how they are, who needs help first", _from("roster_list")),
    Entry("roster show", "One household with its signals, buddies and marks", _from("roster_show")),
    Entry("roster who", "Who has first aid, a generator, a language", _from("roster_list", "WHO")),
    Entry("roster unseal", "The sealed address, medical needs or key holder", _from("roster_show", "UNSEAL")),
    Entry("roster sheet", "The contact list on paper, in the shape of ICS-205A", _from("sheets", "CONTACTS")),
    Entry("alarm reach", "On which nodes an alarm is, who has seen it, who is going", _from("alarm_reach")),
    Entry("rollcall show", "Who needs help, who is not reached yet and how to try next", _from("rollcall_show")),
    Entry("rollcall mark", "One household's answer in the open call", _from("rollcall_show", "MARK")),
    Entry("rollcall sheet", "The check-in list on paper, in the shape of ICS-211", _from("sheets", "CHECK_IN")),
    Entry("drill", "Rehearse a blackout: a drill alarm and a drill roll call", _from("drill")),
    Entry("drill report", "How far the drill came, and who answered", _from("drill", "REPORT")),
    Entry("listing matches", "What may fit what, with the reasons", _from("listing_matches")),
    Entry("listing value", "What the neighbourhood gave each other, at prices from elsewhere", _from("listing_value")),
    Entry("listing receipt", "A receipt over nothing, for what was given", _from("listing_receipt")),
    Entry("note list", "The sealed notes: their titles, and who can read them", _from("note_list")),
    Entry("note show", "One sealed note, opened if it is for you", _from("note_show")),
    Entry("note history", "Who changed what in a sealed note, but never its text", _note_history),
    Entry("forget", "Have something wiped that you made, on every node", _from("forget")),
    Entry("profile", "What you tell your neighbours about yourself", _from("profile")),
    Entry("settings", "The neighbourhood's name, time zone and language", _from("settings")),
    Entry("device list", "Your devices", _from("device_list")),
    Entry("device add", "Make another machine a device of yours", _from("device_add")),
    Entry("device drop", "Give up a device that is retired, lost or stolen", _from("device_drop")),
    Entry("card print", "Your member key on paper", _from("card_print")),
    Entry("card check", "Whether a key card was written down without a mistake", _from("card_check")),
    Entry("card restore", "Be yourself again on a new device, with your key card", _from("card_restore")),
    Entry("hub list", "The hubs of the neighbourhood, and who answers for them", _from("hub_list")),
    Entry("hub add", "Answer for a machine that becomes a hub, or is one", _from("hub_add")),
    Entry("hub setup", "On the machine that is to be a hub: show or take a code", _from("hub_setup")),
    Entry("hub drop", "Give up a hub that is retired, lost or stolen", _from("hub_drop")),
    Entry("where", "Where this profile keeps its files", _from("where")),
    Entry("profiles", "The profiles on this machine", _from("profiles")),
    Entry("export", "Write a copy of everything into a folder", _from("export")),
    Entry("remove", "Delete this profile from this machine", _from("remove")),
    Entry("help", "Help on a command or a topic", _from("help")),
    Entry("completion", "Let the Tab key complete commands in your shell", _from("completion")),
)

BOARD_SUMMARIES: Final = {
    "listing": "Offers and requests: add, list, respond, accept, given, ...",
    "task": "The task board: add, list, show, claim, done, ...",
    "series": "What comes back: add, list, edit, renew, ...",
    "roster": "The emergency roster: add, list, show, mark, out, back, ...",
    "alarm": "Alarms: raise, seen, going, stand-down, list, ...",
    "rollcall": "Roll calls: open, tried, close, list, ...",
    "device": "Your devices: list, add, drop",
    "card": "Your key card on paper: print, check, restore",
    "hub": "Hubs, which are always on: list, add, setup, drop",
    "note": "Sealed notes, for the people you name: add, list, show, share, ...",
}


def entries() -> Iterator[Entry]:
    """Every command, the boards' own actions included."""
    yield from _ENTRIES
    for word in BOARDS:
        yield from board_entries(word)


def board_entries(word: str) -> list[Entry]:
    """The commands made from the actions of the board that a first word names."""
    from meshnode.cli.board_action import command_of
    from meshnode.cli.boards import actions_of

    written = {entry.name for entry in _ENTRIES}
    made = [
        Entry(f"{word} {verb}", action.help.rstrip("."), partial(command_of, action))
        for verb, action in actions_of(BOARDS[word]).items()
    ]
    return [entry for entry in [*_of_every_board(word), *made] if entry.name not in written]


def _of_every_board(word: str) -> list[Entry]:
    """What every declared board has: its list, one entry, its history, and taking a change back."""
    from crdt.boards.shelf import BOARDS as DECLARED
    from meshnode.cli import board_history, board_list, board_show, board_undo

    board = DECLARED.get(word)
    if board is None:
        return []
    return [
        Entry(
            f"{word} list",
            f"What there is: {board.title[:1].lower()}{board.title[1:]}",
            partial(board_list.command_of, board),
        ),
        Entry(f"{word} show", "One entry with everything on it", partial(board_show.command_of, board)),
        Entry(
            f"{word} history",
            "Who changed what in an entry",
            partial(board_history.command_of, word, board.kind.name, board.example),
        ),
        Entry(f"{word} undo", "Take back a change", partial(board_undo.command_of, board)),
    ]


def verbs(word: str) -> list[Entry]:
    """Every command that begins with a board's word and has a verb."""
    return [entry for entry in _ENTRIES if entry.name.startswith(f"{word} ")] + board_entries(word)


def first_words() -> list[tuple[str, str]]:
    """Every first word with its summary."""
    summaries = {entry.name: entry.summary for entry in _ENTRIES} | BOARD_SUMMARIES
    return [(word, summaries[word]) for words in GROUPS.values() for word in words]


def find(words: Sequence[str]) -> tuple[Entry | None, int]:
    """The command that words begin with, and how many of them name it.

    Returns:
        None for the command where only a board was named that has no command of its own.

    Raises:
        BadInput: there is no such command; the sentence names the nearest.
    """
    single = {entry.name: entry for entry in _ENTRIES}
    word = words[0]
    known = [name for name, _ in first_words()]
    if word not in known:
        raise _unknown(word, known, "meshnode", "meshnode --help")
    second = words[1] if len(words) > 1 else "-"
    if word not in BOARDS or second.startswith("-"):
        return single.get(word), 1
    found = {entry.name.partition(" ")[2]: entry for entry in verbs(word)}
    if second not in found:
        raise _unknown(second, list(found), f"meshnode {word}", f"meshnode {word} --help")
    return found[second], 2


def _unknown(word: str, known: Sequence[str], before: str, help_command: str) -> BadInput:
    near = difflib.get_close_matches(word.lower(), known, 1, 0.5)
    shown = word if word.isprintable() else "that"
    meant = f"Did you mean `{before} {near[0]}`?" if near else f"See `{help_command}`."
    return BadInput(f"There is no command `{before} {shown}`.", next_step=meant)
