"""At a shared screen: a hub signs for whoever stands there, and says nothing over a person's own device."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from crdt.acting import LONGEST_NAME, accept_name, named_id, person_of, read_by
from crdt.actions import Actor
from crdt.boards.profiles import profile_of, profile_record_id
from crdt.boards.settings import settings_record_id
from crdt.edits import Edit, Planned, Put
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import ChangeId, DeviceId, MemberId, NetworkId, made_record_id
from crdt.kinds import BY_KEY
from crdt.record import SignedChange
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TODAY, Neighbour, member
from tests.support.people import fuzz_count

ROSA = member(8)
"""A member who stands at a hub; her own device is neighbour 8's."""
ON = '{"on":true}'


@dataclass
class Hub(Neighbour):
    """A hub, and who stands there now."""

    by: str = ROSA.hex()

    @property
    def device(self) -> DeviceId:
        return DeviceId(b"h" + self.number.to_bytes(31, "big"))

    @property
    def actor(self) -> Actor:
        return Actor(person_of(self.by, NETWORK), self.device, TODAY, lambda: f"h{len(self.written)}", self.by)

    def write(self, edits: Sequence[Planned]) -> SignedChange:
        return super().write([*edits, Put(BY_KEY, self.by)] if self.by else edits)

    @property
    def here(self) -> dict[str, Any]:
        """What views say about somebody who acts here."""
        return {"by": self.by, "at": self.device.hex()}


def board(*others: Neighbour) -> Neighbour:
    """A task of neighbour 1 that the others know."""
    ana = Neighbour(1)
    ana.act("task.add", title="Gate")
    for other in others:
        other.hear(ana)
    return ana


def own_claim(held: bool = True) -> Edit:
    return Put(f"claim/{ROSA.hex()}", ON if held else "")


def claimers(one: Neighbour) -> set[str]:
    return {claim["member"] for claim in one.view()["claims"]}


# -- what a hub signs for whoever stands there ------------------------------------------------------------------------


def test_a_member_at_a_hub_is_told_with_the_hub() -> None:
    hub = Hub(1)
    ana = board(hub)
    hub.act("task.claim")
    hub.act("task.comment", text="I bring the drill.")
    hub.act("task.check_add", text="Hinges")
    hub.act("task.check", item=hub.view()["checklist"][0]["id"])
    hub.act("task.done", thanks="Thanks, all.")
    ana.hear(hub)
    view = ana.view()
    assert view["claims"] == [{"member": ROSA.hex()} | hub.here]
    for said in (*view["comments"], *view["checklist"], *view["thanks"]):
        assert (said["member"], said["by"], said["at"]) == (ROSA.hex(), ROSA.hex(), hub.device.hex())
    stamp = {"member": "", "device": hub.device.hex()}
    assert view["checklist"][0]["ticked"] == stamp | {"at_ms": hub.written[3].at_ms} | hub.here
    assert view["changed"] == stamp | {"at_ms": hub.written[4].at_ms} | hub.here
    assert view["created"] == {"member": ana.member.hex(), "device": ana.device.hex(), "at_ms": FIRST_MS}
    assert (view["newer"], view["conflicts"]) == (False, [])
    history = ana.record.history(EVERYONE)
    assert [(entry.what, entry.by, entry.member) for entry in history[:5]] == [
        (what, ROSA.hex(), None) for what in ("done", "check", "check_add", "comment", "claim")
    ]
    assert (history[5].what, history[5].by) == ("add", "")
    assert all(change.key != BY_KEY for entry in history for change in entry.fields)


def test_somebody_without_a_key_is_a_name_at_every_hub() -> None:
    elm, oak = Hub(1, by="Rosa Lind"), Hub(2, by="ROSA  lind")
    ana = board(elm, oak)
    elm.act("task.claim")
    oak.hear(elm)
    (claim,) = oak.view()["claims"]
    assert claim == {"member": named_id(NETWORK, "rosa lind").hex()} | elm.here
    with pytest.raises(NotPossibleNow, match="claimed this task already"):
        oak.act("task.claim")
    oak.act("task.pass")
    ana.hear(oak)
    assert ana.view()["claims"] == []
    assert ana.record.history(EVERYONE)[0].by == "ROSA lind", "shown in one line"


def test_a_hub_makes_a_task_for_whoever_stands_there() -> None:
    device = Hub(1).device
    hub = Hub(1, made_record_id(NETWORK, 0x20, device, FIRST_MS), by="Mo")
    hub.act("task.add", title="Soup")
    assert hub.view()["created"] == {"member": "", "device": device.hex(), "at_ms": FIRST_MS} | hub.here


