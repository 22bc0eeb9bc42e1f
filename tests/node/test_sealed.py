"""Sealed notes through the local door of real nodes: written by name, opened by those named, found on no disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meshnode.api.schema import ApiError
from tests.node.conftest import Street
from tests.support.nodes import RunningNode

SECRET = "Two tablets at noon, the blue box"


async def note(node: RunningNode, **more: Any) -> str:
    return str((await node.act("note.add", **{"title": "Medicine", "text": SECRET, **more}))["record"])


async def refusal(node: RunningNode, do: str, **arguments: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await node.ask(do, **arguments)
    return caught.value


async def test_it_is_sealed_by_name_and_opened_by_those_named(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo", "kai") as (ana, bo, kai):
        task = await ana.add("Care for Mrs. Okafor")
        record = await note(ana, to="bo", task=task)

        for node in (bo, kai):

            async def arrived(node: RunningNode = node) -> bool:
                return bool((await node.ask("records", kind="note"))["records"])

            await node.until("the note is there", arrived)
        for node in (ana, bo):
            opened = await node.ask("open_sealed", record=record, field="text")
            assert [value["text"] for value in opened["values"]] == [SECRET]
        closed = await refusal(kai, "open_sealed", record=record, field="text")
        assert (closed.code, str(closed)) == ("not-possible", "Only Ana and Bo can read this.")
        view = (await kai.ask("record", record=record))["view"]
        assert (view["title"], view["task"], len(view["sealed"]["text"]["for"])) == ("Medicine", task, 2)
        await ana.act("note.share", record, **{"with": ["Kai"], "without": "Bo"})

        async def shared() -> bool:
            return bool((await kai.ask("record", record=record))["view"]["changes"] == 2)

        await kai.until("it is for Kai, too", shared)
        opened = await kai.ask("open_sealed", record=record)
        assert opened["values"][0]["text"] == SECRET
        assert opened["values"][0]["member"] == view["created"]["member"]
        for node in (ana, bo, kai):
            assert SECRET.encode() not in b"".join(p.read_bytes() for p in node.home.rglob("*") if p.is_file())
    for name in ("ana", "bo", "kai"):
        at_rest = b"".join(path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file())
        assert b"tablets" not in at_rest
        assert b"Medicine" in at_rest


async def test_names_are_never_guessed_at(street: Street) -> None:
    async with street("ana", "bo", " bo") as (ana, bo, _):
        other = (await ana.act("note.add", title="t", text="x", to=""))["view"]["sealed"]["text"]
        assert len(other["for"]) == 1
        for to, said in (
            ("Bo", "2 people here are called Bo."),
            ("Zoe", "Nobody here is called Zoe."),
            (["Ana", "Zoe"], "Nobody here is called Zoe."),
            (7, "Name people here, with commas: Ana, Bo."),
        ):
            error = await refusal(ana, "act", action="note.add", arguments={"title": "t", "text": "x", "to": to})
            assert (error.code, str(error)) == ("bad-input", said)
        me = (await bo.ask("status"))["me"]["member"]
        view = (await ana.act("note.add", title="t", text="x", to=me[:8]))["view"]
        assert me in view["sealed"]["text"]["for"]


async def test_what_cannot_be_opened_is_said(street: Street) -> None:
    async with street("ana") as (ana,):
        task = await ana.add("Rake leaves")
        assert (await refusal(ana, "open_sealed", record=task)).code == "not-possible"
        assert (await refusal(ana, "open_sealed", record="20" + "00" * 15)).code == "unknown-record"
        assert (await refusal(ana, "open_sealed", record="zz")).code == "bad-input"
        record = await note(ana)
        assert (await refusal(ana, "open_sealed", record=record, field="no")).code == "not-possible"
        assert "taken back" in str(await refusal(ana, "undo", record=record, change=None))
