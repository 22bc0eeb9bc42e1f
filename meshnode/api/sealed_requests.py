"""Sealed requests: opening what was sealed for this device's person.

Rules of this module:
1. A text is opened when somebody asks for it, given to whoever asked, and kept nowhere.
2. A hub is refused whatever it asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from crdt.display import display_text
from crdt.errors import CrdtError
from crdt.identifiers import RECORD_ID_BYTES, MemberId, RecordId
from crdt.sealed import GROUP
from meshnode.api.member_views import Names
from meshnode.api.schema import Json
from meshnode.errors import BadInput, NotPossible, UnknownRecord
from meshnode.identity.sealing import Opened, Unopened
from meshnode.replica.replica import Replica
from meshnode.replica.sealer import SealedText
from meshnode.wording import listed

SEALED_BEFORE = "It is for you, and was sealed before this device was known to the one that wrote it."
SEALED_BEFORE_NEXT = (
    "That device seals it again by itself when it hears of this one; until then, open it on your other device."
)


class SealedRequests:
    """The requests about sealed texts of one replica."""

    NAMES: ClassVar[tuple[str, ...]] = ("open_sealed",)
    OF_MEMBERS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._answers: dict[str, Callable[[Json], Awaitable[Json]]] = {"open_sealed": self._open_sealed}

    async def answer(self, do: str, arguments: Json) -> Json:
        """Do what is asked.

        Raises:
            UsageError: it was refused, with a sentence.
        """
        try:
            return await self._answers[do](arguments)
        except CrdtError as refusal:
            raise NotPossible(str(refusal)) from refusal

    async def _open_sealed(self, arguments: Json) -> Json:
        record, field = self._record(arguments.get("record")), arguments.get("field", "text")
        sealed = self._replica.records.view(record).get("sealed") or {}
        if not isinstance(field, str) or field not in sealed:
            raise NotPossible("Nothing is sealed there.", next_step="`meshnode note list` names the notes there are.")
        texts = _each_once(self._replica.sealer.open(record, f"{GROUP}/{field}"))
        if not any(isinstance(each.answer, Opened) for each in texts):
            raise self._refusal(texts[0], sealed[field]["for"])
        return {"record": record.hex(), "field": field, "for": sealed[field]["for"]} | {
            "values": [self._value(each) for each in texts]
        }

    def _value(self, sealed: SealedText) -> Json:
        member = self._replica.records.member_of(sealed.author)
        stamp = {"device": sealed.author.hex(), "member": member.hex() if member else "", "at_ms": sealed.at_ms}
        match sealed.answer:
            case Opened(text=text):
                return stamp | {"text": display_text(text), "why_not": ""}
            case reason:
                return stamp | {"text": None, "why_not": reason.value}

    def _refusal(self, sealed: SealedText, people: list[str]) -> NotPossible:
        if sealed.answer is not Unopened.NOT_FOR_THIS_DEVICE:
            assert isinstance(sealed.answer, Unopened)
            return NotPossible(f"This text does not open. {sealed.answer.value}", next_step="Ask whoever wrote it.")
        if self._replica.identity.person.hex() in people:
            return NotPossible(SEALED_BEFORE, next_step=SEALED_BEFORE_NEXT)
        readers = listed(Names(self._replica).listed(MemberId(bytes.fromhex(each)) for each in people))
        return NotPossible(f"Only {readers} can read this.", next_step="Ask one of them, if you need to know it.")

    def _record(self, named: object) -> RecordId:
        try:
            record = RecordId(bytes.fromhex(str(named)))
        except ValueError:
            record = RecordId(b"")
        if len(record) != RECORD_ID_BYTES:
            raise BadInput(f"The record must be its {2 * RECORD_ID_BYTES} characters of hex.")
        if not self._replica.records.exists(record):
            raise UnknownRecord
        return record


def _each_once(texts: list[SealedText]) -> list[SealedText]:
    """One of each answer: two devices of the author may have sealed the same text anew at the same time."""
    return list({each.answer: each for each in reversed(texts)}.values())[::-1]
