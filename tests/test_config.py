"""The settings file: its template, its checks, its warnings."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.config import (
    SETTINGS,
    AlarmSettings,
    Config,
    DeviceSettings,
    LogSettings,
    NetworkSettings,
    ScreenSettings,
    is_address,
    load_config,
    read_config,
    template,
)
from meshnode.errors import ConfigError


def uncommented() -> str:
    return re.sub(r"(?m)^#([a-z_]+ = )", r"\1", template())


def test_the_template_changes_nothing() -> None:
    assert read_config(template()).config == Config()
    assert not any(tomllib.loads(template()).values())


def test_the_template_with_every_key_set_is_the_defaults() -> None:
    loaded = read_config(uncommented())
    assert loaded.config == Config()
    assert loaded.warnings == ()
    found = {(table, key) for table, keys in tomllib.loads(uncommented()).items() for key in keys}
    assert found == {(setting.table, setting.key) for setting in SETTINGS}


def test_every_field_has_a_key_and_every_key_a_field() -> None:
    written = [
        f"{table.name}.{field.name}" for table in fields(Config) for field in fields(getattr(Config(), table.name))
    ]
    assert [f"{setting.table}.{setting.key}" for setting in SETTINGS] == written


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml").config == Config()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "home.toml"
    path.write_text(
        '[device]\nname = "Shed Pi"\n[network]\nlisten_port = 7766\ndiscovery = "quiet"\n'
        'addresses = ["10.0.0.2:7766"]\ninterfaces = ["wlan0"]\n[screen]\nglyphs = "plain"\ntheme = "light"\n'
        '[alarm]\ncommand = ["aplay", "siren.wav"]\nevery_seconds = 60\n[log]\nlevel = "debug"\n'
    )
    assert load_config(path).config == Config(
        DeviceSettings("Shed Pi"),
        NetworkSettings(7766, "quiet", ("10.0.0.2:7766",), ("wlan0",)),
        ScreenSettings("plain", "light"),
        AlarmSettings(("aplay", "siren.wav"), 60),
        LogSettings("debug"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[network]\nlisten_prot = 1\n", "x.toml, line 2: the key listen_prot in [network]"),
        ("[network]\nlisten_prot = 1\n", "Did you mean listen_port in [network]?"),
        ("[network]\ntheme = 'dark'\n", "Did you mean theme in [screen]?"),
        ("level = 'debug'\n", "x.toml, line 1: the key level in no table is unknown and has no effect. Did you mean"),
        ("[rainbow]\nzzz = 1\n", "zzz in [rainbow] is unknown and has no effect."),
    ],
)
def test_an_unknown_key_is_a_warning_with_the_nearest_key(text: str, said: str) -> None:
    loaded = read_config(text, "x.toml")
    assert loaded.config == Config()
    assert len(loaded.warnings) == 1
    assert said in loaded.warnings[0]


@pytest.mark.parametrize(
    "line",
    [
        *('listen_port = "7766"', "listen_port = -1", "listen_port = 65536", "listen_port = true", "listen_port = 1.5"),
        *('discovery = "loud"', "discovery = []", 'addresses = "10.0.0.2:1"', "addresses = [1]", 'addresses = ["x"]'),
        *('addresses = ["10.0.0.2:0"]', 'addresses = ["10.0.0.2:99999"]', "interfaces = [true]", 'interfaces = [""]'),
    ],
)
def test_a_wrong_value_is_refused_with_its_line_and_what_is_allowed(line: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config(f"# mine\n\n[network]\n{line}\n", "x.toml")
    assert str(refused.value).startswith("x.toml, line 4: ")
    assert refused.value.what_next.startswith("Write ")


@pytest.mark.parametrize("text", ['[device]\nname = ""', '[device]\nname = "a\\u001b[2J"', '[device]\nname = "  "'])
def test_a_device_name_that_cannot_be_shown_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_config(text)


def test_what_is_not_toml_is_refused_with_the_line() -> None:
    with pytest.raises(ConfigError, match="line 2"):
        read_config("[network]\nlisten_port 7\n", "x.toml")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_config(tmp_path)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(tmp_path / "bytes.toml")


@pytest.mark.parametrize("address", ["10.0.0.2:7766", "elm.lan:1", "[fe80::1%eth0]:7766", "[::1]:65535"])
def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize("address", ["10.0.0.2", ":1", "fe80::1:7766", "a b:1", "a:1/x", "a:", "a:１"])
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.integers(), st.text(), st.booleans(), st.lists(st.text(max_size=8), max_size=3), st.floats(allow_nan=False)
)


@given(setting=st.sampled_from(SETTINGS), value=VALUES)
def test_any_value_is_taken_or_refused_never_something_else(setting: Any, value: Any) -> None:
    def toml(each: Any) -> str:
        if isinstance(each, list):
            return "[" + ", ".join(map(toml, each)) + "]"
        if isinstance(each, str):
            return '"' + "".join(f"\\U{ord(letter):08x}" for letter in each) + '"'
        return str(each).lower()

    try:
        loaded = read_config(f"[{setting.table}]\n{setting.key} = {toml(value)}\n")
    except ConfigError:
        return
    taken = getattr(getattr(loaded.config, setting.table), setting.key)
    assert type(taken) is type(setting.default)
