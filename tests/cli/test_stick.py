"""A USB stick between two machines that never meet, an event, and the newcomers whom one has met."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshnode.errors import BadInput, InviteError, NotPossible
from tests.cli.homes import SETTINGS, Home
from tests.cli.test_person import ends, typing


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ana's machine, with a neighbourhood, and its node running."""
    home = Home(tmp_path_factory.mktemp("ana"))
    home.run("init", "Maple", "Street", "--me", "Ana")
    process = home.start("run", "--quiet")
    yield home
    process.terminate()
    assert process.wait(20) == 0


def test_an_invite_goes_out_on_a_stick_and_a_reply_comes_back(ana: Home, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    assert "no reply file" in ana.run("letin", str(stick), expect=InviteError.exit_code)
    bo = Home(tmp_path / "bo")
    assert "no invite file" in bo.run("join", "--file", str(stick), "--yes", expect=InviteError.exit_code)
    assert "Maple Street.meshnode-invite" in ana.run("invite", "--file", str(stick), "--days", "1")
    with typing(bo, "join", "--file", str(stick), "--name", "Bo") as join:
        join.expect("Ana invites you to Maple Street")
        join.expect("The file says that it is from Ana")
        join.expect(r"Ask to join Maple Street\? \(y/n\)")
        join.sendline("y")
        join.expect("Your reply is in")
        assert "meshnode letin FOLDER" in ends(join, 0)
    (stick / "link.meshnode-reply").symlink_to("/etc/passwd")
    os.mkfifo(stick / "pipe.meshnode-reply")
    (stick / "half.meshnode-reply").write_bytes((stick / "Bo.meshnode-reply").read_bytes()[:200])
    assert "Add --yes" in ana.run("letin", str(stick), expect=BadInput.exit_code)
    said = ana.run("letin", str(stick), "--yes")
    assert "Bo is in." in said
    assert said.count("no ordinary file") == 2
    assert "half.meshnode-reply: " in said
    assert "Bo is in already" in ana.run("letin", str(stick / "Bo.meshnode-reply"), "--yes")
    bo.paths.config.write_text(SETTINGS + f'addresses = ["{address}"]\n')
    process = bo.start("run", "--quiet")
    for _ in range(200):
        if bo.json("status")["state"] == "inside":
            break
    assert "You are Bo" in bo.run("status")
    process.terminate()
    assert process.wait(20) == 0


def test_who_waits_is_told_so(ana: Home, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    ana.run("invite", "--file", str(stick))
    cleo = Home(tmp_path / "cleo")
    answer = cleo.json("join", "--file", str(stick), "--name", "Cleo", "--yes")
    assert answer["waiting"]
    process = cleo.start("run", "--quiet")
    said = cleo.run("status")
    assert "waiting to be let in to Maple Street, as Cleo" in said
    process.terminate()
    assert process.wait(20) == 0


def test_an_event_and_whom_one_met(ana: Home, tmp_path: Path) -> None:
    invite = ana.json("invite", "--event")
    assert invite["uses"] == 30
    with typing(ana, "invite", "--event", "--uses", "2") as event:
        event.expect("up to 2 people in until")
        event.expect("Waiting: ")
        event.sendintr()
        assert "meshnode vouch NAME" in ends(event, 0)
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    dee = Home(tmp_path / "dee")
    dee.run("join", invite["short"], "--address", address, "--name", "Dee", "--yes")
    assert "There are no newcomers" in ana.run("newcomers"), "a sole founder's word is enough"
    ana.run("vouch", "Dee", "--yes")
    ana.run("vouch", "Dee", "--yes", expect=NotPossible.exit_code)
