"""Catalogues: gathers every sentence of ours that the screen shows, and keeps the translations in step with them.

    python -m tui.catalogues update     new sentences into every catalogue, those that are gone out of it
    python -m tui.catalogues compile    what the screen reads (`.mo`) from what people write (`.po`)

Rules of this module:
1. A sentence is gathered from where it is declared: the tables of texts, the boards' declarations, the shared wording.
2. A translation keeps every place to fill (`{name}`) of its sentence; `faults` says where one does not.
"""

from __future__ import annotations

import argparse
import string
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from crdt.actions import ACTIONS
from crdt.boards.shelf import BOARDS
from crdt.fields import Field
from meshnode import wording as shared
from tui import wording
from tui.language import DOMAIN, FOLDER, LANGUAGES

TRANSLATED = tuple(code for code in LANGUAGES if code != "en")


def _texts() -> Iterator[tuple[str | tuple[str, str], str]]:
    for key, text in wording.ALL.items():
        name, _, form = key.rpartition(".")
        if form == "one" and f"{name}.many" in wording.ALL:
            yield (text, wording.ALL[f"{name}.many"]), name
        elif not (form == "many" and f"{name}.one" in wording.ALL):
            yield text, key


def _of_field(declared: Field) -> Iterator[tuple[str, str]]:
    yield declared.title, f"field {declared.key}"
    yield declared.help, f"field {declared.key}"


def _declared() -> Iterator[tuple[str, str]]:
    for action in ACTIONS.values():
        yield action.title, action.name
        yield action.help, action.name
        for argument in action.arguments:
            yield from _of_field(argument.field)
    for board in BOARDS.values():
        yield board.title, board.name
        yield board.help, board.name
        for declared in board.kind.fields:
            yield from _of_field(declared)


def _shared() -> Iterator[tuple[str, str]]:
    """The sentences that commands and the screen both say."""
    for name in dir(shared):
        if name.isupper():
            yield from ((text, name) for text in _strings(getattr(shared, name)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _strings(each)


def template() -> Catalog:
    """Every sentence, untranslated, each with where it is said."""
    catalog = Catalog(project="meshnode", charset="utf-8", fuzzy=False)
    for said, where in [*_texts(), *_declared(), *_shared()]:
        if said and any(letter.isalpha() for letter in "".join(said).replace("{", "").replace("}", "")):
            catalog.add(said, auto_comments=[where])
    return catalog


def path_of(code: str) -> Path:
    """The catalogue that people write."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(code: str) -> Catalog:
    """A language's catalogue; a new one where there is none yet."""
    if not path_of(code).exists():
        return Catalog(locale=code, project="meshnode", charset="utf-8", fuzzy=False)
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code)


def update(code: str) -> Catalog:
    """Bring the sentences of now into a language's catalogue; what is gone from the screen goes from it, too."""
    catalog = read(code)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path_of(code).parent.mkdir(parents=True, exist_ok=True)
    with path_of(code).open("wb") as file:
        write_po(file, catalog, width=110, omit_header=False, sort_output=True)
    return catalog


def compile_one(code: str) -> bytes:
    """Write what the screen reads; the bytes of it."""
    path = path_of(code).with_suffix(".mo")
    with path.open("wb") as file:
        write_mo(file, read(code))
    return path.read_bytes()


def missing(catalog: Catalog) -> list[Message]:
    """Sentences without a translation."""
    return [message for message in catalog if message.id and not all(_forms(message.string))]


def faults(catalog: Catalog) -> list[str]:
    """Translations that lose or invent a place to fill."""
    found = []
    for message in catalog:
        wanted = set().union(*(_places(form) for form in _forms(message.id)))
        for form in _forms(message.string):
            there = _places(form)
            if form and (there - wanted or (not message.pluralizable and there != wanted)):
                found.append(f"{message.id!r} -> {form!r}")
    return found


def _forms(said: str | Sequence[str] | None) -> tuple[str, ...]:
    return (said or "",) if said is None or isinstance(said, str) else tuple(each or "" for each in said)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def main(arguments: list[str] | None = None) -> int:
    """Update or compile every catalogue, and say what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tui.catalogues", description=__doc__)
    parser.add_argument("do", choices=("update", "compile"))
    do = parser.parse_args(arguments).do
    for code in TRANSLATED:
        catalog = update(code) if do == "update" else read(code)
        if do == "compile":
            compile_one(code)
        print(f"{code}: {len(catalog)} sentences, {len(missing(catalog))} without a translation")
        for fault in faults(catalog):
            print(f"  {fault}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
