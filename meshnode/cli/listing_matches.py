"""`meshnode listing matches`: which offer may fit which request, and why, worked out here from what both say."""

from __future__ import annotations

import argparse

from crdt.boards.matching import Shared, Suggestion, suggestions
from meshnode.cli.asking import snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers, title_of

_REASONS = {
    "word": "both say {said!r}",
    "kind": "both are of the kind {said}",
    "time": "both name {said!r} as a time",
    "place": "both name {said!r} as a place",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `listing matches` takes."""
    parser.add_argument("entry", metavar="LISTING", nargs="*", help="only what may fit this one")


def run(call: Call) -> Answer:
    """Read the board and print every pair that has something in common."""
    known = with_node(call, snapshot)
    views = known.of_kind("listing")
    found = suggestions(views, known.now().date().isoformat())
    if call.options.entry:
        only = find_entry(views, call.options.entry, "listing")["id"]
        found = [each for each in found if only in (each.offer, each.request)]
    numbers, titles = short_numbers(views), {str(view["id"]): title_of(view) for view in views}
    lines: list[str] = []
    for each in found:
        lines.append(f"{numbers[each.request]}  {titles[each.request]} (asked)")
        lines.append(f"  {numbers[each.offer]}  {titles[each.offer]} (offered): {'; '.join(map(reason, each.reasons))}")
    nothing = "Nothing fits yet. What people write in titles and details is compared, here on this machine."
    after = ["", "Nobody is told. Answer one: meshnode listing respond NUMBER ..."]
    return Answer({"matches": [_json(each, numbers) for each in found]}, [*lines, *after] if lines else [nothing])


def reason(shared: Shared) -> str:
    """A reason as a clause."""
    return _REASONS[shared.what].format(said=shared.said)


def _json(found: Suggestion, numbers: dict[str, str]) -> Json:
    return {
        "offer": {"record": found.offer, "number": numbers[found.offer]},
        "request": {"record": found.request, "number": numbers[found.request]},
        "reasons": [{"what": each.what, "said": each.said} for each in found.reasons],
    }


COMMAND = Command(
    examples=("meshnode listing matches", "meshnode listing matches ladder"),
    run=run,
    arguments=arguments,
    more="Each suggestion says why. Nothing is stored and nobody is told: people answer, and people accept.",
)
