"""The permissions table: its odd rows are the promises people rely on."""

from __future__ import annotations

import pytest

from meshnode.membership.roles import POWERS, Power, Role, may


def test_every_role_has_a_row() -> None:
    assert set(POWERS) == set(Role)


@pytest.mark.parametrize("power", [Power.VOUCH, Power.VOTE, Power.PETITION, Power.INVITE, Power.STEWARD])
def test_only_established_people_decide_who_belongs(power: Power) -> None:
    assert [role for role in Role if may(role, power)] == [Role.ESTABLISHED]


@pytest.mark.parametrize("power", [Power.SYNC, Power.WRITE, Power.WITNESS])
def test_everybody_current_takes_part(power: Power) -> None:
    assert [role for role in Role if may(role, power)] == [Role.NEWCOMER, Role.ESTABLISHED, Role.HUB]


def test_who_is_past_may_nothing_and_a_hub_never_leaves() -> None:
    assert not POWERS[Role.PAST]
    assert not may(Role.HUB, Power.LEAVE)
    assert not may(Role.HUB, Power.CERTIFY_DEVICE)
