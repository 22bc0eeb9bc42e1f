"""Starting anew with the people one names: two machines, real nodes, old and new neighbourhood side by side."""

from __future__ import annotations

from pathlib import Path

from meshnode.cli.probe import answers
from meshnode.errors import NoNetwork
from meshnode.platform import Paths
from tests.cli.homes import SETTINGS, Home


def test_ana_starts_anew_and_bo_comes_along(tmp_path: Path) -> None:
    ana = Home(tmp_path / "ana")
    ana.run("init", "Maple Street", "--me", "Ana")
    old = ana.start("run", "--quiet")
    ana.run("task", "add", "Rake leaves", "--due", "2030-01-01")
    invite = ana.json("invite", "--no-wait")
    address = next(each for each in invite["address"] if each.startswith("127."))
    bo = Home(tmp_path / "bo", SETTINGS + f'addresses = ["{address}"]\n')
    bo.run("join", invite["token"], "--name", "Bo", "--address", address, "--yes")
    began = ana.json("refound", "Elm", "Street", "--with", "Bo", "--reason", "In peace.", "--yes")
    assert (began["profile"], began["copied"]) == ("elm-street", 1)
    fresh = ana.start("--profile", "elm-street", "run", "--quiet")
    socket = Paths("elm-street", ana.paths.roots).socket
    while not answers(socket):
        assert fresh.poll() is None
    [task] = ana.json("--profile", "elm-street", "task", "list")["tasks"]
    assert (task["title"], task["due"], task["copied"]) == ("Rake leaves", "2030-01-01", "Ana, Maple Street")
    bo_old = bo.start("run", "--quiet")
    while not (notices := bo.json("members")["notices"]):
        assert bo_old.poll() is None
    assert notices[0].startswith("Ana starts anew as Elm Street and asks you along. The reason: In peace.")
    # An attempt that found nobody has left a profile without a neighbourhood; the next one is meant for that.
    assert "no-network" in bo.run("--profile", "elm-street", "--json", "members", expect=NoNetwork.exit_code)
    joined = bo.json("refound", "--accept", "--yes")
    assert (joined["profile"], joined["network"]["name"]) == ("elm-street", "Elm Street")
    assert joined["network"]["id"] == began["network"]
    for process in (bo_old, fresh, old):
        process.terminate()
    assert [process.wait(20) for process in (bo_old, fresh, old)] == [0, 0, 0]
