"""`meshnode join`: join a neighbourhood with a code, after seeing what it leads to."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re

from crdt.display import display_line
from meshnode.cli.asking import Attached, Conversation, conversation
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.init import my_name
from meshnode.cli.join_file import run_file
from meshnode.cli.layout import paragraph
from meshnode.cli.moments import moment, now
from meshnode.errors import AlreadyMember, BadInput
from meshnode.identity.spoken_words import looks_spoken, read_words
from meshnode.membership.device_codes import DeviceCode
from meshnode.membership.tokens import read_code
from meshnode.node.becoming import device_code_in
from meshnode.wording import FOR_EVER, FOR_EVER_TITLE, JOIN_EFFECT, SEEN, SEEN_TITLE, STOLEN, STOLEN_TITLE

FIRST_EXCHANGE_SECONDS = 10.0
NOT_FOR_A_HUB = "This code is not for a hub."
MAKE_ONE = "The steward makes one with `meshnode hub add`."
_SCANNED = re.compile(r"(?P<code>[^@/]+)[@/](?P<address>[\w.-]+:[0-9]+|\[[0-9A-Fa-f:.%\w]+\]:[0-9]+)")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `join` takes."""
    parser.add_argument("code", metavar="CODE", nargs="*", help="the short or the long code; spaces do not matter")
    parser.add_argument(
        "--words", dest="spoken", metavar="WORD", nargs="+", help="three words that your neighbour says"
    )
    parser.add_argument("--file", metavar="FOLDER", help="where an invite file is, as on a USB stick")
    parser.add_argument("--name", metavar="NAME", help="what your neighbours call you")
    parser.add_argument("--address", metavar="HOST:PORT", help="where a neighbour's node is, if it is not found")
    add_yes(parser)


def split_scanned(text: str) -> tuple[str, str | None]:
    """Code and address of a text as a QR code holds it."""
    found = _SCANNED.fullmatch("".join(text.split()))
    return (found["code"], found["address"]) if found else (text, None)


def run(call: Call) -> Answer:
    """Show network, inviter and effect; after a yes, join."""
    if call.options.file:
        return run_file(call, _effect)
    code, scanned = split_scanned(_given(call))
    address = call.options.address or scanned
    return join_with(call, code, address)


def join_with(call: Call, code: str, address: str | None, only: str | None = None) -> Answer:
    """Join with a code; with a device's code, become what it says.

    Raises:
        BadInput: the code makes this machine something else than `only`, or something that was typed cannot be meant.
        InviteError: the code is damaged, or it did not work.
        AlreadyMember: this profile belongs to a neighbourhood.
    """
    # Whatever can be refused here is refused before the look: words are good for one.
    device = _read(code)
    if only and device is None:
        raise BadInput(NOT_FOR_A_HUB, next_step=MAKE_ONE)
    call.must_be_answerable()
    given = None if only else call.options.name
    name = my_name(call, given, "--name") if device is None and (given is not None or not call.asks) else None
    with conversation(call) as talk:
        if talk.ask("status")["state"] != "outside":
            raise AlreadyMember
        if not call.json:
            call.terminal.note("Looking for a node that knows this. Ctrl+C stops.")
        preview = talk.ask("preview", code=code, address=address)
        if "windows" in preview:
            address = _which(call, preview["windows"])
            preview = talk.ask("preview", code=code, address=address)
        if only and preview.get("becomes") != only:
            raise BadInput(NOT_FOR_A_HUB, next_step=MAKE_ONE)
        if not call.agreed(_effect(call, preview), _question(preview)):
            return Answer({"joined": False}, ["Nothing was done."], exit_code=1)
        if preview.get("becomes"):
            return _became(talk, preview, talk.ask("join", code=code, address=address))
        code, address = preview.get("code", code), preview.get("address", address)
        name = name or my_name(call, None, "--name")
        status = talk.ask("join", code=code, name=name, address=address)
        lines = [f"Welcome to {display_line(status['network']['name'])}, {display_line(name)}."]
        return Answer(status, [*lines, *stay_for_board(talk), "Next: `meshnode` opens the screen."])


def _read(code: str) -> DeviceCode | None:
    """The device's code, if it is one; words and invites are only looked at.

    Raises:
        InviteError: it is damaged, or these are no such words.
        BadInput: it is a key card.
    """
    device = device_code_in(code)
    if device is None:
        _ = read_words(code) if looks_spoken(code) else read_code(code)
    return device


