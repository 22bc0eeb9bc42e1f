"""The commands about people: what they print, and what they ask before anything is signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meshnode.cli.member_graph import MemberGraph
from tests.cli.homes import SETTINGS, Home

Json = dict[str, Any]


def member(name: str, *words: str, founder: bool = False, mine: bool = False) -> Json:
    vouched = [{"name": word, "by_hand": False} for word in words]
    return {"id": name.lower(), "name": name, "founder": founder, "mine": mine, "vouched_by": vouched}


def test_the_graph_shows_everybody_once_below_whose_word_it_was() -> None:
    members = [
        member("Ana", founder=True, mine=True),
        member("Bo", "Ana"),
        member("Chidi", "Ana", "Bo"),
        member("Dee", "Bo"),
        member("Eve", "Fay"),
        member("Fay", "Eve"),
    ]
    assert MemberGraph(members, lambda each: "here").lines() == [
        "Ana (you): here",
        "|- Bo: here",
        "|  `- Dee: here",
        "`- Chidi: here, also on the word of Bo",
        "Eve: here",
        "`- Fay: here",
    ]


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Ana's machine, with a neighbourhood of one."""
    home = Home(tmp_path_factory.mktemp("ana"))
    home.run("init", "Maple Street", "--me", "Ana")
    return home


def test_who_is_here(ana: Home) -> None:
    assert "Ana (you)  founded it" in ana.run("members")
    assert ana.run("members", "--graph").splitlines()[-1] == "Ana (you): founded it"
    answer = ana.json("members")
    assert [each["name"] for each in answer["members"]] == ["Ana"]
    assert answer["petitions"] == answer["notices"] == answer["brake"]["waiting"] == []


def test_nothing_is_signed_without_a_yes(ana: Home) -> None:
    for words in (("petition", "Ana"), ("vouch", "Ana"), ("block", "Ana")):
        assert "there is nobody to ask" in ana.run(*words, expect=2)
    assert "about others" in ana.run("petition", "Ana", "--yes", expect=4)
    assert "Nobody vouches for themselves" in ana.run("vouch", "Ana", "--yes", expect=4)
    assert "This is you" in ana.run("block", "Ana", "--yes", expect=4)
    assert "Nobody here is called 'Zoe'" in ana.run("block", "Zoe", "--yes", expect=2)
    assert "no petition" in ana.run("vote", "abcdef12", "yes", "--yes", expect=2)
    assert "nothing to ask" in ana.run("follow", "--yes")


def test_an_invite_is_listed_and_taken_back(ana: Home) -> None:
    made = ana.json("invite", "--uses", "2")
    listed = ana.json("invite", "--list")["invites"]
    assert len(listed) == 1
    assert "came in: nobody yet" in ana.run("invite", "--list")
    short = listed[0]["id"][:8]
    assert "taken back" in ana.run("invite", "--void", short, "--yes")
    assert "no open invites" in ana.run("invite", "--list")
    assert "no open invite" in ana.run("invite", "--void", short, "--yes", expect=2)
    assert made["uses"] == 2


def test_neighbours_are_asked_and_answer(tmp_path: Path) -> None:
    """Two machines: a petition, its page, a vote by whom it is about, a block."""
    ana = Home(tmp_path / "ana")
    ana.run("init", "Maple Street", "--me", "Ana")
    node = ana.start("run", "--quiet")
    address = next(each for each in ana.json("status")["listening"] if each.startswith("127."))
    bo = Home(tmp_path / "bo", SETTINGS + f'addresses = ["{address}"]\n')
    bo.run("join", ana.json("invite", "--no-wait")["token"], "--name", "Bo", "--address", address, "--yes")
    assert "Bo         established  invited by Ana" in ana.run("members")
    assert "--reason TEXT, and --yes" in ana.run("petition", "Bo", expect=2)
    said = ana.run("petition", "Bo", "--reason", "He sold the drill.", "--yes")
    assert "It takes 2 more yes." in said
    short = ana.json("members")["petitions"][0]["short"]
    page = ana.run("members")
    assert f"{short} Ana asks everybody to part with Bo." in page
    assert "Reason: He sold the drill." in page
    assert "Yes: Ana. No: nobody." in page
    assert "2 more yes would be needed to part. You voted yes." in page
    assert "Your vote is cast." in ana.run("vote", short, "no", "--yes")
    assert "Yes: nobody. No: Ana." in ana.run("members")
    assert "Your vote is cast." in ana.run("vote", "bo", "yes", "--yes")
    assert "links with Bo no more" in ana.run("block", "Bo", "--yes")
    assert "established, blocked here" in ana.run("members")
    assert "links with Bo again" in ana.run("unblock", "Bo")
    node.terminate()
    assert node.wait(20) == 0
