"""The roll call on the screen: the roster in calm times, one key a household in a call, and Home with three numbers."""

from __future__ import annotations

from pathlib import Path

from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import stage
from tui.dialogs.form import Form
from tui.moments import Clock


async def roster(node: RunningNode) -> dict[str, str]:
    """Three households on the roster."""
    entries = {
        "Ana, number 2": {"primary": "radio 7", "alternate": "door bell", "skills": "first aid"},
        "Bo, number 4": {"primary": "phone 555 0101", "equipment": "generator"},
        "Chidi": {},
    }
    found = {}
    for title, said in entries.items():
        found[title] = str((await node.act("roster.add", title=title, **said))["record"])
    return found


async def test_calm_times_show_how_to_reach_everybody(node: RunningNode) -> None:
    ids = await roster(node)
    await node.act("roster.buddy", ids["Ana, number 2"], household=ids["Bo, number 4"])
    async with stage(node.socket, (120, 40), clock=Clock(), place="roll") as shown:
        await shown.sees("[5 Roll call]", "Emergency roster: 3 households", "radio 7 → door bell", "no signal named")
        await shown.sees("buddies: Bo, number 4")
        await shown.press("slash")
        await shown.type("first aid")
        await shown.sees("Ana, number 2")
        await shown.sees_not("generator")
        await shown.press("enter", "escape", "n")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "the form")
        await shown.type("Dee")
        await shown.press("enter")
        await shown.sees("Emergency roster: 4 households")
        await shown.press("enter")
        await shown.sees("History")


async def test_one_key_a_household_and_home_counts_them(node: RunningNode) -> None:
    await roster(node)
    async with stage(node.socket, clock=Clock(), place="home") as shown:
        await shown.sees("All quiet")
        await shown.press("5", "O")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "the form")
        await shown.type("storm")
        await shown.press("enter")
        await shown.sees(
            "storm: 0 need help, 3 no word yet", "? NO WORD YET 3", "try radio 7", "no signal is known: go there"
        )
        await shown.press("home", "t")
        await shown.sees("try door bell")
        await shown.press("home", "s")
        await shown.sees("? NO WORD YET 2", "✓ SAFE 1", "said Ana, just now")
        await shown.press("home", "h")
        await shown.sees("!! NEEDS HELP 1")
        await shown.press("2")
        await shown.sees("Roll call: storm   5 = roll call", "SAFE", "NEEDS HELP !!", "NO WORD YET ?", "Chidi")
        await shown.press("5", "C", "y")
        await shown.sees("Emergency roster: 3 households")
        await shown.press("2")
        await shown.sees("All quiet   last roll call")


async def test_a_mark_is_taken_back_and_a_drill_is_only_a_drill(node: RunningNode) -> None:
    ids = await roster(node)
    await node.act("rollcall.open", title="practice", drill="yes")
    async with stage(node.socket, clock=Clock(), place="roll") as shown:
        await shown.sees("DRILL practice: ")
        await shown.press("home", "h")
        await shown.sees("!! NEEDS HELP 1", "? NO WORD YET 2")
        await shown.press("u")
        await shown.sees("!! NEEDS HELP 0", "? NO WORD YET 3")
        await shown.press("home", "a")
        await shown.sees("AWAY 1")
        for record in ids.values():
            assert (await node.ask("record", record=record))["view"]["status"] == "unknown"


async def test_contradicting_words_are_both_shown_and_who_is_late_stands_on_top(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        ids = await roster(ana)
        record = ids["Bo, number 4"]
        call = str((await ana.act("rollcall.open", title="storm"))["record"])

        async def there() -> bool:
            return len((await bo.ask("records", kind="rollcall"))["records"]) == 1

        await bo.until("the call has come", there)
        await bo.stop()
        await ana.act("roster.mark", record, word="safe", how="radio", call=call)
        await ana.stop()
        await bo.start()
        await bo.act("roster.mark", record, word="help", note="leg", call=call)
        await ana.start()
        async with stage(ana.socket, (120, 40), clock=Clock(), place="roll") as shown:
            await shown.sees("!! NEEDS HELP 1", "said Bo, just now: leg", "said Ana, just now: radio", "≠")
            assert shown.app.held.records[record]["contradicted"]
