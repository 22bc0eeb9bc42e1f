"""PlainTalk: the boards line by line, for screen readers, slow lines and terminals that cannot draw: what is there is
said, what can be done has a number.

Rules of this module:
1. Nothing moves and nothing is overwritten: every line is said once, from top to bottom.
2. Every action of every board is here; what cannot be done now is said with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crdt.board import Board
from crdt.boards.shelf import BOARDS
from meshnode.api.schema import Json
from tui.acting import named
from tui.entry_words import EntryWords
from tui.glyphs import PLAIN
from tui.held import Held
from tui.history_words import history_text
from tui.language import translated
from tui.moments import Clock, moment_or_doubt
from tui.plain_doing import Ask, PlainDoing, Request, title_of
from tui.plain_text import clean
from tui.wording import counted, say

PAGE = 20
"""Entries said at once: more is too much to listen to."""


class Ended(Exception):
    """The person is done, or nothing can be typed any more."""


@dataclass(slots=True)
class PlainTalk:
    """One conversation."""

    held: Held
    clock: Clock
    request: Request
    say_line: Callable[[str], None]
    ask_line: Ask
    doing: PlainDoing = field(init=False)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.doing = PlainDoing(self.held, self.clock, self.request, self.say_line, self._ask)

    # -- the beginning ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Talk until the person is done."""
        try:
            while True:
                self._say(say("plain.here", network=self.held.network_name))
                if not self.held.linked:
                    self._say(say("away.title"))
                boards = list(BOARDS.values())
                for number, board in enumerate(boards, 1):
                    self._say(f"{number}  {translated(board.title)}: {self._counted(board)}")
                self._say(say("plain.menu"))
                answer = await self._ask(say("plain.choose"))
                if answer in {"n", ""}:
                    self._neighbours()
                elif answer.isdigit() and 1 <= int(answer) <= len(boards):
                    await self._board(boards[int(answer) - 1])
                else:
                    self._say(say("plain.not-understood", typed=answer))
        except Ended:
            self._say(say("plain.bye"))

    def _counted(self, board: Board) -> str:
        shown = [view for view in self._views(board) if self._state(board, view) not in board.finished]
        return counted("plain.entries", len(shown))

    def _neighbours(self) -> None:
        peers = self.held.peers
        linked = sum(bool(peer.get("linked")) for peer in peers)
        self._say(counted("bar.linked", linked, total=len(peers)))
        for peer in peers:
            known = say("plain.linked" if peer.get("linked") else "plain.not-linked")
            self._say(f"  {self.held.device_name(peer.get('device'))}: {known}")

    def announce(self) -> None:
        """Say alarms that nobody here has heard of yet, with the terminal's bell."""
        board = BOARDS.get("alarm")
        for view in self._views(board) if board else ():
            assert board is not None
            mark = f"{view['id']} {self._state(board, view)}"
            if mark not in self._told:
                self._told.add(mark)
                if self._state(board, view) in {"active", "drill"}:
                    self._say("\a" + say("plain.alarm", alarm=self._entry(board, view).row()))

    # -- one board --------------------------------------------------------------------------------------------------

    async def _board(self, board: Board) -> None:
        words, first = "", 0
        while True:
            views = self._found(board, words)
            page = views[first : first + PAGE]
            self._say(say("plain.board", board=translated(board.title), count=len(views)))
            for number, view in enumerate(page, first + 1):
                entry = self._entry(board, view)
                self._say(f"{number}  {entry.row()}")
            self._say(say("plain.board-menu"))
            answer = await self._ask(say("plain.choose"))
            if answer in {"", "b"}:
                return
            if answer == "m":
                first = first + PAGE if first + PAGE < len(views) else 0
            elif answer.startswith("/"):
                words, first = answer[1:].strip(), 0
            elif answer in {"n", "+"}:
                await self._choose_new(board)
            elif answer.isdigit() and 1 <= int(answer) <= len(views):
                await self._one(board, str(views[int(answer) - 1]["id"]))
            else:
                self._say(say("plain.not-understood", typed=answer))

    def _found(self, board: Board, words: str) -> list[Json]:
        parts = words.casefold().split()
        return [
            view
            for view in self._views(board)
            if (parts and all(part in board.words(view).casefold() for part in parts))
            or (not parts and self._state(board, view) not in board.finished)
        ]

    def _views(self, board: Board) -> list[Json]:
        today = self.clock.today().isoformat()
        views = [view for view in self.held.records.values() if view.get("kind") == board.kind.name]
        return sorted(views, key=lambda view: board.order(view, today))

    def _state(self, board: Board, view: Json) -> str:
        return board.state(view, self.clock.today().isoformat())

    async def _choose_new(self, board: Board) -> None:
        new = [action for action in board.actions if not action.needs_record]
        await self.doing.choose(new, {})

    # -- one entry --------------------------------------------------------------------------------------------------

    async def _one(self, board: Board, record: str) -> None:
        while (view := self.held.records.get(record)) is not None:
            for line in self._entry(board, view).lines():
                self._say(line)
            await self._say_conflicts(view)
            self._say(say("plain.entry-menu"))
            answer = await self._ask(say("plain.choose"))
            match answer:
                case "" | "b":
                    return
                case "d":
                    await self.doing.choose([action for action in board.actions if action.needs_record], view)
                case "h":
                    await self._history(record)
                case "u":
                    await self._undo(record)
                case _:
                    self._say(say("plain.not-understood", typed=answer))
        self._say(say("card.gone"))

    def _entry(self, board: Board, view: Json) -> EntryWords:
        return EntryWords(self.held, self.clock, board, view)

    async def _say_conflicts(self, view: Json) -> None:
        if not view.get("conflicts"):
            return
        for conflict in (await self.doing.asked("conflicts", record=view["id"])).get("conflicts", ()):
            self._say(say("conflict.head", sign=PLAIN.conflict, field=clean(str(conflict["field"]))))
            for value in conflict["values"]:
                self._say(f"  {clean(str(value['value'])) or say('conflict.empty')} ({self.held.who(value)})")
        self._say(say("plain.settle"))

    async def _history(self, record: str) -> None:
        for entry in (await self.doing.asked("history", record=record)).get("entries", ()):
            when = moment_or_doubt(self.clock, int(entry.get("at_ms") or 0), entry.get("received_ms"))
            what = history_text(self.held, self.clock, PLAIN, entry)
            self._say(f"  {when}  {say('history.line', who=self.held.who(entry), what=what)}")

    async def _undo(self, record: str) -> None:
        reply = await self.doing.asked("undo", record=record, **named(await self.doing.who()))
        if reply:
            self.doing.keep(reply)
            self._say(say("plain.undone", title=title_of(reply.get("view") or {})))

    # -- saying and asking ------------------------------------------------------------------------------------------

    def _say(self, line: str) -> None:
        self.say_line(line)

    async def _ask(self, prompt: str) -> str:
        self.announce()
        typed = (await self.ask_line(f"{prompt} ")).strip()
        if typed.lower() in {"q", "quit", "exit"}:
            raise Ended
        return typed
