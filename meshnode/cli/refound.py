"""`meshnode refound`: start anew with the people you name, and take along what is on the board."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.deciding import NOTHING_DONE, the_ones
from meshnode.cli.layout import paragraph
from meshnode.cli.new_start import begin, planned
from meshnode.cli.refound_accept import accept
from meshnode.errors import BadInput


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
    with conversation(call) as talk:
        people = [each for each in the_ones(talk, along) if not each["mine"]]
    start = planned(call, name, people, call.options.reason)
    effect = [paragraph(sentence, call.terminal.width) for sentence in start.effect()]
    if not call.agreed(effect, f"Start anew as {display_line(start.name)}?"):
        return NOTHING_DONE
    begun = begin(call, start, me=call.options.me, profile_name=call.options.profile_name)
    return Answer(begun.value, begun.lines)


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