def _became(talk: Conversation, preview: Json, status: Json) -> Answer:
    """What to say on a machine that is somebody's device now, or a hub."""
    network, person = display_line(status["network"]["name"]), display_line(preview["inviter"])
    if preview["becomes"] == "hub":
        lines = [f"This machine is a hub of {network} now; {person} answers for it.", "Next: `meshnode run`, always."]
    else:
        lines = [f"This machine is a device of {person} in {network} now.", "Next: `meshnode` opens the screen."]
    words = f"Its words are: {status['me']['words']}. They are the same on {person}'s other screen."
    return Answer(status, [*lines, *stay_for_board(talk), words])


def stay_for_board(talk: Conversation) -> list[str]:
    """Where the node ends with this command, wait a little for the board; what to say if it is not all here."""
    if not talk.node.started or talk.runner.run(_board_came(talk.node)):
        return []
    return ["The board is not all here yet; the rest comes when your node meets a neighbour's again."]


def _given(call: Call) -> str:
    """The code or the words, as they were typed.

    Raises:
        BadInput: neither was.
    """
    if not call.options.spoken and not call.options.code:
        raise BadInput(
            "The code is missing.",
            next_step="`meshnode join CODE`, or `meshnode join --words` and the three words that your neighbour says.",
        )
    return " ".join(call.options.spoken or call.options.code)


def _which(call: Call, windows: list[Json]) -> str:
    """Which of several neighbours who show words is meant; the address of theirs.

    Raises:
        BadInput: there is nobody to ask, or no such one.
    """
    rows = [f"{number}  {display_line(each['network'])} ({each['address']})" for number, each in enumerate(windows, 1)]
    if not call.asks:
        raise BadInput(f"Several neighbours show words: {'; '.join(rows)}.", next_step="Say which with --address.")
    call.terminal.say("Several neighbours show words just now:")
    for row in rows:
        call.terminal.say(f"  {row}")
    number = call.terminal.ask("Which one is meant?")
    if not number.isdecimal() or not 0 < int(number) <= len(windows):
        raise BadInput("None of them was chosen.", next_step="Try again and type the number before the name.")
    return str(windows[int(number) - 1]["address"])


async def _board_came(node: Attached) -> bool:
    """Wait a little for the first exchange, because this node ends with this command."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FIRST_EXCHANGE_SECONDS):
            async for event in node.client.subscribe():
                if _has_board(event.get("status")):
                    return True
    return False


def _has_board(status: Json | None) -> bool:
    """Whether a linked neighbour holds nothing more; a board without even its settings is still on its way."""
    if not status or not status["counts"]["changes"]:
        return False
    return any(peer["linked"] and peer["i_lack"] == 0 for peer in status["peers"])


def _question(preview: Json) -> str:
    network = display_line(preview["network"])
    match preview.get("becomes"):
        case "device":
            return f"Make this machine a device of {display_line(preview['inviter'])} in {network}?"
        case "hub":
            return f"Make this machine a hub of {network}?"
        case _:
            return f"Join {network}?"


def _effect(call: Call, preview: Json) -> list[str]:
    """What the person sees before saying yes."""
    width = call.terminal.width
    inviter, network = display_line(preview["inviter"]), display_line(preview["network"])
    if preview.get("becomes"):
        return [paragraph(display_line(sentence), width) for sentence in preview["effect"]]
    lines = [paragraph(f"{inviter} invites you to {network}.", width)]
    if preview.get("expires_ms"):
        lines.append(f"The invite is good until {moment(preview['expires_ms'], now())}.")
    lines += [paragraph(display_line(sentence), width) for sentence in preview.get("effect") or JOIN_EFFECT]
    for title, sentences in ((SEEN_TITLE, SEEN), (STOLEN_TITLE, STOLEN), (FOR_EVER_TITLE, FOR_EVER)):
        lines += ["", f"{title}:", *(paragraph(sentence, width, bullet="- ") for sentence in sentences)]
    return [*lines, ""]


COMMAND = Command(
    examples=(
        "meshnode join MESH1:ABCD... --name Bo",
        "meshnode join --words maple kettle robin --name Bo",
        "meshnode join MESH1:ABCD... --name Bo --address 192.168.1.20:7766",
    ),
    run=run,
    arguments=arguments,
    more="Shows who invites you where and what that means, and asks, unless --yes is given.",
)
