"""Who acts: at a hub whoever is named, nobody otherwise; on a person's own device that person and nobody else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from crdt.acting import named_id
from crdt.actions import ACTIONS, Actor
from crdt.edits import Put
from crdt.identifiers import Lane, RecordId
from meshnode.api.client import NodeClient
from meshnode.api.schema import ApiError
from meshnode.identity.envelope import seal_change
from meshnode.identity.keys import Identity
from tests.api.conftest import Home, add
from tests.support.people import Neighbourhood, maple_street, seeded_identity
from tests.support.replicas import NOON_MS, prose
from tests.support.settled import settle_hub

ELM = "elm hub"
MO = {"name": "Mo"}
BOB = {"name": "bob"}
NOBODY: tuple[object, ...] = (None, "Mo", {}, {"name": 7}, {"member": None})


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Home]:
    """Elm hub's node."""
    street = maple_street(2)
    street.hub(ELM, "alice")
    settle_hub(tmp_path / "elm", ELM, street)
    running = Home(tmp_path / "elm", street)
    await (await running.client()).close()
    yield running
    await running.stop()


@pytest.fixture
async def at_elm(hub: Home) -> AsyncIterator[NodeClient]:
    client = await hub.client()
    yield client
    await client.close()


async def act(client: NodeClient, action: str, record: str | None, who: object = None, **arguments: Any) -> Any:
    named = {} if who is None else {"as": who}
    return await client.ask("act", action=action, record=record, arguments=arguments, **named)


@contextlib.contextmanager
def refused(code: str, words: str) -> Iterator[None]:
    with pytest.raises(ApiError, match=words) as caught:
        yield
    assert caught.value.code == code
    assert caught.value.what_next, "and what to do next"


async def bob_writes(home: Home, record: RecordId, action: str) -> None:
    """Bob does something on a device of his own, and the node hears of it."""
    replica, bob = home.replica, seeded_identity("bob")
    actor = Actor(bob.person, bob.device, "2026-11-24", lambda: "x")
    planned = ACTIONS[action].plan({"conflicts": [], "claims": []}, {}, actor)
    edits = [edit for edit in planned if isinstance(edit, Put)]
    await replica.accept(
        Lane.ORDINARY, [sealed(bob, home.street, record, replica.records.open(record).draft(edits))], b""
    )


def sealed(identity: Identity, street: Neighbourhood, record: RecordId, draft: bytes) -> bytes:
    return seal_change(identity, street.network, record, NOON_MS, draft)


async def test_a_hub_asks_who_acts(hub: Home, at_elm: NodeClient) -> None:
    record = (await act(at_elm, "task.add", None, MO, title="Gate"))["record"]
    for do, more in (
        ("act", {"action": "task.claim", "arguments": {}}),
        ("undo", {}),
        ("resolve", {"field": "title", "value": "x"}),
    ):
        for who in NOBODY:
            with refused("who-acts", "say who acts"):
                await at_elm.ask(do, record=record, **more, **{"as": who})
    assert len(hub.replica.store.index(Lane.ORDINARY)) == 1, "and nothing was written"


async def test_a_name_of_a_member_means_the_member_and_any_other_a_neighbour_without_a_key(
    hub: Home, at_elm: NodeClient
) -> None:
    device, bob = hub.replica.identity.device.hex(), seeded_identity("bob").person.hex()
    record = (await act(at_elm, "task.add", None, MO, title="Gate"))["record"]
    await act(at_elm, "task.claim", record, {"name": "BOB "})
    view = (await act(at_elm, "task.claim", record, MO))["view"]
    mo = named_id(hub.street.network, "Mo").hex()
    assert sorted(view["claims"], key=lambda claim: str(claim["by"])) == [
        {"member": mo, "by": "Mo", "at": device},
        {"member": bob, "by": bob, "at": device},
    ]
    assert (view["created"]["by"], view["created"]["at"], view["created"]["member"]) == ("Mo", device, "")
    await act(at_elm, "task.pass", record, {"member": bob})
    view = (await act(at_elm, "task.comment", record, {"member": bob[:8]}, text="Not me."))["view"]
    assert [claim["by"] for claim in view["claims"]] == ["Mo"]
    assert view["comments"][0]["by"] == bob
    entries = (await at_elm.ask("history", record=record))["entries"]
    assert [(entry["what"], entry["by"], entry["at"]) for entry in entries] == [
        (what, by, device)
        for what, by in (("comment", bob), ("pass", bob), ("claim", "Mo"), ("claim", bob), ("add", "Mo"))
    ]


