"""Config: a profile's settings, read from one commented TOML file in which every key is optional.

Rules of this module:
1. What may be set stands in the table (`config_table`); here a file is read against it.
2. An unknown key is a warning, so that a newer file works with an older meshnode; a wrong value is an error with
   its line, so that nobody believes in a setting that is not in force.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from meshnode.config_table import (
    LONGEST_DEVICE_NAME,
    SETTINGS,
    AlarmSettings,
    Config,
    DeviceSettings,
    LogSettings,
    NetworkSettings,
    ScreenSettings,
    Setting,
)
from meshnode.errors import ConfigError

__all__ = [
    "SETTINGS",
    "AlarmSettings",
    "Config",
    "DeviceSettings",
    "LoadedConfig",
    "LogSettings",
    "NetworkSettings",
    "ScreenSettings",
    "is_address",
    "load_config",
    "read_config",
    "template",
]


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """What a file said, and what in it was not understood."""

    config: Config
    warnings: tuple[str, ...] = ()


_HEAD = """\
# meshnode's settings for this profile. Every line may be left out; take away the # in front of a key to set it.
# Changes take effect when the node starts again. Where files are: meshnode where
"""


def template() -> str:
    """A settings file that says what every key does and changes nothing."""
    lines = [_HEAD]
    table = ""
    for setting in SETTINGS:
        if setting.table != table:
            table = setting.table
            lines.append(f"[{table}]\n")
        lines.extend(f"# {line}" for line in setting.comment.splitlines())
        lines.append(f"#{setting.key} = {_toml(setting.default)}\n")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def load_config(path: Path) -> LoadedConfig:
    """Read a settings file; one that is not there means the defaults.

    Raises:
        ConfigError: it cannot be read, or a value is not allowed; says where and what is.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return LoadedConfig(Config())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"The settings file {path} cannot be read: {reason}.") from error
    return read_config(text, str(path))


def read_config(text: str, name: str = "the settings") -> LoadedConfig:
    """Read settings from the text of a file called `name`.

    Raises:
        ConfigError: this is not TOML, or a value is not allowed; says where and what is.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{name} is not a settings file meshnode can read: {error}.",
            next_step="Mend that line, or move the file away and write a new one with `meshnode where --write-config`.",
        ) from error
    known = {(setting.table, setting.key): setting for setting in SETTINGS}
    values: dict[str, dict[str, Any]] = {}
    warnings: list[str] = []
    for table, key, value in _entries(tables):
        setting = known.get((table, key))
        if setting is None:
            warnings.append(f"{name}{_at_line(text, table, key)}: {_unknown(table, key)}")
            continue
        checked = _checked(setting, value)
        if checked is None:
            raise ConfigError(
                f"{name}{_at_line(text, table, key)}: {key} in [{table}] cannot be {value!r}.",
                next_step=f"Write {setting.allowed}.",
            )
        values.setdefault(table, {})[key] = checked
    defaults = Config()
    given = {table: replace(getattr(defaults, table), **keys) for table, keys in values.items()}
    return LoadedConfig(replace(defaults, **given), tuple(warnings))


def _entries(tables: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every (table, key, value); a key outside of any table has the table ""."""
    for name, found in tables.items():
        if isinstance(found, dict):
            for key, value in found.items():
                yield name, key, value
        else:
            yield "", name, found


def _checked(setting: Setting, value: Any) -> Any:
    """The value as Config holds it, or None where it is not allowed."""
    if setting.choices:
        return value if value in setting.choices else None
    match setting.key:
        case "listen_port":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return value if whole and 0 <= value <= 65535 else None
        case "every_seconds":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return value if whole and 5 <= value <= 3600 else None
        case "name":
            line = " ".join(value.split()) if isinstance(value, str) else ""
            return line if 1 <= len(line) <= LONGEST_DEVICE_NAME and line.isprintable() else None
        case "addresses":
            return _texts(value, is_address)
        case _:
            return _texts(value, bool)


def _texts(value: Any, allowed: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) and allowed(each) for each in value):
        return None
    return tuple(value)


def is_address(text: str) -> bool:
    """Whether a text is HOST:PORT, an IPv6 host in square brackets."""
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|[\w.-]+):([0-9]{1,5})", text)
    return found is not None and 1 <= int(found[2]) <= 65535


def _unknown(table: str, key: str) -> str:
    """The warning for a key that this version does not know, with the key that was perhaps meant."""
    place = f"[{table}]" if table else "no table"
    written = f"{table}.{key}" if table else key
    sentence = f"the key {key} in {place} is unknown and has no effect"
    exact = [f"{setting.table}.{setting.key}" for setting in SETTINGS if setting.key == key]
    near = exact or difflib.get_close_matches(written, [f"{each.table}.{each.key}" for each in SETTINGS], 1, 0.6)
    if not near:
        return f"{sentence}."
    meant_table, _, meant = near[0].partition(".")
    return f"{sentence}. Did you mean {meant} in [{meant_table}]?"


def _at_line(text: str, table: str, key: str) -> str:
    """Where a key stands in the text, as ", line 12"; "" where it is written in some unusual way."""
    within = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
            within = header[1].strip("\"'")
        elif within == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f", line {number}"
    return ""
