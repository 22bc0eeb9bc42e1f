"""The house rules that a machine can check: layers, sizes, docstrings, words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("crdt", "meshnode", "tui")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
AVOIDED = re.compile(r"(^|_)(manager|helper|helpers|util|utils|handler|data|info|core|common|service|base)(_|$)")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_files_to_check() -> None:
    assert len(FILES) > 60


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_file_is_of_readable_size(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_functions_are_of_readable_size(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_module_opens_with_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module docstring is missing"


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=relative)
def test_packages_import_nothing(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert len(body) == 1, "an __init__.py holds its docstring and nothing else"


def test_names_use_the_words_of_the_field() -> None:
    names = [relative(path) for path in FILES if AVOIDED.search(path.stem)]
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Util|Handler|Service)", node.name):
                names.append(f"{relative(path)}: {node.name}")
    assert not names