async def test_who_cannot_be_meant_is_refused(hub: Home, at_elm: NodeClient) -> None:
    for who, words in (
        ({"name": " "}, "by the name that your neighbours use"),
        ({"name": "x" * 61}, "within 60"),
        ({"member": "00" * 32}, "No neighbour here has that key"),
        ({"member": "?"}, "No neighbour here has that key"),
        ({"member": ""}, "No neighbour here has that key"),
    ):
        with pytest.raises(ApiError, match=words):
            await act(at_elm, "task.add", None, who, title="Gate")
    assert hub.replica.store.record_count() == 0


async def test_two_of_one_name_are_told_apart(tmp_path: Path) -> None:
    street = maple_street(1)
    street.hub(ELM, "alice")
    keys = []
    for who in ("bob", "chidi"):
        street.witness("alice", street.hello(who, street.invite("alice"), "Kim"))
        keys.append(seeded_identity(who).person.hex()[:8])
    settle_hub(tmp_path / "elm", ELM, street)
    home = Home(tmp_path / "elm", street)
    client = await home.client()
    with refused("bad-input", "2 neighbours are called kim"):
        await act(client, "task.add", None, {"name": "kim"}, title="Gate")
    assert (await act(client, "task.add", None, {"member": keys[0]}, title="Gate"))["change"]
    await client.close()
    await home.stop()


async def test_on_ones_own_device_nobody_else_is_named(home: Home) -> None:
    client = await home.client()
    record = await add(client, "Gate")
    for who in (MO, BOB, {"member": seeded_identity("alice").person.hex()}, {}):
        with refused("bad-input", "a person's own"):
            await act(client, "task.claim", record, who)
    assert "by" not in (await act(client, "task.claim", record))["view"]["changed"]
    await client.close()


async def test_what_is_not_for_hubs_is_done_elsewhere(hub: Home, at_elm: NodeClient) -> None:
    with refused("not-possible", "not done at a hub"):
        await act(at_elm, "settings.edit", None, BOB, name="Oak Street")
    with refused("not-possible", "not done at a hub"):
        await act(at_elm, "profile.edit", None, BOB, name="Not Bob")
    with refused("not-possible", "not done at a hub"):
        await act(at_elm, "note.add", None, title="Code", text="4711")
    assert hub.replica.store.record_count() == 0


async def test_what_a_member_decided_on_their_own_device_stands(hub: Home, at_elm: NodeClient) -> None:
    record = (await act(at_elm, "task.add", None, MO, title="Gate"))["record"]
    await bob_writes(hub, RecordId(bytes.fromhex(record)), "task.claim")
    bob = seeded_identity("bob").person.hex()
    with refused("not-possible", "on a device of your own"):
        await act(at_elm, "task.pass", record, BOB)
    assert (await at_elm.ask("record", record=record))["view"]["claims"] == [{"member": bob}]
    await act(at_elm, "task.comment", record, BOB, text="He may still speak here.")
    await act(at_elm, "task.start", record, BOB)


async def test_undo_at_a_hub_is_of_what_the_same_person_did_there(hub: Home, at_elm: NodeClient) -> None:
    record = (await act(at_elm, "task.add", None, MO, title="Gate"))["record"]
    await act(at_elm, "task.edit", record, MO, place="Yard")
    await act(at_elm, "task.edit", record, BOB, due="2027-01-01")
    reply = await at_elm.ask("undo", record=record, **{"as": {"name": "MO"}})
    assert (reply["view"]["place"], reply["view"]["due"], reply["view"]["changed"]["by"]) == ("", "2027-01-01", "MO")
    with refused("not-possible", "changed nothing here"):
        await at_elm.ask("undo", record=record, **{"as": {"name": "Nobody yet"}})


async def test_a_conflict_is_settled_by_whoever_stands_there(hub: Home, at_elm: NodeClient) -> None:
    record = (await act(at_elm, "task.add", None, MO, title="Gate"))["record"]
    opened = hub.replica.records.open(RecordId(bytes.fromhex(record)))
    drafts = [opened.draft([Put("due", day)]) for day in ("2027-01-01", "2027-01-02")]
    bobs = [sealed(seeded_identity("bob"), hub.street, opened.id, draft) for draft in drafts]
    await hub.replica.accept(Lane.ORDINARY, bobs, b"")
    assert (await at_elm.ask("record", record=record))["view"]["conflicts"] == ["due"]
    reply = await at_elm.ask("resolve", record=record, field="due", value="2027-01-02", **{"as": MO})
    assert (reply["view"]["conflicts"], reply["view"]["changed"]["by"]) == ([], "Mo")


async def test_every_part_of_a_long_text_says_who_wrote_it(hub: Home, at_elm: NodeClient) -> None:
    await act(at_elm, "task.add", None, MO, title="Minutes", details=prose(9_000))
    (record,) = hub.replica.store.records(None)
    history = hub.replica.records.open(record).history(hub.replica.records)
    assert len(history) > 2
    assert {entry.by for entry in history} == {"Mo"}
