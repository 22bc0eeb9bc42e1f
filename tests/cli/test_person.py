"""What a person at a real terminal is shown and asked, with real nodes behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from meshnode.cli.probe import answers
from meshnode.errors import BadInput, InviteError
from tests.cli.homes import COMMAND, SETTINGS, Home

SECONDS = 60


@contextmanager
def typing(home: Home, *words: str, rows: int = 50, **environment: str) -> Iterator[pexpect.spawn]:
    """A command in a terminal of its own; ended at the end whatever happens."""
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        env=home.environment | environment,
        dimensions=(rows, 100),
        encoding="utf-8",
        timeout=SECONDS,
    )
    try:
        yield child
    finally:
        child.close(force=True)


def ends(child: pexpect.spawn, code: int) -> str:
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == code, child.before
    return str(child.before)


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ana's machine, with a neighbourhood, and its node running."""
    home = Home(tmp_path_factory.mktemp("ana"))
    with typing(home, "init", "Maple Street") as child:
        child.expect("What do your neighbours call you")
        child.sendline("Ana")
        child.expect("Maple Street is there, and you are its first member, Ana")
        assert "meshnode help privacy" in ends(child, 0)
    process = home.start("run", "--quiet")
    yield home
    process.terminate()
    assert process.wait(20) == 0


def test_an_invite_waits_until_the_neighbour_is_in(ana: Home, tmp_path: Path) -> None:
    with typing(ana, "invite") as invite:
        invite.expect("\x1b\\[30;107m")
        invite.expect("meshnode join (MESH1:[A-Z2-7]+)[^M]*meshnode join (MESH1:[A-Z2-7]+)")
        token = invite.match[2]
        invite.expect("Waiting: ")
        address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
        bo = Home(tmp_path, SETTINGS + f'addresses = ["{address}"]\n')
        with typing(bo, "join", token, "--name", "Bo", "--address", address) as join:
            join.expect("Ana invites you to Maple Street")
            join.expect("What your neighbours will see")
            join.expect("What a thief of this machine could read")
            join.expect("What cannot be taken back")
            join.expect(r"Join Maple Street\? \(y/n\)")
            join.sendline("y")
            join.expect("Welcome to Maple Street, Bo")
            ends(join, 0)
        invite.expect("Bo has come in")
        assert "Welcome your new neighbour" in ends(invite, 0)


def test_three_words_said_aloud_lead_in(ana: Home, tmp_path: Path) -> None:
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    bo = Home(tmp_path, SETTINGS + f'addresses = ["{address}"]\n')
    with typing(ana, "invite", "--words") as invite:
        invite.expect("Say these three words")
        invite.expect(r"meshnode join --words (\w+) (\w+) (\w+)")
        words = [str(each) for each in invite.match.groups()]
        invite.expect("Waiting: (9:5|10:0)[0-9] left, 3 tries. Ctrl")
        said = bo.run("join", "--words", *words, "--address", address, "--name", "Bo", expect=BadInput.exit_code)
        assert "Add --yes" in said, "before the words are used up"
        wrong = ("join", "--words", *words[::-1], "--address", address, "--yes", "--name", "Bo")
        assert "2 more tries" in bo.run(*wrong, expect=InviteError.exit_code)
        invite.expect("Somebody tried other words")
        invite.expect("2 tries. Ctrl")
        with typing(bo, "join", "--words", *words, "--address", address, "--name", "Bea") as join:
            join.expect("Ana invites you to Maple Street")
            join.expect(r"Join Maple Street\? \(y/n\)")
            invite.expect("The words matched")
            join.sendline("y")
            join.expect("Welcome to Maple Street, Bea")
            ends(join, 0)
        invite.expect("Bea has come in")
        ends(invite, 0)


