"""The task board: actions and what they make of a task's view; settings and profiles beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crdt.actions import ACTIONS
from crdt.boards.profiles import profile_of, profile_record_id
from crdt.boards.settings import settings_record_id
from crdt.catalog import KINDS, KINDS_BY_NAME
from crdt.chunk import read_chunk
from crdt.edits import Put
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import NetworkId, made_record_id
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TASK_RECORD, Everyone, Neighbour, device


def task(**arguments: Any) -> Neighbour:
    ana = Neighbour(1)
    ana.act("task.add", **{"title": "Fix the gate", **arguments})
    return ana


def test_a_new_task_as_people_see_it() -> None:
    ana = task(details="The hinge.", place=" Elm\tStreet 7 ", due="sat", people_needed="2")
    assert ana.view() == {
        "id": TASK_RECORD.hex(),
        "kind": "task",
        "newer": False,
        "title": "Fix the gate",
        "details": "The hinge.",
        "place": "Elm Street 7",
        "due": "2026-11-28",
        "window": "",
        "work": "",
        "status": "open",
        "people_needed": 2,
        "copied": "",
        "claims": [],
        "checklist": [],
        "comments": [],
        "links": [],
        "thanks": [],
        "conflicts": [],
        "created": {"member": ana.member.hex(), "device": ana.device.hex(), "at_ms": ana.written[0].at_ms},
        "changed": {"member": ana.member.hex(), "device": ana.device.hex(), "at_ms": ana.written[0].at_ms},
        "changes": 1,
    }
    assert json.loads(json.dumps(ana.view())) == ana.view()


def test_from_open_to_done_and_back() -> None:
    ana, bo = task(), Neighbour(2)
    bo.hear(ana)
    ana.act("task.claim")
    assert ana.view()["status"] == "claimed"
    bo.act("task.claim")
    bo.hear(ana)
    assert [claim["member"] for claim in bo.view()["claims"]] == [ana.member.hex(), bo.member.hex()]
    bo.act("task.start")
    assert bo.view()["status"] == "doing"
    bo.act("task.done", thanks="Thank you all")
    assert bo.view()["status"] == "done"
    assert [(thanks["member"], thanks["text"]) for thanks in bo.view()["thanks"]] == [
        (bo.member.hex(), "Thank you all")
    ]
    bo.act("task.reopen")
    assert bo.view()["status"] == "claimed"
    bo.act("task.aside")
    assert bo.view()["status"] == "aside"


def test_starting_claims_and_passing_the_last_claim_on_opens_again() -> None:
    ana = task()
    ana.act("task.start")
    assert (ana.view()["status"], len(ana.view()["claims"])) == ("doing", 1)
    ana.act("task.pass")
    assert (ana.view()["status"], ana.view()["claims"]) == ("open", [])


def test_comments_checklist_and_links() -> None:
    ana, bo = task(), Neighbour(2)
    ana.act("task.check_add", text="Buy hinges")
    bo.hear(ana)
    bo.act("task.comment", text="I have\na drill")
    item = bo.view()["checklist"][0]["id"]
    bo.act("task.check", item=item)
    assert bo.view()["checklist"] == [
        {"id": item, "text": "Buy hinges", "done": True, "member": ana.member.hex(), "ticked": bo.stamp()}
    ]
    bo.act("task.check", item=item)
    assert (bo.view()["checklist"][0]["done"], bo.view()["checklist"][0]["ticked"]) == (False, None)
    bo.act("task.link", record="20" + "ab" * 15, relation="needs")
    bo.act("task.link", record="20" + "ac" * 15)
    assert bo.view()["links"] == [
        {"record": "20" + "ab" * 15, "relation": "needs"},
        {"record": "20" + "ac" * 15, "relation": "see also"},
    ]
    (comment,) = bo.view()["comments"]
    assert (comment["member"], comment["text"], comment["at_ms"]) == (
        bo.member.hex(),
        "I have\na drill",
        bo.written[0].at_ms,
    )
    whats = ["link", "link", "check", "check", "comment", "check_add", "add"]
    assert [entry.what for entry in bo.record.history(EVERYONE)] == whats


def test_what_is_not_possible_now_says_why() -> None:
    ana, bo = task(), Neighbour(2)
    bo.hear(ana)
    for action in ("task.pass", "task.reopen", "task.check"):
        reason = ACTIONS[action].possible(ana.view(), ana.actor)
        assert reason is not None
        assert reason.endswith(".")
        with pytest.raises((NotPossibleNow, BadValue)):
            ana.act(action, **ACTIONS[action].example)
    ana.act("task.done")
    for action in ("task.claim", "task.start", "task.done"):
        with pytest.raises(NotPossibleNow, match=r"done already"):
            ana.act(action)
    ana.act("task.aside")
    for action in ("task.claim", "task.start", "task.done", "task.aside"):
        with pytest.raises(NotPossibleNow, match=r"set aside"):
            ana.act(action)
    assert ACTIONS["task.reopen"].possible(ana.view(), ana.actor) is None
    with pytest.raises(NotPossibleNow, match="changes nothing"):
        ana.act("task.edit", title="Fix the gate")


def test_a_disputed_status_can_always_be_settled() -> None:
    ana, bo = task(), Neighbour(2)
    bo.hear(ana)
    ana.act("task.done")
    bo.act("task.aside")
    ana.hear(bo)
    bo.hear(ana)
    assert ana.view()["conflicts"] == ["status"]
    shown = ana.view()["status"]
    ana.act("task.edit", status=shown)
    assert (ana.view()["status"], ana.view()["conflicts"]) == (shown, [])
    bo.act("task.claim")


def test_bad_arguments_say_what_to_write() -> None:
    ana = task()
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("task.add", {}, "needs a title"),
        ("task.add", {"title": " \t"}, "Write a title"),
        ("task.add", {"title": "x" * 201}, "within 200 characters; this has 201"),
        ("task.edit", {"due": "soon"}, "Write the day as 2026-11-27, or fri, tomorrow"),
        ("task.edit", {"due": "2026-02-30"}, "Write the day as"),
        ("task.edit", {"people_needed": "many"}, "number from 1 to 99"),
        ("task.edit", {"people_needed": 0}, "number from 1 to 99"),
        ("task.edit", {"status": "claimed"}, "Choose one of: open, doing, done, aside"),
        ("task.edit", {"colour": "red"}, "has no colour"),
        ("task.edit", {"title": 5}, "as text"),
        ("task.comment", {"text": " "}, "Write what you want to say"),
        ("task.link", {"record": "here"}, "Choose an entry"),
        ("task.link", {"record": TASK_RECORD.hex()}, "itself"),
    ]
    for action, arguments, sentence in cases:
        with pytest.raises(BadValue, match=sentence):
            ACTIONS[action].plan({} if action == "task.add" else ana.view(), arguments, ana.actor)
    ana.act("task.check_add", text="Buy hinges")
    with pytest.raises(BadValue, match="no such line"):
        ana.act("task.check", item="zz")


def test_malformed_values_read_as_defaults() -> None:
    ana = task(due="sat")
    ana.write(
        [
            Put("due", "someday"),
            Put("status", "exploded"),
            Put("people_needed", -4),
            Put("place", 7),
            Put(f"comment/{ana.member.hex()}/a", "not json"),
            Put(f"comment/{ana.member.hex()}/b", '{"text":7}'),
            Put(f"comment/{ana.member.hex()}/c", "[" * 9000),
            Put("comment/nobody/d", '{"text":"x"}'),
            Put(f"claim/{ana.member.hex()}/extra", '{"on":true}'),
            Put(f"check/{ana.member.hex()}/e", '{"text":"half \\ud800"}'),
            Put("link/nowhere", "x"),
            Put("tick/e", '{"done":"maybe"}'),
            Put(f"comment/{ana.member.hex()}", '{"text":"no id"}'),
            Put(f"comment/{ana.member.hex()}/", '{"text":"empty id"}'),
            Put(f"comment/{ana.member.hex()}/\x1b[2J", '{"text":"not an id"}'),
        ]
    )
    view = ana.view()
    assert (view["due"], view["status"], view["people_needed"], view["place"]) == ("", "open", 1, "")
    assert (view["comments"], view["claims"], view["links"]) == ([], [], [])
    assert [(item["text"], item["done"]) for item in view["checklist"]] == [("half ", False)]
    assert not view["newer"]
    ana.record.history(EVERYONE)


def test_a_text_written_over_can_still_be_read_and_edited() -> None:
    ana = task(details="The hinge.")
    ana.write([Put("details", "gone")])
    assert ana.view()["details"] == "The hinge."
    ana.act("task.edit", details="The hinge!")
    assert ana.view()["details"] == "The hinge!"


@pytest.mark.parametrize(
    "edit", [Put("v", 2), Put("colour", "red"), Put("mood/x", "good"), Put("title/x", "y"), Put("comment", "z")]
)
def test_what_a_newer_version_wrote_is_kept_and_said(edit: Put) -> None:
    ana = task()
    ana.write([edit])
    assert ana.view()["newer"] is True
    assert ana.view()["title"] == "Fix the gate"
    ana.act("task.claim")
    assert ana.view()["newer"] is True
    ana.undo(ana.written[1])  # whoever wrote it by mistake, or by malice, can be undone like anybody
    if edit.key == "v":
        assert ana.view()["newer"] is False


def test_an_unknown_kind_takes_no_action() -> None:
    unknown = {"kind": "unknown", "newer": True}
    for action in ACTIONS.values():
        assert "newer version" in (action.possible(unknown, Neighbour(1).actor) or "")


def test_every_action_is_complete() -> None:
    for name, action in ACTIONS.items():
        assert action.name == name
        assert action.record_kind in KINDS_BY_NAME
        assert action.title
        assert action.help.endswith(".")
        assert action.help.count("\n") == 0
        assert action.accept(action.example, "2026-11-24").keys() == action.example.keys()
        for argument in action.arguments:
            assert argument.title
            assert argument.help
            kinds = {"line", "prose", "choice", "number", "day", "reference", "people", "moment", "rhythm"}
            assert argument.kind in kinds
    assert {code: kind.code for code, kind in KINDS.items()} == {code: code for code in KINDS}


def test_settings_written_first_by_two_merge() -> None:
    record = settings_record_id(NETWORK)
    assert record[0] == 0x21
    assert record != settings_record_id(NetworkId(b"\x01" * 32))
    ana, bo = Neighbour(1, record), Neighbour(2, record)
    ana.act("settings.edit", name="Elm Street", zone="Europe/Berlin")
    bo.act("settings.edit", language="de")
    ana.hear(bo)
    view = ana.view()
    assert (view["kind"], view["name"], view["zone"], view["language"]) == (
        "settings",
        "Elm Street",
        "Europe/Berlin",
        "de",
    )
    assert (view["newer"], view["conflicts"]) == (False, [])
    ana.act("settings.edit", language="fr")
    assert ana.view()["language"] == "fr"
    ana.undo(ana.written[0])
    assert (ana.view()["name"], ana.view()["language"], ana.view()["newer"]) == ("", "fr", False)


def test_only_the_member_writes_their_profile() -> None:
    ana, bo = Neighbour(1), Neighbour(2)
    record = profile_record_id(NETWORK, ana.member)
    assert record[0] == 0x22
    assert record != profile_record_id(NETWORK, bo.member)
    ana, bo = Neighbour(1, record), Neighbour(2, record)
    ana.act("profile.edit", name="Ana", reach="Ring twice")
    bo.hear(ana)
    bo.act("profile.edit", name="Not Ana")
    bo.write([Put(f"name/{ana.member.hex()}", '{"text":"Forged"}')])
    ana.hear(bo)
    assert profile_of(ana.view(), ana.member) == {"name": "Ana", "about": "", "reach": "Ring twice"}
    assert profile_of(ana.view(), bo.member)["name"] == "Not Ana"
    ana.act("profile.edit", reach="")
    assert profile_of(ana.view(), ana.member)["reach"] == ""
    assert [entry.what for entry in ana.record.history(EVERYONE)][-1] == "edit"  # nobody makes it


def test_every_first_edit_carries_its_version_and_passes_the_reader() -> None:
    for name in ("task.add", "settings.edit", "profile.edit"):
        action = ACTIONS[name]
        record = made_record_id(NETWORK, KINDS_BY_NAME[action.record_kind].code, device(1), FIRST_MS)
        one = Neighbour(1, record)
        assert "v" in read_chunk(one.act(name, **action.example).raw).operations.targets


def test_a_claim_of_somebody_who_has_gone_is_given_back() -> None:
    """It is kept as it was written, and does not hold the task: whoever is here may claim it."""
    ana, bo = task(), Neighbour(2)
    bo.hear(ana)
    bo.act("task.claim")
    ana.hear(bo)
    assert ana.view()["status"] == "claimed"
    without_bo = ana.record.view(Everyone(gone=frozenset({bo.member})))
    assert (without_bo["status"], without_bo["claims"]) == ("open", [])
    ana.act("task.claim")
    without_bo = ana.record.view(Everyone(gone=frozenset({bo.member})))
    assert [claim["member"] for claim in without_bo["claims"]] == [ana.member.hex()]
    assert len(ana.view()["claims"]) == 2
