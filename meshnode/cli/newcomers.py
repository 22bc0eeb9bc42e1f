"""`meshnode newcomers`: who is new here, and whose word there is for them."""

from __future__ import annotations

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.layout import columns

WHAT_TO_DO = "Have you met one of them? Say so: `meshnode vouch NAME`. Two neighbours' word makes it complete."


def run(call: Call) -> Answer:
    """List those who still need a neighbour's word."""

    async def work(node: Attached) -> Answer:
        members = (await node.ask("members"))["members"]
        newcomers = [each for each in members if each["standing"] == "newcomer" and not each["mine"]]
        return Answer({"newcomers": newcomers}, _listed(newcomers, call.terminal.width))

    return with_node(call, work)


def _listed(newcomers: list[Json], width: int) -> list[str]:
    if not newcomers:
        return ["There are no newcomers now."]
    rows = [(display_line(each["name"]), _words(each)) for each in newcomers]
    return ["Newcomers:", *columns(rows, width, flexible=1), "", WHAT_TO_DO]


def _words(member: Json) -> str:
    """Whose word there is for somebody."""
    words = [f"{display_line(word['name'])}{'' if word['by_hand'] else ' (invite)'}" for word in member["vouched_by"]]
    return f"known to {', '.join(words)}" if words else "known to nobody yet"


COMMAND = Command(examples=("meshnode newcomers", "meshnode newcomers --json"), run=run)
