"""`meshnode remove`: delete a profile from this machine, after saying what goes and offering a copy."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.export import export
from meshnode.cli.layout import columns, paragraph
from meshnode.cli.moments import now
from meshnode.cli.probe import answers
from meshnode.errors import BadInput, NoNetwork, NotPossible, StorageError

_WHAT = {
    "data": "the board, and the keys that make you you",
    "state": "the logs",
    "config": "the settings",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `remove` takes."""
    parser.add_argument("--export", metavar="FOLDER", type=Path, help="write a copy of everything there first")
    add_yes(parser)


def run(call: Call) -> Answer:
    """List what goes, offer a copy, ask for the profile's name, delete."""
    goes = [(name, path) for name, path in _paths(call).items() if path.exists()]
    if not goes:
        return Answer({"removed": []}, [f"There is nothing of the profile {call.paths.profile} on this machine."])
    if answers(call.paths.socket):
        raise NotPossible("The node of this profile is running.", next_step="Stop it first: `meshnode stop`.")
    if not call.options.yes and not call.asks:
        raise BadInput("Deleting needs a yes, and there is nobody to ask.", next_step="Add --yes.")
    folder: Path | None = call.options.export
    if not call.options.yes:
        for line in _announcement(call, goes):
            call.terminal.say(line)
        folder = folder or _asked_folder(call)
    written = _copy(call, folder) if folder is not None else None
    if not call.options.yes:
        typed = call.terminal.ask(f"Type {call.paths.profile} to delete it for ever:")
        if typed != call.paths.profile:
            return Answer({"removed": [], "export": written}, ["Nothing was deleted."], exit_code=1)
    for _, path in goes:
        _delete(path)
    gone = [str(path) for _, path in goes]
    lines = [f"Deleted: {path}" for path in gone]
    return Answer({"removed": gone, "export": written}, lines)


def _paths(call: Call) -> dict[str, Path]:
    paths = call.paths
    return {"data": paths.data, "state": paths.state, "config": paths.config}


def _announcement(call: Call, goes: list[tuple[str, Path]]) -> list[str]:
    """What is about to be deleted, and what that does not do."""
    rows = [(str(path), _WHAT[name], _size(path)) for name, path in goes]
    sentences = (
        "What has reached your neighbours stays with them. To tell them that you go: `meshnode leave` first.",
        "Without the keys you cannot come back as the same member, only by a new invite.",
    )
    width = call.terminal.width
    return [
        f"This deletes the profile {call.paths.profile} from this machine:",
        *columns(rows, max(width, 160), flexible=9),
        *(paragraph(sentence, width) for sentence in sentences),
    ]


def _size(path: Path) -> str:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    total = sum(each.stat().st_size for each in files)
    return f"{total / 1_000_000:.1f} MB" if total >= 100_000 else f"{max(1, total // 1_000)} kB"


def _asked_folder(call: Call) -> Path | None:
    usual = f"meshnode-{call.paths.profile}-{now():%Y-%m-%d}"
    typed = call.terminal.ask("Write a copy of everything first? A folder, or n for none:", usual)
    return None if typed.lower() in {"n", "no", "none"} else Path(typed).expanduser()


def _copy(call: Call, folder: Path) -> str | None:
    """The copy's folder; none where there was nothing to copy."""
    try:
        export(call, folder)
    except NoNetwork:
        call.terminal.note("This profile belongs to no neighbourhood: there is nothing to copy.")
        return None
    if not call.json:
        call.terminal.say(f"The copy is in {folder}.")
    return str(folder)


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise StorageError(f"{path} could not be deleted: {error.strerror}.") from error


COMMAND = Command(
    examples=("meshnode remove", "meshnode --profile allotment remove --export ~/allotment-copy --yes"),
    run=run,
    arguments=arguments,
    more="Lists what goes, offers a copy of everything, and asks for the profile's name before it deletes.",
)
