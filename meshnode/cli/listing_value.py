"""`meshnode listing value`: what the neighbourhood gave each other, at the prices that people typed from elsewhere."""

from __future__ import annotations

import argparse

from crdt.boards.reclaimed import LEAST_PEOPLE, money, reclaimed
from crdt.dates import read_day
from meshnode.cli.asking import snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.errors import BadInput


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `listing value` takes."""
    parser.add_argument("--since", metavar="DAY", help="from this day on; left out: from the beginning")
    parser.add_argument("--currency", metavar="WORD", default="", help="what the prices are in, for example EUR")


def run(call: Call) -> Answer:
    """Sum up for the whole group, or say that too few people are in it."""
    known = with_node(call, snapshot)
    today, since = known.now().date().isoformat(), ""
    if call.options.since:
        read = read_day(call.options.since.lower(), today)
        if read is None:
            raise BadInput(f"{call.options.since!r} is no day.", next_step="Write it as 2026-11-01.")
        since = read
    found = reclaimed(known.of_kind("listing"), since, today)
    span = f"since {since}" if since else "so far"
    if found is None:
        few = f"Fewer than {LEAST_PEOPLE} people gave something {span}: a sum would name somebody, so there is none."
        return Answer({"since": since, "shown": False}, [few])
    lines = [f"Value we reclaimed {span}: {money(found.cents, call.options.currency)}, here: 0."]
    lines.append(f"Things given: {found.things}, of which {found.priced} have a price elsewhere.")
    value = {"since": since, "shown": True, "cents": found.cents, "things": found.things, "priced": found.priced}
    return Answer(value, lines)


COMMAND = Command(
    examples=("meshnode listing value", "meshnode listing value --since 2026-11-01 --currency EUR"),
    run=run,
    arguments=arguments,
    more="A sum of the whole group, never of a person. Prices come from `meshnode listing given --price`.",
)
