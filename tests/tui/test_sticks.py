"""Coming in by USB stick on the screen: on two real nodes that never meet while the stick is carried, and what can go
wrong with a stick."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meshnode.sticks import folders
from tests.support.nodes import RunningNode, found
from tests.tui.conftest import QUIET
from tests.tui.pair import free_port
from tests.tui.stage import Stage, stage
from tests.tui.street import Street
from tui.moments import Clock


@pytest.fixture
def stick(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the one stick which is plugged in."""
    monkeypatch.setattr(folders, "PLACES", re.compile(re.escape(str(short_path / "USB"))))
    monkeypatch.setattr(folders, "MOUNTS", short_path / "mounts")
    return plug_in(short_path / "USB")


def plug_in(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder.parent / "mounts").open("a") as mounts:
        mounts.write(f"/dev/sdb1 {folder} vfat rw,nosuid 0 0\n")
    return folder


def words(shown: Stage) -> str:
    """What stands on the screen, in one line."""
    return " ".join("".join(letter for letter in shown.text() if letter not in "┃│┏┓┗┛━").split())


async def reads(shown: Stage, *texts: str) -> None:
    """Wait until these stand there, however they are wrapped."""
    await shown.until(lambda: all(text in words(shown) for text in texts), f"reads {texts}")


async def test_a_stick_is_carried_there_and_back(short_path: Path, stick: Path) -> None:
    port = free_port()
    listens = f"{QUIET}listen_port = {port}\n"
    knocks = f'{QUIET}addresses = ["127.0.0.1:{port}"]\n'
    ana, bo = (RunningNode(short_path / name, name, settings=how) for name, how in (("ana", listens), ("bo", QUIET)))
    async with ana, bo:
        await found(ana)
        await ana.add("Fix the gate")
        async with stage(ana.socket, clock=Clock()) as shown:
            await shown.press("i", "s")
            await shown.sees("An invite on a USB stick", str(stick), "Write the invite")
            await shown.press("enter")
            await reads(shown, "The invite is on the stick", "choose 'Join with a USB stick'", "i and then l")
            assert (stick / "Maple Street.meshnode-invite").exists()
        async with stage(bo.socket, clock=Clock()) as shown:
            await shown.press("6")
            await shown.sees("Join with a USB stick", str(stick))
            await shown.press("enter")
            await shown.sees("Please fill in: What do your neighbours call you?")
            await shown.type("Bo")
            await shown.press("enter")
            await reads(shown, "Before you join Maple Street", "Ana invites you", "No node of theirs could be asked")
            assert not (stick / "Bo.meshnode-reply").exists()
            await shown.press("left", "enter")
            await reads(shown, "Now carry the stick back", "carry it back to Ana", "the board opens by itself")
            await shown.press("enter")
            await reads(shown, "You are waiting to be let in to Maple Street, as Bo.")
        async with stage(ana.socket, clock=Clock()) as shown:
            await shown.press("8", "m", "l")
            await shown.sees("Let in from a USB stick", "Read the replies")
            await shown.press("enter")
            await reads(shown, "Let Bo in?", "with an invite of Ana", "You cannot take it back alone")
            await shown.press("enter")
            await shown.sees("Bo was not let in.")
            await shown.press("enter", "l")
            await shown.sees("Read the replies")
            await shown.press("enter")
            await shown.sees("Let Bo in?")
            await shown.press("y")
            await reads(shown, "Bo is in. Their node opens the board as soon as it meets one of ours")
        await bo.stop()
        (bo.home / "config.toml").write_text(knocks)
        await bo.start()
        async with stage(bo.socket, clock=Clock()) as shown:
            await shown.sees("Maple Street — Board", "Fix the gate")


