"""Devices, key cards and hubs at the command line, at a real terminal with real nodes behind."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshnode.identity.key_file import load
from meshnode.membership.key_card import card_code, card_lines, read_card
from tests.cli.homes import SETTINGS, Home
from tests.cli.test_person import ends, typing


def home(folder: Path, name: str) -> Home:
    """A machine that is called so."""
    return Home(folder, f'{SETTINGS}[device]\nname = "{name}"\n')


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Ana's desk, with a neighbourhood, and its node running."""
    machine = home(tmp_path_factory.mktemp("ana"), "desk")
    machine.run("init", "Maple Street", "--me", "Ana")
    process = machine.start("run", "--quiet")
    yield machine
    process.terminate()
    assert process.wait(20) == 0


def card_of(machine: Home) -> tuple[str, ...]:
    identity = load(machine.paths.keys / "identity.key")
    assert identity is not None
    assert identity.member_keys is not None
    return card_lines(identity.member_keys)


def address_of(machine: Home) -> str:
    return str(machine.json("status")["listening"][0])


def test_a_card_is_written_for_its_owner_alone_and_checked(ana: Home, tmp_path: Path) -> None:
    paper = tmp_path / "card.txt"
    assert "nobody to ask" in ana.run("card", "print", expect=2)
    ana.run("card", "print", "--yes", "--to", str(paper))
    assert stat.S_IMODE(paper.stat().st_mode) == 0o600
    text = paper.read_text()
    assert "Key card of Ana" in text
    assert all(line in text for line in card_of(ana))
    assert "█" in text
    assert "already" in ana.run("card", "print", "--yes", "--to", str(paper), expect=4)
    assert ana.json("card", "print", "--yes")["lines"] == list(card_of(ana))
    narrow = ana.run("card", "print", "--yes", "--narrow").splitlines()
    assert max(map(len, narrow[: narrow.index("") + 17])) <= 32
    typed = "\n".join(card_of(ana))
    assert "it is yours" in ana.run("card", "check", typed=typed)
    assert "Line 1" in ana.run("card", "check", typed=typed.replace(" ", "q ", 1), expect=2)
    other = home(tmp_path / "other", "other")
    assert "not the card of this profile" in other.run("card", "check", typed=typed, expect=1)


def test_a_slip_of_the_typing_hand_is_named_and_the_line_typed_again(ana: Home) -> None:
    with typing(ana, "card", "check") as child:
        for number, line in enumerate(card_of(ana), 1):
            child.expect(f"{number}:")
            child.sendline(f"{line}x" if number == 3 else line)
            if number == 3:
                child.expect("Line 3: .* is no word of a card")
                child.expect("3:")
                child.sendline(line)
        assert "it is yours" in ends(child, 0)


def test_a_second_device_is_made_at_the_terminal_and_given_up(ana: Home, tmp_path: Path) -> None:
    kitchen = home(tmp_path, "kitchen")
    with typing(ana, "device", "add") as shown:
        shown.expect("MESH1:[A-Z2-7]+")
        code = str(shown.after)
        with typing(kitchen, "join", code, "--address", address_of(ana)) as child:
            child.expect("This machine becomes a device of Ana in Maple Street")
            child.expect("Make this machine a device of Ana in Maple Street")
            child.sendline("y")
            assert "This machine is a device of Ana" in ends(child, 0)
        assert "is your device now" in ends(shown, 0)
    listed = ana.json("device", "list")["devices"]
    assert [each["name"] for each in listed] == ["desk", "kitchen"]
    words = next(each["words"] for each in kitchen.json("device", "list")["devices"] if each["here"])
    assert words == listed[1]["words"]
    assert "add --card" in kitchen.run("device", "add", expect=4)
    assert "no device called" in ana.run("device", "drop", "garage", "--lost", "--yes", expect=2)
    with typing(ana, "device", "drop", *words.split(), "--stolen") as child:
        child.expect("nobody can wipe it")
        child.sendline("y")
        assert "is given up" in ends(child, 0)
    assert "given up as stolen" in ana.run("device", "list")


def test_a_hub_is_set_up_with_the_stewards_code_and_listed(ana: Home, tmp_path: Path) -> None:
    pi = home(tmp_path, "Elm hub")
    shown = ana.json("hub", "add")
    said = pi.run("hub", "setup", shown["code"], "--address", shown["address"][0], "--yes")
    assert "This machine is a hub of Maple Street now; Ana answers for it." in said
    assert "This is a hub, nobody's own" in pi.run("device", "list")
    assert "stewards: Ana" in ana.run("hub", "list")
    invite = ana.json("invite")
    assert "not for a hub" in home(tmp_path / "x", "x").run(
        "hub", "setup", invite["short"], "--address", address_of(ana), "--yes", expect=2
    )
    assert "is given up" in ana.run("hub", "drop", "Elm hub", "--retired", "--yes")


def test_a_person_comes_back_with_the_card_and_is_asked_about_the_lost_one(ana: Home, tmp_path: Path) -> None:
    first, second = home(tmp_path / "1", "old laptop"), home(tmp_path / "2", "new laptop")
    invite = ana.json("invite", "--uses", "2")
    first.run("join", invite["short"], "--address", address_of(ana), "--name", "Bo", "--yes")
    card = card_of(first)
    keys = read_card("\n".join(card))
    with typing(second, "card", "restore", invite["short"], "--address", address_of(ana)) as child:
        child.expect("1:")
        child.sendline(card_code(keys))
        child.expect("Welcome back to Maple Street, Bo")
        child.expect("You also have old laptop")
        child.sendline("lost")
        assert "old laptop is no device of yours any more" in ends(child, 0)
    assert second.json("device", "list")["main"]
    assert "belongs to a neighbourhood already" in second.run(
        "card", "restore", invite["short"], expect=6, typed="\n".join(card)
    )
