"""Overview: what there is, for `meshnode --help` and `meshnode task --help`."""

from __future__ import annotations

from meshnode.cli import registry
from meshnode.cli.command import COMMON_USAGE, Answer
from meshnode.cli.layout import columns, paragraph

WIDTH = 100


def overview() -> Answer:
    """Every first word, in groups."""
    summaries = dict(registry.first_words())
    widest = max(map(len, summaries))
    lines = [
        f"usage: meshnode {COMMON_USAGE} [COMMAND] ...",
        "",
        paragraph("A task board that you share with your neighbours, on your own machines. No internet needed.", WIDTH),
        "`meshnode` alone opens the screen.",
    ]
    for group, words in registry.GROUPS.items():
        lines += ["", f"{group}:", *(f"  {word:<{widest}}  {summaries[word]}" for word in words)]
    lines += [
        "",
        "examples:",
        "  meshnode",
        '  meshnode init "Maple Street" --me Ana',
        "  meshnode task add Rake the leaves --due sat",
        "",
        "Help on one command: `meshnode COMMAND --help`. Topics: `meshnode help privacy`, `meshnode help exit-codes`.",
    ]
    return Answer({"commands": [{"name": word, "summary": summaries[word]} for word in summaries]}, lines)


def board_overview(word: str) -> Answer:
    """Every verb of a first word."""
    found = registry.verbs(word)
    rows = [(entry.name, f"{entry.summary}") for entry in found]
    own = (
        [f"usage: meshnode {word} VERB ...", ""] if not any(entry.name == word for entry in registry.entries()) else []
    )
    lines = [
        *own,
        *([] if own else [""]),
        "verbs:",
        *columns(rows, WIDTH),
        "",
        f"Help on one of them: `meshnode {found[0].name} --help`.",
    ]
    return Answer({"commands": [{"name": entry.name, "summary": entry.summary} for entry in found]}, lines)