def test_two_values_are_told_with_who_stood_where() -> None:
    elm, oak = Hub(1, by="Mo"), Hub(2)
    ana = board(elm, oak)
    elm.act("task.edit", due="2027-01-01")
    oak.act("task.edit", due="2027-01-02")
    ana.hear(elm, oak)
    (conflict,) = ana.record.conflicts(EVERYONE)
    assert conflict.field == "due", "who acted is never in dispute"
    assert {(value.value, value.by, value.author) for value in conflict.values} == {
        ("2027-01-01", "Mo", elm.device),
        ("2027-01-02", ROSA.hex(), oak.device),
    }


def test_taking_back_at_a_hub_leaves_others_and_says_who_did_it() -> None:
    hub = Hub(1)
    board(hub)
    claim = hub.act("task.claim")
    hub.by = "Mo"
    with pytest.raises(NotPossibleNow):
        hub.record.undo(claim.id, EVERYONE, hub.actor.member)
    hub.by = ROSA.hex()
    edits = hub.record.undo(claim.id, EVERYONE, hub.actor.member)
    assert [edit.key for edit in edits] == [f"claim/{ROSA.hex()}"]
    hub.write(edits)
    assert hub.view()["claims"] == []


# -- what it cannot ---------------------------------------------------------------------------------------------------


def test_what_a_hub_writes_for_another_than_who_stands_there_does_not_count() -> None:
    hub = Hub(1, by="Mo")
    board(hub)
    hub.write([own_claim()])
    hub.by = member(9).hex()
    hub.write([own_claim(), Put(f"claim/{named_id(NETWORK, 'Mo').hex()}", ON)])
    hub.by = ""
    hub.write([own_claim(), Put("place", "Yard")])
    assert (hub.view()["claims"], hub.view()["place"]) == ([], "Yard")
    assert hub.record.history(EVERYONE)[0].by == ""


def test_only_a_hub_says_who_stands_there() -> None:
    """A member's device that writes `by` speaks for its member as ever, and for nobody else."""
    bo = Neighbour(2)
    board(bo)
    bo.write([own_claim(), Put(f"claim/{named_id(NETWORK, 'Mo').hex()}", ON), Put(BY_KEY, ROSA.hex())])
    bo.write([Put("place", "Yard"), Put(BY_KEY, "Mo")])
    assert bo.view()["claims"] == []
    assert bo.view()["changed"] == bo.stamp()
    assert {(entry.by, entry.member) for entry in bo.record.history(EVERYONE)[:2]} == {("", bo.member)}


def test_who_acted_before_is_not_who_acts_now() -> None:
    """A change that does not say who acted says nothing, whatever stood under the key."""
    hub = Hub(1)
    board(hub)
    hub.act("task.claim")
    hub.by = ""
    hub.write([Put("place", "Yard")])
    assert [entry.by for entry in hub.record.history(EVERYONE)[:2]] == ["", ROSA.hex()]


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("order", list(itertools.permutations(("own", "hub", "hub again"))))
def test_ones_own_device_beats_every_hub(order: tuple[str, ...], held: bool) -> None:
    """Before, beside and after; also when it was written over by somebody who had seen it."""
    for seen in (True, False):
        hub, rosa = Hub(1), Neighbour(8)
        ana = board(hub, rosa)
        for step in order:
            if step == "own":
                rosa.write([own_claim(held)])
            else:
                hub.write([own_claim(not held)])
            if seen:
                hub.hear(rosa)
                rosa.hear(hub)
        ana.hear(hub, rosa)
        assert claimers(ana) == ({ROSA.hex()} if held else set())
        assert ana.view()["claims"] == ([{"member": ROSA.hex()}] if held else []), "and no hub is named"
        assert ana.record.reading(EVERYONE).is_owners_word(f"claim/{ROSA.hex()}")


def test_what_was_hidden_once_stays_ones_own_to_take_back() -> None:
    hub, rosa = Hub(1), Neighbour(8)
    board(hub, rosa)
    mine = rosa.act("task.claim")
    hub.hear(rosa)
    hub.write([own_claim(False)])
    rosa.hear(hub)
    assert claimers(rosa) == {ROSA.hex()}
    rosa.undo(mine)
    assert claimers(rosa) == set()


@pytest.mark.parametrize("raw", [7, True, "", "x" * (LONGEST_NAME + 1), "\u202e", "AB" * 32])
def test_what_is_neither_key_nor_name_says_nothing(raw: str | int) -> None:
    hub = Hub(1, by="")
    board(hub)
    hub.write([Put("place", "Yard"), Put(BY_KEY, raw)])
    assert hub.record.history(EVERYONE)[0].by == ""
    assert "by" not in hub.view()["changed"]


def test_names_are_read_kindly_and_kept_short() -> None:
    assert accept_name("  Rosa\tLind\n") == read_by("  Rosa\tLind\n") == "Rosa Lind"
    assert read_by("\x1b[2JMo") == "[2JMo"
    assert read_by(None) == read_by(b"Mo") == ""
    for typed in ("", " \u202e ", "x" * (LONGEST_NAME + 1)):
        with pytest.raises(BadValue) as refused:
            accept_name(typed)
        assert str(refused.value)
    assert person_of(ROSA.hex(), NETWORK) == ROSA