async def test_no_stick_and_one_that_is_plugged_in_meanwhile(node: RunningNode, stick: Path) -> None:
    (stick.parent / "mounts").write_text("")
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("question_mark")
        await shown.type("invite on a usb")
        await shown.press("enter")
        await shown.sees("No stick yet.")
        await shown.press("enter")
        await shown.sees("No folder is named. Plug the stick in")
        plug_in(stick)
        await shown.sees_not("No folder is named.")
        await shown.sees(f"┃▌{stick}")
        await shown.press("backspace", "backspace", "enter")
        await reads(shown, f"There is no folder {str(stick)[:-2]}", "Is the stick plugged in?")
        await shown.press("escape", "i", "s")
        await shown.until(lambda: f" {str(stick)[:-2]} " in words(shown), "what was typed is kept")
        await shown.press("down", "enter")
        await shown.sees("The invite is on the stick")


async def test_a_stick_that_cannot_be_written_costs_no_invite(node: RunningNode, stick: Path) -> None:
    (stick.parent / "mounts").write_text(f"/dev/sdb1 {stick} vfat ro 0 0\n")
    (stick / ".meshnode-try.part").mkdir()
    (stick / ".meshnode-try.part" / "in the way").touch()
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("i", "s")
        await shown.sees(f"write-protected: {stick}"[:60])
        before = await node.ask("invites")
        await shown.press("down", "enter")
        await reads(shown, "could not be written")
        assert await node.ask("invites") == before


async def test_files_that_do_not_let_anybody_in(
    node: RunningNode, fresh_node: RunningNode, short_path: Path, stick: Path
) -> None:
    async with RunningNode(short_path / "elm", "elm", settings=QUIET) as elm:
        await found(elm, "Elm Street", "Eve")
        token = (await elm.ask("invite", uses=1, days=1))["token"]
    reply = (await fresh_node.ask("join_apart", code=token, network="Elm Street", inviter="Eve", name="Bo"))["reply"]
    (stick / "Bo.meshnode-reply").write_text(reply)
    (stick / "half.meshnode-reply").write_text(reply[:150])
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("i", "l", "enter")
        await reads(shown, "Bo.meshnode-reply: This reply is damaged, or for another neighbourhood (Elm Street).")
        await reads(shown, "half.meshnode-reply: This reply")
    (stick / "a.meshnode-invite").write_text("meshnode invite 1\nnetwork: A\ncode: MESH1:AAAA\n")
    async with stage(fresh_node.socket, clock=Clock()) as shown:
        await shown.press("6")
        await shown.press("tab")
        await shown.type("Bo")
        await shown.press("enter")
        await shown.sees("This code is damaged")
        (stick / "b.meshnode-invite").write_text(f"meshnode invite 1\nnetwork: Elm Street\nfrom: Eve\ncode: {token}\n")
        await shown.press("enter")
        await shown.sees("Several invites", "a.meshnode-invite", "b.meshnode-invite")
        await shown.press("down", "down", "enter")
        await shown.sees("Before you join Elm Street")


async def test_an_invite_that_was_used_is_said_to_be_so(
    node: RunningNode, fresh_node: RunningNode, short_path: Path, stick: Path
) -> None:
    token = (await node.ask("invite", uses=1, days=1))["token"]
    claims = {"code": token, "network": "Maple Street", "inviter": "Ana"}
    first = await fresh_node.ask("join_apart", name="Bo", **claims)
    async with RunningNode(short_path / "cleo", "cleo", settings=QUIET) as cleo:
        second = await cleo.ask("join_apart", name="Cleo", **claims)
    (stick / "Bo.meshnode-reply").write_text(first["reply"])
    (stick / "Cleo.meshnode-reply").write_text(second["reply"])
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("i", "l", "enter")
        await shown.sees("Let Bo in?")
        await shown.press("y")
        await shown.sees("Let Cleo in?")
        await shown.press("y")
        await reads(shown, "Bo is in.", "Cleo: This invite has been used as often as it may be.")
        await reads(shown, "Put a new invite on the stick (i, then s), and carry it over once more.")


async def test_the_help_opens_what_it_names(street: Street, stick: Path) -> None:
    async with stage(street.socket) as shown:
        for typed, title in (("on a usb stick", "Write the invite"), ("whose reply", "Read the replies")):
            await shown.press("question_mark")
            await shown.type(typed)
            await shown.press("enter")
            await shown.sees(title)
            await shown.press("escape")
            await shown.sees_not(title)
