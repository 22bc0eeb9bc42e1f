"""What people judge together, case by case: petitions and votes, dropped devices, void invites, what is kept.

Five founders, so that three can remove somebody; dana and the others come in as each case needs.
"""

from __future__ import annotations

import pytest

from crdt.identifiers import ChangeId, MemberId
from meshnode.identity.keys import Identity
from meshnode.membership.fold import AuthorClass, fold
from meshnode.membership.membership import InviteState
from meshnode.membership.petitions import Ballot
from meshnode.membership.statements import Why
from tests.support.people import TODAY, Neighbourhood, member_keys, seeded_device, seeded_identity
from tests.support.trust import TrustingStreet, person

CURRENT, PAST, REMOVED, UNKNOWN = AuthorClass.CURRENT, AuthorClass.PAST, AuthorClass.REMOVED, AuthorClass.UNKNOWN
FOUNDERS = ("alice", "bob", "chidi", "dana", "emre")


@pytest.fixture
def street() -> TrustingStreet:
    return TrustingStreet(founders=FOUNDERS)


def state(street: Neighbourhood, who: str | Identity) -> AuthorClass:
    identity = seeded_identity(who) if isinstance(who, str) else who
    return street.membership().author_class(identity.device)


def states(street: Neighbourhood, *names: str) -> list[AuthorClass]:
    return [state(street, name) for name in names]


def ballot(street: Neighbourhood, petition: bytes) -> Ballot:
    return next(each for each in street.membership().ballots if each.petition.id == petition)


def established(street: Neighbourhood) -> set[MemberId]:
    return {each.id for each in street.membership().members.values() if each.established}


# -- petitions ---------------------------------------------------------------------------------------------------------


def test_no_two_people_can_remove_anyone(street: TrustingStreet) -> None:
    petition = street.remove("emre", by=["alice", "bob"])
    assert state(street, "emre") is CURRENT
    street.vote(petition, yes=["chidi"])
    assert state(street, "emre") is REMOVED
    membership = street.membership()
    assert membership.removed == {person("emre")}
    gone = membership.members[person("emre")]
    assert (gone.removed, gone.current, gone.established, gone.left) == (True, False, False, False)
    signers = ballot(street, petition)
    assert (signers.effective, signers.needed, signers.margin) == (True, 3, 3)
    assert signers.yes == {person(name) for name in ("alice", "bob", "chidi")}


def test_every_further_target_needs_one_more(street: TrustingStreet) -> None:
    street.join("farah")
    petition = street.petition("alice", ["emre", "farah"])
    street.vote(petition, yes=["alice", "bob", "chidi"])
    assert states(street, "emre", "farah") == [CURRENT, CURRENT]
    street.vote(petition, yes=["dana"])
    assert states(street, "emre", "farah") == [REMOVED, REMOVED]


def test_targets_have_no_vote_in_it(street: TrustingStreet) -> None:
    petition = street.remove("emre", by=["alice", "bob", "emre"])
    assert state(street, "emre") is CURRENT
    assert ballot(street, petition).yes == {person("alice"), person("bob")}
    street.vote(petition, yes=["chidi"], no=["emre"], number=2)
    assert ballot(street, petition).no == frozenset()
    assert state(street, "emre") is REMOVED


def test_only_present_established_members_vote(street: TrustingStreet) -> None:
    street.join("farah")
    petition = street.remove("emre", by=["alice", "bob", "farah", "stranger"])
    assert ballot(street, petition).yes == {person("alice"), person("bob")}
    street.join("farah", by="bob")
    assert state(street, "emre") is REMOVED
    street.leave("farah")
    assert state(street, "emre") is CURRENT


def test_a_newcomers_petition_is_a_wish_without_effect(street: TrustingStreet) -> None:
    street.join("farah")
    petition = street.petition("farah", ["emre"])
    street.vote(petition, yes=["alice", "bob", "chidi"])
    assert state(street, "emre") is CURRENT
    assert not ballot(street, petition).admissible
    street.join("farah", by="bob")
    assert state(street, "emre") is REMOVED


