"""`meshnode letin`: lets in those whose reply files came back on a stick."""

from __future__ import annotations

import argparse
from pathlib import Path

from crdt.display import display_line
from meshnode.cli.asking import Conversation, conversation
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.errors import InviteError, MeshnodeError, NoNetwork
from meshnode.foreign_file import foreign_files, read_foreign
from meshnode.membership.join_files import MOST_BYTES, REPLY_SUFFIX

MOST_REPLIES = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `letin` takes."""
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where the reply files are, or one of them")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say who asks, and let in whom the person says yes to."""
    call.must_be_answerable()
    results: list[Json] = []
    lines: list[str] = []
    with conversation(call) as talk:
        if talk.ask("status")["state"] == "outside":
            raise NoNetwork
        for path in _replies_in(call.options.folder):
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
        reply = read_foreign(path, MOST_BYTES).decode(errors="replace")
        seen = talk.ask("reply", reply=reply)
        result["name"] = display_line(seen["name"])
        if seen["in"]:
            return result | {"let_in": True, "sentence": f"{result['name']} is in already."}
        effect = [
            f"{result['name']} asks to come in, with an invite of {display_line(seen['inviter']) or 'a member'}.",
            "They will be a member: they read the boards and write on them, and their node keeps a copy.",
        ]
        if not call.agreed(effect, f"Let {result['name']} in?"):
            return result | {"sentence": f"{result['name']} was not let in."}
        talk.ask("let_in", reply=reply)
    except MeshnodeError as error:
        return result | {"sentence": f"{display_line(path.name)}: {error.sentence}", "code": error.code}
    sentence = f"{result['name']} is in. Their node hears of it as soon as it meets one of ours."
    return result | {"let_in": True, "sentence": sentence}


def _replies_in(given: Path) -> list[Path]:
    """The reply files in a folder; a file that is named itself is the one.

    Raises:
        InviteError: there is none.
    """
    if given.name.endswith(REPLY_SUFFIX):
        return [given]
    found = foreign_files(given, REPLY_SUFFIX, MOST_REPLIES)
    if not found:
        raise InviteError(
            f"There is no reply file in {display_line(str(given))}.",
            next_step="The newcomer's machine writes one beside the invite: `meshnode join --file FOLDER`.",
        )
    return found


COMMAND = Command(
    examples=("meshnode letin /media/usb", "meshnode letin /media/usb/Bo.meshnode-reply --yes"),
    run=run,
    arguments=arguments,
    more="Reads the reply files that `meshnode join --file` wrote, and asks for each, unless --yes is given.",
)