def test_the_id_of_a_name_is_pinned() -> None:
    network = NetworkId(bytes(range(32)))
    assert named_id(network, "Rosa Lind").hex() == "cf153be3c551928998439fc615cc8bad3c37f91648239a6bf519269315542e40"
    assert named_id(network, "rosa\u00a0LIND") == named_id(network, "Rosa Lind")
    assert named_id(NETWORK, "Rosa Lind") != named_id(network, "Rosa Lind")


# -- random ------------------------------------------------------------------------------------------------------------


@dataclass
class Written:
    """One write of a key: by whom (hub: for whom), what, and which changes its author had seen."""

    key: str
    author: Neighbour
    by: str
    value: str
    change: ChangeId
    seen: frozenset[ChangeId]


@dataclass
class Weather:
    """Members and hubs who write the same keys, together and apart."""

    source: random.Random
    cast: list[Neighbour]
    keys: Sequence[str]
    values: Sequence[str]

    def run(self, steps: int) -> list[Written]:
        written: list[Written] = []
        for step in range(steps):
            one = self.source.choice(self.cast)
            if self.source.random() < 0.5:
                one.hear(self.source.choice(self.cast))
            if isinstance(one, Hub):
                one.by = self.source.choice([ROSA.hex(), member(9).hex(), "Mo", ""])
            key = self.source.choice(self.keys)
            value = self.source.choice([*self.values, ""]).replace("#", str(step))
            seen = frozenset(change.id for change in one.record.changes)
            change = one.write([Put(key, value)])
            written.append(Written(key, one, getattr(one, "by", ""), value, change.id, seen))
        self.cast[0].hear(*self.cast[1:])
        return written


def standing_values(written: Sequence[Written]) -> set[str]:
    """The values that no other of these writers has seen."""
    return {each.value for each in written if not any(each.change in other.seen for other in written)}


@pytest.mark.parametrize("seed", range(fuzz_count(25)))
def test_whatever_hubs_write_ones_own_key_is_ones_own(seed: int) -> None:
    print(f"seed {seed}")
    source = random.Random(seed)
    people = {ROSA.hex(): ROSA, member(9).hex(): member(9), "Mo": named_id(NETWORK, "Mo")}
    cast = [Neighbour(1), Neighbour(8), Neighbour(9), Hub(1), Hub(2)]
    cast[0].act("task.add", title="Gate")
    for other in cast[1:]:
        other.hear(cast[0])
    keys = {by: f"claim/{person.hex()}" for by, person in people.items()}
    written = Weather(source, cast, list(keys.values()), [ON]).run(40)
    shown = claimers(cast[0])
    for by, key in keys.items():
        own = [each for each in written if each.key == key and each.author.member == people[by] and not each.by]
        own = [each for each in own if not isinstance(each.author, Hub)]
        at_hubs = [each for each in written if each.key == key and each.by == by]
        values = standing_values(own or at_hubs)
        if len(values) == 1:
            assert (people[by].hex() in shown) == (values == {ON}), key
        elif not values:
            assert people[by].hex() not in shown


@pytest.mark.parametrize("seed", range(fuzz_count(25)))
def test_a_hub_never_writes_what_is_not_declared_for_it(seed: int) -> None:
    """A profile and the network's settings: as if the hubs had written nothing."""
    print(f"seed {seed}")
    source = random.Random(seed)
    cast = [Neighbour(8, profile_record_id(NETWORK, ROSA)), Hub(1, profile_record_id(NETWORK, ROSA))]
    key = f"about/{ROSA.hex()}"
    written = Weather(source, cast, [key], [json.dumps({"text": "#"})]).run(16)
    own = standing_values([each for each in written if not isinstance(each.author, Hub)])
    said = {json.loads(value)["text"] if value else "" for value in own}
    assert {profile_of(cast[0].view(), ROSA)["about"]} == (said or {""})

    settings = settings_record_id(NETWORK)
    cast = [Neighbour(1, settings), Neighbour(2, settings), Hub(1, settings), Hub(2, settings)]
    written = Weather(source, cast, ["name", "zone"], ["x#"]).run(30)
    for key in ("name", "zone"):
        mine = [each for each in written if each.key == key and not isinstance(each.author, Hub)]
        values = standing_values(mine)
        assert cast[0].view()[key] in (values or {""})
        assert (key in cast[0].view()["conflicts"]) == (len(values) > 1)
        told = [conflict for conflict in cast[0].record.conflicts(EVERYONE) if conflict.field == key]
        assert {value.value for conflict in told for value in conflict.values} == (values if len(values) > 1 else set())


def test_members_and_names_are_never_the_same() -> None:
    assert MemberId(named_id(NETWORK, ROSA.hex())) != ROSA