def test_yes_must_outweigh_no_and_more_no_votes_restore(street: TrustingStreet) -> None:
    for name in ("farah", "goran"):
        street.vouch("bob", name)
        street.join(name)
    petition = street.remove("emre", by=["alice", "bob", "chidi"])
    street.vote(petition, no=["dana", "farah"])
    assert state(street, "emre") is REMOVED
    street.vote(petition, no=["goran"])
    assert state(street, "emre") is CURRENT
    assert not ballot(street, petition).effective
    street.vote(petition, yes=["goran"], number=2)
    assert state(street, "emre") is REMOVED


def test_the_highest_number_counts_and_two_answers_with_one_cancel(street: TrustingStreet) -> None:
    petition = street.remove("emre", by=["alice", "bob", "chidi"])
    street.vote(petition, no=["chidi"], number=3)
    street.vote(petition, yes=["chidi"], number=2)
    assert state(street, "emre") is CURRENT
    street.vote(petition, yes=["chidi"], number=3)
    assert chidi_says(street, petition) == (False, False)
    street.vote(petition, yes=["chidi"], number=4)
    assert state(street, "emre") is REMOVED


def chidi_says(street: TrustingStreet, petition: bytes) -> tuple[bool, bool]:
    counted = ballot(street, petition)
    return person("chidi") in counted.yes, person("chidi") in counted.no


def test_equal_margins_apply_together(street: TrustingStreet) -> None:
    """Two halves that want each other gone: both have their way, whichever came first."""
    street.vouch("bob", "farah")
    street.join("farah")
    street.remove("dana", by=["alice", "bob", "chidi"])
    street.remove("alice", by=["dana", "emre", "farah"])
    assert states(street, "alice", "dana") == [REMOVED, REMOVED]
    assert states(street, "bob", "chidi", "emre", "farah") == [CURRENT] * 4


def test_of_mutual_petitions_the_larger_margin_goes_first(street: TrustingStreet) -> None:
    """Whoever is removed by it has no vote any more, so the other one fails."""
    street.vouch("bob", "farah")
    street.join("farah")
    weaker = street.remove("alice", by=["dana", "emre", "farah"])
    stronger = street.remove("dana", by=["alice", "bob", "chidi"])
    street.vote(stronger, yes=["emre"])
    assert states(street, "alice", "dana") == [CURRENT, REMOVED]
    assert ballot(street, weaker).yes == {person("emre"), person("farah")}
    assert not ballot(street, weaker).admissible


def test_the_roster_keeps_people_whom_the_target_let_in(street: TrustingStreet) -> None:
    for name in ("farah", "goran"):
        street.join(name, by="emre", witness="emre")
    street.remove("emre", by=["alice", "bob", "chidi"], stays=["farah"])
    assert states(street, "emre", "farah", "goran") == [REMOVED, CURRENT, PAST]
    assert person("farah") in established(street)
    street.vouch("dana", "goran")
    assert state(street, "goran") is CURRENT


def test_the_roster_brings_in_nobody_who_never_said_hello(street: TrustingStreet) -> None:
    street.certify(seeded_identity("farah"), "farah")
    street.remove("emre", by=["alice", "bob", "chidi"], stays=["farah"])
    assert state(street, "farah") is UNKNOWN
    assert person("farah") not in street.membership().members


def test_who_is_removed_never_comes_back_by_a_roster_or_a_vouch(street: TrustingStreet) -> None:
    street.remove("emre", by=["alice", "bob", "chidi"])
    street.remove("dana", by=["alice", "bob", "chidi"], stays=["emre"])
    street.join("emre", by="alice")
    street.vouch("bob", "emre")
    street.certify(seeded_device("emre", "new phone"), "emre")
    assert states(street, "emre", "dana") == [REMOVED, REMOVED]
    assert state(street, seeded_device("emre", "new phone")) is REMOVED


