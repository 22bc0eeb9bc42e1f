"""The demo: three living nodes, neighbours who act, and nothing left of it afterwards."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pytest

from meshnode import demo
from meshnode.api.client import NodeClient
from meshnode.errors import NodeAway


def processes_in(folder: Path) -> list[int]:
    """Processes whose command names a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


@pytest.fixture
def alone(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a temporary folder of their own."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(short_path / "home" / name))
    monkeypatch.delenv("MESHNODE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(short_path / "t"))
    (short_path / "t").mkdir()
    (short_path / "home").mkdir()
    return short_path


async def look_around(socket: Path) -> tuple[dict[str, object], set[str]]:
    """Watch from the person's own node until a neighbour does something."""
    client = await NodeClient.connect(socket)
    asking = await NodeClient.connect(socket)
    first: dict[str, int] = {}
    acted: set[str] = set()
    async with asyncio.timeout(40):
        async for event in client.subscribe():
            for view in event.get("records", ()):
                if view["kind"] != "task":
                    continue
                if event["event"] == "records" and view["changes"] > first.get(view["id"], 10**9):
                    acted.add(view["id"])
                first.setdefault(view["id"], view["changes"])
            status = await asking.ask("status")
            linked = sum(peer["linked"] for peer in status["peers"])
            if linked == 2 and len(first) == len(demo.TASKS) and acted:
                break
    await client.close()
    await asking.close()
    return status, acted


def test_it_lives_and_leaves_nothing(alone: Path) -> None:
    with demo.running_demo() as socket:
        (folder,) = (alone / "t").iterdir()
        status, acted = asyncio.run(look_around(socket))
        assert acted
        assert {peer["name"] for peer in status["peers"]} == {"Bo", "Chidi"}  # type: ignore[attr-defined]
        assert status["network"]["name"] == demo.STREET  # type: ignore[index]
        assert all(address.startswith("127.0.0.1:") for address in status["listening"])  # type: ignore[attr-defined]
        if Path("/proc/self").exists():
            assert len(processes_in(folder)) == 3
        assert folder.stat().st_mode & 0o077 == 0
    assert list((alone / "t").iterdir()) == []
    assert processes_in(folder) == []
    assert list((alone / "home").rglob("*")) == [], "nothing in the real profile"


def test_a_screen_that_fails_leaves_nothing_either(alone: Path) -> None:
    def screen(socket: Path) -> None:
        (folder,) = (alone / "t").iterdir()
        raise RuntimeError(str(folder))

    with pytest.raises(RuntimeError) as failed:
        demo.run_demo(screen)
    assert processes_in(Path(str(failed.value))) == []
    assert list((alone / "t").iterdir()) == []


def test_a_demo_that_cannot_start_says_so_and_leaves_nothing(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "START_SECONDS", 0.0)
    with pytest.raises(NodeAway, match="did not start"), demo.running_demo():
        raise AssertionError("it started")
    assert list((alone / "t").iterdir()) == []
    assert processes_in(alone / "t") == []


def test_folders_of_demos_that_were_killed_are_removed(alone: Path) -> None:
    dead, living, foreign = (alone / "t" / f"{demo.PREFIX}{pid}-x" for pid in ("4194999", os.getpid(), "notes"))
    for folder in (dead, living, foreign):
        folder.mkdir()
    demo.remove_leftovers()
    assert sorted((alone / "t").iterdir()) == sorted([living, foreign])
