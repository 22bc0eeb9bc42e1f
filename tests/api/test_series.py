"""Days of series through the local door: joined with their series, begun by the first action, found by their record."""

from __future__ import annotations

import pytest

from meshnode.api.client import NodeClient
from meshnode.api.schema import ApiError
from tests.api.conftest import Home
from tests.support.nodes import Json


async def compost(client: NodeClient) -> list[Json]:
    """A chore of every day, and its two days on the board."""
    await client.ask("act", action="series.add", arguments={"title": "Compost", "rhythm": "every day"})
    return list((await client.ask("tasks"))["tasks"])


async def act(client: NodeClient, action: str, day: Json, **arguments: object) -> Json:
    of = {"series": day["series"], "day": day["day"]}
    return await client.ask("act", action=action, of=of, arguments=arguments)


async def test_the_first_action_on_a_day_begins_its_record(home: Home) -> None:
    client = await home.client()
    today, tomorrow = await compost(client)
    assert today["day"] < tomorrow["day"]
    assert (today["changes"], (await client.ask("history", record=today["id"]))["entries"]) == (0, [])
    with pytest.raises(ApiError, match="no such entry"):
        await client.ask("act", action="task.claim", record=today["id"])
    claimed = await act(client, "task.claim", today)
    assert (claimed["record"], claimed["task"]["status"], claimed["task"]["title"]) == (
        today["id"],
        "claimed",
        "Compost",
    )
    # Once it has begun, its record alone says which day is meant.
    done = await client.ask("act", action="task.done", record=today["id"], arguments={"thanks": "Ta!"})
    assert (done["task"]["status"], done["view"]["kind"]) == ("done", "occurrence")
    undone = await client.ask("undo", record=today["id"], change=done["change"])
    assert undone["task"]["status"] == "claimed"
    history = (await client.ask("history", record=today["id"]))["entries"]
    assert [entry["what"] for entry in history][1:] == ["done", "claim"]
    resolved = await client.ask("resolve", record=today["id"], field="place", value="Cellar")
    assert resolved["task"]["place"] == "Cellar"
    assert [task["day"] for task in (await client.ask("tasks"))["tasks"]] == [today["day"], tomorrow["day"]]
    await client.close()


async def test_what_is_no_day_of_a_series_is_refused(home: Home) -> None:
    client = await home.client()
    today, _ = await compost(client)
    with pytest.raises(ApiError, match="series edit"):
        await act(client, "task.edit", today, title="Other")
    unclear: list[object] = [
        {"series": today["series"]},
        {"series": "25", "day": today["day"]},
        [],
        "x",
        {"series": 1, "day": 2},
    ]
    for of in unclear:
        with pytest.raises(ApiError, match="must name a series and a day"):
            await client.ask("act", action="task.claim", of=of)
    for series in ("25" + "0" * 30, today["id"]):
        with pytest.raises(ApiError, match="no such series"):
            await client.ask("act", action="task.claim", of={"series": series, "day": today["day"]})
    with pytest.raises(ApiError, match="Write the rhythm"):
        await client.ask("act", action="series.add", arguments={"title": "x", "rhythm": "now and then"})
    await client.close()