def test_the_word_of_who_is_removed_admits_nobody(street: TrustingStreet) -> None:
    """Back-dated or later: statements have no date."""
    invite = street.invite("emre", uses=9)
    street.remove("emre", by=["alice", "bob", "chidi"])
    street.witness("alice", street.hello("farah", invite))
    street.join("goran", by="alice", witness="emre")
    street.vouch("emre", "hana")
    street.hello("hana", street.invite("alice"))
    membership = street.membership()
    assert states(street, "farah", "goran", "hana") == [PAST, PAST, PAST]
    assert membership.invite_state(invite.id, TODAY) is InviteState.DEAD


def test_a_removed_clique_speaks_for_itself_only(street: TrustingStreet) -> None:
    """Three who let each other's friends in: once they are removed, so is the standing that rests on them alone."""
    clique = ("hana", "ines", "jonas")
    for name in clique:
        street.vouch("emre", name)
        street.join(name, by="dana")
    petition = street.petition("alice", [*clique])
    street.vote(petition, yes=["alice", "bob", "chidi", "dana", "emre"])
    assert states(street, *clique) == [REMOVED] * 3
    for name in ("kofi", "lena", "mirek"):
        street.join(name, by="hana", witness="ines")
        street.join(name, by="ines", witness="jonas")
    street.remove("alice", by=["kofi", "lena", "mirek", "hana"])
    assert state(street, "alice") is CURRENT
    assert states(street, "kofi", "lena", "mirek") == [PAST] * 3


def test_a_majority_of_made_up_people_is_not_prevented(street: TrustingStreet) -> None:
    """What is not promised: two established people can make up others, who then outvote everybody. The answer to a
    captured network is to refound it."""
    for name in ("hana", "ines"):
        street.vouch("emre", name)
        street.join(name, by="dana")
    petition = street.petition("alice", ["hana", "ines"])
    street.vote(petition, yes=["alice", "bob", "chidi", "dana"])
    made_up = ("kofi", "lena", "mirek")
    for name in made_up:
        street.join(name, by="hana", witness="ines")
        street.join(name, by="ines", witness="hana")
    street.remove("alice", by=["hana", "ines", *made_up])
    assert states(street, "alice", "hana", "ines") == [REMOVED, CURRENT, CURRENT]


def test_a_founder_can_be_removed_and_their_word_goes(street: TrustingStreet) -> None:
    street.join("farah", by="alice")
    street.remove("alice", by=["bob", "chidi", "dana"])
    assert states(street, "alice", "farah") == [REMOVED, PAST]
    assert street.membership().members[person("alice")].founder


def test_a_sole_founders_vouch_counts_as_two_until_they_are_gone() -> None:
    street = TrustingStreet()
    for name in ("bob", "chidi", "dana"):
        street.join(name)
    assert len(established(street)) == 4
    street.remove("alice", by=["bob", "chidi", "dana"], stays=["bob", "chidi", "dana"])
    assert state(street, "alice") is REMOVED
    street.join("emre", by="bob")
    assert person("emre") not in established(street)
    street.join("emre", by="chidi")
    assert person("emre") in established(street)


def test_thirty_three_removals_at_once_need_thirty_five_votes() -> None:
    crowd = [f"neighbour {number}" for number in range(68)]
    street = TrustingStreet(founders=crowd[:12])
    for name in crowd[12:]:
        for voucher in crowd[:2]:
            street.vouch(voucher, name)
        street.hello(name, street.invite(crowd[0]))
    petition = street.petition(crowd[0], crowd[35:])
    street.vote(petition, yes=crowd[:34])
    assert not street.membership().removed
    street.vote(petition, yes=crowd[34:35])
    assert len(street.membership().removed) == 33
    assert len(established(street)) == 35


