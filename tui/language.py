"""Language: in which language the screen speaks, and how days and dates are said in it.

Rules of this module:
1. The tables of texts hold English; a catalogue translates it. What has no translation is shown in English, never left
   out.
2. Only our own sentences are translated: what neighbours wrote stays as they typed it.
3. One language is in use at a time, for the whole screen.

Catalogues are gettext's, made and compiled with Babel (`tui.catalogues`); dates come from the CLDR through Babel.
"""

from __future__ import annotations

import gettext
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_skeleton, format_time, get_day_names

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "es": "Español", "de": "Deutsch"}
"""Every language that catalogues are kept for, by its own name."""
DOMAIN: Final = "screen"
FOLDER: Final = Path(__file__).parent / "locale"
_LOCALES: Final[Mapping[str, str]] = {"en": "en_GB", "es": "es", "de": "de"}
_WISHES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class _InUse:
    """The language in use."""

    code = "en"
    catalogue: gettext.NullTranslations = gettext.NullTranslations()
    locale = Locale.parse(_LOCALES["en"])


def available() -> set[str]:
    """The codes of the languages whose catalogue is here: a screen half in one language helps nobody."""
    found = {code for code in LANGUAGES if gettext.find(DOMAIN, FOLDER, [code]) is not None}
    return found | {"en"}


def choose(configured: str, environ: Mapping[str, str], known: Collection[str] | None = None) -> str:
    """The code of the language to use: the one configured; with "auto" the one that the environment wishes for.

    Args:
        configured: a code, or "auto".
        environ: the environment.
        known: the languages there are; left out: those whose catalogue is here.
    """
    known = available() if known is None else known
    if configured in known:
        return configured
    wishes = next((environ[name] for name in _WISHES if environ.get(name)), "")
    for wish in wishes.split(":"):
        code = wish[:2].lower()
        if code in known:
            return code
    return "en"


def use(code: str) -> None:
    """Speak this language from now on; one there is no catalogue for is English."""
    _InUse.code = code if code in LANGUAGES else "en"
    _InUse.locale = Locale.parse(_LOCALES[_InUse.code])
    _InUse.catalogue = gettext.translation(DOMAIN, FOLDER, [_InUse.code], fallback=True)


def in_use() -> str:
    """The code of the language in use."""
    return _InUse.code


def locale_in_use() -> Locale:
    """How the language in use says days and dates."""
    return _InUse.locale


def translated(text: str, key: str = "") -> str:
    """A text of ours in the language in use; a translation for its very key comes first."""
    if not text or _InUse.code == "en":
        return text
    if key:
        special = _InUse.catalogue.pgettext(key, text)
        if special != text:
            return special
    return _InUse.catalogue.gettext(text)


def translated_count(one: str, many: str, count: int) -> str:
    """A text for a number of things; which form is right, the language says."""
    if _InUse.code == "en":
        return one if count == 1 else many
    return _InUse.catalogue.ngettext(one, many, count)


# -- days and dates ----------------------------------------------------------------------------------------------------


def weekday(day: date) -> str:
    """A day of the week, short: "Fri"."""
    return str(get_day_names("abbreviated", "stand-alone", _InUse.locale)[day.weekday()]).rstrip(".")


def short_date(day: date, *, year: bool) -> str:
    """A date without its weekday, short: "27 Nov" or "27 Nov 2027"."""
    return format_skeleton("yMMMd" if year else "MMMd", day, locale=_InUse.locale)


def month(day: date) -> str:
    """A month and its year: "November 2026"."""
    return format_skeleton("yMMMM", day, locale=_InUse.locale)


def clock_time(now: datetime) -> str:
    """A time of day: "18:42"."""
    return format_time(now, "HH:mm", locale=_InUse.locale)
