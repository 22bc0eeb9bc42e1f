"""`meshnode listing receipt`: a receipt over nothing, as a till would print it."""

from __future__ import annotations

import argparse

from crdt.boards.reclaimed import money
from meshnode.cli.asking import snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import find_entry, title_of
from meshnode.cli.layout import cells, clip
from meshnode.errors import NotPossible

WIDTH = 32
"""A receipt printer of 58 mm."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `listing receipt` takes."""
    parser.add_argument("entry", metavar="LISTING", nargs="+", help="its short number, or words of its title")
    parser.add_argument("--currency", metavar="WORD", default="", help="what the prices are in, for example EUR")


def run(call: Call) -> Answer:
    """Print what was given, what it costs elsewhere, and what it cost here."""
    known = with_node(call, snapshot)
    view = find_entry(known.of_kind("listing"), call.options.entry, "listing")
    if not view["givings"]:
        raise NotPossible("Nothing of this was given yet.", next_step="`meshnode listing given` says that it was.")
    currency = call.options.currency
    network = str((known.status.get("network") or {}).get("name") or "meshnode")
    lines = [_middle(network), _middle(known.now().date().isoformat()), "-" * WIDTH, clip(title_of(view), WIDTH)]
    total = 0
    for giving in view["givings"]:
        cents = giving["count"] * giving["price"]
        total += cents
        lines.append(_spread(f" {giving['count']} {giving['per'] or 'x'}", money(cents) if cents else "no price"))
    lines += ["-" * WIDTH, _spread("Elsewhere", money(total, currency)), _spread("Here", money(0, currency)), ""]
    lines.append(_middle("Thank you, neighbour!"))
    return Answer({"record": view["id"], "title": title_of(view), "elsewhere": total, "here": 0}, lines)


def _middle(text: str) -> str:
    shown = clip(text, WIDTH)
    return " " * ((WIDTH - cells(shown)) // 2) + shown


def _spread(left: str, right: str) -> str:
    shown = clip(left, WIDTH - len(right) - 1)
    return shown + " " * (WIDTH - cells(shown) - len(right)) + right


COMMAND = Command(
    examples=("meshnode listing receipt 3fa", "meshnode listing receipt childcare --currency EUR"),
    run=run,
    arguments=arguments,
    more="Plain text, 32 letters wide: `meshnode listing receipt 3fa | lp` prints it.",
)
