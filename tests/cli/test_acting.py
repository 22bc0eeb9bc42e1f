"""`--as` at a hub: who acts is said with the command, told with the hub, and asked for where it is missing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crdt.acting import KINDS_AT_HUBS
from crdt.catalog import KINDS_BY_NAME
from meshnode.cli.asking import Snapshot
from meshnode.cli.board_history import history_lines
from tests.support.nodes import RunningNode
from tests.support.people import maple_street, seeded_identity
from tests.support.settled import settled_hub

ELM = "elm hub"
ROSA = "cc" * 32
KNOWN = Snapshot([], {ROSA: {"name": "Rosa"}}, {"ee": {"name": "Elm hub", "kind": "hub"}}, {})


async def said(node: RunningNode, *words: str, expect: int = 0) -> str:
    """What a command answers as JSON, or prints."""
    environment = os.environ | {"MESHNODE_HOME": str(node.home), "TERM": "xterm-256color", "COLUMNS": "100"}
    command = [sys.executable, "-m", "meshnode.cli.main", "--profile", "test", "--socket", str(node.socket), *words]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, timeout=60)
    assert done.returncode == expect, done.stderr
    return (done.stdout + done.stderr).decode()


async def test_a_whole_evening_at_a_hub(tmp_path: Path) -> None:
    street = maple_street(2)
    street.hub(ELM, "alice")
    async with settled_hub(tmp_path, ELM, street) as node:
        refused = json.loads(await said(node, "--json", "task", "add", "Gate", expect=2))
        assert (refused["error"]["code"], "--as NAME" in refused["error"]["next"]) == ("who-acts", True)
        await said(node, "task", "add", "Gate", "--as", "Mo")
        await said(node, "task", "claim", "gate", "--as", "bob")
        await said(
            node, "task", "comment", "gate", "I bring the drill.", "--as", seeded_identity("bob").person.hex()[:9]
        )
        shown = await said(node, "task", "show", "gate")
        assert "Bob, at elm hub" in shown
        assert "by Mo, at elm hub" in shown
        assert "Bob, at elm hub" in await said(node, "task", "list")
        await said(node, "task", "undo", "gate", "--as", "bob")
        history = await said(node, "task", "history", "gate")
        assert "Bob, at elm hub took something back" in history
        assert "Mo, at elm hub wrote it down" in history
        assert "device of your own" in await said(node, "settings", "edit", "--name", "Oak Street", expect=4)


@pytest.mark.parametrize(
    ("entry", "who"),
    [
        ({"member": "", "device": "ee", "by": ROSA, "at": "ee"}, "Rosa, at Elm hub"),
        ({"member": "", "device": "ee", "by": "Mo\x1b[2J", "at": "ee"}, "Mo[2J, at Elm hub"),
        ({"member": None, "device": "ee"}, "Elm hub"),
        ({"member": "dd" * 32, "by": "dd" * 32, "at": "ff"}, "somebody unknown here, at a hub unknown here"),
        ({"member": ROSA}, "Rosa"),
    ],
)
def test_who_is_told(entry: dict[str, Any], who: str) -> None:
    assert KNOWN.author(entry) == who
    line = {"change": "ab" * 32, "at_ms": 0, "received_ms": 0, "what": "claim", "fields": []} | entry
    assert f"{who} claimed it" in history_lines([line], KNOWN, datetime(2026, 11, 24, tzinfo=UTC), 140)[0]


def test_several_are_told_apart() -> None:
    at_elm = {"member": ROSA, "by": ROSA, "at": "ee"}
    assert KNOWN.authors([at_elm, {"member": "x"}]) == "Rosa, at Elm hub; somebody unknown here"
    assert KNOWN.authors([{"member": ROSA}, {"member": "x"}]) == "Rosa, somebody unknown here"
    assert KNOWN.authors([]) == ""


def test_the_option_is_there_for_what_is_declared_for_hubs() -> None:
    declared = {name for name, kind in KINDS_BY_NAME.items() if any(field.at_hub for field in kind.fields)}
    assert declared == KINDS_AT_HUBS