def test_support_holds_when_what_it_leaves_out_would_change_the_order(street: TrustingStreet) -> None:
    """`jonas` was invited by `ines`, who rests on two rosters. Without the votes against it the second petition would
    come first, take a voter from the other, and the other would fail."""
    for name in ("farah", "goran", "hana", "kofi"):
        for voucher in ("alice", "bob"):
            street.vouch(voucher, name)
        street.hello(name, street.invite("alice"))
    for name in ("ines", "lena", "mirek"):
        street.hello(name, street.invite("alice"))
    first = street.petition("alice", ["emre"], stays=["lena"])
    street.vote(first, yes=["alice", "bob", "chidi"])
    second = street.petition("alice", ["chidi"], stays=["mirek"])
    street.vote(second, yes=["alice", "bob", "dana", "farah", "lena"], no=["goran", "hana"])
    street.vouch("lena", "ines")
    street.vouch("mirek", "ines")
    street.join("jonas", by="ines", witness="alice")
    assert states(street, "emre", "chidi", "jonas") == [REMOVED, REMOVED, CURRENT]
    held = {street.id(each): each for each in street.statements}
    support = street.membership().support(seeded_identity("jonas").device)
    shown = fold(street.network, [held[each] for each in support])
    assert shown.author_class(seeded_identity("jonas").device) is CURRENT


def test_support_names_what_gave_a_place_in_a_full_invite() -> None:
    """A sole founder's invite for one, used by two: the second has a place because bob let them in too."""
    street = TrustingStreet()
    street.join("bob")
    for name in ("farah", "goran"):
        street.join(name, by="bob")
    invite = street.invite("alice")
    for name in ("farah", "goran"):
        street.witness("bob", street.hello(name, invite))
    street.join("hana", by="farah", witness=street.hub("goran's", "goran"))
    street.join("ines", by="goran", witness=street.hub("farah's", "farah"))
    held = {street.id(each): each for each in street.statements}
    for name in ("hana", "ines"):
        support = [held[each] for each in street.membership().support(seeded_identity(name).device)]
        assert fold(street.network, support).author_class(seeded_identity(name).device) is CURRENT


# -- vouches by hand, void invites -------------------------------------------------------------------------------------


def test_a_vouch_by_hand_is_worth_an_invite(street: TrustingStreet) -> None:
    street.vouch("alice", "farah")
    assert state(street, "farah") is UNKNOWN
    street.hello("farah", street.invite("stranger"))
    assert state(street, "farah") is CURRENT
    street.vouch("alice", "farah")
    assert person("farah") not in established(street)
    street.vouch("farah", "farah")
    assert person("farah") not in established(street)
    street.vouch("bob", "farah")
    assert person("farah") in established(street)
    assert {(w.voucher, w.by_hand) for w in street.membership().words} == {(person(n), True) for n in ("alice", "bob")}


def test_an_overused_invite_never_touches_whom_somebody_met(street: TrustingStreet) -> None:
    invite = street.invite("alice")
    for name in ("farah", "goran"):
        street.witness("bob", street.hello(name, invite))
    assert sorted(each.value for each in states(street, "farah", "goran")) == ["current", "past"]
    for name in ("farah", "goran"):
        street.vouch("chidi", name)
    assert states(street, "farah", "goran") == [CURRENT, CURRENT]


def test_a_void_invite_counts_for_those_it_lists(street: TrustingStreet) -> None:
    invite = street.invite("alice", uses=5)
    for name in ("farah", "goran"):
        street.witness("bob", street.hello(name, invite))
    street.void("bob", invite)
    assert states(street, "farah", "goran") == [CURRENT, CURRENT]
    tablet = seeded_device("alice", "tablet")
    street.certify(tablet, "alice")
    street.void(tablet, invite, stays=["farah"])
    assert states(street, "farah", "goran") == [CURRENT, PAST]
    assert street.membership().invite_state(invite.id, TODAY) is InviteState.DEAD
    street.witness("bob", street.hello("hana", invite))
    assert state(street, "hana") is PAST
    street.void("alice", invite, stays=["goran"])
    assert states(street, "farah", "goran") == [CURRENT, CURRENT]


