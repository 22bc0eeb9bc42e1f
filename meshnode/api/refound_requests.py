"""Refound requests: starting anew elsewhere: asking people along, being asked along, and copying what is here.

Rules of this module:
1. Two nodes take part, of two profiles: the old one tells and seals, the new one takes copies in.
2. The way in is told only to the person at this node, when asked for.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Awaitable, Callable
from typing import ClassVar

from crdt.action import Actor
from crdt.boards.copying import copied_task
from crdt.boards.tasks import TASK
from crdt.errors import CrdtError
from crdt.identifiers import MemberId, NetworkId, StatementId
from meshnode.api.arguments import id_of, text
from meshnode.api.member_views import Names
from meshnode.api.schema import Json
from meshnode.errors import BadInput
from meshnode.founding import clean_name
from meshnode.replica.replica import Replica
from meshnode.trust.notices import short
from meshnode.trust.refounding import Refounding

ENTRY_ID_BYTES = 6


class RefoundRequests:
    """The requests about fresh starts."""

    NAMES: ClassVar[tuple[str, ...]] = ("refound_check", "refound", "refounds", "refound_token", "copy_in")
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset({"copy_in"})

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._refounding = Refounding(replica, os.urandom)
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {
            name: getattr(self, f"_{name}") for name in self.NAMES
        }

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            UsageError: it was refused; the sentence says why.
        """
        return await self._answers[do](arguments)

    async def _refound_check(self, arguments: Json) -> Json:
        reason, given = arguments.get("reason") or "", arguments.get("members")
        if not isinstance(given, list) or not isinstance(reason, str):
            raise BadInput("The members must be a list.", next_step="Use `meshnode refound`.")
        name = clean_name(text(arguments, "name"), "The new neighbourhood's name")
        people = [MemberId(id_of({"member": member}, "member")) for member in given]
        hear = self._refounding.who_hears(people, reason.strip())
        return {"name": name, "hear": [each.hex() for each in people if each in hear]}

    async def _refound(self, arguments: Json) -> Json:
        network = NetworkId(id_of(arguments, "network"))
        reason = arguments.get("reason") or ""
        given = arguments.get("tokens")
        if not isinstance(given, dict) or not isinstance(reason, str):
            raise BadInput("The tokens must be one for each member.", next_step="Use `meshnode refound`.")
        tokens = {MemberId(id_of({"member": member}, "member")): str(token) for member, token in given.items()}
        name = clean_name(text(arguments, "name"), "The new neighbourhood's name")
        statement = await self._refounding.ask_along(network, name=name, reason=reason.strip(), tokens=tokens)
        return {"id": statement.hex()}

    async def _refounds(self, _: Json) -> Json:
        names, membership = Names(self._replica), self._replica.membership
        asked = {offer.id for offer in self._refounding.offers()}
        found = []
        for each in membership.refounds:
            member = membership.member_of(each.signer)
            found.append(
                {
                    "id": each.id.hex(),
                    "short": short(each.id),
                    "network": each.new_network.hex(),
                    "name": each.name,
                    "reason": each.reason,
                    "by": names.of(member) if member else "somebody unknown here",
                    "mine": member is not None and member == self._replica.identity.member,
                    "asked": each.id in asked,
                }
            )
        return {"refounds": found}

    async def _refound_token(self, arguments: Json) -> Json:
        return {"token": self._refounding.token(StatementId(id_of(arguments, "id")))}

    async def _copy_in(self, arguments: Json) -> Json:
        views, names = arguments.get("tasks"), arguments.get("names")
        if not isinstance(views, list) or not isinstance(names, dict):
            raise BadInput(
                "The tasks must be a list, and the names one for each member.", next_step="Use `meshnode refound`."
            )
        source = text(arguments, "source")
        copied = 0
        for view in views:
            try:
                edits = copied_task(view, lambda member: str(names.get(member) or "somebody"), source, self._actor())
            except (CrdtError, AttributeError, TypeError):
                continue
            await self._replica.make(TASK, edits)
            copied += 1
        return {"copied": copied, "left_out": len(views) - copied}

    def _actor(self) -> Actor:
        identity = self._replica.identity
        today = datetime.datetime.fromtimestamp(self._replica.clock() / 1000, datetime.UTC).date().isoformat()
        return Actor(identity.person, identity.device, today, lambda: os.urandom(ENTRY_ID_BYTES).hex())
