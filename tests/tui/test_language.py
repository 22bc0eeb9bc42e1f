"""In which language the screen speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import pytest

from tui import catalogues, language


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    language.use("en")


@pytest.mark.parametrize(
    ("configured", "environ", "code"),
    [
        ("de", {"LANG": "es_ES.UTF-8"}, "de"),
        ("auto", {"LANG": "es_ES.UTF-8"}, "es"),
        ("auto", {"LANG": "de_AT.UTF-8", "LC_ALL": "es_MX"}, "es"),
        ("auto", {"LANGUAGE": "fr:de", "LANG": "es"}, "de"),
        ("auto", {"LANG": "C.UTF-8"}, "en"),
        ("auto", {}, "en"),
        ("klingon", {"LANG": "de"}, "de"),
    ],
)
def test_the_configured_language_then_the_systems(configured: str, environ: Mapping[str, str], code: str) -> None:
    assert language.choose(configured, environ, language.LANGUAGES) == code


def test_a_language_without_a_catalogue_is_not_half_spoken() -> None:
    for code in language.LANGUAGES.keys() - language.available():
        assert language.choose(code, {"LANG": code}) == "en"
    assert "en" in language.available()


def test_what_has_no_translation_is_shown_in_english() -> None:
    language.use("de")
    assert language.translated("No catalogue holds this sentence.") == "No catalogue holds this sentence."
    assert language.translated_count("{count} zork", "{count} zorks", 2) == "{count} zorks"


def test_days_and_dates_are_said_as_the_language_says_them() -> None:
    friday = date(2026, 11, 27)
    said = {}
    for code in language.LANGUAGES:
        language.use(code)
        said[code] = (language.weekday(friday), language.short_date(friday, year=False), language.month(friday))
    assert said["en"] == ("Fri", "27 Nov", "November 2026")
    assert said["de"][0] == "Fr"
    assert said["de"][2] == "November 2026"
    assert said["es"][0] == "vie"
    assert said["es"][2] == "noviembre de 2026"
    assert language.clock_time(datetime(2026, 11, 27, 18, 42)) == "18:42"


def test_every_sentence_is_gathered_with_where_it_is_said() -> None:
    gathered = catalogues.template()
    assert len(gathered) > 500
    assert gathered.get("Claim") is not None
    counted = [message for message in gathered if message.pluralizable]
    assert any("linked with {count} of {total} nodes" in message.id for message in counted)
