"""The local API of a real node: every request, and a sentence for every refusal."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from meshnode.api.client import NodeClient
from meshnode.api.schema import REQUESTS, ApiError
from meshnode.errors import NodeAway
from tests.node.conftest import LOOPBACK, Street
from tests.support.nodes import RunningNode


async def refusal(node: RunningNode, do: str, **arguments: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await node.ask(do, **arguments)
    return caught.value


async def test_outside_a_network_everything_else_is_refused_with_what_to_do(tmp_path: Path) -> None:
    async with RunningNode(tmp_path / "n", "n", settings=LOOPBACK) as node:
        status = await node.ask("status")
        assert status["state"] == "outside"
        assert status["network"] is None
        for do in ("act", "records", "invite", "leave", "history"):
            error = await refusal(node, do)
            assert error.code == "no-network"
            assert "meshnode init" in error.what_next
        assert (await refusal(node, "found", network=" ", name="Ana")).code == "bad-input"
        assert (await refusal(node, "join", code="MESH1:ABC", name="Ana")).code == "damaged-code"
        assert (await refusal(node, "fly")).code == "bad-input"


async def test_every_documented_request_is_answered(street: Street) -> None:
    async with street("ana") as (node,):
        unanswered: dict[str, str] = {}
        for do in REQUESTS.keys() - {"subscribe", "stop", "leave"}:
            try:
                await node.ask(do)
            except ApiError as error:
                known = error.code in {"bad-input", "already-member"} and "does not know the request" not in str(error)
                unanswered |= {} if known else {do: str(error)}
        assert unanswered == {}


async def test_a_task_from_add_to_done_with_history_and_undo(street: Street) -> None:
    async with street("ana") as (node,):
        task = await node.add("Rake leaves", due="2026-11-27")
        view = (await node.ask("record", record=task))["view"]
        assert (view["title"], view["due"], view["status"]) == ("Rake leaves", "2026-11-27", "open")
        await node.act("task.claim", task)
        await node.act("task.edit", task, title="Rake the leaves")
        undone = await node.ask("undo", record=task, change=None)
        assert undone["view"]["title"] == "Rake leaves"
        redone = await node.ask("undo", record=task, change=undone["change"])
        assert redone["view"]["title"] == "Rake the leaves"
        done = await node.act("task.done", task, thanks="Thank you")
        assert done["view"]["status"] == "done"
        history = (await node.ask("history", record=task))["entries"]
        assert [entry["what"] for entry in history][-1] == "add"
        assert len(history) == done["view"]["changes"] == 6


@pytest.mark.parametrize(
    ("do", "arguments", "code"),
    [
        ("act", {"action": "task.fly"}, "bad-input"),
        ("act", {"action": "task.add", "arguments": {}}, "bad-input"),
        ("act", {"action": "task.add", "arguments": {"title": "x", "due": "someday soon"}}, "bad-input"),
        ("act", {"action": "task.add", "arguments": "title"}, "bad-input"),
        ("act", {"action": "task.claim", "record": "20" + "00" * 15}, "unknown-record"),
        ("act", {"action": "task.claim", "record": "zz"}, "bad-input"),
        ("record", {"record": "20"}, "bad-input"),
        ("records", {"kind": "dragons"}, "bad-input"),
        ("invite", {"uses": 0}, "bad-input"),
        ("invite", {"days": "many"}, "bad-input"),
        ("found", {"network": "Again", "name": "Ana"}, "already-member"),
    ],
)
async def test_bad_input_gets_a_sentence(street: Street, do: str, arguments: dict[str, Any], code: str) -> None:
    async with street("ana") as (node,):
        error = await refusal(node, do, **arguments)
        assert error.code == code
        assert len(str(error)) > 10
        assert (await node.ask("status"))["counts"]["records"] == 1


async def test_lines_that_are_no_requests_do_no_harm(street: Street) -> None:
    async with street("ana") as (node,):
        reader, writer = await asyncio.open_unix_connection(str(node.socket))
        for line in (b"hello\n", b"[1]\n", b'{"id": 1, "do": "status", "with": 7}\n', b"\xff\xfe\n"):
            writer.write(line)
            reply = json.loads(await reader.readline())
            assert reply["error"]["code"] == "bad-input"
        writer.write(b'{"id": 9, "do": "status"}\n')
        assert json.loads(await reader.readline())["id"] == 9
        writer.close()


async def test_a_subscription_sees_what_others_write(street: Street) -> None:
    async with street("ana") as (node,):
        await node.add("First")
        async with contextlib.aclosing(node.events()) as events:
            snapshot = await anext(events)
            assert snapshot["event"] == "snapshot"
            assert snapshot["last"]
            assert "First" in [view.get("title") for view in snapshot["records"]]
            await node.add("Second")
            seen = snapshot["seq"]
            async for event in events:
                assert event["seq"] == seen + 1
                seen = event["seq"]
                if event["event"] == "records":
                    assert event["records"][0]["title"] == "Second"
                    break


async def test_a_second_node_on_the_same_profile_is_refused(street: Street) -> None:
    async with street("ana") as (node,):
        second = RunningNode(node.home, "second", settings=LOOPBACK)
        second.socket = node.home / "other"
        with pytest.raises(AssertionError, match="ended at once"):
            await second.start()
        assert "has this profile open" in second.output()
        assert (await node.ask("status"))["state"] == "inside"


async def test_the_stop_is_clean_and_everything_is_there_again(street: Street) -> None:
    async with street("ana") as (node,):
        await node.add("Stays")
        before = await node.tasks()
        assert await node.stop() == 0
        with pytest.raises(NodeAway):
            await NodeClient.connect(node.socket)
        await node.start()
        assert await node.tasks() == before
        assert (await node.ask("status"))["trouble"] == []
