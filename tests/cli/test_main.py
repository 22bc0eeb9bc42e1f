"""The entry: errors as sentences, as JSON, as exit codes; never a traceback."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshnode import errors
from meshnode.cli import registry
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import SeveralFit
from meshnode.cli.exit_codes import BUG, EXIT_CODES, INTERRUPTED
from meshnode.cli.main import main, to_json
from meshnode.cli.registry import Entry
from meshnode.errors import MeshnodeError


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESHNODE_HOME", str(tmp_path))


def all_errors(kind: type[MeshnodeError] = MeshnodeError) -> Iterator[type[MeshnodeError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from all_errors(below)


def test_every_exit_code_is_documented_and_every_documented_one_exists() -> None:
    in_use = {kind.exit_code for kind in all_errors() if kind.__module__.startswith("meshnode.")}
    assert in_use | {0, BUG, INTERRUPTED} == set(EXIT_CODES)
    assert SeveralFit.exit_code == errors.UnknownRecord.exit_code


def test_the_help_shows_the_table_of_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "exit-codes"]) == 0
    shown = {int(code): text for code, text in re.findall(r"(?m)^ +(\d+) +(.+)$", capsys.readouterr().out)}
    assert shown == EXIT_CODES


def test_every_error_says_a_sentence() -> None:
    for kind in all_errors():
        if kind.__module__ == "meshnode.errors":
            assert inspect.getdoc(kind)
            assert str(kind()).endswith(".")


def test_an_error_is_one_line_on_stderr_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == errors.NodeAway.exit_code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "meshnode: " + errors.NodeAway().sentence + "\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("status --json", "node-away"),
        ("--json status", "node-away"),
        ("--json nonsense", "bad-input"),
        ("--json task add", "bad-input"),
        ("--json task claim", "bad-input"),
        ("--json --profile ../x status", "bad-input"),
        ("--json --rainbow status", "bad-input"),
        ("--json demo", "bad-input"),
        ("--json where --config", "bad-input"),
    ],
)
def test_with_json_an_error_is_one_object(words: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) in {2, 8}
    said = capsys.readouterr()
    assert said.err == ""
    error = json.loads(said.out)["error"]
    assert error["code"] == code
    assert set(error) == {"code", "message", "next"}
    assert error["message"].endswith(".")


@pytest.mark.parametrize(
    "words",
    [
        *("--help", "--version", "help", "help privacy", "help files", "help where", "help task", "help task add"),
        *("task --help", "task add --help", "where", "profiles", "remove", "profile --help", "-h", "invite -h"),
    ],
)
def test_what_needs_no_node_answers_as_text_and_as_json(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 0
    text = capsys.readouterr()
    assert text.out.strip()
    assert text.err == ""
    assert main(["--json", *words.split()]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def with_command(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    entry = Entry("status", "A test", lambda: Command(("meshnode status",), run))
    monkeypatch.setattr(registry, "find", lambda words: (entry, 1))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("task list --frob", "meshnode: Not understood: --frob. See `meshnode task list --help`."),
        ("task add", "meshnode: Something is missing: TITLE. See `meshnode task add --help`."),
    ],
)
def test_what_is_wrong_with_the_words_is_said_in_ours(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == errors.BadInput.exit_code
    assert capsys.readouterr().err.strip() == said


def test_a_bug_is_one_sentence_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(call: Call) -> Answer:
        raise ZeroDivisionError("inside")

    with_command(monkeypatch, broken)
    assert main(["--profile", "elm", "status"]) == BUG
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    assert len(said.err.splitlines()) <= 3
    crash = tmp_path / "state" / "elm" / "crash.log"
    assert str(crash) in said.err.replace("\n", " ")
    assert "ZeroDivisionError: inside" in crash.read_text()
    assert main(["--json", "status"]) == BUG
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "error"


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(call: Call) -> Answer:
        raise KeyboardInterrupt

    with_command(monkeypatch, interrupted)
    assert main(["status"]) == INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_an_answer_decides_the_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with_command(monkeypatch, lambda call: Answer({"done": False}, ["No."], exit_code=1))
    assert main(["status"]) == 1
    assert capsys.readouterr().out == "No.\n"


def test_json_holds_nothing_that_moves_a_cursor() -> None:
    title = "a\x1b[2J\x9b2J\u202eb é"
    text = to_json({"title": title})
    assert json.loads(text) == {"title": title}
    assert not set(text) & {"\x1b", "\x9b", "\u202e"}
    assert "é" in text


def test_options_may_stand_before_and_after_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--profile", "elm", "where", "--json"])
    before = json.loads(capsys.readouterr().out)
    main(["where", "--json", "--profile", "elm"])
    assert json.loads(capsys.readouterr().out) == before
    assert before["profile"] == "elm"
    main(["--socket", "/run/x", "--json", "where", "--config", "/etc/y"])
    given = json.loads(capsys.readouterr().out)
    assert (given["socket"], given["config"]) == ("/run/x", "/etc/y")


def test_the_settings_file_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["where", "--write-config"]) == 0
    path = tmp_path / "config" / "default.toml"
    assert "listen_port" in path.read_text()
    path.write_text("mine")
    assert main(["where", "--write-config"]) == errors.NotPossible.exit_code
    assert path.read_text() == "mine"
    assert path.stat().st_mode & 0o777 == 0o600


def test_removing_needs_a_yes_and_then_removes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data" / "default"
    data.mkdir(parents=True)
    (data / "file").write_text("x")
    other = tmp_path / "data" / "elm"
    other.mkdir()
    assert main(["remove"]) == errors.BadInput.exit_code
    assert data.exists()
    assert main(["remove", "--yes"]) == 0
    assert not data.exists()
    assert other.exists()
