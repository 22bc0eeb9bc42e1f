"""The command line with real nodes: started for a command, attached to, joined, stopped, removed."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshnode.bundle.bundle import read_bundle
from meshnode.cli.node_process import node_for
from meshnode.cli.probe import answers
from meshnode.errors import (
    AlreadyMember,
    BadInput,
    ConfigError,
    InviteError,
    KeyFileError,
    NodeAway,
    NodeBusy,
    NoNetwork,
    NotPossible,
    UnknownRecord,
)
from tests.cli.homes import COMMAND, Home


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ana's machine, with a neighbourhood, and its node running."""
    home = Home(tmp_path_factory.mktemp("ana"))
    said = home.run("init", "Maple", "Street", "--me", "Ana")
    assert "Maple Street is there" in said
    assert not answers(home.paths.socket), "a node started for a command ends with it"
    process = home.start("run", "--quiet")
    yield home
    process.terminate()
    assert process.wait(20) == 0


def number_in(said: str) -> str:
    found = re.search(r"(?m)^\s*([0-9a-f]{3,}) ", said)
    assert found, said
    return found[1]


def test_without_a_running_node_a_command_starts_one_and_stops_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.json("task", "list", expect=NoNetwork.exit_code)["error"]["code"] == "no-network"
    home.run("init", "Elm", "--me", "Ana")
    assert "kept here" in home.run("task", "add", "Rake", "leaves", "--due", "2030-01-01", "--place", "School yard")
    assert not answers(home.paths.socket)
    listed = home.run("task", "list")
    assert "Rake leaves" in listed
    assert "School yard" in listed
    assert home.json("init", "Oak", "--me", "Ana", expect=AlreadyMember.exit_code)["error"]["code"] == "already-member"
    for path in (home.paths.data, home.paths.keys, home.paths.network, home.paths.state):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    home.run("status", expect=NodeAway.exit_code)


def test_a_task_from_its_first_word_to_thanks(ana: Home) -> None:
    said = ana.run("task", "add", "Fix", "the", "gate", "--people-needed", "2", "--details", "-", typed="Two\nhinges\n")
    number = number_in(said)
    assert "Fix the gate (open)" in said
    assert "kept here" not in said
    assert "(claimed)" in ana.run("task", "claim", "gate")
    assert ana.json("task", "claim", number, expect=NotPossible.exit_code)["error"]["next"] is not None
    ana.run("task", "check-add", "gate", "Buy", "hinges")
    ana.run("task", "check-add", number, "Oil them")
    ana.run("task", "check", number, "hinges")
    ana.run("task", "check", number, "2")
    assert ana.json("task", "check", number, "3", expect=BadInput.exit_code)
    ana.run("task", "comment", number, "I bring the drill")
    shown = ana.run("task", "show", "fix", "gate")
    for part in ("Two\n  hinges", "1  [x]  Buy hinges", "2  [x]  Oil them", "Ana (1 of 2)", "I bring the drill"):
        assert part in shown
    ana.run("task", "edit", number, "--title", "Fix the garden gate", "--due", "tomorrow")
    history = ana.run("task", "history", number)
    assert re.search("title: Fix the gate -> Fix the garden gate", history)
    ana.run("task", "undo", number)
    view = ana.json("task", "show", number)["view"]
    assert (view["title"], view["due"]) == ("Fix the gate", "")
    assert "(done)" in ana.run("task", "done", number, "--thanks", "Thank you")
    assert "DONE: 1" in ana.run("task", "list")
    assert "Fix the gate" in ana.run("task", "list", "--all")
    assert "(claimed)" in ana.run("task", "reopen", number)
    assert "(open)" in ana.run("task", "pass", number)


