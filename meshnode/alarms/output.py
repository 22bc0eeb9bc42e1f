"""AlarmOutput: how a node makes itself heard: it runs its owner's command, a siren or a light, while an alarm rings.

Rules of this module:
1. It runs once when an alarm comes, and again every so often, until somebody at this node has said that they see it,
   until it is stood down, or until it is a day old. After a restart, what nobody has acknowledged sounds again.
2. The node never waits for the command; one that hangs is ended, and whatever runs is ended with the node.
3. The command is the owner's, word for word, without a shell; what the alarm says goes into its environment only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from functools import partial

from crdt.boards.alarms import CODE, is_acknowledged, rings
from crdt.display import display_line
from crdt.identifiers import MemberId, RecordId
from crdt.kinds import View
from meshnode.config import AlarmSettings
from meshnode.events import Event, RecordsChanged, TroubleChanged
from meshnode.replica.replica import Replica

log = logging.getLogger("meshnode.alarms")

MOST_AT_ONCE = 4
"""More than that is noise; real alarms go before drills."""
LONGEST_SECONDS = 120.0
"""A command that takes longer is ended, and run again when it is time."""
END_SECONDS = 1.0
"""How long a command has to end by itself."""
Wait = Callable[[float], Awaitable[None]]


class AlarmOutput:
    """The command of one node."""

    def __init__(
        self, replica: Replica, settings: AlarmSettings, clock_unsure: Callable[[], bool], wait: Wait = asyncio.sleep
    ) -> None:
        self._replica = replica
        self._settings = settings
        self._clock_unsure = clock_unsure
        self._wait = wait
        self._ringing: dict[RecordId, asyncio.Task[None]] = {}
        self._trouble = ""
        self._stopping = False
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Ring for what nobody here has acknowledged, and from now on for what comes."""
        if self._settings.command:
            self._unsubscribe = self._replica.events.subscribe(self._heard)
            self._look()

    async def stop(self) -> None:
        """End what runs."""
        self._stopping = True
        self._unsubscribe()
        tasks = list(self._ringing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def trouble(self) -> list[str]:
        """Why the command does not run, as a sentence."""
        return [self._trouble] if self._trouble else []

    # -- what rings -------------------------------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        if isinstance(event, RecordsChanged) and any(record[0] == CODE for record in event.records):
            self._look()

    def _look(self) -> None:
        """Begin and end ringing as the alarms are now."""
        wanted = {RecordId(bytes.fromhex(view["id"])): view for view in self._replica.records.views(CODE)}
        wanted = {record: view for record, view in wanted.items() if self._rings(view)}
        for record in self._ringing.keys() - wanted.keys():
            self._ringing[record].cancel()
        waiting = sorted(wanted.keys() - self._ringing.keys(), key=lambda record: (wanted[record]["drill"], record))
        for record in waiting[: max(0, MOST_AT_ONCE - len(self._ringing))]:
            task = self._ringing[record] = asyncio.create_task(self._ring(record))
            task.add_done_callback(partial(self._ended, record))

    def _rings(self, view: View) -> bool:
        member, device = self._replica.identity.member, self._replica.identity.device
        heard = is_acknowledged(view, member.hex() if member else "", device.hex())
        return not heard and rings(view, self._replica.clock(), clock_unsure=self._clock_unsure())

    def _ended(self, record: RecordId, task: asyncio.Task[None]) -> None:
        del self._ringing[record]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the alarm output failed", exc_info=error)
        elif not self._stopping:
            self._look()

    # -- the command ------------------------------------------------------------------------------------------------

    async def _ring(self, record: RecordId) -> None:
        while self._rings(view := self._replica.records.view(record)):
            await self._run(view)
            await self._wait(self._settings.every_seconds)

    async def _run(self, view: View) -> None:
        quiet = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._settings.command,
                env={**os.environ, **self._environment(view)},
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "a word in it cannot be given to a program"
            self._tell(
                f"The alarm command cannot be run ({reason}), so alarms are shown and not heard. Mend `command` under "
                "[alarm] in the settings file (`meshnode where` says where it is), and start the node again."
            )
            return
        self._tell("")
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await process.wait()
        except TimeoutError:
            log.warning("the alarm command took longer than %.0f seconds and was ended", LONGEST_SECONDS)
        finally:
            await _end(process)

    def _environment(self, view: View) -> dict[str, str]:
        said = {name: display_line(str(view[name])) for name in ("id", "what", "title", "place", "needs")}
        said |= {"by": self._raised_by(view), "drill": "yes" if view["drill"] else "no"}
        return {f"MESHNODE_ALARM_{name.upper()}": value for name, value in said.items()}

    def _raised_by(self, view: View) -> str:
        """The name of somebody who raised it last; at a hub perhaps one that was typed."""
        for mark in view["marks"]:
            key = mark.get("by") or mark["member"]
            with contextlib.suppress(ValueError):
                member = MemberId(bytes.fromhex(key))
                known = self._replica.membership.members.get(member)
                return display_line(self._replica.profile_names().get(member) or (known.name if known else ""))
            return display_line(str(key))
        return ""

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble:
                log.warning("%s", trouble)
            self._replica.events.publish(TroubleChanged())


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the command and all that it has started."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, ending)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
                return
