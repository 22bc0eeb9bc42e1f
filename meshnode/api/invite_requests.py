"""Invite requests: codes, open windows for spoken words, and who came in.

Rules of this module:
1. What an invite allows is decided by `founding` and the fold; here it is asked for and told.
2. Secrets go only into the reply to who asked for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol

from crdt.identifiers import MemberId, StatementId
from meshnode.api.arguments import id_of, text, whole_number
from meshnode.api.schema import Json
from meshnode.errors import InviteError, NotPossible
from meshnode.founding import MAX_USES, MS_PER_DAY, Invitations, NewInvite, days_of_an_event
from meshnode.joining.host import Host
from meshnode.joining.spoken_window import SpokenWindow, SpokenWindows
from meshnode.membership.join_files import ReplyFile, read_reply_file
from meshnode.membership.statements import Hello, Invite, StatementRefused, check_statement, parse_statement
from meshnode.replica.replica import Replica

CLOCK_UNSURE = "The clock of this machine is not set, so an invite made here would not end when it says."
SET_IT = "Set the date, or connect the machine to the internet for a minute; then invite again."


class Inviting(Protocol):
    """What of a node these requests are about."""

    replica: Replica
    invitations: Invitations
    windows: SpokenWindows
    host: Host
    clock_unsure: Callable[[], bool]

    def addresses(self) -> list[str]: ...


class InviteRequests:
    """The requests about letting people in."""

    NAMES: ClassVar[tuple[str, ...]] = (
        "invite",
        "invites",
        "window_open",
        "window",
        "window_close",
        "came_in",
        "reply",
        "let_in",
    )
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset({"invite", "window_open", "let_in"})

    def __init__(self, inside: Inviting) -> None:
        self._inside = inside
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {
            name: getattr(self, f"_{name}") for name in self.NAMES
        }

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            UsageError: it was refused.
        """
        return await self._answers[do](arguments)

    async def _invite(self, arguments: Json) -> Json:
        if self._inside.clock_unsure():
            raise NotPossible(CLOCK_UNSURE, next_step=SET_IT)
        now_ms = self._inside.replica.clock()
        uses, days = whole_number(arguments, "uses", 1), whole_number(arguments, "days", 2)
        if arguments.get("event"):
            uses, days = whole_number(arguments, "uses", MAX_USES), days_of_an_event(now_ms)
        return self._shown(await self._inside.invitations.invite(now_ms // MS_PER_DAY, uses, days))

    def _shown(self, new: NewInvite) -> Json:
        return {
            "id": new.id.hex(),
            "short": new.short,
            "token": new.token,
            "expires_ms": (new.expires_day + 1) * MS_PER_DAY,
            "uses": new.uses,
            "address": self._inside.addresses(),
        }

    async def _invites(self, _: Json) -> Json:
        today = self._inside.replica.clock() // MS_PER_DAY
        return {
            "invites": [
                {"id": invite.id.hex(), "uses": invite.uses, "expires_ms": (invite.expires_day + 1) * MS_PER_DAY}
                for invite in self._inside.invitations.open_invites(today)
            ]
        }

    # -- spoken words -----------------------------------------------------------------------------------------------

    async def _window_open(self, _: Json) -> Json:
        self._inside.invitations.must_be_possible()
        return self._window_shown(self._inside.windows.open())

    async def _window(self, _: Json) -> Json:
        window = self._inside.windows.last
        return self._window_shown(window) if window else {"state": "none"}

    async def _window_close(self, _: Json) -> Json:
        self._inside.windows.close()
        return await self._window({})

    def _window_shown(self, window: SpokenWindow) -> Json:
        left = max(0.0, window.closes_at - asyncio.get_running_loop().time())
        return {
            "state": window.state.value,
            "words": list(window.words),
            "seconds_left": round(left),
            "tries_left": window.tries_left,
            "came": [person["name"] for person in self._people(window.invite)] if window.invite else [],
            "back": self._called(window.back) if window.back else "",
            "address": self._inside.addresses(),
        }

    def _called(self, member: MemberId) -> str:
        """What a member is called now."""
        replica = self._inside.replica
        known = replica.membership.members.get(member)
        return replica.profile_names().get(member) or (known.name if known else "")

    # -- who came ---------------------------------------------------------------------------------------------------

    async def _came_in(self, arguments: Json) -> Json:
        return {"people": self._people(StatementId(id_of(arguments, "invite")))}

    def _people(self, invite: StatementId) -> list[Json]:
        """Who has come in with an invite, by name, and whether the person here has met them."""
        membership, me = self._inside.replica.membership, self._inside.replica.identity.member
        members = [membership.members[user] for user in membership.invite_users(invite)]
        return [
            {
                "member": member.id.hex(),
                "name": member.name,
                "established": member.established,
                "met": any(
                    word.by_hand and (word.member, word.voucher) == (member.id, me) for word in membership.words
                ),
            }
            for member in sorted(members, key=lambda member: (member.name, member.id))
        ]

    # -- replies that came on a stick -------------------------------------------------------------------------------

    async def _reply(self, arguments: Json) -> Json:
        """What a reply says, and what came of it if its bearer is in already."""
        reply, hello = self._read_reply(arguments)
        membership = self._inside.replica.membership
        invite = parse_statement(self._inside.replica.network, reply.invite)
        signer = membership.member_of(invite.signer) if isinstance(invite, Invite) else None
        known = membership.devices.get(hello.device)
        return {
            "name": hello.person_name,
            "member": hello.signer.hex(),
            "inviter": membership.members[signer].name if signer else "",
            "in": known is not None and known.state.current,
        }

    async def _let_in(self, arguments: Json) -> Json:
        reply, hello = self._read_reply(arguments)
        await self._inside.host.let_in((reply.invite, reply.hello))
        return {"name": hello.person_name, "member": hello.signer.hex()}

    def _read_reply(self, arguments: Json) -> tuple[ReplyFile, Hello]:
        """A reply and its hello.

        Raises:
            InviteError: it is damaged, or for another neighbourhood.
        """
        reply = read_reply_file(text(arguments, "reply").encode(errors="replace"))
        network = self._inside.replica.network
        try:
            for statement in (reply.invite, reply.hello):
                check_statement(network, statement)
            hello = parse_statement(network, reply.hello)
        except StatementRefused as error:
            raise InviteError(
                f"This reply is damaged, or for another neighbourhood ({reply.network or 'it does not say which'}).",
                next_step="Ask for the reply file once more.",
            ) from error
        if not isinstance(hello, Hello):
            raise InviteError("This reply holds no hello.", next_step="Ask for the reply file once more.")
        return reply, hello
