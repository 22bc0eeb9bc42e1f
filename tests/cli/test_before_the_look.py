"""What `join`, `init` and `hub setup` refuse before anybody is looked for: words are good for one look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meshnode.errors import AlreadyMember, BadInput, InviteError
from meshnode.membership.tokens import ShortCode
from tests.cli.homes import Home

CODE = ShortCode(bytes(12), bytes(16), 65_535).text()
WORDS = ("maple", "kettle", "robin")
LOOKING = "Looking for a node"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("join", "abc", "--name", "Bo", "--yes"), InviteError.exit_code, "damaged"),
        (("join", CODE[:-1], "--name", "Bo", "--yes"), InviteError.exit_code, "damaged"),
        (("join", *WORDS[:2], "--name", "Bo", "--yes"), InviteError.exit_code, "Three words are needed"),
        (("join", "abc"), InviteError.exit_code, "damaged"),
        (("join", CODE, "--name", "Bo"), BadInput.exit_code, "Add --yes"),
        (("join", CODE, "--yes"), BadInput.exit_code, "--name NAME"),
        (("join", *WORDS, "--yes"), BadInput.exit_code, "--name NAME"),
        (("join", *WORDS, "--name", "B" * 65, "--yes"), BadInput.exit_code, "at most 64 letters"),
        (("join", *WORDS, "--name", "\U0001f33b" * 17, "--yes"), BadInput.exit_code, "an emoji as four"),
        (("hub", "setup", CODE, "--yes"), BadInput.exit_code, "meshnode hub add"),
    ],
)
def test_what_cannot_be_meant_is_said_before_the_look(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    answer = Home(tmp_path).run(*words, expect=code)
    assert said in " ".join(answer.split())
    assert LOOKING not in answer


def test_who_belongs_somewhere_looks_for_nobody(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert "neighbourhood's name is empty" in home.run("init", "", "--me", "Ana", expect=BadInput.exit_code)
    home.run("init", "Maple Street", "--me", "Ana")
    answer = home.run("join", CODE, "--name", "Bo", "--yes", expect=AlreadyMember.exit_code)
    assert LOOKING not in answer


def test_a_program_reads_one_line(tmp_path: Path) -> None:
    for words, code in ((("where",), 0), (("join", "abc"), InviteError.exit_code), (("nonsense",), BadInput.exit_code)):
        answer = Home(tmp_path / words[0]).run("--json", *words, expect=code)
        assert answer.count("\n") == 1
        assert json.loads(answer)
