"""Plain: the line-by-line mode as a program: follows the node as the screen does, and talks with one person.

Rules of this module:
1. Lines are read beside the feed, so that an alarm is said while a question waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from textual.message import Message

from tui import language
from tui.feed import GATHER_SECONDS, Feed
from tui.held import Held
from tui.messages import FeedMoved, NetworkChanged, NodeCame, NodeWent
from tui.moments import Clock
from tui.outcome import Outcome
from tui.plain_talk import Ended, PlainTalk
from tui.wording import say


class Plain:
    """One run of the line-by-line mode."""

    def __init__(
        self, socket_path: Path | str, read: Callable[[str], str], write: Callable[[str], None], clock: Clock
    ) -> None:
        """Prepare it.

        Args:
            socket_path: where the node listens.
            read: shows a prompt and waits for a line, on a thread of its own; EOFError at the end.
            write: says a line.
            clock: the time.
        """
        self._held = Held()
        self._feed = Feed(socket_path, self._heard, GATHER_SECONDS)
        self._clock = clock
        self._read = read
        self._write = write
        self._whole = asyncio.Event()
        self._talk = PlainTalk(self._held, clock, self._feed.ask, write, self._ask)

    async def run(self) -> Outcome:
        """Talk until the person is done."""
        follower = asyncio.create_task(self._feed.run())
        try:
            await self._whole.wait()
            if self._held.outside:
                self._write(say("plain.outside"))
            else:
                await self._talk.run()
        finally:
            follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await follower
        return Outcome.QUIT

    def _heard(self, message: Message) -> None:
        match message:
            case FeedMoved(events=events):
                self._held.apply(events)
                self._held.day_begins(self._clock.today().isoformat())
                if self._held.complete and self._held.status:
                    self._whole.set()
                    self._talk.announce()
            case NodeCame():
                self._held.linked = True
            case NodeWent():
                if self._held.linked:
                    self._write(say("plain.away"))
                self._held.linked = False
            case NetworkChanged():
                self._held.forget()
            case _:
                pass

    async def _ask(self, prompt: str) -> str:
        try:
            return await asyncio.to_thread(self._read, prompt)
        except (EOFError, KeyboardInterrupt):
            raise Ended from None


def run(socket_path: Path | str, *, language_name: str = "auto", environ: Mapping[str, str]) -> Outcome:
    """Talk on this terminal."""
    language.use(language.choose(language_name, environ))
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # lets a typed line be edited

    def write(line: str) -> None:
        print(line, flush=True)

    plain = Plain(socket_path, input, write, Clock())
    try:
        return asyncio.run(plain.run())
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return Outcome.QUIT
