"""The table of a profile's settings: every key with its default, what it does, and what it may be.

Rules of this module:
1. SETTINGS is the one table: the file's template, its checks and the defaults come from it.
2. Every default protects, and its comment says what it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

DISCOVERY: Final = ("open", "quiet", "off")
GLYPHS: Final = ("auto", "unicode", "console", "plain")
THEMES: Final = ("auto", "dark", "light", "contrast", "ansi")
LANGUAGES: Final = ("auto", "en", "es", "de")
LEVELS: Final = ("debug", "info", "warning", "error")
LONGEST_DEVICE_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """What is said of this device."""

    name: str = "computer"


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How this node is reached, and reaches others."""

    listen_port: int = 0
    discovery: str = "open"
    addresses: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """How the screen looks."""

    glyphs: str = "auto"
    theme: str = "auto"
    language: str = "auto"


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """How this node makes itself heard."""

    command: tuple[str, ...] = ()
    every_seconds: int = 30


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged."""

    level: str = "info"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force; a field for each table of the file."""

    device: DeviceSettings = DeviceSettings()
    network: NetworkSettings = NetworkSettings()
    screen: ScreenSettings = ScreenSettings()
    alarm: AlarmSettings = AlarmSettings()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the file."""

    table: str
    key: str
    comment: str
    allowed: str
    choices: tuple[str, ...] = ()

    @property
    def default(self) -> Any:
        """The value in force where the file says nothing."""
        return getattr(getattr(Config(), self.table), self.key)


SETTINGS: Final = (
    Setting(
        "device",
        "name",
        "What neighbours see this device called. Read when you start or join a neighbourhood.\n"
        "Not this computer's own name by default: that often holds a person's full name.",
        "a text of 1 to 64 characters",
    ),
    Setting(
        "network",
        "listen_port",
        "The port on which neighbours' nodes reach this one. 0 lets the system choose a free one the first time,\n"
        "and keeps it while it can; neighbours find it by themselves.",
        "a whole number from 0 to 65535",
    ),
    Setting(
        "network",
        "discovery",
        '"open": tell the local network that a meshnode is here (no names in it), and look for others.\n'
        '"quiet": look for others, say nothing. "off": only typed addresses.',
        'one of "open", "quiet", "off"',
        DISCOVERY,
    ),
    Setting(
        "network",
        "addresses",
        'Nodes to reach by a typed address, for example ["192.168.1.20:7766", "[fe80::1%eth0]:7766"].\n'
        "Useful across two networks, or where the Wi-Fi keeps devices apart.",
        'a list of "HOST:PORT" texts',
    ),
    Setting(
        "network",
        "interfaces",
        'Use only these network interfaces, by name or address, for example ["wlan0"]. Empty: all.',
        "a list of texts",
    ),
    Setting(
        "screen",
        "glyphs",
        "Which signs the terminal can draw. auto looks at the terminal; console is for the Linux console;\n"
        "plain is ASCII.",
        'one of "auto", "unicode", "console", "plain"',
        GLYPHS,
    ),
    Setting(
        "screen",
        "theme",
        "The screen's colours. auto looks at the terminal; NO_COLOR is respected in any case.",
        'one of "auto", "dark", "light", "contrast", "ansi"',
        THEMES,
    ),
    Setting(
        "screen",
        "language",
        "The language of the screen. auto takes the system's, English where there is no catalogue of it yet.",
        'one of "auto", "en", "es", "de"',
        LANGUAGES,
    ),
    Setting(
        "alarm",
        "command",
        'What to run on an alarm besides showing it: a siren, a light, for example ["aplay", "siren.wav"].\n'
        "What the alarm says is in MESHNODE_ALARM_WHAT, _TITLE, _PLACE, _NEEDS, _BY, _DRILL (yes or no).",
        "a list of texts",
    ),
    Setting(
        "alarm",
        "every_seconds",
        "How long until it is run again, as long as nobody at this node has said that they see the alarm.",
        "a whole number from 5 to 3600",
    ),
    Setting(
        "log",
        "level",
        "How much the log says. It never holds keys, codes or what people write, at any level.",
        'one of "debug", "info", "warning", "error"',
        LEVELS,
    ),
)
