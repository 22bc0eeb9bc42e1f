"""Sealed notes on the screen, on real nodes: written on a task's card, read by those they are for."""

from __future__ import annotations

from pathlib import Path

from tests.support.nodes import RunningNode
from tests.support.people import maple_street
from tests.support.settled import address_of, settled_hub, settled_node
from tests.tui.pair import two_neighbours
from tests.tui.stage import Stage, stage
from tui.moments import Clock
from tui.widgets.line_list import LineList

SECRET = "Two tablets at noon"


async def to_the_note(shown: Stage, *texts: str) -> None:
    await shown.sees("Sealed notes  (Enter = read)", *texts)
    await shown.until(lambda: "History" in shown.text())
    lines = shown.app.screen.query_one(LineList)
    lines.select(next(key for key in lines.keys if key.startswith("note:")))
    await shown.press("enter")


async def only_note(node: RunningNode) -> str:
    (view,) = (await node.ask("records", kind="note"))["records"]
    return str(view["id"])


async def test_a_note_is_written_on_a_card_and_read_by_whom_it_is_for(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        task = await ana.add("Care for Mrs. Okafor")
        async with stage(ana.socket, (100, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await shown.sees("Care for Mrs. Okafor", "OPEN")
            await shown.press("N")
            await shown.sees("Add a sealed note: Care for Mrs. Okafor", "Everybody here reads this line.")
            await shown.type("Medicine")
            await shown.press("tab")
            await shown.type(SECRET)
            await shown.press("tab")
            await shown.type("Zoe")
            await shown.press("enter")
            await shown.sees("Nobody here is called Zoe.")
            await shown.press("backspace", "backspace", "backspace")
            await shown.type("bo")
            await shown.press("enter")
            await shown.sees("Sealed: Medicine", "Medicine: sealed note by you for Bo")
            assert SECRET not in shown.text()
        await bo.until_titles(["Care for Mrs. Okafor"])

        async def arrived() -> bool:
            return bool((await bo.ask("records", kind="note"))["records"])

        await bo.until("the note is there", arrived)
        async with stage(bo.socket, (100, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await to_the_note(shown, "Medicine: sealed note by Ana for you")
            await shown.sees(SECRET, "Only you and Ana can read this.", "can remember it.", "Back")
            assert "Write anew" not in shown.text()
            await shown.press("enter")
            await shown.sees_not(SECRET)


async def test_its_author_writes_it_anew_and_chooses_who_can_read_it(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        task = await ana.add("Care")
        await ana.act("note.add", title="Medicine", text=SECRET, to="Bo", task=task)
        note = await only_note(ana)
        async with stage(ana.socket, (100, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await to_the_note(shown, "Medicine")
            await shown.sees(SECRET, "[ Write anew ]")
            await shown.press("right", "enter")
            await shown.sees("Change a sealed note: Medicine", SECRET)
            await shown.press("tab", "end", "!", "shift+tab", "enter")
            await shown.sees("Sealed anew: Medicine")
            assert (await ana.ask("open_sealed", record=note))["values"][0]["text"] == SECRET + "!"
            await to_the_note(shown, "Medicine")
            await shown.sees("[ Who can read it ]")
            await shown.press("right", "right", "enter")
            await shown.sees("Share a sealed note: Medicine")
            await shown.press("tab")
            await shown.type("Bo")
            await shown.press("enter")
            await shown.sees("Medicine: sealed note by you for you")
        opened = await ana.ask("open_sealed", record=note)
        assert (opened["values"][0]["text"], len(opened["for"])) == (SECRET + "!", 1)

        async def taken_out() -> bool:
            view = (await bo.ask("record", record=note))["view"]
            return len(view["sealed"]["text"]["for"]) == 1

        await bo.until("it is not for Bo any more", taken_out)
        async with stage(bo.socket, (100, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await to_the_note(shown, "Medicine: sealed note by Ana for Ana")
            await shown.sees("Only Ana can read this.")
            await shown.press("escape", "question_mark")
            await shown.type("medic")
            await shown.sees("Medicine: sealed note by Ana for Ana")
            await shown.press("enter")
            await shown.sees("Only Ana can read this.")


async def test_its_author_has_it_wiped(node: RunningNode) -> None:
    task = await node.add("Care")
    await node.act("note.add", title="Medicine", text=SECRET, task=task)
    async with stage(node.socket, (100, 40), clock=Clock()) as shown:
        shown.app.open_card(task)
        await to_the_note(shown, "Medicine: sealed note by you for you")
        await shown.sees("[ Wipe for good ]")
        await shown.press("right", "right", "right", "enter")
        await shown.sees("Wipe Medicine for good?")
        await shown.press("y")
        await shown.sees("Wiped: Medicine")
        await shown.sees_not("Sealed notes")
    assert (await node.ask("records", kind="note"))["records"] == []


async def test_a_hub_shows_that_it_is_there_and_never_opens_it(short_path: Path) -> None:
    street = maple_street(2)
    street.hub("elm hub", "alice")
    async with settled_hub(short_path, "elm hub", street) as elm:
        async with settled_node(short_path, "alice", street, peers=[await address_of(elm)]) as alice:
            task = await alice.add("Care")
            await alice.act("note.add", title="Medicine", text=SECRET, to="Bob", task=task)

            async def arrived() -> bool:
                return bool((await elm.ask("records", kind="note"))["records"])

            await elm.until("the note is there", arrived)
        async with stage(elm.socket, (100, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await to_the_note(shown, "Medicine: sealed note by Alice for Bob")
            await shown.sees("This machine is a shared hub")
            assert SECRET not in shown.text()
            await shown.press("escape", "N")
            await shown.until(lambda: "Add a sealed note" not in shown.text())
        assert b"tablets" not in b"".join(path.read_bytes() for path in elm.home.rglob("*") if path.is_file())


async def test_actions_of_notes_are_refused_on_a_task(node: RunningNode) -> None:
    await node.add("Rake leaves")
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("Rake leaves")
        shown.app.doing.start("note.share")
        await shown.sees("Open a sealed note first")
