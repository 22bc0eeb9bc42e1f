"""`meshnode invite --list` and `--void`: one's open invites, and taking one back."""

from __future__ import annotations

from meshnode.cli.asking import Conversation, conversation
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.deciding import NOTHING_DONE, agreed, listed, names_of
from meshnode.cli.decision_texts import VOID, VOID_DROPS, VOID_KEEPS
from meshnode.cli.layout import columns
from meshnode.cli.moments import moment, now
from meshnode.errors import BadInput

SHORT = 8
NOBODY = "nobody yet"


def list_invites(call: Call) -> Answer:
    """One's invites that still let somebody in, or did."""
    with conversation(call) as talk:
        invites = _mine(talk)
        rows = [
            (each["id"][:SHORT], _uses(each), f"until {moment(each['expires_ms'], now())}", _came(each))
            for each in invites
        ]
        lines = columns(rows, call.terminal.width, indent=0, flexible=3)
        return Answer({"invites": invites}, lines or ["You have no open invites. `meshnode invite` makes one."])


def void_invite(call: Call) -> Answer:
    """Say what taking it back does; after a yes, do it."""
    keep = not call.options.with_guests
    with conversation(call) as talk:
        text = str(call.options.void).lower()
        found = [each for each in _mine(talk) if len(text) >= 4 and each["id"].startswith(text)]
        if len(found) != 1:
            raise BadInput(f"You have no open invite {text!r}.", next_step="See `meshnode invite --list`.")
        came = found[0]["came_in"]
        effect = (*VOID, *((VOID_KEEPS if keep else VOID_DROPS,) if came else ()))
        if not agreed(call, effect, "Take the invite back?", names=listed(came)):
            return NOTHING_DONE
        answer = talk.ask("void", invite=found[0]["id"], keep=keep)
        stayed = [f"{names_of(answer['came_in'])} came in with it, and stay."] if came and keep else []
        return Answer(answer, ["The invite is taken back: it lets nobody in any more.", *stayed])


def _mine(talk: Conversation) -> list[Json]:
    found: list[Json] = talk.ask("my_invites")["invites"]
    return found


def _uses(invite: Json) -> str:
    return "1 person" if invite["uses"] == 1 else f"{invite['uses']} people"


def _came(invite: Json) -> str:
    return f"came in: {listed(invite['came_in']) or NOBODY}"