# -- devices -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("why", "then"), [(Why.RETIRED, PAST), (Why.LOST, PAST), (Why.STOLEN, REMOVED)])
def test_a_dropped_device_speaks_no_more(street: TrustingStreet, why: Why, then: AuthorClass) -> None:
    tablet = seeded_device("alice", "tablet")
    street.certify(tablet, "alice")
    for name in ("farah", "goran"):
        street.witness("bob", street.hello(name, street.invite(tablet)))
    assert street.membership().vouched_through(tablet.device) == tuple(sorted(map(person, ("farah", "goran"))))
    street.drop("bob", tablet, why)
    assert state(street, tablet) is CURRENT
    street.drop("alice", tablet, why, stays=["farah"])
    assert (state(street, tablet), state(street, "alice")) == (then, CURRENT)
    assert states(street, "farah", "goran") == [CURRENT, PAST]
    assert street.membership().devices[tablet.device].dropped is why


def test_of_several_reasons_the_worst_holds(street: TrustingStreet) -> None:
    for why in (Why.STOLEN, Why.RETIRED):
        street.drop("alice", "alice", why)
    assert state(street, "alice") is REMOVED


def test_a_hub_is_dropped_by_one_steward_or_two_others(street: TrustingStreet) -> None:
    first, second = street.hub("hall", "alice"), street.hub("yard", "alice", "emre")
    street.join("farah")
    for name in ("bob", "farah", "stranger"):
        street.drop(name, first, Why.LOST)
    assert state(street, first) is CURRENT
    street.drop("chidi", first, Why.RETIRED)
    assert state(street, first) is PAST
    street.drop("emre", second, Why.STOLEN)
    assert state(street, second) is REMOVED


def test_two_others_can_say_that_a_hub_was_stolen_when_its_steward_did_not(street: TrustingStreet) -> None:
    hub = street.hub("hall", "alice")
    street.drop("alice", hub, Why.RETIRED)
    street.drop("bob", hub, Why.STOLEN)
    assert state(street, hub) is PAST
    street.drop("chidi", hub, Why.STOLEN)
    assert state(street, hub) is REMOVED


def test_what_only_one_of_two_others_says_of_a_hub_is_not_what_both_say(street: TrustingStreet) -> None:
    """Stolen takes what was written there from every screen: nobody adds that to a neighbour's honest word."""
    hub = street.hub("hall", "alice")
    street.drop("bob", hub, Why.RETIRED)
    street.drop("chidi", hub, Why.STOLEN)
    street.drop("chidi", hub, Why.LOST)
    assert street.membership().devices[hub.device].dropped is Why.RETIRED
    assert street.membership().author_class(hub.device) is AuthorClass.PAST
    street.drop("dana", hub, Why.LOST)
    assert street.membership().devices[hub.device].dropped is Why.LOST
    street.drop("dana", hub, Why.STOLEN)
    assert street.membership().author_class(hub.device) is AuthorClass.REMOVED


def test_a_removed_steward_cannot_drop_a_hub(street: TrustingStreet) -> None:
    hub = street.hub("hall", "alice", "emre")
    street.remove("emre", by=["alice", "bob", "chidi"])
    assert state(street, hub) is CURRENT
    street.drop("emre", hub, Why.STOLEN)
    assert state(street, hub) is CURRENT


def test_two_owners_of_one_key_never_depend_on_who_was_first(street: TrustingStreet) -> None:
    """`ever` grows: somebody let in through a key with two owners stays known whoever of them is established first."""
    shared = seeded_identity("farah").device_keys
    for name in ("goran", "hana"):
        keys = member_keys(seeded_identity(name))
        street.certify(Identity(shared, keys.id, keys), name)
    street.witness("alice", street.hello("ines", street.invite(Identity(shared, None))))
    street.hello("hana", street.invite("alice"))
    street.hello("goran", street.invite("alice"))
    for by in ("alice", "bob"):
        street.vouch(by, "hana")
    street.vouch("ines", "jonas")
    street.hello("jonas", street.invite("alice"))
    only_hana = street.membership()
    for by in ("alice", "bob"):
        street.vouch(by, "goran")
    assert only_hana.devices.keys() <= street.membership().devices.keys()
    assert person("jonas") in street.membership().members, "ines is established once both owners speak"


