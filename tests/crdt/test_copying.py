"""A task of another neighbourhood as a new one: what it says now, with the names of those who said it."""

from __future__ import annotations

import pytest

from crdt.boards.copying import copied_task
from crdt.errors import BadValue
from crdt.identifiers import made_record_id
from tests.crdt.cast import FIRST_MS, NETWORK, Neighbour, device

NAMES = {Neighbour(1).member.hex(): "Ana", Neighbour(2).member.hex(): "Bo"}


def somebody_who_copies() -> Neighbour:
    return Neighbour(3, made_record_id(NETWORK, 0x20, device(3), FIRST_MS))


def name_of(member: object) -> str:
    return NAMES.get(str(member), "somebody")


def test_what_it_says_now_is_copied_and_who_said_it_is_kept_as_text() -> None:
    ana, bo = Neighbour(1), Neighbour(2)
    ana.act(
        "task.add", title="Fix the gate", details="The hinge.\nAnd the lock.", place="Elm Street 7", due="2026-11-28"
    )
    ana.act("task.check_add", text="Buy hinges")
    ana.act("task.check", item=ana.view()["checklist"][0]["id"])
    bo.hear(ana)
    bo.act("task.comment", text="I have a drill.")
    bo.act("task.claim")
    copier = somebody_who_copies()
    copier.write(copied_task(bo.view(), name_of, "Maple Street", copier.actor))
    view = copier.view()
    for key in ("title", "details", "place", "due"):
        assert view[key] == bo.view()[key]
    assert (view["status"], view["claims"]) == ("open", []), "a claim is a promise of somebody who may not come along"
    assert view["copied"] == "Ana, Maple Street"
    assert [(item["text"], item["done"]) for item in view["checklist"]] == [("Buy hinges", True)]
    assert [said["text"] for said in view["comments"]] == ["Bo: I have a drill."]
    assert view["changes"] == 1


@pytest.mark.parametrize(("action", "status"), [("task.done", "done"), ("task.aside", "aside"), ("task.start", "open")])
def test_what_is_finished_stays_finished(action: str, status: str) -> None:
    ana, copier = Neighbour(1), somebody_who_copies()
    ana.act("task.add", title="Fix the gate")
    ana.act(action)
    copier.write(copied_task(ana.view(), name_of, "Maple Street", copier.actor))
    assert copier.view()["status"] == status


def test_what_fits_no_field_is_left_out() -> None:
    copier = somebody_who_copies()
    odd = {"title": "Fix the gate", "due": "someday", "people_needed": 10**9, "details": "x" * 10**6, "place": 7}
    copier.write(copied_task(odd, name_of, "Maple Street " * 50, copier.actor))
    view = copier.view()
    assert (view["title"], view["due"], view["people_needed"], view["details"], view["place"]) == (
        "Fix the gate",
        "",
        1,
        "",
        "",
    )
    assert len(view["copied"]) <= 200
    with pytest.raises(BadValue):
        copied_task({"title": ""}, name_of, "Maple Street", copier.actor)
