"""Sealed notes by command, in real processes: named people read them, others see that they are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshnode.cli.asking import Snapshot
from meshnode.cli.notes import promise, row
from meshnode.errors import BadInput, NotPossible, UnknownRecord
from meshnode.wording import listed
from tests.cli.homes import Home
from tests.cli.test_processes import SETTINGS_TO, wait_for

SECRET = "Two tablets at noon"
ANA, BO, KAI = ("a1" * 32, "b0" * 32, "c4" * 32)


def known(me: str) -> Snapshot:
    names = {ANA: "Ana", BO: "Bo\x1b[2J", KAI: "Kai"}
    return Snapshot([], {member: {"name": name, "mine": member == me} for member, name in names.items()}, {}, {})


def note(*people: str) -> dict[str, Any]:
    text = {"for": list(people), "devices": [], "mark": "", "newer": False, "member": ANA, "device": "", "at_ms": 0}
    return {"id": "23" + "11" * 15, "kind": "note", "title": "Code", "task": "", "created": {"member": ANA}} | {
        "sealed": {"text": text}
    }


def test_a_line_says_for_whom_and_by_whom() -> None:
    assert row(note(ANA, BO), "111", known(ANA)) == ["111", "Code", "for Bo[2J; by you"]
    assert row(note(ANA, BO, KAI), "111", known(KAI)) == ["111", "Code", "for you and Bo[2J; by Ana"]
    assert row(note(ANA), "111", known(ANA)) == ["111", "Code", "for you; by you"]
    assert promise(note(ANA), known(ANA)).startswith("Only you can read this")
    assert promise(note(ANA, BO), known(KAI)).startswith("Only Ana and Bo[2J can read this. Hubs carry it unread.")
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["nobody", "a", "a, b and c"]


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ana's machine, with a neighbourhood, and its node running."""
    home = Home(tmp_path_factory.mktemp("ana"))
    home.run("init", "Maple", "Street", "--me", "Ana")
    process = home.start("run", "--quiet")
    yield home
    process.terminate()
    assert process.wait(20) == 0


def test_a_note_from_writing_to_sharing(ana: Home, tmp_path: Path) -> None:
    assert "No sealed notes here" in ana.run("note", "list")
    ana.run("task", "add", "Care for Mrs. Okafor")
    said = ana.run("note", "add", "Medicine", "-", "--task", "okafor", typed=SECRET)
    assert re.match(r"[0-9a-f]{3,}  Medicine\nOnly you can read this, on your own devices.", said)
    assert "for you; by you; task: Care for Mrs. Okafor" in ana.run("note", "list", "--task", "okafor")
    assert "Sealed notes" in ana.run("task", "show", "okafor")
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    bo = Home(tmp_path / "bo", SETTINGS_TO.format(address=address))
    process = bo.start("run", "--quiet")
    try:
        bo.run("join", ana.json("invite")["token"], "--name", "Bo", "--address", address, "--yes")
        wait_for(bo, "note list", "Medicine")
        closed = bo.json("note", "show", "medicine", expect=NotPossible.exit_code)
        assert (closed["values"], closed["why_not"]) == ([], "Only Ana can read this.")
        assert "Ask one of them" in bo.run("note", "show", "medicine", expect=NotPossible.exit_code)
        assert "Only whoever wrote" in bo.run("note", "edit", "medicine", "--text", "x", expect=NotPossible.exit_code)
        said = ana.run("note", "share", "medicine", "--with", "bo")
        assert "Only you and Bo can read this. Hubs carry it unread." in said
        wait_for(bo, "note list --mine", "for you; by Ana")
        shown = bo.run("note", "show", "medicine")
        assert f":\n  {SECRET}\n\nOnly you and Ana can read this." in shown
        assert bo.json("note", "show", "medicine")["values"][0]["text"] == SECRET
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_what_is_not_meant_is_said(ana: Home) -> None:
    said = ana.run("note", "add", "Code", "4711", "--to", "Zoe", expect=BadInput.exit_code)
    assert "Nobody here is called Zoe." in " ".join(said.split())
    said = ana.run("note", "show", "nothing like it", expect=UnknownRecord.exit_code)
    assert "No note has the number or the words" in said
    assert "meshnode note list" in said
    ana.run("note", "add", "Code", "4711")
    ana.run("note", "edit", "code", expect=BadInput.exit_code)
    ana.run("note", "edit", "code", "--text", "0815", "--title", "Door code")
    assert ana.json("note", "show", "door")["values"][0]["text"] == "0815"
    said = ana.run("note", "history", "door")
    assert "Ana sealed the text anew" in said
    assert "title: Code -> Door code" in said
    assert "0815" not in said
    assert "What sealing a note can and cannot promise" in ana.run("help", "privacy")
