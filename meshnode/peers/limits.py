"""PeerLimits: how much of this node its peers may take, each figure with its reason.

Rules of this module:
1. Limits decide when something is taken, never whether it belongs (law i): what is beyond them waits at the peer that
   offered it.
2. What is written here, and what this person's own devices send, is counted against nothing.
3. Tests inject short ones; nothing here is read from anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY_SECONDS = 86_400.0
MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class PeerLimits:
    """What is taken from whom, and given to whom."""

    changes_a_day: int = 2_000
    """From one member's own devices: twenty times the busiest day of an eager neighbour."""

    change_bytes_a_day: int = 2_000_000
    """The same in bytes: as many changes of a kilobyte, which is three times what one has on average."""

    newcomer_share: int = 5
    """Of all these a member with a single voucher has one part in so many: enough for a person, little for a flood."""

    urgent_share: int = 10
    """An alarm has an account of its own, one part in so many of the day's: who wrote too much can still raise one."""

    first_day_times: int = 10
    """A node on its first day here takes so many days' worth from an established member: what a founder wrote before
    anybody else came is on no other device. More than ten full days of one person is on others by then."""

    statements_a_day: int = 20_000
    """Signed facts of who belongs, from one member whoever signed them: twice what 500 members have in all, so that
    somebody who joins gets everything from one peer."""

    statement_bytes_a_day: int = 16_000_000
    """The same in bytes: eight times what 10,000 statements have, and no room for thousands of the largest ones."""

    statements_a_member: int = 20_000
    """Signed by one member's devices, or by the member key, and held here: the fold reads all of them each time, and
    half a second is its limit."""

    bytes_a_minute: int = 20_000_000
    """From or to one device, whoever wrote them: a third of a megabyte a second after a first burst. A small computer
    checks twice as much, so there is room for the others; a neighbourhood's years are through in a few minutes."""

    put_off_ids: int = 2_000
    """Ids remembered of one device that it may give later; nothing at all is asked of one that has more."""

    put_off_seconds: float = DAY_SECONDS / 4
    """Until what was put off is asked for again: a quarter of the day's account has come back by then."""

    full_share: float = 0.9
    """From here on a disk counts as nearly full: cards slow down and wear out when they are."""

    full_free_bytes: int = 5_000_000_000
    """A disk with so much free is not nearly full, whatever its share: a tenth of a large one is years."""

    scarce_free_bytes: int = 500_000_000
    """Less than this is too little for anybody's past: a day of photographs by the person whose computer it is."""

    last_free_bytes: int = 50_000_000
    """Below this not even what is urgent is taken from others: the rest is for what is written here, and statements."""

    disk_seconds: float = 600.0
    """Until what was put off for want of room is asked for again: people do not empty a disk in a moment."""

    probe_seconds: float = 5.0
    """For an older link of a device that has started anew to show that it lives: many round trips."""

    breaks: int = 20
    """So many links that a device broke within `breaks_seconds` before it has to rest."""

    breaks_seconds: float = 3_600.0
    """A machine with a fault breaks now and then; twenty times an hour is no accident."""

    rest_seconds: float = 60.0
    """For such a device to wait after each further break: then it costs this node next to nothing."""


DEFAULT_LIMITS = PeerLimits()
