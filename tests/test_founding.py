"""Founding a neighbourhood and inviting people: what is signed, and what is refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from meshnode.errors import BadInput, NotPossible
from meshnode.founding import MAX_DAYS, MAX_USES, Invitations, clean_name, found
from meshnode.membership.fold import fold
from meshnode.membership.membership import InviteState
from meshnode.membership.statements import check_statement
from meshnode.membership.tokens import ShortCode, Token, read_code
from tests.support.people import TODAY, maple_street, seeded, seeded_identity
from tests.support.replicas import Desk, open_desk


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path, "alice", maple_street(2))
    yield desk
    desk.close()


def invitations(desk: Desk) -> Invitations:
    return Invitations(desk.replica, lambda: desk.street.epoch_key, seeded("invitations"))


def test_one_person_founds_and_is_established() -> None:
    ana = seeded_identity("ana")
    founded = found(ana, "  Maple \n Street ", "Ana", "kitchen", seeded("founding"))
    for statement in founded.statements:
        check_statement(founded.network, statement)
    membership = fold(founded.network, founded.statements)
    assert membership.name == "Maple Street"
    assert membership.author_class(ana.device).current
    assert membership.members[ana.person].established
    assert membership.members[ana.person].name == "Ana"
    assert len(founded.epoch_key) == 32


def test_every_founding_is_another_network() -> None:
    ana = seeded_identity("ana")
    one, two = found(ana, "Maple Street", "Ana", "kitchen"), found(ana, "Maple Street", "Ana", "kitchen")
    assert one.network != two.network
    assert one.epoch_key != two.epoch_key


@pytest.mark.parametrize(
    ("name", "why"), [("", "empty"), (" \n\t ", "empty"), ("x" * 65, "too long"), ("ł" * 33, "too long")]
)
def test_names_that_cannot_be(name: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        found(seeded_identity("ana"), name, "Ana", "kitchen")
    assert refused.value.what_next
    with pytest.raises(BadInput, match=why):
        found(seeded_identity("ana"), "Maple Street", name, "kitchen")
    assert clean_name("ł" * 32, "It") == "ł" * 32


async def test_both_spellings_lead_to_one_invite(alice: Desk) -> None:
    new = await invitations(alice).invite(TODAY, uses=3, days=2)
    token, short = read_code(new.token), read_code(new.short)
    assert isinstance(token, Token)
    assert isinstance(short, ShortCode)
    assert token.secrets.psk_join == short.secrets.psk_join
    assert short.is_for(alice.street.network)
    assert (token.expires_day, short.expires_day, new.expires_day) == (TODAY + 2,) * 3
    (invite,) = invitations(alice).open_invites(TODAY)
    assert check_statement(alice.street.network, token.invite_statement()) == invite.id
    assert (invite.uses, invite.signer) == (3, alice.identity.device)
    assert alice.store.statement(invite.id) == token.invite_statement(), "on disk before it is handed out"


async def test_the_newest_invite_comes_first_because_only_a_few_are_announced(alice: Desk) -> None:
    invites = invitations(alice)
    made = [await invites.invite(TODAY, days=days) for days in (2, 9, 2, 2, 0, 2, 2, 2, 2, 2)]
    codes = [read_code(each.short).secrets.psk_join for each in reversed(made)]
    assert [invite.psk_join for invite in invites.open_invites(TODAY)] == codes


async def test_it_is_open_through_its_last_day(alice: Desk) -> None:
    invites = invitations(alice)
    await invites.invite(TODAY, days=2)
    (invite,) = invites.open_invites(TODAY)
    assert [invites.is_open(invite.id, TODAY + day) for day in range(4)] == [True, True, True, False]
    assert invites.open_invites(TODAY + 3) == []
    assert alice.replica.membership.invite_state(invite.id, TODAY + 3) is InviteState.EXPIRED


@pytest.mark.parametrize(("uses", "days"), [(0, 1), (-1, 1), (MAX_USES + 1, 1), (1, -1), (1, MAX_DAYS + 1)])
async def test_bounds_are_said(alice: Desk, uses: int, days: int) -> None:
    with pytest.raises(BadInput, match=r"\d"):
        await invitations(alice).invite(TODAY, uses, days)
    assert invitations(alice).open_invites(TODAY) == []


async def test_who_may_not_invite_is_told_what_to_do(tmp_path: Path) -> None:
    street = maple_street(2)
    street.join("chidi", by="bob")
    newcomer = open_desk(tmp_path, "chidi", street)
    with pytest.raises(NotPossible, match="established") as refused:
        await invitations(newcomer).invite(TODAY)
    assert "established neighbour" in refused.value.what_next
    newcomer.close()
    street.leave("bob")
    gone = open_desk(tmp_path, "bob", street)
    with pytest.raises(NotPossible):
        await invitations(gone).invite(TODAY)
    assert gone.replica.membership.open_invites(TODAY) == []
    gone.close()
