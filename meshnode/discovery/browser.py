"""Browser: hears of other meshnodes and finds out what each announces.

Rules of this module:
1. A name that is not the name of a meshnode is dropped before anything is asked about it.
2. What is asked of the network is bounded: 16 questions at once, 256 waiting; more is noise.
3. zeroconf stops asking 14 s after its start; `ask` asks again, and its caller says when.
4. What was heard last counts. Within a second zeroconf's cache keeps what was announced before beside what is announced
   now, in an order that may be wrong, and says nothing when the newer is repeated.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from zeroconf import (
    RecordUpdate,
    RecordUpdateListener,
    ServiceInfo,
    ServiceStateChange,
    Zeroconf,
    current_time_millis,
)
from zeroconf._dns import DNSQuestion, DNSText
from zeroconf._protocol.outgoing import DNSOutgoing
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo
from zeroconf.const import _CLASS_IN, _FLAGS_QR_QUERY, _TYPE_PTR

from meshnode.discovery.announcement import SERVICE_TYPE, nonce_in

ASKING_AT_ONCE = 16
WAITING_AT_MOST = 256
ANSWER_MILLISECONDS = 3000
TEXTS_KEPT = 1024
"""Four times the sightings that anybody keeps."""

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
        self._reported: dict[str, bytes] = {}
        self._ear = _TextEar(self._heard_again)
        zeroconf.async_add_listener(self._ear, None)
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
        self._zeroconf.async_remove_listener(self._ear)
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
            self._reported.pop(name, None)
            self._ear.texts.pop(name, None)
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

    def _heard_again(self, name: str) -> None:
        """A service said its text; if it is not the one that was reported last, report it (rule 4)."""
        if name in self._reported and self._ear.texts.get(name) != self._reported[name]:
            self._changed(self._zeroconf, SERVICE_TYPE, name, ServiceStateChange.Updated)

    def _report(self, info: AsyncServiceInfo) -> None:
        text = self._ear.texts.get(info.name, info.text)
        _keep(self._reported, info.name, text)
        properties = ServiceInfo(SERVICE_TYPE, info.name, properties=text).properties
        self._on_found(info.name, properties, info.parsed_scoped_addresses(), info.port or 0)


class _TextEar(RecordUpdateListener):
    """Keeps the text that each meshnode said last, and tells of every one, also where zeroconf holds it already."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard
        self._names: set[str] = set()
        self.texts: dict[str, bytes] = {}

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:
        """Before the cache has them."""
        for update in records:
            record = update.new
            if isinstance(record, DNSText) and nonce_in(record.name) is not None and not record.is_expired(now):
                _keep(self.texts, record.name, record.text)
                self._names.add(record.name)

    def async_update_records_complete(self) -> None:
        """Now it has."""
        names, self._names = self._names, set()
        for name in names:
            self._heard(name)


def _keep(texts: dict[str, bytes], name: str, text: bytes) -> None:
    """Note a text; where there are too many, the oldest goes."""
    texts.pop(name, None)
    texts[name] = text
    while len(texts) > TEXTS_KEPT:
        del texts[next(iter(texts))]
