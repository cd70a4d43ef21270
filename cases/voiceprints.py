"""Staff voiceprints (声纹): what is agreed to, and how a print is kept so that deleting it leaves nothing to read.

A print is sealed with a key of its own (AES-256-GCM, NIST SP 800-38D). The keys lie as files in a folder beside the
signing key, the sealed prints in the database: a copy of one without the other says nothing, and a print whose key is
destroyed cannot be read again, not even from a backup of the database. Knows no sound, no comparison and no table.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cases.blobs import sync_folder
from models.errors import Tampered, Unavailable

log = logging.getLogger(__name__)

CONSENT_TEXT = (
    "本人自愿登记自己的声纹，并已了解：声纹属于生物识别信息；仅在本人为办案组成员的案件中，在录音转写时用来认出本人所说的话，"
    "标注姓名并标为“问”，不作其他用途；系统只保存由声音算出的一组数值，加密存放，不保存登记用的录音；每一次登记、使用、删除都写入审计，"
    "审计中不含声纹本身；本人可以随时删除，删除立即生效且不可恢复，不影响已经形成的文书；不同意登记的，不影响使用系统的任何其他功能。"
)
"""What a person agrees to before their voice is taken (个人信息保护法 articles 14, 15, 17, 28 to 30)."""
CONSENT_VERSION = f"1-{hashlib.sha256(CONSENT_TEXT.encode()).hexdigest()[:12]}"
"""Changes with every letter of the text: whoever agreed to another text agreed to something else."""
KEY_BYTES = 32
NONCE_BYTES = 12
UNSETTLED_S = 600.0
"""A younger key may be of an enrolment that is being committed: no transaction lasts ten minutes."""


@dataclass(frozen=True, slots=True)
class VoiceprintDraft:
    """A print before it is kept: float16 values, little-endian, of length one; `model` is the digest of the weights
    that made it, `seconds` how much speech it was made from."""

    vector: bytes
    model: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """That somebody has a print, and what they agreed to; never the print itself."""

    account_id: str
    model: str
    seconds: float
    consent: str
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class StaffVoice:
    """A print that may be compared in one case: whose, the name to show, and the values as in the draft."""

    account_id: str
    name: str
    model: str
    vector: bytes


def sealed(key: bytes, vector: bytes, owner: str) -> str:
    """`vector` encrypted and bound to its owner, as base64 of nonce and ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, vector, owner.encode())).decode("ascii")


def opened(key: bytes, text: str, owner: str) -> bytes:
    """What `sealed` sealed; raises Tampered when it was altered or belongs to somebody else."""
    try:
        data = base64.b64decode(text, validate=True)
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], owner.encode())
    except (ValueError, InvalidTag) as error:
        raise Tampered("voiceprint.sealed", "a stored voiceprint cannot be opened any more; enrol again") from error


class Keyring:
    """The keys of all prints, one file each with mode 0600; names are ids of prints."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def make(self, print_id: str) -> bytes:
        """A new key, on the disk for good; raises Unavailable when it cannot be written."""
        key = os.urandom(KEY_BYTES)
        try:
            folder = self._place()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(folder / f"{print_id}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(folder)
        except OSError as error:
            raise Unavailable("voiceprint.key", f"a voiceprint's key cannot be written: {error.strerror}") from error
        return key

    def find(self, print_id: str) -> bytes | None:
        """The key of a print; None where it was destroyed."""
        try:
            return (self._place() / f"{print_id}.key").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable("voiceprint.key", f"a voiceprint's key cannot be read: {error.strerror}") from error

    def destroy(self, print_id: str) -> None:
        """Remove a key; destroying twice is once. Raises Unavailable when it is still there afterwards."""
        try:
            (self._place() / f"{print_id}.key").unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable("voiceprint.key", f"a voiceprint's key cannot be removed: {error.strerror}") from error

    def settled(self) -> set[str]:
        """The prints that have a key which is older than UNSETTLED_S."""
        limit = time.time() - UNSETTLED_S
        found: set[str] = set()
        for path in self._place().glob("*.key"):
            with suppress(OSError):  # gone meanwhile: several servers may share the folder
                if path.stat().st_mtime < limit:
                    found.add(path.stem)
        return found

    def sweep(self, print_ids: Iterable[str]) -> None:
        """Remove the keys of prints that are kept no more; one that cannot be removed is named in the log."""
        for print_id in print_ids:
            try:
                self.destroy(print_id)
            except Unavailable as error:
                log.warning("%s: the key of %s, tried again at the next start", error.message, print_id)

    def _place(self) -> Path:
        if self._folder is None:
            raise Unavailable(
                "voiceprint.keys", "this store was opened without a folder for keys; voiceprints need one"
            )
        return self._folder
