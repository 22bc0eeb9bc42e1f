"""The street of the pictures tells what a real node tells: the same keys, with values of the same kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.nodes import RunningNode
from tests.tui import street
from tests.tui.pair import disagree, two_neighbours


def shape(value: Any) -> Any:
    """A value without what it says: keys and kinds."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def missing(told: Any, real: Any, path: str = "") -> list[str]:
    """Where the street tells of something that a node does not, or of another kind."""
    if isinstance(told, dict) and isinstance(real, dict):
        found = [f"{path}.{name}" for name in told if name not in real]
        return found + [
            each for name in told if name in real for each in missing(told[name], real[name], f"{path}.{name}")
        ]
    if isinstance(told, list) and isinstance(real, list):
        return missing(told[0], real[0], f"{path}[]") if told and real else []
    loose = told == real or "NoneType" in (told, real)
    return [] if loose else [f"{path}: {told} is {real}"]


async def test_the_street_tells_what_a_node_tells(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        record = await ana.add("Fix the gate", details="Two hinges")
        await ana.act("task.claim", record)
        await ana.act("task.comment", record, text="Soon")
        await ana.act("task.check_add", record, text="Oil")
        await ana.act("task.check", record, item=(await ana.tasks())[0]["checklist"][0]["id"])
        await ana.act("task.done", record, thanks="Ta!")
        await ana.act("task.reopen", record)
        await bo.until_titles(["Fix the gate"])
        await disagree(ana, bo, record)
        view = (await ana.ask("record", record=record))["view"]
        assert not missing(shape(street.BRAKE | {"thanks": street.WATER["thanks"]}), shape(view))
        conflict = (await ana.ask("conflicts", record=record))["conflicts"][0]
        assert not missing(shape({"field": "due", "values": street.VALUES}), shape(conflict))
        entry = (await ana.ask("history", record=record))["entries"][0]
        told = {"change": "", "received_ms": 0, "undoable": True, "device": "", "member": "", "at_ms": 0, "what": ""}
        assert not missing(shape(told), shape(entry))
        assert not missing(shape(street.status()), shape(await ana.ask("status")))
        assert not missing(shape(street.INVITE), shape(await ana.ask("invite", uses=1, days=2)))
        sealed = await ana.act("note.add", title="Code", text="4711", to="Bo", task=record)
        assert not missing(shape(street.NOTE), shape(sealed["view"]))
        assert not missing(shape(street.OPENED), shape(await ana.ask("open_sealed", record=sealed["record"])))
        await people(ana)


async def people(node: RunningNode) -> None:
    async for event in node.events():
        if event.get("last"):
            for told, real in ((street.MEMBERS, event["members"]), (street.DEVICES, event["devices"])):
                assert not missing(shape(next(iter(told.values()))), shape(next(iter(real.values()))))
            return
