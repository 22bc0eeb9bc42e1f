"""Key file: where a device's identity is kept, twice, so that one damaged copy heals from the other.

Layout of a copy: magic 8 | holds 1 (0: the member's id, 1: the member's key, 2: no member, a hub) | sign 32 |
noise 32 | seal 32 | member 32 | BLAKE2b-256 of all before it. The second copy stands beside the first, with ".copy"
added to its name.

Rules of this module:
1. Keys that exist are never replaced, but by `replace`: a profile that belongs to no network becomes somebody's
   device, or a hub. New ones are made only where there is no copy at all.
2. Only the owner may read a copy; a file that others can read is refused with what to type.
3. A copy counts when its checksum is right; two that are whole but differ are for a person to choose from.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import shlex
import stat
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from crdt.identifiers import MemberId
from meshnode.durable_file import durable_file
from meshnode.errors import KeyFileError, StorageError
from meshnode.identity.keys import KEY_BYTES, AgreementKey, DeviceKeys, Identity, MemberKeys
from meshnode.identity.signing import SigningKey

log = logging.getLogger("meshnode.identity")

KEY_FILE = "identity.key"
"""What it is called in a profile's folder of keys."""
_LAYOUT = struct.Struct(">8sB32s32s32s32s")
_MAGIC = b"MESHKEY1"
_CHECK_BYTES = 32
_FILE_BYTES = _LAYOUT.size + _CHECK_BYTES
_MEMBER_ID, _MEMBER_KEY, _NO_MEMBER = 0, 1, 2
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def copy_path(path: Path) -> Path:
    """Where the second copy of a key file is."""
    return path.with_name(path.name + ".copy")


def load_or_create(path: Path, random: Callable[[int], bytes] = os.urandom) -> Identity:
    """The identity in a key file; a new one, safely on disk, if there is no file yet.

    Raises:
        KeyFileError: there are keys, but they cannot be used; it says what to type.
        StorageError: new keys could not be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {path.parent} cannot be made: {error.strerror}.") from error
    with _alone_in(path.parent):
        copies = {place: _read(place) for place in (path, copy_path(path))}
        whole = {place: packed for place, packed in copies.items() if packed}
        if len(set(whole.values())) > 1:
            raise KeyFileError(
                f"{path} and its copy hold different keys.",
                next_step=f"Keep the one you want and remove the other: rm {shlex.quote(str(copy_path(path)))}",
            )
        if whole:
            packed = next(iter(whole.values()))
            _heal(packed, [place for place in copies if place not in whole])
        elif all(packed is None for packed in copies.values()):
            packed = _pack(Identity.generate(random))
            for place in copies:
                _write(place, packed)
        else:
            raise KeyFileError(
                f"{path} and its copy are damaged.",
                next_step="Put both back from a backup. Without one, this device needs new keys and a new invite: "
                f"move them away with  mv {shlex.quote(str(path.parent))} {shlex.quote(str(path.parent))}.damaged",
            )
    return _unpack(packed)


def load(path: Path) -> Identity | None:
    """The identity in a key file, which is left as it is; None where there is none or no whole copy.

    Raises:
        KeyFileError: it cannot be read, or others can read it.
    """
    whole = [packed for place in (path, copy_path(path)) if (packed := _read(place))]
    return _unpack(whole[0]) if whole else None


def replace(path: Path, identity: Identity) -> None:
    """Put another identity in the place of one that no network knows.

    Raises:
        StorageError: it could not be written; the old keys, or the new ones, are there as a whole.
    """
    packed = _pack(identity)
    with _alone_in(path.parent):
        # Without its copy for a moment: two whole copies that differ would be for a person to choose from.
        copy_path(path).unlink(missing_ok=True)
        _write(path, packed)
        _write(copy_path(path), packed)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep two processes that start at once from making two identities."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(place: Path) -> bytes | None:
    """A whole copy; empty bytes for a damaged one, None where there is none."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyFileError(
            f"{place} cannot be read: {error.strerror}.",
            next_step=f"Run meshnode as the user who owns it, or type: sudo chown $USER {shlex.quote(str(place))}",
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise KeyFileError(f"{place} is not a file.", next_step="Move it away, then start meshnode again.")
        if status.st_mode & _OTHERS:
            raise KeyFileError(
                f"Other users of this machine can open {place}.",
                next_step=f"Type: chmod 600 {shlex.quote(str(place))}",
            )
        try:
            content = file.read(_FILE_BYTES + 1)
        except OSError as error:
            log.warning("%s cannot be read: %s", place, error.strerror)
            return b""
    return content if _is_whole(content) else b""


def _heal(packed: bytes, places: list[Path]) -> None:
    """Write the good copy where there is none; a full or read-only disk is no reason not to start."""
    for place in places:
        try:
            _write(place, packed)
            log.warning("%s was missing or damaged; it was written again from its other copy", place)
        except StorageError as error:
            log.warning("%s is missing or damaged, and cannot be written again: %s", place, error)


def _write(place: Path, packed: bytes) -> None:
    with durable_file(place, mode=0o600) as file:
        file.write(packed)


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK_BYTES).digest()


def _is_whole(content: bytes) -> bool:
    if len(content) != _FILE_BYTES or not content.startswith(_MAGIC):
        return False
    return _checksum(content[:-_CHECK_BYTES]) == content[-_CHECK_BYTES:]


def _pack(identity: Identity) -> bytes:
    device, member = identity.device_keys, identity.member_keys
    if member is not None:
        holds, kept = _MEMBER_KEY, member.sign.seed
    elif identity.member is not None:
        holds, kept = _MEMBER_ID, bytes(identity.member)
    else:
        holds, kept = _NO_MEMBER, bytes(KEY_BYTES)
    content = _LAYOUT.pack(_MAGIC, holds, device.sign.seed, device.noise.private, device.seal.private, kept)
    return content + _checksum(content)


def _unpack(packed: bytes) -> Identity:
    _, holds, sign, noise, seal, kept = _LAYOUT.unpack_from(packed)
    device = DeviceKeys(SigningKey(sign), AgreementKey(noise), AgreementKey(seal))
    if holds == _NO_MEMBER:
        return Identity(device, None)
    if holds == _MEMBER_ID:
        return Identity(device, MemberId(kept))
    member = MemberKeys(SigningKey(kept))
    return Identity(device, member.id, member)
