"""Alarms and the roster through a node's door: reach, whose sealed details open, and times as people type them."""

from __future__ import annotations

import pytest

from meshnode.api.client import NodeClient
from meshnode.api.schema import ApiError, Json
from tests.api.conftest import Home
from tests.support.people import seeded_identity


async def act(client: NodeClient, action: str, record: str | None = None, **arguments: str) -> Json:
    return await client.ask("act", action=action, record=record, arguments=arguments)


async def test_reach_begins_with_this_node_alone(home: Home) -> None:
    client = await home.client()
    record = (await act(client, "alarm.raise", what="fire"))["record"]
    await act(client, "alarm.going", record, note="with a ladder")
    reach = await client.ask("reach", record=record)
    assert (reach["on"], [node["name"] for node in reach["not_proved"]]) == ([], ["Bob"])
    assert [each["note"] for each in reach["going"]] == ["with a ladder"]
    assert [each["member"] for each in reach["seen"]] == [home.replica.identity.person.hex()]
    assert set(reach["not_proved"][0]) == {"device", "name", "words", "kind", "linked"}, "no figure, no time"
    task = (await act(client, "task.add", title="Soup"))["record"]
    for named in (task, "x", None, record[:-2]):
        with pytest.raises(ApiError, match="not an alarm"):
            await client.ask("reach", record=named)
    with pytest.raises(ApiError) as unknown:
        await client.ask("reach", record="02" + "0" * 30)
    assert unknown.value.code == "unknown-record"
    await client.close()


async def test_a_household_is_marked_sealed_and_opened(home: Home) -> None:
    client = await home.client()
    record = (await act(client, "roster.add", title="Alice", primary="radio 3"))["record"]
    await act(client, "roster.seal", record, which="medical", text="Insulin in the fridge", to="Bob")
    opened = await client.ask("open_sealed", record=record, field="medical")
    assert [value["text"] for value in opened["values"]] == ["Insulin in the fridge"]
    assert sorted(opened["for"]) == sorted(seeded_identity(name).person.hex() for name in ("alice", "bob"))
    with pytest.raises(ApiError, match="Nothing is sealed there"):
        await client.ask("open_sealed", record=record, field="address")
    view = (await act(client, "roster.mark", record, word="safe", at="0:00"))["view"]
    now = home.replica.clock()
    assert now - 86_400_000 <= view["marks"][0]["at_ms"] <= now, "a clock time that is typed means the last one"
    out = (await act(client, "roster.out", record, back="in 2 hours"))["view"]["outs"][0]
    assert 0 < out["back_ms"] - now <= 2 * 3_600_000 + 60_000
    with pytest.raises(ApiError, match="no time this understands"):
        await act(client, "roster.out", record, back="soon")
    await client.close()


async def test_a_disputed_line_of_a_household_is_settled_by_its_field(home: Home) -> None:
    client = await home.client()
    record = (await act(client, "roster.add", title="Alice"))["record"]
    reply = await client.ask("resolve", record=record, field="title", value="Alice and Zoe")
    assert reply["view"]["title"] == "Alice and Zoe"
    await client.close()
