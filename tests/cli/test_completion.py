"""The Tab key: what is offered is what can be typed, and real shells take the scripts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from meshnode.cli.completion import SCRIPTS, candidates
from meshnode.cli.main import main
from meshnode.cli.registry import find, first_words


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ([], {"task", "status", "invite"}),
        (["sta"], {"status"}),
        (["task", "cl"], {"claim"}),
        (["task", ""], {"add", "list", "show", "history", "undo"}),
        (["task", "list", "--st"], {"--status"}),
        (["task", "list", "--status", "d"], {"doing", "done"}),
        (["task", "edit", "3fa", "--status", "o"], {"open"}),
        (["--json", "task", "ad"], {"add"}),
        (["help", "tas"], {"task"}),
        (["--p"], {"--profile"}),
    ],
)
def test_what_is_offered(words: list[str], some: set[str]) -> None:
    offered = set(candidates(words))
    assert some <= offered
    assert all(each.startswith(words[-1] if words else "") for each in offered)


@pytest.mark.parametrize("words", [["nothing", ""], ["task", "fly", ""], ["status", "x", "y"], ["\x1b[2J"], [""] * 40])
def test_a_mistake_offers_nothing_and_fails_at_nothing(words: list[str]) -> None:
    assert all(isinstance(each, str) for each in candidates(words))


def test_every_first_word_that_is_offered_is_known() -> None:
    for word in candidates([""]):
        assert word in dict(first_words())
        find([word])


def test_a_real_bash_completes(tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    (tmp_path / "meshnode").write_text(f'#!/bin/sh\nexec {sys.executable} -m meshnode.cli.main "$@"\n')
    (tmp_path / "meshnode").chmod(0o755)
    asked = "".join(
        f'COMP_WORDS=(meshnode {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _meshnode; echo "${{COMPREPLY[@]}}"\n'
        for words in ("task cl", 'task ""', "task list --st")
    )
    script = f'PATH="{tmp_path}:$PATH"\n{SCRIPTS["bash"]}\n{asked}'
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    one, verbs, option = said.stdout.splitlines()
    assert one == "claim"
    assert {"add", "claim", "list"} <= set(verbs.split())
    assert option == "--status"


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "completion --words=" in capsys.readouterr().out


def test_a_shell_is_named() -> None:
    assert main(["completion"]) == main(["completion", "tcsh"]) == 2
