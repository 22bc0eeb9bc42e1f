"""The entry of the command line: finds the command, runs it, prints its answer or its error.

Rules of this module:
1. A person never sees a traceback: one sentence, what to do next, an exit code.
2. With --json there is exactly one JSON object on one line, for errors too.
3. Only the named command's module is imported.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from meshnode.cli import registry
from meshnode.cli.command import Answer, Call, Command, Parser, add_common
from meshnode.cli.exit_codes import BUG, INTERRUPTED
from meshnode.cli.terminal import Terminal
from meshnode.errors import MeshnodeError
from meshnode.platform import Paths, require_supported

_HIDDEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON lets through and a terminal would obey."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        require_supported()
        return _print(_run(words), as_json="--json" in words)
    except MeshnodeError as error:
        return _say_error(error, as_json="--json" in words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; Python must not complain again while it ends.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        return _say_bug(words)


def _run(words: Sequence[str]) -> Answer:
    """Find the command and run it."""
    common = Parser(prog="meshnode", add_help=False)
    add_common(common, everywhere=True)
    common.add_argument("--version", action="store_true")
    common.add_argument("words", nargs=argparse.REMAINDER)
    options, others = common.parse_known_args(list(words))
    if options.version:
        from importlib.metadata import version

        return Answer({"version": version("meshnode")}, [f"meshnode {version('meshnode')}"])
    rest: list[str] = options.words
    if not rest and options.help:
        from meshnode.cli.overview import overview

        return overview()
    if rest and others:
        common.error(f"unrecognised option: {others[0]}")
    # `meshnode` alone, with or without options, is the screen.
    rest = rest or ["screen", *others]
    entry, named = registry.find(rest)
    if entry is None:
        from meshnode.cli.overview import board_overview

        return board_overview(rest[0])
    command = entry.load()
    parser = command_parser(entry, command)
    if options.help or {"-h", "--help"} & set(rest[named : _end_of_options(rest)]):
        from meshnode.cli.overview import board_overview

        text = parser.format_help().rstrip()
        more = board_overview(entry.name).lines if entry.name in registry.BOARDS else ()
        return Answer({"help": text}, [*text.splitlines(), *more])
    parser.parse_intermixed_args(rest[named:], namespace=options)
    paths = Paths(options.profile, config_given=options.config, socket_given=options.socket)
    return command.run(Call(options, paths, Terminal()))


def _end_of_options(words: Sequence[str]) -> int:
    return words.index("--") if "--" in words else len(words)


def command_parser(entry: registry.Entry, command: Command) -> Parser:
    """The parser of one command, with its examples."""
    parts = [f"{entry.summary}.", command.more]
    parser = Parser(
        prog=f"meshnode {entry.name}",
        description="\n\n".join(part for part in parts if part),
        epilog="\n".join(["examples:", *(f"  {example}" for example in command.examples)]),
        add_help=False,
    )
    command.arguments(parser)
    add_common(parser, everywhere=False)
    return parser


def _print(answer: Answer, *, as_json: bool) -> int:
    if as_json:
        print(to_json(answer.value))
    else:
        for line in answer.lines:
            print(line)
    sys.stdout.flush()
    return answer.exit_code


def to_json(value: Any) -> str:
    """One JSON object on one line, safe on a terminal."""
    text = json.dumps(value, ensure_ascii=False)
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _say_error(error: MeshnodeError, *, as_json: bool) -> int:
    if as_json:
        print(to_json({"error": {"code": error.code, "message": str(error), "next": error.what_next}}))
    else:
        from meshnode.cli.layout import paragraph

        print(paragraph(f"meshnode: {error.sentence}", Terminal().width), file=sys.stderr)
    return error.exit_code


def _say_bug(words: Sequence[str]) -> int:
    import traceback

    from meshnode.logs import write_crash

    trace = traceback.format_exc()
    path = Paths().crash
    with contextlib.suppress(Exception):
        position = words.index("--profile")
        path = Paths(words[position + 1]).crash
    kept = write_crash(path, trace)
    bug = MeshnodeError(
        "Something went wrong that meshnode did not expect; it is a bug.",
        next_step=f"What happened is written in {path}." if kept else "It could not be written to the log.",
    )
    _say_error(bug, as_json="--json" in words)
    return BUG


if __name__ == "__main__":
    sys.exit(main())
