"""Browser: hears of other meshnodes and finds out what each announces.

Rules of this module:
1. A name that is not the name of a meshnode is dropped before anything is asked about it.
2. What is asked of the network is bounded: 16 questions at once, 256 waiting; more is noise.
3. zeroconf stops asking 14 s after its start; `ask` asks again, and its caller says when.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from zeroconf import ServiceStateChange, Zeroconf, current_time_millis
from zeroconf._dns import DNSQuestion
from zeroconf._protocol.outgoing import DNSOutgoing
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo
from zeroconf.const import _CLASS_IN, _FLAGS_QR_QUERY, _TYPE_PTR

from meshnode.discovery.announcement import SERVICE_TYPE, nonce_in

ASKING_AT_ONCE = 16
WAITING_AT_MOST = 256
ANSWER_MILLISECONDS = 3000

OnFound = Callable[[str, Mapping[bytes, bytes | None], Sequence[str], int], None]
OnLost = Callable[[str], None]


class Browser:
    """Calls `on_found(service name, TXT, addresses, port)` and `on_lost(service name)` on the event loop."""

    def __init__(self, zeroconf: Zeroconf, on_found: OnFound, on_lost: OnLost) -> None:
        self._zeroconf = zeroconf
        self._on_found = on_found
        self._on_lost = on_lost
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._waiting: deque[str] = deque(maxlen=WAITING_AT_MOST)
        self._browser = AsyncServiceBrowser(zeroconf, SERVICE_TYPE, handlers=[self._changed])

    def ask(self) -> None:
        """Ask once who is there; those whom we know already need not answer."""
        question = DNSOutgoing(_FLAGS_QR_QUERY)
        question.add_question(DNSQuestion(SERVICE_TYPE, _TYPE_PTR, _CLASS_IN))
        now = current_time_millis()
        for known in self._zeroconf.cache.get_all_by_details(SERVICE_TYPE, _TYPE_PTR, _CLASS_IN):
            if not known.is_stale(now):
                question.add_answer_at_time(known, now)
        self._zeroconf.async_send(question)

    async def close(self) -> None:
        """Stop listening and asking."""
        await self._browser.async_cancel()
        self._waiting.clear()
        tasks = tuple(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if nonce_in(name) is None:
            return
        if state_change is ServiceStateChange.Removed:
            self._on_lost(name)
            return
        info = AsyncServiceInfo(service_type, name)
        if info.load_from_cache(zeroconf):
            self._report(info)
        elif name not in self._asking and name not in self._waiting:
            self._waiting.append(name)
            self._ask_about_more()

    def _ask_about_more(self) -> None:
        while self._waiting and len(self._asking) < ASKING_AT_ONCE:
            name = self._waiting.popleft()
            self._asking[name] = asyncio.create_task(self._resolve(name))

    async def _resolve(self, name: str) -> None:
        info = AsyncServiceInfo(SERVICE_TYPE, name)
        try:
            if await info.async_request(self._zeroconf, ANSWER_MILLISECONDS):
                self._report(info)
        finally:
            del self._asking[name]
            self._ask_about_more()

    def _report(self, info: AsyncServiceInfo) -> None:
        self._on_found(info.name, info.properties, info.parsed_scoped_addresses(), info.port or 0)
