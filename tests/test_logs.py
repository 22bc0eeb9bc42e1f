"""The log: bounded, private, harmless to read, friendly to the journal."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.logs import harmless, set_up_logs, write_crash

FIVE_MB = 5_000_000


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for each in root.handlers:
        each.close()
    root.handlers, root.level = before, level


def test_all_files_together_stay_below_five_megabytes(tmp_path: Path) -> None:
    set_up_logs(tmp_path / "meshnode.log")
    log = logging.getLogger("meshnode.test")
    for number in range(1_000):
        log.info("%d %s", number, "words " * (20_000 if number % 7 else 10))
    files = sorted(tmp_path.iterdir())
    assert len(files) == 4
    assert sum(path.stat().st_size for path in files) < FIVE_MB
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert (tmp_path / "meshnode.log").read_text().splitlines()[-1].strip()


def test_levels(tmp_path: Path) -> None:
    set_up_logs(tmp_path / "meshnode.log", "warning")
    logging.getLogger("meshnode.test").info("quiet")
    logging.getLogger("meshnode.test").warning("loud")
    text = (tmp_path / "meshnode.log").read_text()
    assert "WARNING meshnode.test: loud" in text
    assert "quiet" not in text


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(tmp_path / "no-folder" / "meshnode.log")
    logging.getLogger("meshnode.test").error("lost")
    assert capsys.readouterr().err == ""


def test_the_journal_gets_a_priority_on_every_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(tmp_path / "meshnode.log", "debug", stderr=True, journal=True)
    log = logging.getLogger("meshnode.test")
    log.debug("small")
    log.info("one\ntwo")
    log.warning("careful")
    log.error("broken")
    assert capsys.readouterr().err.splitlines() == [
        "<7>meshnode.test: small",
        "<6>meshnode.test: one",
        "<6>two",
        "<4>meshnode.test: careful",
        "<3>meshnode.test: broken",
    ]


def test_without_the_journal_lines_are_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(tmp_path / "meshnode.log", stderr=True)
    logging.getLogger("meshnode.test").info("ready")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO ready")


def test_the_network_librarys_warnings_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(tmp_path / "meshnode.log", stderr=True)
    logging.getLogger("zeroconf").warning("no route for %s", "::1", exc_info=OSError(101, "Network is unreachable"))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING no route for ::1")


def test_setting_up_again_replaces(tmp_path: Path) -> None:
    set_up_logs(tmp_path / "one.log")
    set_up_logs(tmp_path / "two.log")
    logging.getLogger("meshnode.test").info("here")
    assert not (tmp_path / "one.log").exists()
    assert (tmp_path / "two.log").read_text().count("here") == 1


@pytest.mark.parametrize(
    "secret",
    [
        "MESH1:ABCDEFGH2345ABCDEFGH2345",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMN",
        "mesh1:abcdefgh2345abcdefgh2345",
        "00112233445566778899aabbccddeeff",
        "deadbeef" * 8,
    ],
)
def test_what_looks_like_a_key_or_code_is_cut(secret: str) -> None:
    said = harmless(f"peer {secret} came")
    assert secret not in said
    assert said.startswith("peer ")
    assert said.endswith("… came")


@pytest.mark.parametrize("plain", ["changes 1200 in 30 ms", "10.0.0.2:7766", "INTERNATIONALISATIONANDMORE", "abc12345"])
def test_ordinary_words_stay(plain: str) -> None:
    assert harmless(plain) == plain


@given(st.text(max_size=300))
def test_nothing_in_a_log_moves_a_cursor(text: str) -> None:
    said = harmless(text)
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in said if letter != "\n")
    assert not set(said) & set("\u202e\u202d\u2066\u2067\u200f")


def test_the_last_crash_is_kept_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "crash.log"
    assert write_crash(path, "Traceback\n  one")
    assert write_crash(path, "Traceback\n  two")
    assert path.read_text() == "Traceback\n  two\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not write_crash(tmp_path, "a folder")
