"""Circle: the devices that a text for some people is sealed to.

Rules of this module:
1. Only personal devices: a hub is nobody's. Which of them receive anything now is for the node to say: usually those
   that are current.
2. Who is named and has no such device now gets nothing now; being named, they get it once they have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crdt.identifiers import DeviceId, MemberId
from meshnode.membership.kinds import DeviceKind
from meshnode.membership.membership import Device, Membership

Receives = Callable[[Device], bool]


def is_current(device: Device) -> bool:
    """Whether a device belongs now."""
    return device.state.current


def devices_of(membership: Membership, people: Iterable[MemberId], receives: Receives = is_current) -> list[Device]:
    """The personal devices of these people that receive what is sealed to them now, by id."""
    members = (membership.members.get(person) for person in people)
    owned = {membership.devices[device] for member in members if member for device in member.devices}
    mine = (device for device in owned if is_personal(membership, device.id) and receives(device))
    return sorted(mine, key=lambda device: device.id)


def is_personal(membership: Membership, device: DeviceId) -> bool:
    """Whether a device is one person's own."""
    known = membership.devices.get(device)
    return known is not None and known.kind is DeviceKind.PERSONAL and known.member is not None
