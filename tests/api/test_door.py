"""The local door: who may come in, what lies in its place, and what a bad guest can do."""

from __future__ import annotations

import asyncio
import grp
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshnode.api.client import NodeClient
from meshnode.api.feed import Feed
from meshnode.api.schema import MAX_LINE_BYTES, encode_line
from meshnode.api.server import ApiServer
from meshnode.errors import NodeAway, StorageError
from tests.api.conftest import Home, add
from tests.support.nodes import RunningNode, found
from tests.support.settled import LOOPBACK

NOBODY = 65_534
KNOCK = """
import socket, sys
door = socket.socket(socket.AF_UNIX)
door.settimeout(10)
try:
    door.connect(sys.argv[1])
    try:
        door.sendall(b'{"id": 1, "do": "status"}\\n')
    except BrokenPipeError:
        pass  # refused already
    print(door.makefile().readline())
except PermissionError:
    print("no permission")
except ConnectionResetError:
    print('"forbidden"')
"""


async def test_only_owner_and_group_may_enter(home: Home) -> None:
    assert stat.S_IMODE(home.socket.stat().st_mode) == 0o660
    assert stat.S_ISSOCK(home.socket.stat().st_mode)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of this machine may enter."""
    folder = Path(tempfile.mkdtemp(prefix="mesh-door-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


async def knock(place: Path, *groups: int) -> str:
    """What another user, who is in these groups, hears at a socket."""
    done = await asyncio.to_thread(
        subprocess.run,
        [shutil.which("python3", path="/usr/bin:/bin") or sys.executable, "-c", KNOCK, str(place)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=groups,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.stdout + done.stderr


async def test_another_user_is_refused(home: Home, open_folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    server = ApiServer(open_folder / "s", home.node._requests)
    await server.start()
    try:
        assert "no permission" in await knock(open_folder / "s"), "the file's own mode"
        (open_folder / "s").chmod(0o666)
        answer = await knock(open_folder / "s")
        assert '"forbidden"' in answer, "and the kernel's word on who it is, whatever the mode"
        assert "profile" not in answer
    finally:
        await server.stop()


async def test_what_a_killed_node_left_behind_is_replaced(home: Home, tmp_path: Path) -> None:
    place = tmp_path / "stale"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(place))
    with pytest.raises(NodeAway):
        await NodeClient.connect(place)
    server = ApiServer(place, home.node._requests)
    await server.start()
    client = await NodeClient.connect(place)
    assert (await client.ask("status"))["state"] == "inside"
    await client.close()
    await server.stop()
    assert not place.exists()


async def test_a_socket_that_was_removed_is_made_anew(home: Home, tmp_path: Path) -> None:
    place = tmp_path / "run" / "s"
    server = ApiServer(place, home.node._requests, look_every_seconds=0.01)
    await server.start()
    before = await NodeClient.connect(place)
    shutil.rmtree(place.parent)
    async with asyncio.timeout(10):
        while True:
            try:
                after = await NodeClient.connect(place)
                break
            except NodeAway:
                await asyncio.sleep(0.01)
    for client in (before, after):
        assert (await client.ask("status"))["state"] == "inside"
        await client.close()
    await server.stop()
    assert not place.exists()


async def test_a_file_that_is_no_socket_is_left_alone(home: Home, tmp_path: Path) -> None:
    """`--socket ~/notes.txt` is a mistake, not a wish to lose the notes."""
    notes = tmp_path / "notes.txt"
    notes.write_text("dear diary")
    with pytest.raises(StorageError, match=r"notes\.txt"):
        await ApiServer(notes, home.node._requests).start()
    assert notes.read_text() == "dear diary"
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StorageError):
        await ApiServer(folder, home.node._requests).start()


async def test_a_client_notices_the_end_and_comes_back(home: Home) -> None:
    client, other = await home.client(), await home.client()
    task = await add(client, "Before")
    events = other.subscribe()
    assert (await anext(events))["event"] == "snapshot"
    await home.stop()
    with pytest.raises(NodeAway):
        await client.ask("status")
    with pytest.raises(NodeAway):
        async for _ in events:
            pass
    with pytest.raises(NodeAway):
        await other.ask("status")
    again = Home(home.paths.data.parent.parent, home.street)
    back = await again.client()
    assert (await back.ask("record", record=task))["view"]["title"] == "Before"
    async for event in back.subscribe():
        assert event["seq"] == 1
        assert [view["title"] for view in event["records"]] == ["Before"]
        break
    for each in (client, other, back):
        await each.close()
    await again.stop()


async def test_a_request_that_waits_when_the_node_goes_is_told(home: Home) -> None:
    """Whoever has asked hears at once that there will be no answer."""
    silent = await asyncio.start_unix_server(lambda _, writer: writer.close(), str(home.socket) + "2")
    client = await NodeClient.connect(str(home.socket) + "2")
    with pytest.raises(NodeAway):
        await client.ask("status")
    await client.close()
    silent.close()


async def test_subscribing_again_on_one_connection_starts_over(home: Home) -> None:
    client = await home.client()
    await add(client, "One")
    for _ in range(2):
        async for event in client.subscribe():
            if event["event"] == "snapshot" and event["last"]:
                assert event["seq"] == 1
                break
    feeds = [each for each in home.replica.events._listeners if isinstance(getattr(each, "__self__", None), Feed)]
    assert len(feeds) == 1
    await client.close()


async def test_an_overlong_line_ends_that_connection_only(home: Home) -> None:
    other = await home.client()
    reader, writer = await asyncio.open_unix_connection(str(home.socket))
    writer.write(b"x" * (MAX_LINE_BYTES + 10))
    async with asyncio.timeout(10):
        assert b"too long" in await reader.readline()
        assert await reader.read() == b""
    writer.close()
    assert (await other.ask("status"))["state"] == "inside"
    await other.close()


async def test_a_guest_who_asks_and_never_reads_takes_no_memory(tmp_path: Path) -> None:
    """Answers are made as they are read: thousands of questions wait in the socket, not in the node."""
    async with RunningNode(tmp_path / "n", "n", settings=LOOPBACK) as node:
        await found(node)
        for number in range(30):
            await node.add(f"Task {number}", details="x" * 3_000)
        size = len(encode_line(await node.ask("records", kind="task")))
        assert size > 90_000
        _, writer = await asyncio.open_unix_connection(str(node.socket))
        for number in range(4_000):
            writer.write(encode_line({"id": number, "do": "records", "with": {"kind": "task"}}))
        for _ in range(60):
            assert (await node.ask("status"))["state"] == "inside"
        assert node.peak_kib() < 160 * 1024, f"for answers of {size} bytes"
        writer.close()


def groups_with(member: str, place: Path) -> Path:
    """A group file in which the group of this process has one member by name, or none."""
    own = f"{grp.getgrgid(os.getgid()).gr_name}:"
    lines = Path("/etc/group").read_text().splitlines()
    place.write_text("\n".join(f"{own}x:{os.getgid()}:{member}" if each.startswith(own) else each for each in lines))
    return place


async def test_who_is_in_the_sockets_group_may_enter(tmp_path: Path, open_folder: Path) -> None:
    """The kitchen's screen runs as a user of its own, which was added to the group of the socket."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("becoming another user needs root, and a group file of one's own a mount namespace")
    for member, answer in (("nobody", '"ok"'), ("", '"forbidden"')):
        groups = groups_with(member, open_folder / f"group of {member}")
        mounted = ("unshare", "-m", "sh", "-c", f"mount --bind '{groups}' /etc/group && exec \"$@\"", "sh")
        node = RunningNode(tmp_path / f"n{member}", "n", settings=LOOPBACK, prefix=mounted)
        node.socket = open_folder / "s"
        async with node:
            assert answer in await knock(node.socket, os.getgid())