def test_ctrl_c_closes_the_window_for_words(ana: Home, tmp_path: Path) -> None:
    with typing(ana, "invite", "--words") as invite:
        invite.expect("Waiting: ")
        invite.sendintr()
        assert "not good any more" in ends(invite, 0)
    assert "spoken words" not in ana.run("status")
    quick = ana.json("invite", "--words")
    assert (quick["state"], len(quick["words"])) == ("open", 3)
    said = ana.run("status")
    assert "Three spoken words let one neighbour in" in said
    assert " ".join(quick["words"]) not in " ".join(said.split())
    assert Home(tmp_path).json("invite", "--words", expect=5)["error"]["code"] == "no-network"


def test_a_no_changes_nothing(ana: Home, tmp_path: Path) -> None:
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    short = ana.json("invite")["short"]
    bo = Home(tmp_path)
    with typing(bo, "join", f"{short}/{address}", "--name", "Bo") as join:
        join.expect(r"Join Maple Street\? \(y/n\)")
        join.sendline("")
        assert "Nothing was done" in ends(join, 1)
    with typing(bo, "task", "list") as child:
        assert "belongs to no neighbourhood yet" in " ".join(ends(child, 5).split())


def test_ctrl_c_ends_the_waiting_and_leaves_the_code_good(ana: Home) -> None:
    with typing(ana, "invite", NO_COLOR="1") as invite:
        invite.expect("Waiting: ")
        assert "\x1b[30" not in str(invite.before)
        invite.sendintr()
        ends(invite, 0)
    assert answers(ana.paths.socket)


def test_ctrl_c_elsewhere_is_quiet(ana: Home) -> None:
    with typing(ana, "leave") as child:
        child.expect(r"Leave Maple Street\?")
        child.sendintr()
        said = ends(child, 130)
    assert "Traceback" not in said
    assert ana.json("status")["me"]["left"] is False


def test_the_screen_starts_a_node_and_takes_it_along(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with typing(home, rows=24) as screen:
        screen.expect("Welcome to meshnode")
        assert answers(home.paths.socket)
        screen.sendcontrol("q")
        ends(screen, 0)
    assert not answers(home.paths.socket)


def test_the_screen_leaves_a_running_node_alone(ana: Home) -> None:
    with typing(ana, rows=24) as screen:
        screen.expect("Maple Street")
        screen.sendcontrol("q")
        ends(screen, 0)
    assert answers(ana.paths.socket)


def test_a_node_may_be_kept_running(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with typing(home, "--keep-running", rows=24) as screen:
        screen.expect("Welcome to meshnode")
        screen.sendcontrol("q")
        assert "meshnode stop" in ends(screen, 0)
    assert answers(home.paths.socket)
    home.run("stop")


def test_a_closed_terminal_ends_the_node_too(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with typing(home, rows=24) as screen:
        screen.expect("Welcome to meshnode")
        screen.close(force=True)
    home.until_answers(False)


def test_removing_asks_for_the_name_and_offers_a_copy(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.run("init", "Elm", "--me", "Ana")
    with typing(home, "remove") as child:
        child.expect("the board, and the keys that make you you")
        child.expect("Write a copy of everything first")
        child.sendline(str(tmp_path / "copy"))
        child.expect("Type default to delete it for ever")
        child.sendline("yes")
        assert "Nothing was deleted" in ends(child, 1)
    assert home.paths.keys.exists()
    assert (tmp_path / "copy" / "board.jsonl").exists()
    with typing(home, "remove") as child:
        child.expect("Write a copy of everything first")
        child.sendline("n")
        child.expect("Type default to delete it for ever")
        child.sendline("default")
        ends(child, 0)
    assert not home.paths.data.exists()


def test_the_demo_shows_a_street_and_leaves_nothing(short_path: Path) -> None:
    home = Home(short_path / "home")
    before = sorted(home.folder.rglob("*"))
    with typing(home, "demo", rows=30, TMPDIR=str(short_path)) as screen:
        screen.expect("Fix the gutter")
        screen.sendcontrol("q")
        assert "nothing of it was kept" in ends(screen, 0)
    assert sorted(home.folder.rglob("*")) == before
    assert [path.name for path in short_path.iterdir()] == ["home"]