def test_undo_of_a_named_change(ana: Home) -> None:
    number = number_in(ana.run("task", "add", "Soup", "--place", "Kitchen"))
    ana.run("task", "edit", number, "--place", "Hall")
    ana.run("task", "edit", number, "--title", "Good soup")
    entries = ana.json("task", "history", number)["entries"]
    assert [entry["what"] for entry in entries] == ["edit", "edit", "add"]
    ana.run("task", "undo", number, "--change", entries[1]["change"][:8])
    view = ana.json("task", "show", number)["view"]
    assert (view["title"], view["place"]) == ("Good soup", "Kitchen")
    ana.run("task", "undo", number, "--change", "zz", expect=BadInput.exit_code)


def test_words_that_fit_none_or_several(ana: Home) -> None:
    ana.run("task", "add", "Compost one")
    ana.run("task", "add", "Compost two")
    assert "fits 2 tasks" in ana.run("task", "start", "compost", expect=UnknownRecord.exit_code)
    assert ana.json("task", "start", "nothing like it", expect=UnknownRecord.exit_code)
    first, second = (number_in(ana.run("task", "list", which)) for which in ("one", "two"))
    ana.run("task", "link", first, second, "--relation", "needs")
    assert re.search(rf"needs\s+{second}\s+Compost two", ana.run("task", "show", first))


def test_foreign_text_cannot_move_the_cursor(ana: Home) -> None:
    ana.run("task", "add", "Evil\x1b[2J\x9b1A\u202etitle", "--details", "line\n\x1b]0;owned\x07")
    for words in (("task", "list"), ("task", "show", "evil"), ("task", "history", "evil"), ("--json", "task", "list")):
        assert not set(ana.run(*words)) & set("\x1b\x9b\x07\u202e")


def test_profile_and_settings(ana: Home) -> None:
    assert "Ana" in ana.run("profile")
    ana.run("profile", "edit", "--reach", "Ring twice")
    assert "Ring twice" in ana.run("profile")
    ana.run("settings", "edit", "--zone", "Europe/Berlin")
    assert ana.json("settings")["zone"] == "Europe/Berlin"
    ana.run("profile", "edit", expect=BadInput.exit_code)


def test_status_and_invite(ana: Home) -> None:
    status = ana.json("status")
    assert status["state"] == "inside"
    said = ana.run("status")
    assert "You are Ana" in said
    assert "No other node is known yet" in said
    invite = ana.json("invite", "--uses", "3", "--days", "1")
    assert invite["uses"] == 3
    text = ana.run("invite")
    assert re.search("meshnode join MESH1:[A-Z2-7]{53}\\b", text)
    assert "1 person" in text
    assert "\x1b" not in text
    ana.run("invite", "--uses", "0", expect=BadInput.exit_code)


def test_a_neighbour_joins_and_sees_the_board(ana: Home, tmp_path: Path) -> None:
    ana.run("task", "add", "Turn the heap")
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    token = ana.json("invite")["token"]
    bo = Home(tmp_path / "bo", SETTINGS_TO.format(address=address))
    bo.run("join", token, "--name", "Bo", "--address", address, expect=BadInput.exit_code)
    broken = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    assert "damaged" in bo.run("join", broken, "--name", "Bo", "--yes", expect=InviteError.exit_code)
    process = bo.start("run", "--quiet")
    try:
        said = bo.run("join", token, "--name", "Bo", "--address", address, "--yes")
        assert "Welcome to Maple Street, Bo." in said
        bo.run("join", token, "--name", "Bo", "--yes", expect=AlreadyMember.exit_code)
        wait_for(bo, "task list", "Turn the heap")
        bo.run("task", "claim", "turn heap")
        wait_for(ana, "task list", "Bo")
        assert "Bo" in wait_for(ana, "status", "Linked with 1 of 1 other node:")
        wait_for(bo, "status", "All you wrote is on 1 other node.")
        assert "Thank you" in bo.run("leave", "--yes")
        assert "You have left Maple Street" in bo.run("status")
    finally:
        process.terminate()
        assert process.wait(20) == 0


SETTINGS_TO = '[network]\ndiscovery = "off"\ninterfaces = ["127.0.0.1"]\naddresses = ["{address}"]\n'


