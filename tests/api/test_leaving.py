"""Who has left reads on, and writes nothing that would be called kept and never reach anybody."""

from __future__ import annotations

import pytest

from meshnode.api.schema import ApiError
from tests.api.conftest import Home, add


async def test_who_has_left_writes_nothing_more(home: Home) -> None:
    client = await home.client()
    task = await add(client, "Fix the gate")
    await client.ask("leave")
    for do, arguments in (
        ("act", {"action": "task.add", "record": None, "arguments": {"title": "After"}}),
        ("act", {"action": "task.claim", "record": task, "arguments": {}}),
        ("undo", {"record": task}),
        ("resolve", {"record": task, "field": "title", "value": "After"}),
        ("invite", {}),
        ("leave", {}),
    ):
        with pytest.raises(ApiError, match="You have left Maple Street") as refused:
            await client.ask(do, **arguments)
        assert "new invite" in refused.value.what_next
    assert (await client.ask("record", record=task))["view"]["title"] == "Fix the gate"
    assert len(list(home.replica.store.records(None))) == 1
    await client.close()
