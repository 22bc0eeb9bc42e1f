"""Offers and requests: their life, answers and acceptance, matching with reasons, and sums that name nobody."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from crdt.actions import ACTIONS
from crdt.boards.listings import asks_if_still_true, state_of
from crdt.boards.matching import Shared, suggestions
from crdt.boards.reclaimed import money, reclaimed
from crdt.edits import Put
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import made_record_id
from crdt.record import OpenRecord
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TODAY, Neighbour, device

SEEDS = range(5)
LISTING = made_record_id(NETWORK, 0x24, device(1), FIRST_MS)


def street(count: int = 3, **add: Any) -> list[Neighbour]:
    """Neighbours who all know one listing of the first one."""
    cast = [Neighbour(number, LISTING) for number in range(1, count + 1)]
    cast[0].act("listing.add", **({"side": "request", "title": "A ladder"} | add))
    for other in cast[1:]:
        other.hear(cast[0])
    return cast


@pytest.mark.parametrize(
    ("what", "until"),
    [("food", "2026-11-26"), ("thing", "2026-12-24"), ("skill", ""), ("space", ""), ("ride", "2026-12-24")],
)
def test_a_listing_lives_as_long_as_its_kind(what: str, until: str) -> None:
    assert street(what=what)[0].view()["until"] == until


def test_a_day_that_was_named_counts() -> None:
    assert street(until="fri")[0].view()["until"] == "2026-11-27"


def test_it_ends_by_itself_and_being_still_true_brings_it_back() -> None:
    ana, *_ = street(what="food")
    assert state_of(ana.view(), TODAY) == "open"
    assert not asks_if_still_true(ana.view(), TODAY)
    assert asks_if_still_true(ana.view(), "2026-11-25")
    assert state_of(ana.view(), "2026-11-27") == "expired"
    assert asks_if_still_true(ana.view(), "2026-11-27")
    ana.act("listing.renew", until="in 2 weeks")
    assert state_of(ana.view(), "2026-11-27") == "open"


def test_answers_are_each_persons_own_and_whoever_asked_accepts() -> None:
    ana, bo, kai = street()
    bo.act("listing.respond", text="I have one.")
    kai.act("listing.respond", text="Me too.")
    ana.hear(bo, kai)
    assert {each["text"] for each in ana.view()["responses"]} == {"I have one.", "Me too."}
    with pytest.raises(NotPossibleNow, match="your own"):
        ana.act("listing.respond", text="Myself?")
    with pytest.raises(NotPossibleNow, match="wrote this decides"):
        bo.act("listing.accept", who=[bo.member.hex()])
    ana.act("listing.accept", who=[bo.member.hex()])
    assert state_of(ana.view(), TODAY) == "matched"
    assert [each["member"] for each in ana.view()["accepted"]] == [bo.member.hex()]
    kai.act("listing.take_back")
    ana.hear(kai)
    assert [each["member"] for each in ana.view()["responses"]] == [bo.member.hex()]


def test_nobody_is_accepted_where_nobody_answered() -> None:
    ana, *_ = street()
    with pytest.raises(BadValue, match="Nobody has answered"):
        ana.act("listing.accept")


def test_how_to_reach_me_is_sealed_to_whom_i_accept() -> None:
    ana, bo, kai = street()
    bo.act("listing.respond", text="Here.")
    ana.hear(bo)
    ana.act("listing.accept", reach="Number 7, ring twice")
    assert set(ana.view()["sealed"]["reach"]["for"]) == {ana.member.hex(), bo.member.hex()}
    assert "ring twice" not in json.dumps(ana.view())
    ana.act("listing.accept", who=[kai.member.hex()])
    assert set(ana.view()["sealed"]["reach"]["for"]) == {each.member.hex() for each in (ana, bo, kai)}


def test_given_thanked_and_put_up_again() -> None:
    ana, bo, _ = street()
    bo.act("listing.given", count=3, price=2000, per="hour")
    assert state_of(bo.view(), TODAY) == "given"
    ana.hear(bo)
    ana.act("listing.thank", thanks="Wonderful!")
    assert state_of(ana.view(), TODAY) == "thanked"
    assert ana.view()["givings"][0] == {
        "id": ana.view()["givings"][0]["id"],
        "member": bo.member.hex(),
        "day": TODAY,
        "count": 3,
        "price": 2000,
        "per": "hour",
    }
    ana.act("listing.reopen")
    assert state_of(ana.view(), TODAY) == "open"


def test_withdrawing_asks_for_no_reason_and_is_the_owners() -> None:
    ana, bo, _ = street()
    with pytest.raises(NotPossibleNow):
        bo.act("listing.withdraw")
    ana.act("listing.withdraw")
    assert state_of(ana.view(), TODAY) == "withdrawn"
    assert not ACTIONS["listing.withdraw"].arguments


def test_a_pledge_is_an_offer_of_those_who_learnt() -> None:
    ana, bo, _ = street(side="offer", title="Knitting", what="skill")
    with pytest.raises(NotPossibleNow, match="First say that it was taught"):
        bo.act("listing.pledge")
    bo.act("listing.given")
    bo.act("listing.pledge", day="in 4 weeks")
    ana.hear(bo)
    assert ana.view()["pledges"] == [{"member": bo.member.hex(), "day": "2026-12-22", "done": False}]
    bo.act("listing.passed_on")
    assert bo.view()["pledges"][0]["done"]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_people_write_apart_merges_to_one_view(seed: int) -> None:
    print(f"seed {seed}")
    source = random.Random(seed)
    cast = street(4)
    for one in cast[1:]:
        one.act("listing.respond", text=f"I, {one.number}")
        if source.random() < 0.5:
            one.act("listing.thank", thanks="Ta")
    cast[0].act("listing.renew", until=f"2027-01-{source.randrange(10, 29)}")
    changes = {change.id: change for one in cast for change in one.record.changes}
    views = []
    for _ in range(4):
        order = list(changes.values())
        source.shuffle(order)
        record = OpenRecord(LISTING, NETWORK)
        for change in order:
            record.add([change])
        views.append(json.dumps(record.view(EVERYONE), sort_keys=True))
    assert len(set(views)) == 1


@pytest.mark.parametrize(
    "value", ["", "x", "[1]", '{"count": true, "price": -4, "day": 7}', '{"price": 1e99}', "{" * 50]
)
@pytest.mark.parametrize(
    "key", ["given/{}/a", "pledge/{}", "response/{}", "accept/{}", "accept/nobody", "status", "side"]
)
def test_nothing_odd_breaks_the_view(key: str, value: str) -> None:
    ana, bo, _ = street()
    written = key.format(bo.member.hex())
    bo.write([Put(written, value), Put("place", "x")])
    view = bo.view()
    assert view["side"] == ("request" if key != "side" else "offer")
    assert state_of(view, TODAY) in {"open", "matched"}
    assert all(giving["count"] >= 1 and giving["price"] >= 0 for giving in view["givings"])
    ana.hear(bo)


def listing(number: int, side: str, title: str, **more: Any) -> dict[str, Any]:
    (one,) = [Neighbour(number, made_record_id(NETWORK, 0x24, device(number), FIRST_MS))]
    one.act("listing.add", side=side, title=title, **more)
    return one.view()


def test_a_match_says_why_in_words_that_both_say() -> None:
    ladder = listing(1, "offer", "Ladder, 3.2 m", place="Elm Street 7", window="Saturday or Sunday")
    asked = listing(2, "request", "I need a ladder", place="Elm Street 12", window="on saturday")
    other = listing(3, "request", "Two kilos of flour", what="food")
    (found,) = suggestions([other, asked, ladder], TODAY)
    assert (found.offer, found.request) == (ladder["id"], asked["id"])
    assert found.reasons == (
        Shared("word", "ladder"),
        Shared("kind", "thing"),
        Shared("time", "saturday"),
        Shared("place", "elm"),
        Shared("place", "street"),
    )


def test_ladders_fit_a_ladder_and_a_place_alone_fits_nothing() -> None:
    assert suggestions([listing(1, "offer", "Two ladders"), listing(2, "request", "ladder")], TODAY)
    assert not suggestions(
        [listing(1, "offer", "Saw", place="Elm Street"), listing(2, "request", "Rake", place="Elm Street")], TODAY
    )


def test_nobody_is_matched_with_themselves_nor_with_what_has_run_out() -> None:
    mine = listing(1, "offer", "Ladder")
    assert not suggestions([mine, {**mine, "id": "24" + "0" * 30, "side": "request"}], TODAY)
    assert not suggestions([listing(1, "offer", "Ladder"), listing(2, "request", "Ladder")], "2027-06-01")


@pytest.mark.parametrize("seed", SEEDS)
def test_suggestions_stand_in_the_boards_order_whatever_the_order_they_came_in(seed: int) -> None:
    print(f"seed {seed}")
    source = random.Random(seed)
    words = ("ladder", "saw", "bread", "drill")
    views = [listing(number, source.choice(("offer", "request")), source.choice(words)) for number in range(1, 12)]
    first = suggestions(views, TODAY)
    source.shuffle(views)
    assert suggestions(views, TODAY) == first
    assert all(not hasattr(each, "score") for each in first)


def giving(member: str, **more: Any) -> dict[str, Any]:
    return {"member": member, "day": "2026-11-20", "count": 2, "price": 1050, "per": "hour"} | more


def given_view(owner: str, *givings: dict[str, Any]) -> dict[str, Any]:
    return {"created": {"member": owner, "device": ""}, "accepted": [], "givings": list(givings)}


def test_sums_are_the_groups_and_name_nobody() -> None:
    two = [given_view("ana", giving("bo")), given_view("bo", giving("ana"))]
    assert reclaimed(two, "", TODAY) is None
    three = [*two, given_view("kai", giving("kai", price=0))]
    found = reclaimed(three, "", TODAY)
    assert found is not None
    assert (found.cents, found.things, found.priced) == (4200, 3, 2)
    assert reclaimed(three, "2026-11-21", TODAY) is None
    assert money(found.cents, "EUR") == "42.00 EUR"


def test_what_one_person_gave_is_no_sum_however_many_received() -> None:
    alone = given_view("ana", giving("ana")) | {"accepted": [{"member": "bo"}, {"member": "kai"}]}
    assert reclaimed([alone], "", TODAY) is None
