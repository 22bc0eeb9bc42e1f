"""The shapes of the local API, in one place for both ends.

Rules of this module:
1. One line is one JSON object in UTF-8. A request has `id` and `do`; its reply has the same `id` and either `ok` or
   `error`. A line with `event` belongs to a subscription.
2. Unknown keys are ignored by both ends, so that a newer screen can speak to an older node.
3. Nothing here does I/O.
"""

from __future__ import annotations

import json
from typing import Any, Final

from meshnode.errors import MeshnodeError

Json = dict[str, Any]

VERSION: Final = 1
MAX_LINE_BYTES: Final = 4 * 1024 * 1024
"""A page of 200 records with long details fits; a runaway line does not."""
SNAPSHOT_PAGE_RECORDS: Final = 200

REQUESTS: Final = {
    "status": "what this node is, who is linked, what is unsent",
    "subscribe": "a snapshot in pages, then every change as it is committed",
    "act": "one action of a board; at a hub `as` says who acts: {member: key} or {name: typed}; "
    "`of` {series, day} means one day of a series",
    "record": "one record's view",
    "records": "the views of one kind",
    "tasks": "the task board: the tasks, and the days of series that are shown today, as tasks",
    "history": "who wrote what when in a record, newest first",
    "conflicts": "the fields of a record with several current values",
    "resolve": "pick one value, or write a third; `as` like act",
    "undo": "put back what a change overwrote; `as` like act",
    "reach": "which nodes are proved to hold an alarm, who has seen it, who is going",
    "open_sealed": "a sealed text, on a personal device that it was sealed to",
    "forget": "have something wiped that one made; with `ask`, what that would do",
    "invite": "a new invite: short code, full token, addresses",
    "invites": "the invites that are open now",
    "came_in": "who came in with an invite",
    "window_open": "open a window of ten minutes: three words to say to somebody",
    "window": "how the window for spoken words stands, and who came in or back with them",
    "window_close": "close that window",
    "my_invites": "the invites of this person that are not dead, with who came in",
    "void": "take an invite back; who came in with it stays unless `keep` is false",
    "members": "who belongs on whose word, petitions with their signers, and what waits for the person here",
    "vouch": "one's own word for a member",
    "petition": "ask everybody to part with members, with a reason and one's own yes",
    "vote": "yes or no to a petition, for the first time or anew",
    "block": "link no more with a member's devices, from this node alone",
    "unblock": "link with them again",
    "follow": "the answer to the brake: follow removals that came too quickly, or go on linking",
    "refound_check": "whether people could be asked along to a new neighbourhood, and who would hear of it here",
    "refound": "ask people along to a neighbourhood that was founded anew, each with a token sealed to their devices",
    "refounds": "who started anew where, and whether the person here is asked along",
    "refound_token": "the way in, where the person here is asked along",
    "copy_in": "tasks of another neighbourhood as new ones of this, with who wrote them as text",
    "found": "start a neighbourhood",
    "preview": "what a code or spoken words lead to, before saying yes; or the windows, where several are open",
    "look_apart": "what an invite file leads to, without asking anybody",
    "join_apart": "the reply to an invite file; from then on this node waits to be let in",
    "reply": "whose reply file this is, before letting them in",
    "let_in": "let in whose reply file this is",
    "join": "join the neighbourhood that a code leads to",
    "restore": "be again the member whose key is on a card, with any open invite",
    "leave": "leave the neighbourhood for good",
    "devices": "this member's devices and all hubs, and the code that is shown now",
    "device_code": "show a code that makes another machine a device of this member, or a hub",
    "device_code_close": "show it no more",
    "device_drop": "give a device or a hub up: retired, lost or stolen",
    "hub_setup": "show a code that a steward types: on a hub, or on a machine that becomes one",
    "hub_add": "become a steward of the hub that shows a code",
    "where": "the paths of this profile",
    "stop": "end the node's process",
}


def encode_line(message: Json) -> bytes:
    """One message as one line."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode_line(line: bytes) -> Json:
    """One line as one message.

    Raises:
        ValueError: this is not one JSON object.
    """
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a line must be one JSON object")
    return message


class ApiError(MeshnodeError):
    """The node refused the request."""

    def __init__(self, code: str, message: str, what_next: str = "", exit_code: int = 1) -> None:
        super().__init__(message, next_step=what_next)
        self.code = code  # type: ignore[misc]  # an API error carries the node's code, not its class's
        self.exit_code = exit_code  # type: ignore[misc]


def error_message(error: MeshnodeError) -> Json:
    """The `error` part of a reply."""
    return {"code": error.code, "message": str(error), "next": error.what_next, "exit": error.exit_code}


def error_from(message: Json) -> ApiError:
    """The exception that an `error` part stands for."""
    return ApiError(
        str(message.get("code", "error")),
        str(message.get("message", "The node refused this.")),
        str(message.get("next", "")),
        int(message.get("exit", 1)),
    )
