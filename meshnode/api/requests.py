"""Requests: what a screen or a command may ask of the node, as one table of names and methods.

Rules of this module:
1. Names and arguments are those of `schema.REQUESTS`; a test compares the two.
2. Input is checked here and refused with a sentence; what the boards refuse is said in their words.
3. Nothing here touches a socket: the server and the tests call `answer`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ClassVar, Protocol

from crdt.display import display_line
from crdt.identifiers import RecordId
from meshnode.alarms.reach import Reach
from meshnode.api.alarm_requests import AlarmRequests
from meshnode.api.arguments import optional_text, text
from meshnode.api.board_requests import BoardRequests
from meshnode.api.device_requests import DeviceRequests
from meshnode.api.forget_requests import ForgetRequests
from meshnode.api.invite_requests import InviteRequests
from meshnode.api.member_requests import MemberRequests
from meshnode.api.refound_requests import RefoundRequests
from meshnode.api.schema import Json
from meshnode.api.sealed_requests import SealedRequests
from meshnode.errors import AlreadyMember, BadInput, NoNetwork, NotPossible
from meshnode.events import Events
from meshnode.founding import Invitations
from meshnode.joining.adoption import Adoption
from meshnode.joining.host import Host
from meshnode.joining.spoken_window import SpokenWindows
from meshnode.peers.status import StatusBoard
from meshnode.replica.own_device import must_not_be_dropped
from meshnode.replica.replica import Replica
from meshnode.trust.access import Access
from meshnode.trust.decisions import Decisions
from meshnode.trust.notices import Notices

OF_MEMBERS = frozenset({"leave"})
"""What somebody who has left cannot do any more: neighbours would refuse what came of it."""


_OUTSIDE = ("found", "preview", "join", "look_apart", "join_apart", "restore", "hub_setup")


class Inside(Protocol):
    """What a node that belongs to a network offers."""

    replica: Replica
    invitations: Invitations
    host: Host
    windows: SpokenWindows
    adoption: Adoption
    status_board: StatusBoard
    access: Access
    notices: Notices
    decisions: Decisions
    reach: Reach
    clock_unsure: Callable[[], bool]

    def addresses(self) -> list[str]: ...


class Becomes(Protocol):
    """The ways into a network that need no new member."""

    async def restore(self, card: str, code: str, address: str | None) -> None: ...
    async def hub_setup(self, *, close: bool) -> Json: ...


class Doorstep(Protocol):
    """How a node gets from outside to inside, and out again."""

    @property
    def becoming(self) -> Becomes: ...

    async def found(self, network: str, name: str) -> None: ...
    async def preview(self, code: str, address: str | None) -> Json: ...
    async def join(self, code: str, name: str | None, address: str | None) -> None: ...
    async def look_apart(self, code: str, network: str, inviter: str) -> Json: ...
    async def join_apart(self, code: str, network: str, inviter: str, name: str) -> Json: ...
    async def leave(self) -> str: ...


class RequestGroup(Protocol):
    """Requests about one noun, answered for one network."""

    NAMES: ClassVar[tuple[str, ...]]
    OF_MEMBERS: ClassVar[frozenset[str]]
    """Those of `NAMES` that somebody who has left cannot do any more."""

    async def answer(self, do: str, arguments: Json) -> Json: ...


GROUPS: tuple[type[RequestGroup], ...] = (
    BoardRequests,
    InviteRequests,
    MemberRequests,
    SealedRequests,
    DeviceRequests,
    ForgetRequests,
    RefoundRequests,
    AlarmRequests,
)


def groups_of(inside: Inside) -> tuple[RequestGroup, ...]:
    """The groups, each of `GROUPS` once."""
    return (
        BoardRequests(inside.replica),
        InviteRequests(inside),
        MemberRequests(inside),
        SealedRequests(inside.replica),
        DeviceRequests(inside),
        ForgetRequests(inside.replica),
        RefoundRequests(inside.replica),
        AlarmRequests(inside.replica, inside.reach, inside.status_board),
    )


class Requests:
    """The table of requests of one node."""

    def __init__(
        self,
        events: Events,
        doorstep: Doorstep,
        outside_status: Callable[[], Json],
        where: Callable[[], Json],
        stop: Callable[[], None],
    ) -> None:
        self.events = events
        self._doorstep = doorstep
        self._outside_status = outside_status
        self._where = where
        self._stop = stop
        self._inside: Inside | None = None
        self._groups: Sequence[RequestGroup] = ()
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {
            name: getattr(self, f"_{name}") for name in (*_OUTSIDE, "leave", "where_", "stop_", "status_")
        }

    def enter(self, inside: Inside | None) -> None:
        """From now on, answer for this network (or for none)."""
        self._inside = inside
        self._groups = groups_of(inside) if inside else ()

    @property
    def inside(self) -> bool:
        """Whether this node belongs to a network."""
        return self._inside is not None

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            MeshnodeError: it was refused; the class says why.
        """
        if do in OF_MEMBERS or any(do in group.OF_MEMBERS for group in GROUPS):
            self._must_not_have_left()
        own = self._answers.get(do) or self._answers.get(f"{do}_")
        if own is not None:
            return await own(arguments)
        if any(do in group.NAMES for group in GROUPS):
            self._needed()
            answer = await next(group for group in self._groups if do in group.NAMES).answer(do, arguments)
            return answer | {"view": self._stamped(answer["view"])} if "view" in answer else answer
        raise BadInput(f"This node does not know the request {do!r}.", next_step="Is it older than this program?")

    # -- what a feed reads ------------------------------------------------------------------------------------------

    def record_ids(self) -> Iterable[RecordId]:
        """Every record of the network."""
        return self._inside.replica.store.records(None) if self._inside else ()

    def view(self, record: RecordId) -> Json:
        """What people see of one record; of one that was wiped, who had it wiped."""
        inside = self._needed()
        view = self._stamped(inside.replica.records.view(record))
        wiped_by = inside.notices.wiped.by(record)
        return view if wiped_by is None else view | {"wiped_by": wiped_by.hex()}

    def _stamped(self, view: Json) -> Json:
        """A view with a number that only grows on one node: of two views, the one with the higher is newer."""
        return view | {"revision": self._needed().replica.store.revision()}

    def people(self) -> tuple[Json, Json]:
        """Members and devices by id."""
        return self._inside.status_board.people() if self._inside else ({}, {})

    def status(self) -> Json:
        """What this node is and who is linked."""
        return self._inside.status_board.status() if self._inside else self._outside_status()

    # -- answers ----------------------------------------------------------------------------------------------------

    def _needed(self) -> Inside:
        if self._inside is None:
            raise NoNetwork
        return self._inside

    def _must_be_outside(self) -> None:
        if self._inside is not None:
            raise AlreadyMember

    def _must_not_have_left(self) -> None:
        replica = self._needed().replica
        must_not_be_dropped(replica)
        me = replica.me
        if me is not None and me.left:
            raise NotPossible(
                f"You have left {display_line(replica.network_name())}.",
                next_step="To come back, take a new invite and join with another profile: `meshnode --profile NAME`.",
            )
        if me is not None and me.removed:
            raise NotPossible(
                f"{display_line(replica.network_name())} has parted with you, so nobody there would take this.",
                next_step="`meshnode members` says who signed and what you can do. What you have here stays yours.",
            )

    async def _status_(self, _: Json) -> Json:
        return self.status()

    async def _where_(self, _: Json) -> Json:
        return self._where()

    async def _stop_(self, _: Json) -> Json:
        self._stop()
        return {}

    async def _found(self, arguments: Json) -> Json:
        self._must_be_outside()
        await self._doorstep.found(text(arguments, "network"), text(arguments, "name"))
        return self.status()

    async def _preview(self, arguments: Json) -> Json:
        self._must_be_outside()
        return await self._doorstep.preview(text(arguments, "code"), optional_text(arguments, "address"))

    async def _look_apart(self, arguments: Json) -> Json:
        self._must_be_outside()
        return await self._doorstep.look_apart(text(arguments, "code"), *_claims(arguments))

    async def _join_apart(self, arguments: Json) -> Json:
        self._must_be_outside()
        name = text(arguments, "name")
        return await self._doorstep.join_apart(text(arguments, "code"), *_claims(arguments), name)

    async def _join(self, arguments: Json) -> Json:
        self._must_be_outside()
        code, name = text(arguments, "code"), optional_text(arguments, "name")
        await self._doorstep.join(code, name, optional_text(arguments, "address"))
        return self.status()

    async def _restore(self, arguments: Json) -> Json:
        self._must_be_outside()
        card, code = text(arguments, "card"), text(arguments, "code")
        await self._doorstep.becoming.restore(card, code, optional_text(arguments, "address"))
        return self.status()

    async def _hub_setup(self, arguments: Json) -> Json:
        """Show a code that a steward types: on a machine that is to become a hub, or on a hub. `close` ends it."""
        if self._inside is not None and self._inside.replica.identity.member is not None:
            raise AlreadyMember
        if self._inside is not None:
            do, more = ("device_code_close", {}) if arguments.get("close") else ("device_code", {"purpose": "steward"})
            return await self.answer(do, more)
        return await self._doorstep.becoming.hub_setup(close=bool(arguments.get("close")))

    async def _leave(self, _: Json) -> Json:
        self._needed()
        return {"thanks": await self._doorstep.leave()}


def _claims(arguments: Json) -> tuple[str, str]:
    """What an invite file says of itself: its network and from whom it is."""
    return optional_text(arguments, "network") or "", optional_text(arguments, "inviter") or ""
