"""Those who do not belong: strangers, those who left, and texts that would like to be more than text."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from crdt.identifiers import Lane
from meshnode.errors import HandshakeRefused
from meshnode.membership.network_keys import link_psk
from meshnode.sync.messages import Bye, Push
from meshnode.transport.connection import LinkKind
from tests.hostile.conftest import Target, Targets
from tests.support.chunks import Draft, put
from tests.support.hand_peer import HandPeer, kinds_of
from tests.support.people import seeded_identity
from tests.support.replicas import first_change, record_of

CONTROLS = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\u202egnp.exe\u2066x\x00\x08\x9b5m\r\nline"


async def test_a_stranger_without_the_key_hears_nothing(target: Targets) -> None:
    async with target() as alice:
        stranger = seeded_identity("stranger")
        for kind in (LinkKind.MEMBER, LinkKind.TOKEN, LinkKind.SHORT_CODE, 3, 255):
            with pytest.raises(HandshakeRefused):
                async with HandPeer.reach(alice.address, stranger, b"\x07" * 32, kind):
                    pass
        with pytest.raises(HandshakeRefused):
            # The right key on the wrong kind of link opens nothing.
            async with HandPeer.reach(alice.address, stranger, link_psk(alice.street.epoch_key), LinkKind.SHORT_CODE):
                pass
        await alice.is_well()


async def test_who_leaves_is_let_go_and_not_let_in_again(target: Targets) -> None:
    async with target() as alice:
        bob = seeded_identity("bob")
        async with alice.member("bob") as peer:
            await peer.enter()
            leave = alice.street.leave("bob")
            await peer.say(Push(Lane.STATEMENTS, False, (leave,)))
            await peer.until_closed()
            assert peer.heard[-1] == Bye("not-a-member")
        await alice.node.add("After he left")
        for _ in range(2):
            async with alice.member("bob") as peer:
                await peer.greet()
                await peer.until_closed()
                assert peer.heard[-1] == Bye("not-a-member")
                assert peer.items_heard() == []
                assert "Ready" not in kinds_of(peer.heard)
        late = first_change(bob, alice.street.network, Draft([put("title", "Bye all")]))
        async with alice.member("chidi") as chidi:
            await chidi.enter()
            await chidi.push(late)
        # What a past member wrote belongs to the set, on every node alike; only their devices may not link.
        assert "Bye all" in await alice.node.titles()
        await alice.is_well()


async def test_the_nodes_own_key_on_the_other_side_is_refused(target: Targets) -> None:
    """A copied key file: it cannot link with its twin, and the twin takes no harm."""
    async with target() as alice:
        twin = seeded_identity("alice")
        with pytest.raises(HandshakeRefused):
            async with HandPeer.reach(alice.address, twin, link_psk(alice.street.epoch_key)):
                pass
        await alice.is_well()


async def run_command(target: Target, *words: str) -> str:
    """What a command prints for this node, whatever it contains."""
    environment = os.environ | {"MESHNODE_HOME": str(target.node.home), "TERM": "xterm-256color", "COLUMNS": "100"}
    command = [sys.executable, "-m", "meshnode.cli.main", "--profile", "test", "--socket", str(target.node.socket)]
    done = await asyncio.to_thread(subprocess.run, [*command, *words], env=environment, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


async def test_escape_sequences_and_bidi_marks_are_shown_as_text(target: Targets) -> None:
    """Kept as they were signed, and harmless on every screen: in lists, details, comments, names and the log."""
    async with target() as alice:
        bob, network = seeded_identity("bob"), alice.street.network
        draft = Draft([put("title", f"Soup{CONTROLS}"), put("place", CONTROLS), put("due", CONTROLS)])
        change = first_change(bob, network, draft)
        record = record_of(change)
        async with alice.member("bob") as peer:
            await peer.enter()
            await peer.push(change)
        view = (await alice.node.ask("record", record=record.hex()))["view"]
        assert view["title"].startswith("Soup")
        for words in (("task", "list"), ("task", "show", "soup"), ("task", "history", "soup")):
            printed = await run_command(alice, *words)
            assert "Soup" in printed, printed
            forbidden = {c for c in CONTROLS if not c.isprintable()} - {"\n"}
            assert not forbidden & set(printed), (words, printed)
        assert "\x1b" not in alice.node.output()
        await alice.is_well()
