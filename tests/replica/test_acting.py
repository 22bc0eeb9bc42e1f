"""What a hub signs is judged by the statements: whoever hears more of them shows it anew."""

from __future__ import annotations

from meshnode.events import RecordsChanged
from meshnode.identity.keys import Identity
from meshnode.membership.statements import sign_device
from tests.replica.conftest import Desks
from tests.support.people import maple_street, seeded_hub, seeded_identity

ELM = "elm hub"


async def test_what_a_hub_wrote_waits_for_word_that_it_is_one(desk: Desks) -> None:
    street = maple_street(2)
    before = list(street.statements)
    hub = street.hub(ELM, "alice")
    elm, bob = desk(ELM, street, identity=hub), desk("bob", street, before)
    elm.by = seeded_identity("alice").person.hex()
    record = await elm.add("Gate")
    await elm.act("task.claim", record)
    await bob.take(*elm.changes())
    assert (bob.tasks(), bob.parked()) == ([], 2)
    await bob.take(*elm.changes())
    await bob.hear_of(*street.statements)
    assert bob.tasks() == elm.tasks()
    assert bob.tasks()[0]["claims"] == [{"member": elm.by, "by": elm.by, "at": hub.device.hex()}]


async def test_a_hub_that_somebody_certifies_as_their_own_speaks_for_neither(desk: Desks) -> None:
    """What stood under its word is shown anew, on every screen."""
    street = maple_street(2)
    hub = street.hub(ELM, "alice")
    elm, bob = desk(ELM, street, identity=hub), desk("bob", street)
    elm.by = "Mo"
    record = await elm.add("Gate")
    await elm.act("task.claim", record)
    await bob.take(*elm.changes())
    assert (bob.tasks()[0]["status"], bob.tasks()[0]["created"]["by"]) == ("claimed", "Mo")
    alice = seeded_identity("alice")
    taken = Identity(seeded_hub(ELM).device_keys, alice.person, alice.member_keys)
    bob.heard.clear()
    await bob.hear_of(sign_device(taken, street.network, "Alice", "not a hub"))
    assert (bob.tasks()[0]["title"], bob.tasks()[0]["claims"]) == ("Gate", [])
    assert "by" not in bob.tasks()[0]["created"]
    assert bob.told(RecordsChanged), "and screens are told"
