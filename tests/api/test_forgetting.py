"""Having something wiped through the local door: asked first, done once, and told to every screen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meshnode.api.schema import ApiError
from tests.api.conftest import Home, add


async def test_asking_says_what_it_would_do_and_does_nothing(home: Home) -> None:
    client = await home.client()
    record = await add(client, "Key box")
    told = await client.ask("forget", record=record, ask=True)
    assert told == {"record": record, "title": "Key box", "others": [], "wiped": False}
    assert (await client.ask("record", record=record))["view"]["title"] == "Key box"
    await client.close()


async def test_what_was_wiped_is_told_to_screens_and_refused_ever_after(home: Home) -> None:
    client, screen = await home.client(), await home.client()
    record = await add(client, "Key box")
    kept = await add(client, "Rake")
    seen: list[dict[str, Any]] = []
    whole = asyncio.Event()

    async def watch() -> None:
        async for event in screen.subscribe():
            seen.append(event)
            if event.get("last"):
                whole.set()
            if any(view.get("wiped_by") for view in event.get("records") or ()):
                return

    watching = asyncio.create_task(watch())
    await whole.wait()
    before = next(view for event in seen for view in event["records"] if view["id"] == record)
    done = await client.ask("forget", record=record)
    assert done["wiped"] is True
    async with asyncio.timeout(10):
        await watching
    (view,) = [view for view in seen[-1]["records"] if view["id"] == record]
    assert (view["changes"], view["title"]) == (0, "")
    assert view["wiped_by"] == home.replica.identity.device.hex()
    assert view["revision"] > before["revision"]
    for do in ("record", "history", "forget"):
        with pytest.raises(ApiError, match="wiped"):
            await client.ask(do, record=record)
    with pytest.raises(ApiError, match="wiped"):
        await client.ask("act", action="task.comment", record=record, arguments={"text": "late"})
    assert [view["id"] for view in (await client.ask("records", kind="task"))["records"]] == [kept]
    await client.close()
    await screen.close()


@pytest.mark.parametrize("arguments", [{}, {"record": "zz"}, {"record": "20" * 16}, {"record": 7}, {"ask": "yes"}])
async def test_what_cannot_be_meant_is_refused_with_a_sentence(home: Home, arguments: dict[str, Any]) -> None:
    client = await home.client()
    if "ask" in arguments:
        arguments = arguments | {"record": await add(client, "Key box")}
    with pytest.raises(ApiError) as refused:
        await client.ask("forget", **arguments)
    assert str(refused.value).endswith(".")
    await client.close()