def wait_for(home: Home, command: str, text: str) -> str:
    """Run a command until it says something; at most 50 times, each a fresh process."""
    said = ""
    for _ in range(50):
        said = home.run(*command.split())
        if text in said:
            return said
    raise AssertionError(f"{command} never said {text!r}:\n{said}")


def test_one_node_a_profile(ana: Home) -> None:
    assert ana.json("run", "--quiet", expect=NodeBusy.exit_code)["error"]["code"] == "node-busy"
    with node_for(ana.paths) as started:
        assert not started
    assert answers(ana.paths.socket), "what was not started here is not stopped here"


def test_export_beside_a_running_node_has_the_readable_half(ana: Home, tmp_path: Path) -> None:
    said = ana.run("export", str(tmp_path / "copy"))
    assert "meshnode stop" in said
    lines = [json.loads(line) for line in (tmp_path / "copy" / "board.jsonl").read_text().splitlines()]
    assert "Ana" in lines[0]["members"].values()
    assert any(line.get("kind") == "task" for line in lines[1:])
    ana.run("remove", "--yes", expect=NotPossible.exit_code)


def test_run_ends_in_order_when_it_is_told_to(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        process = home.start("run")
        process.send_signal(signal_number)
        assert process.wait(20) == 0
        assert "Traceback" not in process.communicate()[1]
        assert not home.paths.socket.exists()
    process = home.start("run")
    assert "stopped" in home.run("stop")
    assert process.wait(20) == 0
    process = home.start("run", "--quiet", "--with-parent")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 0
    home.run("stop", expect=NodeAway.exit_code)


def test_a_node_dies_with_the_command_that_started_it_even_if_that_is_killed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    program = (
        "import sys, os, signal; from pathlib import Path\n"
        "from meshnode.cli.node_process import NodeProcess; from meshnode.platform import Paths\n"
        "node = NodeProcess.start(Paths()); node.wait_ready(); print('ready', flush=True); signal.pause()"
    )
    parent = subprocess.Popen([COMMAND[0], "-c", program], env=home.environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    parent.kill()
    parent.wait(10)
    home.until_answers(False)


def test_without_a_terminal_the_bare_command_runs_headless_and_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path)
    process = home.start()
    process.terminate()
    assert process.wait(20) == 0
    assert "without one" in process.communicate()[1]


def test_the_node_says_ready_to_systemd(tmp_path: Path) -> None:
    import socket

    home = Home(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        home.environment["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        process = home.start("run", "--quiet")
        assert b"READY=1" in systemd.recv(200)
        process.terminate()
        assert process.wait(20) == 0
        assert b"STOPPING=1" in systemd.recv(200)


def test_why_a_node_did_not_start_is_said_in_its_own_words(tmp_path: Path) -> None:
    home = Home(tmp_path, '[network]\nlisten_port = "many"\n')
    said = home.run("task", "list", expect=ConfigError.exit_code)
    assert "line 2" in said
    home.paths.config.unlink()
    home.run("task", "list", expect=NoNetwork.exit_code)
    for file in home.paths.keys.iterdir():
        file.chmod(0o644)
    assert "chmod" in home.run("task", "list", expect=KeyFileError.exit_code)


def test_a_node_that_cannot_write_its_folder_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.paths.data.parent.parent.mkdir(exist_ok=True)
    home.paths.data.parent.write_text("a file where a folder should be")
    assert "cannot be made" in " ".join(home.run("task", "list", expect=10).split())


def test_a_copy_of_everything_and_then_nothing_is_left(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.run("init", "Elm", "--me", "Ana")
    home.run("task", "add", "Rake leaves")
    removed = home.json("remove", "--yes", "--export", str(tmp_path / "copy"))
    assert len(removed["removed"]) == 3
    assert not any(path.exists() for path in (home.paths.data, home.paths.state, home.paths.config))
    _, blocks = read_bundle(tmp_path / "copy" / "signed.meshbundle")
    assert sum(len(block.items) for block in blocks) >= 3
    assert "Rake leaves" in (tmp_path / "copy" / "board.jsonl").read_text()
