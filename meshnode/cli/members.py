"""`meshnode members`: who is here and on whose word, what is being asked, and what the person here chose."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.deciding import listed
from meshnode.cli.layout import columns, paragraph
from meshnode.cli.member_graph import MemberGraph
from meshnode.cli.vote import how_it_stands

STANDINGS = {
    "founder": "founded it",
    "established": "established",
    "newcomer": "newcomer",
    "left": "has left",
    "removed": "parted with",
    "past": "not here now",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `members` takes."""
    parser.add_argument("--graph", action="store_true", help="who vouched for whom, as a small tree")


def run(call: Call) -> Answer:
    """Read it from the node and print it: first what needs a person, then the people by name."""

    async def work(node: Attached) -> Json:
        return await node.ask("members")

    answer = with_node(call, work)
    width = call.terminal.width
    lines = [
        *_notices(answer, width),
        *_petitions(answer["petitions"], width),
        *(
            MemberGraph(answer["members"], _standing).lines()
            if call.options.graph
            else _people(answer["members"], width)
        ),
    ]
    return Answer(answer, lines)


def _notices(answer: Json, width: int) -> list[str]:
    lines = [paragraph(f"Note: {each}", width) for each in answer["notices"]]
    return [*lines, ""] if lines else []


def _petitions(petitions: Sequence[Json], width: int) -> list[str]:
    lines: list[str] = []
    for each in petitions:
        names, by = listed(each["targets"]), display_line(str(each["by"]))
        reason = display_line(str(each["reason"])) or "none was given"
        yes, no = (listed(each[answer]) or "nobody" for answer in ("yes", "no"))
        lines += [
            paragraph(f"{each['short']} {by} asks everybody to part with {names}.", width),
            paragraph(f"Reason: {reason}", width, indent=2),
            paragraph(f"Yes: {yes}. No: {no}.", width, indent=2),
            paragraph(f"{how_it_stands(each)} {_mine(each)}", width, indent=2),
            "",
        ]
    return lines


def _mine(petition: Json) -> str:
    if petition["about_me"]:
        return "It is about you; you have no vote in it."
    said = {"yes": "You voted yes.", "no": "You voted no."}.get(str(petition["my_vote"]))
    return said or f"You have not voted: `meshnode vote {petition['short']} yes` or `no`."


def _people(members: Sequence[Json], width: int) -> list[str]:
    rows = [(_name(each), _standing(each), _words(each)) for each in members]
    return columns(rows, width, indent=0, flexible=2)


def _name(member: Json) -> str:
    return f"{member['name']} (you)" if member["mine"] else str(member["name"])


def _standing(member: Json) -> str:
    word = STANDINGS.get(str(member["standing"]), str(member["standing"]))
    return f"{word}, blocked here" if member["blocked"] else word


def _words(member: Json) -> str:
    by_hand = [word["name"] for word in member["vouched_by"] if word["by_hand"]]
    invited = [word["name"] for word in member["vouched_by"] if not word["by_hand"]]
    told = [f"invited by {listed(invited)}"] if invited else []
    return "; ".join([*told, f"vouched for by {listed(by_hand)}"] if by_hand else told)


COMMAND = Command(
    examples=("meshnode members", "meshnode members --graph", "meshnode members --json"),
    run=run,
    arguments=arguments,
    more="People stand by name, in no other order. What it all means: `meshnode help people`.",
)
