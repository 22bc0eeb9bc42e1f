"""Sync: what it costs to find out that two nodes hold the same, or what differs, beside automerge's own sync.

Rules of this module:
1. Real sessions over real stores; both sides of the comparison hold the same content.
2. Sync bytes are digests, NEG, WANT, credit and framing. Padding, the device's statement, Noise and HTTP are printed
   on a line of their own, from a real link over loopback.
"""

from __future__ import annotations

import asyncio
import contextlib
import cProfile
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.automerge_side import OneDocument, synced
from bench.exchange import Exchange
from bench.report import Report, median
from bench.scale import Scale
from bench.shelf import Shelf, copied, full_directory
from bench.written import Written, corpus, later_edits, street
from meshnode.membership.network_keys import link_psk
from meshnode.noise.handshake import Handshake
from meshnode.peers.links import Links
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.server import Server
from meshnode.trust.access import Access
from meshnode.trust.keyring import Keyring

DIFFERENCES = 50
WAYS = (
    ("half on each side", DIFFERENCES // 2),
    ("all at the dialler", DIFFERENCES),
    ("all at the answerer", 0),
)
"""Who wrote while the two were apart, and how many of the changes the dialler did."""
ROUNDS = 2
REPEATS = 5
EQUAL_SHARE = 1 / 200
OVERHEAD_SHARE = 1 / 40
FLIGHTS = 6


def measure(report: Report, scale: Scale) -> None:
    """Equal sets, then 50 recent differences."""
    asyncio.run(_measure(report, scale))


async def _measure(report: Report, scale: Scale) -> None:
    written = corpus(scale.tasks)
    report.heading(f"Sync of {len(written.changes):,} changes in {scale.tasks:,} records")
    report.note(f"writing and signing them took {written.seconds:.1f} s")
    began = time.perf_counter()
    document = OneDocument()
    document.write(written.changes)
    report.note(f"automerge's one document took {time.perf_counter() - began:.1f} s")
    directory = await asyncio.to_thread(full_directory, scale.tasks)
    with _pair(copied(directory, "a"), copied(directory, "b")) as (one, other):
        await _equal(report, document, one, other)
        await _differences(report, scale, document, one, other)


@contextlib.contextmanager
def _pair(first: Path, second: Path) -> Iterator[tuple[Shelf, Shelf]]:
    one, other = Shelf.open(first, "alice"), Shelf.open(second, "bob")
    try:
        yield one, other
    finally:
        one.close()
        other.close()


# -- equal sets -------------------------------------------------------------------------------------------------------


async def _equal(report: Report, document: OneDocument, one: Shelf, other: Shelf) -> None:
    copy = document.fork()
    theirs = [synced(document, copy) for _ in range(REPEATS)]
    ours = [await _reconnect(one, other) for _ in range(REPEATS)]
    used, automerge = ours[0].sync_bytes, theirs[0].sent_bytes
    report.figure("equal sets: automerge's own sync", automerge, "B")
    report.figure("equal sets: sync bytes of a reconnect", used, "B", automerge * EQUAL_SHARE)
    report.figure("equal sets: how many times less than automerge's own", automerge / used, "x")
    report.figure("equal sets: flights", ours[0].flights, "")
    report.note(f"  sync bytes by message: {ours[0].said()}")
    report.figure("equal sets: CPU of both sides", 1e3 * median([each.cpu for each in ours]), "ms")
    report.figure("equal sets: CPU of automerge's own sync", 1e3 * median([each.cpu for each in theirs]), "ms")
    rest = ours[0].dialler.hello_rest_bytes + ours[0].answerer.hello_rest_bytes
    whole = await _bytes_on_loopback(one, other)
    report.note(
        f"  not counted above: {rest:,} B of HELLOs (device statements, nonces, padding) and"
        f" {whole - used - rest:,} B of Noise, WebSocket and HTTP; the whole reconnect is {whole:,} B of TCP payload"
    )


async def _reconnect(one: Shelf, other: Shelf) -> Exchange:
    exchange = Exchange(one, other)
    await exchange.run()
    if not (exchange.dialler.session.settled and exchange.answerer.session.settled):
        raise AssertionError("the sessions did not settle")
    return exchange.end()


# -- differences ------------------------------------------------------------------------------------------------------


async def _differences(report: Report, scale: Scale, document: OneDocument, one: Shelf, other: Shelf) -> None:
    """Each way in which 50 may differ has its own comparison with automerge."""
    ours, theirs, met = [], [], True
    for turn in range(ROUNDS * len(WAYS)):
        name, mine = WAYS[turn % len(WAYS)]
        begin = turn * DIFFERENCES
        first = later_edits(scale.tasks, mine, 0, first=begin)
        second = later_edits(scale.tasks, DIFFERENCES - mine, 1, first=begin + mine)
        left, right = document.fork(), document.fork()
        payload = left.write(first) + right.write(second)
        theirs.append(synced(left, right))
        await one.take(first)
        await other.take(second)
        exchange, overhead, flights = await _reconcile(one, other, (*first, *second))
        ours.append(exchange)
        if turn < len(WAYS):
            shown = f"{DIFFERENCES} differences, {name}"
            automerge = theirs[-1].sent_bytes - payload
            report.figure(f"{shown}: automerge's own over the payload", automerge, "B")
            met &= report.figure(f"{shown}: sync bytes over the payload", overhead, "B", automerge * OVERHEAD_SHARE)
            met &= report.figure(f"{shown}: flights until both sets are equal", flights, "", FLIGHTS)
            report.note(f"  {exchange.said()}; {exchange.flights} flights to the last acknowledgement")
    cpu = median([each.cpu for each in ours])
    report.figure(f"{DIFFERENCES} differences: CPU of both sides, with admission and commits", 1e3 * cpu, "ms")
    report.figure(f"{DIFFERENCES} differences: CPU of automerge's own", 1e3 * median([t.cpu for t in theirs]), "ms")
    if not met:
        await _profile(report, scale, one, other)


async def _reconcile(one: Shelf, other: Shelf, items: Sequence[Written]) -> tuple[Exchange, int, int]:
    """The exchange, its bytes over the payload, and its flights until the sets were equal."""
    exchange = Exchange(one, other)
    flights = await exchange.run(exchange.is_equal)
    await exchange.run()
    if not exchange.is_equal():
        raise AssertionError("the sets did not become equal")
    exchange.end()
    return exchange, exchange.sync_bytes - sum(len(each.envelope) for each in items), flights


async def _profile(report: Report, scale: Scale, one: Shelf, other: Shelf) -> None:
    first = later_edits(scale.tasks, DIFFERENCES, 0, first=ROUNDS * len(WAYS) * DIFFERENCES)
    await one.take(first)
    with cProfile.Profile(time.thread_time) as profile:
        await _reconcile(one, other, first)
    report.profile(f"{DIFFERENCES} differences", profile)


# -- a real link ------------------------------------------------------------------------------------------------------


def _links(shelf: Shelf) -> Links:
    access = Access(shelf.replica)
    return Links(shelf.replica, access, Keyring(shelf.replica, access), os.urandom(16), time.monotonic)


async def _bytes_on_loopback(one: Shelf, other: Shelf) -> int:
    """Everything that both sides wrote into the TCP connection of one reconnect, until both were settled."""
    dialler, answerer = _links(one), _links(other)
    psk = link_psk(street().epoch_key)

    async def welcome(connection: Connection) -> None:
        await answerer.carry(connection, dialled=False)

    server = Server(
        handshakes=Handshake,
        static_private=other.replica.identity.noise_private,
        psks=lambda kind: [psk],
        on_connection=welcome,
    )
    await server.start(0, hosts=("127.0.0.1",))
    relay = _Relay(server.port)
    port = await relay.start()
    connection = await dial(
        "127.0.0.1",
        port,
        kind=LinkKind.MEMBER,
        psk=psk,
        static_private=one.replica.identity.noise_private,
        ephemeral=os.urandom(32),
        handshakes=Handshake,
    )
    carrying = asyncio.create_task(dialler.carry(connection, dialled=True))
    async with asyncio.timeout(20):
        while not _settled(dialler) or not _settled(answerer):  # noqa: ASYNC110 -- two nodes' state in one condition
            await asyncio.sleep(0.01)
    passed = relay.passed
    await dialler.stop()
    await carrying
    await server.close()
    await relay.stop()
    return passed


def _settled(links: Links) -> bool:
    return bool(links.by_device) and all(link.session.settled for link in links.by_device.values())


class _Relay:
    """Passes on one TCP connection and counts what passes."""

    def __init__(self, port: int) -> None:
        self.passed = 0
        self._port = port
        self._server: asyncio.Server | None = None
        self._pumps: list[asyncio.Task[None]] = []

    async def start(self) -> int:
        """Listen; the port."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Let go."""
        assert self._server is not None
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._pumps += [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while got := await reader.read(65_536):
            self.passed += len(got)
            writer.write(got)
        writer.close()
