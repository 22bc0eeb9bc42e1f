"""`meshnode letin`: lets in those whose reply files came back on a stick."""

from __future__ import annotations

import argparse
from pathlib import Path

from crdt.display import display_line
from meshnode.cli.asking import Conversation, conversation
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.errors import MeshnodeError, NoNetwork
from meshnode.sticks.errands import let_in, look_at_reply, replies_in
from meshnode.sticks.folders import typed_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `letin` takes."""
    parser.add_argument("folder", metavar="FOLDER", help="where the reply files are, or one of them")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say who asks, and let in whom the person says yes to."""
    replies = replies_in(typed_folder(call.options.folder))
    call.must_be_answerable()
    results: list[Json] = []
    lines: list[str] = []
    with conversation(call) as talk:
        if talk.ask("status")["state"] == "outside":
            raise NoNetwork
        for path in replies:
            result = _one(call, talk, path)
            results.append(result)
            lines.append(result["sentence"])
    came = [result["name"] for result in results if result["let_in"]]
    if came and talk.node.started:
        lines.append("Your neighbours hear of it when a node of yours meets theirs: start `meshnode` once more.")
    return Answer({"replies": results}, lines, exit_code=0 if came else 1)


def _one(call: Call, talk: Conversation, path: Path) -> Json:
    """What became of one reply; a bad one does not hold up the others."""
    result: Json = {"file": str(path), "name": "", "let_in": False}
    try:
        seen = talk.runner.run(look_at_reply(talk.node.ask, path))
        result["name"] = seen.name
        if seen.inside:
            return result | {"let_in": True, "sentence": f"{seen.name} is in already."}
        effect = [
            f"{seen.name} asks to come in, with an invite of {seen.inviter or 'a member'}.",
            "They will be a member: they read the boards and write on them, and their node keeps a copy.",
        ]
        if not call.agreed(effect, f"Let {seen.name} in?"):
            return result | {"sentence": f"{seen.name} was not let in."}
        talk.runner.run(let_in(talk.node.ask, seen))
    except MeshnodeError as error:
        return result | {"sentence": f"{display_line(path.name)}: {error.sentence}", "code": error.code}
    sentence = f"{seen.name} is in. Their node hears of it as soon as it meets one of ours."
    return result | {"let_in": True, "sentence": sentence}


COMMAND = Command(
    examples=("meshnode letin /media/usb", "meshnode letin /media/usb/Bo.meshnode-reply --yes"),
    run=run,
    arguments=arguments,
    more="Reads the reply files that `meshnode join --file` wrote, and asks for each, unless --yes is given.",
)