# -- keeping -----------------------------------------------------------------------------------------------------------


def test_endorsements_count_by_devices_that_belong(street: TrustingStreet) -> None:
    hub, change = street.hub("hall", "alice"), ChangeId(bytes(32))
    tablet = seeded_device("alice", "tablet")
    street.certify(tablet, "alice")
    records = {who: street.made("bob", number) for number, who in enumerate(("hub", "past", "removed", "stranger"))}
    street.endorse(hub, records["hub"], change)
    street.endorse(tablet, records["past"], change)
    street.endorse("emre", records["removed"], change)
    street.endorse("stranger", records["stranger"], change)
    street.drop("alice", tablet, Why.RETIRED)
    street.remove("emre", by=["alice", "bob", "chidi"])
    assert street.membership().endorsed == {(records["hub"], change), (records["past"], change)}


def test_who_may_have_a_record_forgotten(street: TrustingStreet) -> None:
    hub = street.hub("hall", "alice", "bob")
    tablet = seeded_device("chidi", "tablet")
    street.certify(tablet, "chidi")
    street.forget("chidi", "chidi", 1)
    street.forget(tablet, "chidi", 2)
    street.forget("bob", hub, 3)
    street.forget("dana", "chidi", 4)
    street.forget("dana", hub, 5)
    street.forget(hub, "alice", 6)
    assert street.membership().forgotten == {
        street.made("chidi", 1),
        street.made("chidi", 2),
        street.made(hub, 3),
    }


def test_forgetting_is_final_whatever_becomes_of_who_asked(street: TrustingStreet) -> None:
    street.forget("emre", "emre")
    street.remove("emre", by=["alice", "bob", "chidi"])
    assert street.membership().forgotten == {street.made("emre")}
    street.forget("stranger", "stranger")
    assert street.made("stranger") in street.membership().forgotten, "nobody else can have a record of that id"


def test_which_network_key_comes_first(street: TrustingStreet) -> None:
    devices = [seeded_identity(name).device for name in FOUNDERS]
    everybody = street.epoch("alice", devices=devices)
    few = street.epoch("bob", excluded=["emre"], devices=devices[:2])
    more = street.epoch("bob", excluded=["emre", "hana"], devices=devices[:3])
    by_removed = street.epoch("emre", excluded=["emre"], devices=devices)
    by_nobody = street.epoch("stranger", excluded=["emre"], devices=devices)
    hub = street.epoch(street.hub("hall", "alice"), excluded=["emre"], devices=devices)
    order = [epoch.id for epoch in street.membership().epochs]
    assert order[:2] == sorted((everybody, by_removed))
    street.remove("emre", by=["alice", "bob", "chidi"])
    assert [epoch.id for epoch in street.membership().epochs] == [more, few, everybody]
    assert not {by_removed, by_nobody, hub} & {epoch.id for epoch in street.membership().epochs}


def test_a_key_by_somebody_who_has_gone_is_not_used_before_ours(street: TrustingStreet) -> None:
    """Whoever knows that they will be removed could have a friend hand out a key, and leave: both would know it."""
    devices = [seeded_identity(name).device for name in FOUNDERS]
    theirs = street.epoch("dana", excluded=["emre"], devices=devices)
    ours = street.epoch("alice", excluded=["emre"], devices=devices[:2])
    street.remove("emre", by=["alice", "bob", "chidi"])
    assert [epoch.id for epoch in street.membership().epochs] == [theirs, ours]
    street.leave("dana", ())
    assert [epoch.id for epoch in street.membership().epochs] == [ours, theirs]
