"""The pictures of PROTOCOL.md, drawn from the code; `python -m tests.sync.protocol_pictures` redraws them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from meshnode.sync import messages
from meshnode.sync.messages import MAX_BODY_BYTES, MessageType
from meshnode.sync.transitions import TRANSITIONS, JoinPhase, LanePhase, Phase

DOCUMENT = Path(__file__).parents[2] / "meshnode" / "sync" / "PROTOCOL.md"
ENDS = {Phase.OVER, JoinPhase.OVER}
STARTS: dict[type[Any], list[Any]] = {
    Phase: [Phase.GREETING],
    LanePhase: [LanePhase.WAITING, LanePhase.EXPECTING],
    JoinPhase: [JoinPhase.OFFERED, JoinPhase.LOOKING],
}


def picture(kind: type[Phase] | type[LanePhase] | type[JoinPhase]) -> str:
    """One machine as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {start.name}" for start in STARTS[kind]]
    for state, steps in TRANSITIONS.items():
        if not isinstance(state, kind):
            continue
        by_target: dict[str, list[str]] = {}
        for step, target in steps.items():
            name = step.name if isinstance(step, MessageType) else step.value
            by_target.setdefault(target.name, []).append(name)
        lines += [f"    {state.name} --> {target}: {', '.join(names)}" for target, names in by_target.items()]
    lines += [f"    {state.name} --> [*]" for state in kind if state in ENDS]
    return "\n".join(lines)


def pictures() -> list[str]:
    """All machines, in the order of the document."""
    return [picture(Phase), picture(LanePhase), picture(JoinPhase)]


def drawn(text: str) -> list[str]:
    """The pictures in the document."""
    return re.findall(r"```mermaid\n(.*?)\n```", text, flags=re.DOTALL)


def redraw(text: str) -> str:
    """The document with the pictures of the code."""
    fresh = iter(pictures())
    return re.sub(r"```mermaid\n.*?```", lambda _: f"```mermaid\n{next(fresh, '(none)')}\n```", text, flags=re.DOTALL)


def rows(text: str) -> dict[str, tuple[int, str, int]]:
    """The message table: type number, layout and longest body by name."""
    found = re.findall(r"^\| (\d+) \| ([A-Z]+) \| (.*?) \| ([\d,]+) \|", text, flags=re.MULTILINE)
    return {name: (int(number), layout, int(longest.replace(",", ""))) for number, name, layout, longest in found}


def fields_of(kind: MessageType) -> set[str]:
    """What a message says, by its class."""
    return {field.name for field in dataclasses.fields(getattr(messages, kind.name.capitalize()))}


def longest_of(kind: MessageType) -> int:
    """The longest body."""
    return MAX_BODY_BYTES[kind]


if __name__ == "__main__":
    DOCUMENT.write_text(redraw(DOCUMENT.read_text()))
