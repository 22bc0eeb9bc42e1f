"""Refounding: starting anew elsewhere and asking people along: the right of exit for groups, and the answer to capture.

Rules of this module:
1. Anybody who ever was a member may, also somebody who was removed.
2. The way in is sealed to each chosen person's own devices; nobody else can read it, hubs included.
3. Who is asked decides: nothing here joins anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from crdt.identifiers import MemberId, NetworkId, StatementId
from meshnode.errors import BadInput, NotPossible
from meshnode.identity.keys import Random
from meshnode.identity.sealed_box import may_seal_to, open_longer_box, seal_box
from meshnode.membership.fields import LONGEST_REASON_BYTES
from meshnode.membership.keeping_kinds import LONGEST_TOKEN_BOX_BYTES, Refound
from meshnode.membership.kinds import DeviceKind
from meshnode.membership.membership import Device
from meshnode.membership.statements import sign_refound
from meshnode.replica.replica import Replica

MOST_DEVICES = 250
"""What one statement has room for."""
LONGEST_TOKEN = LONGEST_TOKEN_BOX_BYTES - 48


class Refounding:
    """What one node does about fresh starts."""

    def __init__(self, replica: Replica, random: Random) -> None:
        self._replica = replica
        self._random = random

    async def ask_along(
        self, new_network: NetworkId, *, name: str, reason: str, tokens: Mapping[MemberId, str]
    ) -> StatementId:
        """Ask people along.

        Args:
            new_network: the id of the one that was founded.
            name: what it is called.
            reason: for those who are asked, and everybody else here.
            tokens: the way in for each person.

        Raises:
            BadInput: nobody is asked, or too many, or a text is too long.
            NotPossible: this device never belonged here.
        """
        if any(len(token) > LONGEST_TOKEN for token in tokens.values()):
            raise BadInput("A way in is too long.", next_step="Make the invites anew, without an address.")
        devices = self._may_ask(tokens, reason)
        boxes = []
        for device in devices:
            assert device.member is not None
            boxes.append((device.id, seal_box(device.seal, tokens[device.member].encode(), self._random)))
        replica = self._replica
        statement = sign_refound(replica.identity, replica.network, new_network, name=name, reason=reason, boxes=boxes)
        return StatementId(await replica.state(statement))

    def who_hears(self, people: Collection[MemberId], reason: str) -> frozenset[MemberId]:
        """Who of these people hears of it through this network's nodes; the others need their way in by hand.

        Nodes link neither with somebody's devices who was removed or has left, nor do they take anything from one.
        It is asked before anything is founded, and refuses what `ask_along` would.

        Raises:
            BadInput: nobody could be asked, or too many, or the reason is too long.
            NotPossible: this device never belonged here, or is a hub.
        """
        linked = [each for each in self._may_ask(people, reason) if each.state.current]
        mine = self._replica.membership.author_class(self._replica.identity.device)
        return frozenset(each.member for each in linked if each.member is not None and mine.current)

    def _may_ask(self, people: Collection[MemberId], reason: str) -> list[Device]:
        """The devices to ask."""
        if len(reason.encode()) > LONGEST_REASON_BYTES:
            raise BadInput("The reason is too long.", next_step=f"Say it in {LONGEST_REASON_BYTES} letters.")
        if self._replica.identity.member is None:
            raise NotPossible("A hub starts nothing anew.", next_step="Do it on a device of your own.")
        if self._replica.identity.device not in self._replica.membership.devices:
            raise NotPossible("This device is not known here.", next_step="Do it on a device that belongs here.")
        devices = self._devices_of(people)
        if not devices:
            raise BadInput(
                "Nobody of them has a device that could be asked.",
                next_step="Name at least one person who has; the others come in with invites.",
            )
        if len(devices) > MOST_DEVICES:
            raise BadInput(
                f"So many devices cannot be asked at once: {len(devices)}.",
                next_step="Name the people to begin with; the others come in with invites.",
            )
        return devices

    def _devices_of(self, people: Collection[MemberId]) -> list[Device]:
        """The devices of these people that are still in their hands."""
        return [
            device
            for device in self._replica.membership.devices.values()
            if device.member in people
            and device.kind is DeviceKind.PERSONAL
            and device.dropped is None
            and device.id != self._replica.identity.device
            and may_seal_to(device.seal)
        ]

    def offers(self) -> list[Refound]:
        """The fresh starts to which this device is asked along."""
        me = self._replica.identity.device
        return [each for each in self._replica.membership.refounds if each.box_for(me) is not None]

    def token(self, offer: StatementId) -> str:
        """The way in.

        Raises:
            NotPossible: this device is not asked along there, or the box does not open.
        """
        identity = self._replica.identity
        for each in self.offers():
            if each.id == offer:
                opened = open_longer_box(identity.device_keys.seal, each.box_for(identity.device) or b"")
                if opened is not None and opened.isascii():
                    return opened.decode()
                raise NotPossible(
                    "This invitation does not open here.", next_step="Ask whoever started anew for an invite."
                )
        raise NotPossible("This device is not asked along there.", next_step="See `meshnode members`.")
