"""Random arguments for the requests of a real node: each is answered or refused with a sentence, and none is a bug."""

from __future__ import annotations

import copy
import random
from typing import Any

from meshnode.api.schema import ApiError
from tests.api.conftest import Home, add
from tests.fuzz.targets import SEED
from tests.support.people import fuzz_count, seeded_identity

COUNT = 300
BUG = "error"
"""The code of what is no refusal: the sentence then says that meshnode has a bug."""
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**70, 1.5, float("inf"), [], {}, [[]], {"a": {"b": []}}, [None], {"": ""}),
    *("", " ", "\0", "\x1b[2J", "\ud800", "x" * 3000, "é" * 100, "0", "-1", "2026-13-45", "20" + "00" * 15, "ff" * 32),
    *("00" * 16, "zz" * 32, "../../etc/passwd", "{}", "🌧️", "\u202eabc", "Europe/Berlin"),
)


def requests(record: str, change: str) -> list[tuple[str, dict[str, Any]]]:
    """Honest requests, to be bent."""
    bob = seeded_identity("bob").person.hex()
    task = {"title": "Rake", "due": "fri", "details": "x", "people_needed": 2, "place": "Garden", "links": ["a"]}
    note = {"title": "Medicine", "text": "Noon", "to": [bob]}
    edits = ("edit", "claim", "comment", "done", "reopen", "checklist", "drop", "set_aside", "pass", "thank")
    return [
        ("act", {"action": "task.add", "record": None, "arguments": task}),
        ("act", {"action": "note.add", "record": None, "arguments": note}),
        *(("act", {"action": f"task.{each}", "record": record, "arguments": task | {"text": "x"}}) for each in edits),
        ("act", {"action": "settings.edit", "record": None, "arguments": {"name": "Elm", "zone": "Europe/Berlin"}}),
        ("act", {"action": "profile.edit", "record": None, "arguments": {"name": "Al", "about": "x"}}),
        ("act", {"action": "task.add", "record": None, "arguments": task, "as": {"name": "Rosa"}}),
        ("record", {"record": record}),
        ("records", {"kind": "task", "after": record, "limit": 20}),
        ("history", {"record": record}),
        ("conflicts", {"record": record}),
        ("resolve", {"record": record, "field": "title", "value": "x", "pick": 0}),
        ("undo", {"record": record, "change": change}),
        ("open_sealed", {"record": record, "field": "text"}),
        ("forget", {"record": record, "ask": True}),
        ("invite", {"uses": 1, "days": 2, "event": False}),
        ("came_in", {"invite": "00" * 32}),
        ("void", {"invite": "00" * 32, "keep": True, "card": "x"}),
        ("vouch", {"member": bob, "card": None}),
        ("petition", {"members": [bob], "reason": "Not kind.", "card": None}),
        ("vote", {"petition": "00" * 32, "yes": True}),
        ("block", {"member": bob}),
        ("unblock", {"member": bob}),
        ("follow", {"members": [bob], "follow": True}),
        ("refound_token", {"refound": "00" * 32}),
        ("copy_in", {"tasks": [{"title": "x"}], "names": {}, "source": "Elm"}),
        ("reply", {"reply": "x"}),
        ("let_in", {"reply": "x"}),
        ("device_drop", {"device": seeded_identity("bob").device.hex(), "why": "lost", "keep": True}),
        ("hub_add", {"code": "x", "card": None, "address": None}),
        ("device_code", {"purpose": "device", "card": None}),
    ]


def bent(arguments: Any, chance: random.Random) -> Any:
    """The same with one place in it, at any depth, turned into something odd, left out or made up."""
    if isinstance(arguments, dict) and arguments and chance.random() < 0.9:
        changed = copy.deepcopy(arguments)
        key = chance.choice(list(changed))
        match chance.randrange(6):
            case 0:
                del changed[key]
            case 1:
                changed[chance.choice(("v", "by", "record", "arguments", "card", "as"))] = chance.choice(ODD)
            case _:
                changed[key] = bent(changed[key], chance)
        return changed
    return copy.deepcopy(chance.choice(ODD))


async def test_odd_arguments_are_refused_with_a_sentence(home: Home) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    client = await home.client()
    record = await add(client, "Rake leaves")
    change = (await client.ask("history", record=record))["entries"][0]["change"]
    answered, bugs = 0, []
    for _ in range(fuzz_count(COUNT)):
        do, honest = chance.choice(requests(record, change))
        arguments = bent(honest, chance)
        if not isinstance(arguments, dict):
            continue
        try:
            await client.ask(do, **arguments)
            answered += 1
        except ApiError as error:
            if error.code == BUG or not str(error).strip():
                bugs.append((do, arguments, str(error)))
        except UnicodeEncodeError:
            continue  # a lone surrogate: no line can hold it
    assert not bugs
    assert answered
    later = await add(client, "Still here")
    assert (await client.ask("record", record=later))["view"]["title"] == "Still here"
    await client.close()
