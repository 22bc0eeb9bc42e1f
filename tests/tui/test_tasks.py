"""Every action of the task board by keys, on a real node: what the screen says is what the node holds."""

from __future__ import annotations

from typing import Any

from tests.support.nodes import RunningNode
from tests.tui.stage import Stage, stage
from tui.moments import Clock

Json = dict[str, Any]


async def only_task(node: RunningNode) -> Json:
    tasks = await node.tasks()
    assert len(tasks) == 1
    return tasks[0]


async def write_down(shown: Stage, title: str) -> None:
    await shown.press("n")
    await shown.sees("Add a task")
    await shown.type(title)
    await shown.press("enter")
    await shown.sees(f"Written down: {title}")


async def test_a_task_goes_over_the_board_and_back(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("Nothing on the")
        await write_down(shown, "Fix the gate")
        assert (await only_task(node))["title"] == "Fix the gate"
        for key, said, status in (
            ("c", "You claimed", "claimed"),
            ("p", "Passed on, free again", "open"),
            ("right_square_bracket", "You claimed", "claimed"),
            ("left_square_bracket", "Passed on, free again", "open"),
            ("s", "Started", "doing"),
            ("x", "Set aside", "aside"),
        ):
            await shown.press(key)
            await shown.sees(f"{said}: Fix the gate")
            assert (await only_task(node))["status"] == status, key
        assert "Fix the gate" not in "\n".join(shown.lines()[:-1])
        await shown.press("v")
        await shown.sees("ASIDE 1")


async def test_done_with_thanks_and_reopened(node: RunningNode) -> None:
    await node.add("Fix the gate")
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("OPEN 1")
        await shown.press("d")
        await shown.sees("A word of thanks")
        await shown.type("Well done")
        await shown.press("enter")
        await shown.sees("Done, thank you: Fix the gate", "DONE 1")
        task = await only_task(node)
        assert (task["status"], task["thanks"][0]["text"]) == ("done", "Well done")
        await shown.press("o")
        await shown.sees("Open again: Fix the gate", "OPEN 1")
        await shown.press("s")
        await shown.sees("DOING 1")
        await shown.press("right_square_bracket")
        await shown.sees("DONE 1")
        await shown.press("enter")
        await shown.sees("Thanks", "Well done")


async def test_all_fields_are_edited_and_refusals_keep_what_was_typed(node: RunningNode) -> None:
    record = await node.add("Fix the gate")
    async with stage(node.socket, (80, 32), clock=Clock()) as shown:
        await shown.sees("OPEN 1")
        await shown.press("e")
        await shown.sees("Edit: Fix the gate")
        await shown.type(" now")
        await shown.press("tab")
        await shown.type("Two hinges")
        await shown.press("enter")
        await shown.type("and oil")
        await shown.press("tab")
        await shown.type("Elm Street 7")
        await shown.press("tab")
        await shown.type("soonish")
        await shown.press("enter")
        await shown.sees("Write the day as", "soonish", "Elm Street 7", "and oil")
        assert (await only_task(node))["place"] == ""
        await shown.press(*["backspace"] * 7)
        await shown.type("2031-05-06")
        await shown.press("enter")
        await shown.sees("Changed: Fix the gate now", "6 May 2031")
        task = (await node.ask("record", record=record))["view"]
        assert (task["title"], task["details"]) == ("Fix the gate now", "Two hinges\nand oil")
        assert (task["place"], task["due"], task["people_needed"]) == ("Elm Street 7", "2031-05-06", 1)


async def test_a_card_is_talked_about_ticked_and_linked(node: RunningNode) -> None:
    record = await node.add("Fix the gate")
    await node.add("Paint the gate", due="2031-01-01")
    async with stage(node.socket, (80, 40), clock=Clock()) as shown:
        await shown.sees("OPEN 2")
        await shown.press("down", "enter")
        await shown.sees("Fix the gate", "wrote this card")
        await shown.press("m")
        await shown.type("I bring oil")
        await shown.press("tab", "enter")
        await shown.sees("Comment added", "I bring oil", "commented")
        for line in ("Hinges", "Oil"):
            await shown.press("plus")
            await shown.type(line)
            await shown.press("enter")
            await shown.sees(f"[ ] {line}")
        shown.app.screen.query_one("LineList").focus()
        while not (shown.app.screen.lines.selected or "").startswith("check:"):  # type: ignore[attr-defined]
            await shown.press("up")
        await shown.press("space")
        await shown.sees("[✓] ")
        view = (await node.ask("record", record=record))["view"]
        assert [item["done"] for item in view["checklist"]].count(True) == 1
        assert view["comments"][0]["text"] == "I bring oil"
        await shown.press("question_mark")
        await shown.type("link it")
        await shown.press("enter")
        await shown.sees("Link: Fix the gate")
        await shown.type("paint")
        await shown.press("enter")
        await shown.sees("Linked: Fix the gate", "see also: Paint the gate")


async def test_undo_and_redo(node: RunningNode) -> None:
    await node.add("Fix the gate")
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("OPEN 1")
        for key, column in (("c", "CLAIMED 1"), ("s", "DOING 1")):
            await shown.press(key)
            await shown.sees(column)
        for key, column in (
            ("u", "CLAIMED 1"),
            ("ctrl+z", "OPEN 1"),
            ("U", "CLAIMED 1"),
            ("ctrl+y", "DOING 1"),
            ("u", "CLAIMED 1"),
        ):
            await shown.press(key)
            await shown.sees(column)
        assert (await only_task(node))["status"] == "claimed"
        await shown.press("s")
        await shown.sees("DOING 1")
        await shown.press("U")
        await shown.sees("Nothing to redo on this card.")


async def test_any_change_can_be_taken_back_from_the_history(node: RunningNode) -> None:
    record = await node.add("Fix the gate")
    await node.act("task.edit", record, place="Elm Street")
    await node.act("task.claim", record)
    async with stage(node.socket, (80, 32), clock=Clock()) as shown:
        await shown.sees("CLAIMED 1")
        await shown.press("enter")
        await shown.sees("changed the place: Elm Street")
        await shown.press("end", "up")
        await shown.press("enter")
        await shown.sees("Take back this change?", "changed the place")
        await shown.press("y")
        await shown.until(lambda: shown.app.held.records[record]["place"] == "", "the place is gone")
        assert (await only_task(node))["status"] == "claimed"


async def test_what_others_do_is_shown_without_a_key(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("Nothing on the")
        record = await node.add("From elsewhere")
        await shown.sees("From elsewhere", "OPEN 1")
        await node.act("task.start", record)
        await shown.sees("DOING 1", "@Ana")
