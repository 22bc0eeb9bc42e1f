"""Starting anew with the people one names: two machines, real nodes, old and new neighbourhood side by side."""

from __future__ import annotations

from pathlib import Path

from tests.cli.homes import SETTINGS, Home


def test_ana_starts_anew_and_bo_comes_along(tmp_path: Path) -> None:
    ana = Home(tmp_path / "ana")
    ana.run("init", "Maple Street", "--me", "Ana")
    ana.run("task", "add", "Rake leaves", "--due", "2030-01-01")
    old = ana.start("run", "--quiet")
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    bo = Home(tmp_path / "bo", SETTINGS + f'addresses = ["{address}"]\n')
    invite = ana.json("invite", "--no-wait")
    bo.run("join", invite["token"], "--name", "Bo", "--address", address, "--yes")
    assert "whom you ask along" in ana.run("refound", "Elm", expect=2)
    began = ana.json("refound", "Elm", "Street", "--with", "Bo", "--reason", "In peace.", "--yes")
    assert (began["profile"], began["copied"]) == ("elm-street", 1)
    assert "Rake leaves" in ana.run("task", "list"), "the old board stays as it is"
    shown = ana.run("--profile", "elm-street", "task", "show", ana_task(ana))
    assert "Rake leaves" in shown
    assert "Ana, Maple Street" in shown
    fresh = ana.start("--profile", "elm-street", "run", "--quiet")
    bo_old = bo.start("run", "--quiet")
    for _ in range(200):
        if bo.json("members")["notices"]:
            break
    assert "Ana starts anew as Elm Street and asks you along" in bo.run("members")
    joined = bo.json("refound", "--accept", "--yes")
    assert joined["profile"] == "elm-street"
    assert joined["network"]["name"] == "Elm Street"
    assert joined["network"]["id"] == began["network"]
    assert bo.json("status")["network"]["name"] == "Maple Street"
    for process in (bo_old, fresh, old):
        process.terminate()
        assert process.wait(20) == 0


def ana_task(home: Home) -> str:
    tasks = home.json("--profile", "elm-street", "task", "list")["tasks"]
    return str(tasks[0]["number"])
