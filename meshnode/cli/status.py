"""`meshnode status`: who is linked, and what has reached whom, as far as it is proved."""

from __future__ import annotations

from datetime import datetime

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.layout import columns, paragraph
from meshnode.cli.moments import moment, now

_DISCOVERY = {
    "open": "neighbours on this network find this node by themselves",
    "quiet": "this node looks for neighbours but does not announce itself",
    "off": "only typed addresses are used",
}


def run(call: Call) -> Answer:
    """Ask the running node; a node started just for this could not say yet who is linked."""

    async def work(node: Attached) -> Json:
        status = await node.ask("status")
        if status["state"] == "inside" and (window := await node.ask("window"))["state"] == "open":
            status["window"] = {each: window[each] for each in ("seconds_left", "tries_left")}
        return status

    status = with_node(call, work, start=False)
    lines = outside_lines(status) if status["state"] == "outside" else inside_lines(status, call.terminal.width, now())
    return Answer(status, [*lines, *_trouble(status, call.terminal.width)])


def outside_lines(status: Json) -> list[str]:
    """A node that belongs nowhere yet."""
    if status.get("waiting"):
        return [*_waiting_lines(status["waiting"]), *_here(status)]
    return [
        "The node is running and belongs to no neighbourhood yet.",
        "Start one with `meshnode init NAME`, or join one with `meshnode join CODE`.",
        *_here(status),
    ]


def _waiting_lines(waiting: Json) -> list[str]:
    network = display_line(waiting["network"]) or "a neighbourhood"
    said = [f"The last node that was asked said: {display_line(waiting['said'])}"] if waiting["said"] else []
    return [
        f"You are waiting to be let in to {network}, as {display_line(waiting['name'])}.",
        "Bring your reply file to one of its members (there: `meshnode letin FOLDER`), and leave this node running.",
        *said,
    ]


def inside_lines(status: Json, width: int, now: datetime) -> list[str]:
    """A node of a neighbourhood: me, the others, what is sent."""
    me, peers = status["me"], status["peers"]
    linked = [peer for peer in peers if peer["linked"]]
    if me.get("left"):
        return [
            f"You have left {display_line(status['network']['name'])}. Thank you for all you did there.",
            "Your copy of the board stays on this machine until you delete it: `meshnode remove`.",
            "",
            *_here(status),
        ]
    head = [display_line(status["network"]["name"]), paragraph(f"{_who(me)} This device: {me['words']}.", width), ""]
    if not peers:
        others = ["No other node is known yet. `meshnode invite` lets a neighbour in."]
    else:
        others = [f"Linked with {len(linked)} of {len(peers)} other {_nodes(len(peers))}:"]
        others += columns([_peer_row(peer, now) for peer in peers], width, flexible=3)
    words = [paragraph(_window_line(status["window"]), width), ""] if status.get("window") else []
    return [*head, *words, *others, "", *(paragraph(line, width) for line in sent_lines(status)), "", *_here(status)]


def _window_line(window: Json) -> str:
    """That words are open; not the words, which are only for the screen that was asked for them."""
    minutes, seconds = divmod(int(window["seconds_left"]), 60)
    tries = "1 try" if window["tries_left"] == 1 else f"{window['tries_left']} tries"
    return f"Three spoken words let one neighbour in: {minutes}:{seconds:02} left, {tries} (`meshnode invite --words`)."


def _who(me: Json) -> str:
    """Whose device this is, in a sentence."""
    name = display_line(me["name"])
    if me.get("kind") == "hub":
        stewards = ", ".join(display_line(each) for each in me.get("stewards") or ())
        return f"This is {name}, a hub that belongs to everybody; stewards: {stewards or 'none any more'}."
    if me.get("removed") or me.get("left"):
        gone = "who has left" if me.get("left") else "with whom the neighbourhood has parted"
        return f"You are {name}, {gone}."
    newcomer = "" if me.get("established") else ", a newcomer until two neighbours have vouched for you"
    return f"You are {name}{newcomer}."


def _nodes(count: int) -> str:
    return "node" if count == 1 else "nodes"


def _peer_row(peer: Json, now: datetime) -> list[str]:
    hub = " (hub)" if peer["kind"] == "hub" else ""
    if peer["linked"]:
        state = "linked" if peer.get("since_ms") is None else f"linked since {moment(peer['since_ms'], now)}"
    elif peer.get("last_heard_ms"):
        state = f"away, heard {moment(peer['last_heard_ms'], now)}"
    else:
        state = "away"
    return [f"{peer['name']}{hub}", peer["words"], state, _lack(peer), peer.get("address") or ""]


def _lack(peer: Json) -> str:
    """What each side lacks, in words; what is not known is not claimed."""
    they, we = peer.get("they_lack"), peer.get("i_lack")
    if they is None:
        return "not known what it holds"
    parts = [f"lacks {they} {_changes(they)}"] if they else []
    if we:
        parts.append(f"we lack {we} of its {_changes(we)}")
    return ", ".join(parts) or ("has everything" if peer["linked"] else "had everything when last linked")


def _changes(count: int) -> str:
    return "change" if count == 1 else "changes"


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"


def sent_lines(status: Json) -> list[str]:
    """Where everything that was written here is known to be, and who lacks what."""
    mine, peers = status["mine"], status["peers"]
    if not mine["changes"]:
        lines = ["You have written nothing yet."]
    elif not mine["on_nodes"]:
        lines = ["No other node is known to hold all you wrote yet; it goes on whenever one links."]
    else:
        all_of_them = "all " if mine["held_by_all"] and mine["on_nodes"] > 1 else ""
        lines = [f"All you wrote is on {all_of_them}{mine['on_nodes']} other {_nodes(mine['on_nodes'])}."]
    return lines + [
        f"{display_line(peer['name'])} lacks {peer['they_lack']} {_changes(peer['they_lack'])}."
        for peer in peers
        if peer.get("they_lack")
    ]


def _here(status: Json) -> list[str]:
    listening = ", ".join(status["listening"]) or "nowhere"
    discovery = _DISCOVERY.get(status["discovery"], f"finding neighbours does not work now: {status['discovery']}")
    changes, records = status["counts"]["changes"], status["counts"]["records"]
    holds = f"It holds {changes} {_changes(changes)} of {records} {_entries(records)}."
    return [
        f"This node (meshnode {status['version']}, profile {status['profile']}) listens at {listening};",
        f"{discovery}.",
        *([holds] if status["state"] == "inside" else []),
    ]


def _trouble(status: Json, width: int) -> list[str]:
    found = [display_line(str(each)) for each in status["trouble"]]
    if status.get("clock") == "unsure":
        found.append("This machine's clock may be wrong: set it, so that times and invites are right.")
    return [paragraph(f"Note: {each}", width) for each in found]


COMMAND = Command(examples=("meshnode status", "meshnode status --json"), run=run)
