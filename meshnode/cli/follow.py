"""`meshnode follow`: the answer to a node that asks before it follows many removals."""

from __future__ import annotations

import argparse

from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.deciding import NOTHING_DONE, agreed, names_of, the_ones
from meshnode.cli.decision_texts import FOLLOW, GO_ON


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `follow` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these (usual: everybody whom it asks about)")
    parser.add_argument("--no", action="store_true", help="go on linking with them")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say whom this is about; after a yes, follow, or go on."""
    follow = not call.options.no
    with conversation(call) as talk:
        brake = talk.ask("members")["brake"]
        asked = brake["waiting"] + (brake["declined"] if follow else [])
        chosen = the_ones(talk, call.options.names) if call.options.names else asked
        if not chosen:
            return Answer({"follow": follow, "members": []}, ["Your node has nothing to ask about removals."])
        question = "Follow, and link with {names} no more?" if follow else "Go on linking with {names}?"
        if not agreed(call, FOLLOW if follow else GO_ON, question, names=names_of(chosen)):
            return NOTHING_DONE
        after = talk.ask("follow", members=[each["id"] for each in chosen], follow=follow)
        done = "This node links with {} no more." if follow else "This node goes on linking with {}."
        return Answer(after, [done.format(names_of(chosen))])


COMMAND = Command(
    examples=("meshnode follow", "meshnode follow --no", "meshnode follow Carl --yes"), run=run, arguments=arguments
)
