"""`meshnode refound`: start anew with the people you name, and take along what is on the board."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from crdt.display import display_line
from meshnode.cli.asking import Snapshot, conversation, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.deciding import NOTHING_DONE, agreed, names_of, the_ones
from meshnode.cli.invite_address import lan_address
from meshnode.cli.new_profile import new_profile
from meshnode.cli.qr import SEPARATOR
from meshnode.cli.refound_accept import accept
from meshnode.errors import BadInput

COPIED_AT_A_TIME = 20
INVITE_DAYS = 30
"""As long as an invite can last: people look at their nodes now and then."""
EFFECT = (
    "You found {name}, in a new profile on this machine. The profile you have stays as it is, and so does {old}.",
    "What is on the board is copied: as it reads now, without its history, under your name, with who wrote it as text. "
    "Sealed notes are not copied.",
    "{names} get an invitation that only their own devices can open. Everybody in {old} sees that you started anew, "
    "whom you asked, and your reason.",
    "Nobody else is told anything, and nobody has to come.",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `refound` takes."""
    parser.add_argument("name", metavar="NAME", nargs="*", help="what the new neighbourhood is called")
    parser.add_argument(
        "--with",
        dest="along",
        metavar="NAME",
        nargs="+",
        default=(),
        help="whom you ask along; several words in quotes",
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="for those you ask")
    parser.add_argument("--accept", action="store_true", help="come along to where somebody asked you")
    parser.add_argument("--me", metavar="NAME", help="what your neighbours call you there (usual: as here)")
    parser.add_argument("--as", dest="profile_name", metavar="PROFILE", help="the new profile's name")
    parser.add_argument("--address", metavar="HOST:PORT", help="with --accept: where the new neighbourhood's node is")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what starting anew does; after a yes, found, copy, and ask along."""
    if call.options.accept:
        return accept(call)
    name, along = " ".join(call.options.name), call.options.along
    if not name or not along:
        raise BadInput(
            "Say what the new neighbourhood is called, and whom you ask along.",
            next_step='For example: meshnode refound "Elm Street" --with Bo Chidi',
        )
    known = with_node(call, snapshot)
    with conversation(call) as talk:
        people = [each for each in the_ones(talk, along) if not each["mine"]]
    old = display_line(known.status["network"]["name"])
    named = {"name": display_line(name), "old": old, "names": names_of(people)}
    if not people or not agreed(call, EFFECT, "Start anew as {name}?", **named):
        return NOTHING_DONE
    fresh = new_profile(call, name, call.options.profile_name)
    value = _begin(fresh, name, call.options.me or known.status["me"]["name"], known, people)
    with conversation(call) as talk:
        tokens = {member: way["sealed"] for member, way in value["ways"].items()}
        asked = talk.ask("refound", network=value["network"], name=name, reason=call.options.reason, tokens=tokens)
    return Answer(value | asked, _after(call, fresh, value, people))


def _begin(fresh: Call, name: str, me: str, known: Snapshot, people: Sequence[Json]) -> Json:
    """Found the new neighbourhood, copy the board, make an invite for each."""
    names = {member: str(person["name"]) for member, person in known.members.items()}
    with conversation(fresh) as talk:
        status = talk.ask("found", network=name, name=me)
        copied = 0
        for tasks in _portions(known.of_kind("task")):
            source = str(known.status["network"]["name"])
            copied += talk.ask("copy_in", tasks=tasks, names=names, source=source)["copied"]
        ways = {}
        for person in people:
            invite = talk.ask("invite", uses=1, days=INVITE_DAYS)
            address = lan_address(invite) or next(iter(invite["address"]), None)
            sealed = f"{invite['token']}{SEPARATOR}{address}" if address else str(invite["token"])
            ways[person["id"]] = {"sealed": sealed, "short": invite["short"], "token": invite["token"]}
        return {
            "network": status["network"]["id"],
            "profile": fresh.paths.profile,
            "copied": copied,
            "ways": ways,
        }


def _portions(tasks: Sequence[Json]) -> Iterator[Sequence[Json]]:
    for start in range(0, len(tasks), COPIED_AT_A_TIME):
        yield tasks[start : start + COPIED_AT_A_TIME]


def _after(call: Call, fresh: Call, value: Json, people: Sequence[Json]) -> list[str]:
    name = display_line(" ".join(call.options.name))
    entries = "1 task" if value["copied"] == 1 else f"{value['copied']} tasks"
    lines = [
        f"{name} is there, with {entries} copied. {names_of(people)} are asked along: a word about it goes to their",
        "nodes in the old neighbourhood, and `meshnode refound --accept` brings them in.",
        f"Keep its node running, so that somebody answers: meshnode --profile {fresh.paths.profile} run",
    ]
    if any(each["removed"] for each in people):
        lines.append("Who is not linked with your old neighbourhood any more does not hear of it there:")
    lines += ["", "By hand, each code for one person:"]
    lines += [f"  {display_line(each['name'])}: {value['ways'][each['id']]['short']}" for each in people]
    return lines


COMMAND = Command(
    examples=(
        'meshnode refound "Elm Street" --with Bo Chidi --reason "We want to go on in peace."',
        "meshnode refound --accept",
        "meshnode refound --accept --address 192.168.1.20:7766",
    ),
    run=run,
    arguments=arguments,
    more="Anybody may, also somebody with whom the neighbourhood has parted.",
)
