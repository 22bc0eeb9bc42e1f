"""The terminal: what is drawn and asked where."""

from __future__ import annotations

import argparse
import io
import re
from pathlib import Path

import pytest
import segno

from meshnode.cli.command import Call
from meshnode.cli.invite_address import lan_address
from meshnode.cli.qr import MARGIN, qr_lines
from meshnode.cli.terminal import Terminal
from meshnode.errors import BadInput
from meshnode.platform import Paths, Roots

CODE = "MESH1:" + "ABCDEFGH234567" * 4
SCANNED = CODE[:59] + "/192.168.100.200:45678"


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def __init__(self, typed: str = "") -> None:
        super().__init__(io.BytesIO(typed.encode()), encoding="utf-8")

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def screen(typed: str = "", **environment: str) -> Terminal:
    return Terminal(Screen(typed), Screen(), Screen(), {"TERM": "xterm-256color"} | environment)


def call(terminal: Terminal, tmp_path: Path, *, yes: bool = False, json: bool = False) -> Call:
    return Call(argparse.Namespace(yes=yes, json=json), Paths("home", Roots.under(tmp_path)), terminal)


def dots_of(lines: list[str]) -> list[list[bool]]:
    """What a camera would see of half blocks: dark or light."""
    rows: list[list[bool]] = []
    for line in lines:
        found = re.fullmatch("\x1b\\[30;107m([ ▀▄█]+)\x1b\\[0m", line)
        assert found, "dark on light, with colours of its own, and nothing else"
        rows.append([letter in "▀█" for letter in found[1]])
        rows.append([letter in "▄█" for letter in found[1]])
    return rows


def test_the_code_is_what_segno_made_with_light_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    matrix = [[bool(dot) for dot in row] for row in segno.make(SCANNED, error="l", boost_error=False).matrix]
    assert len(matrix) == 33, "an invite with an address is a version 4 code"
    lines = qr_lines(SCANNED, screen())
    assert (len(lines), len(lines[0]) - len("\x1b[30;107m\x1b[0m")) == (19, 37)
    dots = dots_of(lines)
    inner = [row[MARGIN:-MARGIN] for row in dots[MARGIN : MARGIN + len(matrix)]]
    assert inner == matrix
    assert not any(any(row) for row in dots[:MARGIN] + dots[MARGIN + len(matrix) :])


def test_without_half_blocks_every_dot_is_two_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "50")
    lines = qr_lines(SCANNED, screen(TERM="linux"))
    assert len(lines) in {37, 38}
    assert set(re.sub("\x1b\\[[0-9;]*m", "", "".join(lines))) == {" "}


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}])
def test_no_code_where_colours_are_not_wanted(environment: dict[str, str]) -> None:
    assert qr_lines(SCANNED, screen(**environment)) == []


def test_no_code_where_it_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "12")
    assert qr_lines(SCANNED, screen()) == []


def test_no_code_into_a_pipe() -> None:
    assert qr_lines(SCANNED, Terminal(io.StringIO(), io.StringIO(), io.StringIO(), {"TERM": "xterm"})) == []


@pytest.mark.parametrize(
    ("addresses", "chosen"),
    [
        (["127.0.0.1:1", "[fe80::1]:1", "192.168.1.2:1", "10.0.0.1:1"], "192.168.1.2:1"),
        (["127.0.0.1:1"], None),
        ([], None),
    ],
)
def test_the_first_address_that_another_machine_can_reach(addresses: list[str], chosen: str | None) -> None:
    assert lan_address({"address": addresses}) == chosen


@pytest.mark.parametrize(("typed", "agreed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)])
def test_only_a_clear_yes_is_one(typed: str, agreed: bool, tmp_path: Path) -> None:
    terminal = screen(typed)
    assert call(terminal, tmp_path).agreed(["This happens."], "Do it?") is agreed
    out = terminal.stdout
    assert isinstance(out, Screen)
    assert out.text() == "This happens.\nDo it? (y/n) "


def test_nobody_is_asked_where_nobody_can_answer(tmp_path: Path) -> None:
    silent = Terminal(io.StringIO("y\n"), io.StringIO(), io.StringIO(), {})
    with pytest.raises(BadInput, match="nobody to ask"):
        call(silent, tmp_path).agreed([], "Do it?")
    with pytest.raises(BadInput, match="nobody to ask"):
        call(screen("y\n"), tmp_path, json=True).agreed([], "Do it?")
    assert call(silent, tmp_path, yes=True).agreed([], "Do it?")


def test_the_end_of_input_is_like_ctrl_c(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        call(screen(""), tmp_path).agreed([], "Do it?")
