"""Limits of the conversation, each with its reason.

Rules of this module:
1. Limits decide when something is fetched, never whether it belongs.
2. What an honest peer keeps to by its own code is an error when broken; what honest peers can run into by having much
   to say is cut or slowed down, never an error.
"""

from __future__ import annotations

MAX_FRAME_BODY_BYTES = 65_517
"""With the two bytes of a frame's head and the cipher's 16-byte tag: the longest message that Noise allows."""

# -- messages ---------------------------------------------------------------------------------------------------------

HELLO_PADDING_BYTES = 1024
"""A HELLO is a multiple of this, so that its length does not tell how many founders vouched."""
MAX_HELLO_BYTES = 16 * 1024
"""A device statement with every countersignature has well under 4 KiB; the rest is for what later versions add."""
MAX_WANT_IDS = 1024
"""One message of 32 KiB: two of them keep a link busy for longer than a round trip."""
MAX_PUSH_BYTES = 256 * 1024
"""The largest single item (128 KiB) and some more, so that small items can travel together."""
PUSH_BATCH_BYTES = 48 * 1024
"""Items are put together up to this size, so that a message is one frame and an alarm can slip in between."""
MAX_BLOCK_BYTES = 192 * 1024
"""A compressed block: three frames."""
MAX_BLOCK_INFLATED_BYTES = 256 * 1024
"""A block unpacked: what a small computer can hold a few of; checked while unpacking, so that a bomb stops here."""
BLOCK_LEVEL = 1
"""zlib's quickest: half of an item is signatures and hashes that no level shortens."""
BLOCK_AIM_BYTES = 160 * 1024
"""Contents a block is planned for: it fits into MAX_BLOCK_BYTES even when nothing can be compressed."""
MAX_REASON_BYTES = 64
"""A code, never a text."""
MAX_JOIN_BYTES = 256 * 1024
"""An offer or welcome: the statements of a network of 500 members' worth of support, many times over."""
MAX_KEYS = 6
"""The network's key and those it had before: as many as a node tries when somebody knocks."""

# -- flow -------------------------------------------------------------------------------------------------------------

WINDOW_BYTES = 512 * 1024
"""Items a side may have on their way without being told that they are on disk: a round trip of 40 ms at 100 Mbit/s."""
QUEUE_BYTES = 256 * 1024
"""Live items waiting for one slow peer; beyond it, comparing the sets once is cheaper than remembering."""
BURST_BYTES = 128 * 1024
"""Frames handed out in one go: what an alarm may have to wait for."""
SUPPORT_BYTES = 64 * 1024
"""Statements taken from a device whose membership is not known yet."""
MAX_ASKED_IDS = 4096
"""WANTs a peer may have open: twice what our own side ever asks."""
FETCH_ITEMS = 64
"""Items read from the store at a time: enough to share the cost of a query, at most 8 MiB of the largest ones."""
MAX_EARLY_MESSAGES = 3
"""First NEGs, one a lane, that may come before the peer's device has been judged."""

# -- comparing --------------------------------------------------------------------------------------------------------

MAX_NEG_BYTES = 60_000
"""One frame. Without it a message of mismatching fingerprints earns fifty times its size."""
MAX_RANGES = 2048
"""In one message: what its longest answer can have, and half a second of fingerprints at the worst."""
MAX_ROUNDS = 64
"""Messages of one comparison: a set of a billion items needs eight."""
MAX_NEED_IDS = 10_000
"""Ids kept that a peer showed and we lack; the rest is found by the next comparison."""
MAX_HAVE_IDS = 10_000
"""Ids kept that a peer lacks; the rest is found by the next comparison."""
MAX_UNGIVEN_IDS = 10_000
"""Ids a peer showed, was asked for and did not give; an honest one forgets a few, a liar shows them for ever."""
WORK_BURST = 30_000
"""Fingerprints a peer may have us take in one go: two seconds of a small computer, or 100,000 scattered differences."""
WORK_PER_SECOND = 300.0
"""How quickly that allowance comes back: two hundredths of the computer's time."""
PULL_SHARE = 4
"""Whoever has less than this part of the peer's items pulls them in blocks instead of comparing."""
PULL_SURPLUS_ITEMS = 10_000
"""Items a peer may send in blocks beyond those it said it has: what came in the meantime."""

# -- waiting ----------------------------------------------------------------------------------------------------------

HELLO_SECONDS = 10.0
"""From the handshake to the peer's HELLO, and from there to knowing its device."""
PROVIDER_SECONDS = 5.0
"""Without anything from the peer that was asked, the next one is asked."""
ANSWER_SECONDS = 60.0
"""Without a word on something that was asked, the link is given up."""
REST_SECONDS = 1.0
"""Between an overfull queue and the comparison that replaces it: the flood goes on for a while."""
RETRY_SECONDS = 30.0
"""Between two attempts to make statements equal when the last one changed nothing; doubled with each further one."""
RETRY_DOUBLINGS = 5
"""A quarter of an hour at most: a quota lets more in after hours, and new statements do not wait for this."""
JOIN_SECONDS = 60.0
"""For a whole join link: a person has read the sentence and presses a key."""
