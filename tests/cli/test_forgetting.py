"""`meshnode forget`, in real processes: a plain question, a no that does nothing, and a yes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.homes import Home


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ana's machine, with a neighbourhood, and its node running."""
    home = Home(tmp_path_factory.mktemp("ana"))
    home.run("init", "Maple", "Street", "--me", "Ana")
    process = home.start("run", "--quiet")
    yield home
    process.terminate()
    assert process.wait(20) == 0


def test_a_task_and_a_note_are_wiped(ana: Home) -> None:
    ana.run("task", "add", "Code", "of", "the", "key", "box")
    ana.run("task", "add", "Rake", "leaves")
    ana.run("note", "add", "Medicine", "-", typed="Two tablets")
    said = ana.run("forget", "key", "box", "--yes")
    assert "Wiped here: Code of the key box" in said
    assert "Your neighbours' nodes wipe it when they hear of it." in said
    assert "key box" not in ana.run("task", "list")
    assert ana.json("forget", "medicine", "--yes")["wiped"] is True
    assert "No sealed notes here" in ana.run("note", "list")
    assert "Rake leaves" in ana.run("task", "list")


def test_without_a_yes_nothing_is_done(ana: Home) -> None:
    ana.run("task", "add", "Stays")
    assert "--yes" in ana.run("forget", "stays", expect=2)
    assert "Stays" in ana.run("task", "list")


def test_the_help_says_what_it_cannot_promise(ana: Home) -> None:
    said = " ".join(ana.run("forget", "--help").split())
    assert "Copies on paper, on sticks, in heads and on worn flash cells may remain." in said
    assert "It is wiped on every node that hears of it" in said
