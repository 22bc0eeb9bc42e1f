"""Alarms: raised, seen, stood down and raised again; drills; and what hostile values make of them."""

from __future__ import annotations

import json

import pytest

from crdt.ageing import HOUR_MS
from crdt.boards.alarms import BOARD, is_acknowledged, is_active, rings
from crdt.edits import Put
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import made_record_id
from tests.crdt.cast import FIRST_MS, NETWORK, TODAY, Everyone, Neighbour, device
from tests.crdt.test_households import HOSTILE

RECORD = made_record_id(NETWORK, 0x02, device(1), FIRST_MS)


def alarm(**more: str) -> tuple[Neighbour, Neighbour, Neighbour]:
    ana, bo, chidi = (Neighbour(number, RECORD) for number in (1, 2, 3))
    ana.act("alarm.raise", **{"what": "fire", **more})
    bo.hear(ana)
    chidi.hear(ana)
    return ana, bo, chidi


def members(entries: list[dict[str, str]]) -> list[str]:
    return [entry["member"] for entry in entries]


def test_who_has_seen_it_and_who_goes_is_what_they_said() -> None:
    ana, bo, chidi = alarm(title="smoke at number 7", place="Elm 7", needs="a ladder")
    assert (ana.view()["seen"], ana.view()["going"]) == ([], []), "who raises it is not said to have seen it"
    bo.act("alarm.going", note="with the ladder")
    chidi.act("alarm.seen")
    ana.hear(bo, chidi)
    assert members(ana.view()["seen"]) == [bo.member.hex(), chidi.member.hex()]
    assert [(each["member"], each["note"]) for each in ana.view()["going"]] == [(bo.member.hex(), "with the ladder")]
    bo.act("alarm.not_going")
    assert (bo.view()["going"], members(bo.view()["seen"])) == ([], [bo.member.hex()])
    with pytest.raises(NotPossibleNow, match="said already"):
        bo.act("alarm.seen")
    with pytest.raises(NotPossibleNow, match="not said that you are going"):
        bo.act("alarm.not_going")
    bo.act("alarm.going")
    bo.act("alarm.comment", text="The road is blocked")
    assert bo.view()["comments"][0]["text"] == "The road is blocked"
    with pytest.raises(BadValue, match="what you want to say"):
        bo.act("alarm.comment", text=" ")
    whats = [entry.what for entry in bo.record.history(Everyone())]
    assert whats[:3] == ["comment", "going", "not_going"]


def test_it_lasts_until_somebody_who_knows_stands_it_down() -> None:
    ana, bo, chidi = alarm()
    bo.act("alarm.seen")
    assert is_active(ana.view())
    bo.act("alarm.stand_down", **{"with": "the fire brigade"})
    assert not is_active(bo.view())
    assert bo.view()["marks"][0]["text"] == "stood down: the fire brigade"
    with pytest.raises(NotPossibleNow, match="stood down already"):
        bo.act("alarm.stand_down")
    with pytest.raises(NotPossibleNow, match="raise it again"):
        bo.act("alarm.going")
    with pytest.raises(NotPossibleNow, match="still on"):
        ana.act("alarm.again")
    bo.act("alarm.again", note="it burns again")
    assert is_active(bo.view())
    assert bo.view()["seen"] == [], "what was said of the first raising is not taken for the second"
    ana.hear(bo)
    chidi.hear(bo)
    ana.act("alarm.stand_down")
    chidi.act("alarm.stand_down")
    chidi.act("alarm.again")
    ana.hear(chidi)
    assert is_active(ana.view()), "raised again by somebody who did not know of the standing down"
    assert ana.view()["contradicted"]
    ana.act("alarm.stand_down")
    assert (ana.view()["state"], ana.view()["contradicted"]) == ("down", False)


def test_a_real_alarm_is_never_turned_into_a_drill() -> None:
    _, bo, _ = alarm()
    bo.write([Put("drill", "yes")])
    assert bo.view()["drill"] is False
    assert BOARD.state(bo.view(), TODAY) == "active"
    drill, _, _ = alarm(drill="yes")
    assert drill.view()["drill"] is True
    assert BOARD.state(drill.view(), TODAY) == "drill"
    drill.write([Put("drill", "no")])
    assert drill.view()["drill"] is False


def test_whose_screens_it_interrupts() -> None:
    ana, bo, chidi = alarm()
    view = ana.view()
    assert is_acknowledged(view, ana.member.hex(), ana.device.hex()), "who raised it knows"
    assert not is_acknowledged(view, bo.member.hex(), bo.device.hex())
    assert not is_acknowledged(view, "", device(9).hex()), "a hub rings for whoever is there"
    chidi.act("alarm.seen")
    view = chidi.view()
    assert is_acknowledged(view, chidi.member.hex(), device(8).hex()), "on my other device, too"
    assert is_acknowledged(view, "", chidi.device.hex()), "somebody at this very machine"
    raised = view["raised_ms"]
    assert rings(view, raised + 23 * HOUR_MS, clock_unsure=False)
    assert not rings(view, raised + 25 * HOUR_MS, clock_unsure=False)
    assert rings(view, raised + 25 * HOUR_MS, clock_unsure=True), "a clock that may be wrong silences nothing"
    assert rings(view, raised - 1000 * HOUR_MS, clock_unsure=False)


def test_known_on_names_only_devices_that_wrote_upon_it() -> None:
    ana, bo, chidi = alarm()
    assert ana.view()["known_on"] == [ana.device.hex()]
    bo.act("alarm.seen")
    ana.hear(bo)
    assert ana.view()["known_on"] == [ana.device.hex(), bo.device.hex()]
    ana.act("alarm.stand_down")
    ana.act("alarm.again")
    assert ana.view()["known_on"] == [ana.device.hex()], "of the new raising bo may not know"
    chidi.hear(ana)
    chidi.act("alarm.edit", place="behind the mill")
    assert len(chidi.view()["known_on"]) == 2
    assert chidi.record.history(Everyone())[0].what == "edit"


def test_its_title_is_never_empty_and_undoing_the_raising_stands_it_down() -> None:
    ana, _, _ = alarm()
    assert ana.view()["title"] == "Fire"
    ana.undo(ana.written[0])
    assert not is_active(ana.view())


def test_hostile_values_neither_silence_nor_break_it() -> None:
    ana, bo, _ = alarm()
    me = bo.member.hex()
    for raw in HOSTILE:
        bo.write([Put(key, raw) for key in ("state", f"seen/{me}", f"going/{me}", f"comment/{me}/x", "what", "title")])
        view = bo.view()
        assert json.loads(json.dumps(view)) == view
        assert is_active(view)
        assert view["raising"] == [ana.written[0].id.hex()]
        assert (view["seen"], view["going"]) == ([], [])
        assert not any(isinstance(said["text"], bool) for said in view["comments"])
    bo.write([Put(f"seen/{ana.member.hex()}", '{"on":true}')])
    assert bo.view()["seen"] == [], "nobody says for another that they saw it"
