"""MemberLines: who belongs and what is being asked, as lines for a given width.

Rules of this module:
1. Pure. People stand by name, in no other order, and no figure is attached to anybody.
2. Foreign values are read totally: a missing or odd field reads as empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.style import Style

from meshnode.api.schema import Json
from tui.glyphs import Glyphs
from tui.plain_text import clean, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import counted, knows, say

STANDING_CELLS = 18
WIDE_CELLS = 70


@dataclass(frozen=True, slots=True)
class MemberLines:
    """Builds the lines of the members' place from the node's answer to `members`."""

    answer: Json
    network: str
    glyphs: Glyphs
    paint: Paint

    def build(self, width: int) -> list[Line]:
        """All lines."""
        if not self.answer:
            return [Line(((say("members.reading"), self.paint.dim),))]
        return [
            *self._notices(width),
            *self._petitions("members.asked", self._asked(effective=False), width),
            *self._people(width),
            Line(),
            *self._newcomers(width),
            *self._petitions("members.decided", self._asked(effective=True), width),
            *self._wrapped(say("members.calm"), width, self.paint.dim),
        ]

    def _wrapped(self, text: str, width: int, style: Style, indent: int = 0, key: str | None = None) -> Iterator[Line]:
        for number, part in enumerate(wrap(text, width - indent)):
            yield Line(((" " * indent + part, style),), key if number == 0 else None)

    # -- what needs a person ----------------------------------------------------------------------------------------

    def _notices(self, width: int) -> Iterator[Line]:
        notices = [clean(str(each)) for each in self.answer.get("notices") or ()]
        for notice in notices:
            text = say("net.trouble", sign=self.glyphs.warning, trouble=notice)
            yield from self._wrapped(text, width, self.paint.pending)
        for offer in _dicts(self.answer.get("offers")):
            text = say("members.offer", by=clean(str(offer.get("by") or "")), name=clean(str(offer.get("name") or "")))
            yield from self._wrapped(text, width, self.paint.strong, key=f"offer:{offer.get('id')}")
        held_back = names([each.get("name") for each in _dicts((self.answer.get("brake") or {}).get("waiting"))])
        if held_back:
            text = say("members.brake", sign=self.glyphs.warning, names=held_back)
            yield from self._wrapped(text, width, self.paint.pending, key="brake")
        if notices or held_back or self.answer.get("offers"):
            yield Line()

    def _asked(self, *, effective: bool) -> list[Json]:
        petitions = _dicts(self.answer.get("petitions"))
        return [each for each in petitions if (each.get("state") == "effective") is effective]

    def _petitions(self, head: str, petitions: list[Json], width: int) -> Iterator[Line]:
        if petitions:
            yield Line(((say(head), self.paint.strong),))
        for petition in petitions:
            targets = names(petition.get("targets"))
            by = clean(str(petition.get("by") or "")) or say("someone")
            asked = say("members.petition", by=by, network=self.network, targets=targets)
            yield from self._wrapped(asked, width, self.paint.text, key=f"petition:{petition.get('id')}")
            for text in self._about(petition):
                yield from self._wrapped(text, width, self.paint.dim, 2)
            yield Line()

    def _about(self, petition: Json) -> list[str]:
        reason = clean(str(petition.get("reason") or ""))
        nobody = say("members.nobody")
        told = [
            say("members.reason", reason=reason) if reason else say("members.no-reason"),
            say("members.yes", names=names(petition.get("yes")) or nobody),
            say("members.no", names=names(petition.get("no")) or nobody),
        ]
        missing = petition.get("missing")
        if petition.get("state") == "effective":
            told.append(say("members.effective"))
        elif isinstance(missing, int):
            told.append(counted("members.needed", missing))
        my_vote = petition.get("my_vote")
        if petition.get("about_me"):
            return [*told, say("members.mine-it-is")]
        return [*told, say({"yes": "members.my-yes", "no": "members.my-no"}.get(str(my_vote), "members.my-none"))]

    # -- people -----------------------------------------------------------------------------------------------------

    def _people(self, width: int) -> Iterator[Line]:
        yield Line(((say("members.people"), self.paint.strong),))
        for member in _dicts(self.answer.get("members")):
            yield self._person(member, width)

    def _person(self, member: Json, width: int) -> Line:
        name = clean(str(member.get("name") or "")) or say("someone")
        shown = say("members.mine", name=name) if member.get("mine") else name
        standing = str(member.get("standing") or "")
        word = say(f"members.{standing}") if knows(f"members.{standing}") else standing
        if member.get("blocked"):
            word = say("members.blocked")
        style = self.paint.text if standing in {"founder", "established", "newcomer"} else self.paint.dim
        rest = width - STANDING_CELLS
        key = f"member:{member.get('id')}"
        if width < WIDE_CELLS:
            return Line(((fit(shown, rest - 1, self.glyphs.ellipsis) + " ", style), (word, style)), key)
        named = rest * 2 // 5
        return Line(
            (
                (fit(shown, named - 1, self.glyphs.ellipsis) + " ", style),
                (fit(word, STANDING_CELLS - 1, self.glyphs.ellipsis) + " ", style),
                (fit(self._words(member, name), rest - named, self.glyphs.ellipsis), self.paint.dim),
            ),
            key,
        )

    def _words(self, member: Json, name: str) -> str:
        """Who stands for somebody."""
        told = []
        for word in _dicts(member.get("vouched_by")):
            key = "members.by-hand" if word.get("by_hand") else "members.by-invite"
            told.append(say(key, name=clean(str(word.get("name") or "")) or say("someone"), them=name))
        return ", ".join(told)

    def _newcomers(self, width: int) -> Iterator[Line]:
        if any(member.get("standing") == "newcomer" for member in _dicts(self.answer.get("members"))):
            yield from self._wrapped(say("members.more-word"), width, self.paint.text)


def _dicts(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def names(value: object) -> str:
    """Names for a sentence, by name."""
    listed = value if isinstance(value, list) else []
    return ", ".join(sorted((clean(str(each)) for each in listed if each), key=str.casefold))
