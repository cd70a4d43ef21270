"""The audit trail as arithmetic: canonical JSON, hash chains, signed checkpoints; knows no database and no file.

Each entry stands in two chains: that of its case (entries of no case share one), so that a case can be handed over
and checked alone, and the global one, so that a whole case cannot vanish. Sequence numbers are inside the hashes, the
store keeps the head of each chain, and Ed25519-signed checkpoints of the global head can be kept elsewhere: together
they show edits, insertions, reordering, truncation, and, against an exported checkpoint, a rewrite of everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cases.records import Actor, JsonObject, JsonValue
from models.errors import BadInput, Tampered

SCHEME = "anjuan-audit-1/sha256"
"""Stands inside every hash, so that a later scheme cannot be mistaken for this one."""
CHECKPOINT_SCHEME = "anjuan-checkpoint-1/ed25519"
GENESIS = "0" * 64
"""What the first entry of a chain names as its predecessor."""
GLOBAL_CHAIN = "*"
SYSTEM_CHAIN = "-"
"""Names of the chain over everything and of the chain of entries that belong to no case, in the table of heads."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """留痕: one act. `sequence` counts all entries of the store, `case_sequence` those of the case, both from 1.

    `at` is UTC ISO 8601 text; `details` holds digests and ids, never content.
    """

    sequence: int
    case_sequence: int
    case_id: str | None
    at: str
    actor_id: str
    actor_name: str
    via: str | None
    act: str
    subject: str
    subject_id: str
    details: JsonObject
    previous_hash: str
    hash: str
    global_previous: str
    global_hash: str


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is about to be written down; `actor`, what was done, to what, in which case (None: none)."""

    actor: Actor
    act: str
    subject: str
    subject_id: str
    case_id: str | None
    details: JsonObject


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries it has and the hash of the last."""

    sequence: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A signature over the global head at one moment; `public_key` and `signature` are lower-case hex."""

    sequence: int
    global_hash: str
    at: str
    public_key: str
    signature: str


def canonical(value: JsonValue) -> str:
    """JSON in one spelling: keys sorted by code point, no spaces, no escapes but needed ones, Python's numbers.

    Raises BadInput for what has no such spelling: NaN, infinities and half surrogates.
    """
    try:
        spelled = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        spelled.encode()
    except (ValueError, TypeError) as error:
        raise BadInput("json.canonical", f"this value cannot be kept as JSON: {error}") from error
    return spelled


def hash_of(value: JsonValue) -> str:
    """SHA-256, lower-case hex, of the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def row_digest(table: str, row: Mapping[str, JsonValue]) -> str:
    """The digest of a stored row that an audit entry vouches for: every sealed column, as stored."""
    return hash_of({"table": table, "row": dict(row)})


def chain_of(case_id: str | None) -> str:
    """The name of the chain that an act in `case_id` belongs to."""
    return case_id or SYSTEM_CHAIN


def entry_hash(entry: AuditEntry) -> str:
    """The hash of an entry in its case's chain, over every field but the hashes that follow from it."""
    return hash_of(
        {
            "scheme": SCHEME,
            "sequence": entry.sequence,
            "case_sequence": entry.case_sequence,
            "case_id": entry.case_id,
            "at": entry.at,
            "actor_id": entry.actor_id,
            "actor_name": entry.actor_name,
            "via": entry.via,
            "act": entry.act,
            "subject": entry.subject,
            "subject_id": entry.subject_id,
            "details": entry.details,
            "previous_hash": entry.previous_hash,
        }
    )


def link_hash(sequence: int, previous: str, entry: str) -> str:
    """The hash of an entry in the global chain; it binds the entry's own hash to its global place."""
    return hash_of({"scheme": SCHEME, "sequence": sequence, "previous": previous, "entry": entry})


def chained(act: Act, at: str, case_head: Head, global_head: Head) -> AuditEntry:
    """The entry that writes `act` down behind the two heads."""
    sequence = global_head.sequence + 1
    draft = AuditEntry(
        sequence=sequence,
        case_sequence=case_head.sequence + 1,
        case_id=act.case_id,
        at=at,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        via=act.actor.via,
        act=act.act,
        subject=act.subject,
        subject_id=act.subject_id,
        details=act.details,
        previous_hash=case_head.hash,
        hash="",
        global_previous=global_head.hash,
        global_hash="",
    )
    own = entry_hash(draft)
    return replace(draft, hash=own, global_hash=link_hash(sequence, global_head.hash, own))


def entry_faults(entry: AuditEntry, case_head: Head | None, global_head: Head | None) -> list[str]:
    """What is wrong with `entry` behind the heads before it; None leaves that chain's predecessor unchecked."""
    faults: list[str] = []
    try:
        own = entry_hash(entry)
    except BadInput as error:
        return [f"cannot be hashed: {error}"]
    if own != entry.hash:
        faults.append("content does not match its hash: the entry was edited")
    if link_hash(entry.sequence, entry.global_previous, entry.hash) != entry.global_hash:
        faults.append("place in the global chain does not match its global hash: the entry was edited or moved")
    if global_head is not None:
        faults += _link_faults("global", entry.sequence, entry.global_previous, global_head)
    if case_head is not None:
        faults += _link_faults("case", entry.case_sequence, entry.previous_hash, case_head)
    return faults


def _link_faults(chain: str, sequence: int, previous: str, head: Head) -> list[str]:
    faults: list[str] = []
    if sequence != head.sequence + 1:
        faults.append(f"{chain} number follows {head.sequence}: entries between are missing, inserted or reordered")
    if previous != head.hash:
        faults.append(
            f"does not follow the entry before it in the {chain} chain: that one was edited, removed or moved"
        )
    return faults


# --- signed checkpoints -----------------------------------------------------------------------------------------------
def _signed_text(sequence: int, global_hash: str, at: str) -> bytes:
    return canonical({"scheme": CHECKPOINT_SCHEME, "sequence": sequence, "global_hash": global_hash, "at": at}).encode()


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public half of `key`, lower-case hex of its 32 bytes."""
    return key.public_key().public_bytes_raw().hex()


def sign_checkpoint(head: Head, at: str, key: Ed25519PrivateKey) -> SignedCheckpoint:
    """A checkpoint of the global `head`, signed with `key` (Ed25519, RFC 8032)."""
    signature = key.sign(_signed_text(head.sequence, head.hash, at)).hex()
    return SignedCheckpoint(head.sequence, head.hash, at, public_hex(key), signature)


def check_signature(checkpoint: SignedCheckpoint, trusted: str | None = None) -> None:
    """Raise Tampered unless the signature holds, and is by the key `trusted` (public, hex) when one is given."""
    if trusted is not None and checkpoint.public_key != trusted:
        raise Tampered("audit.key", "the checkpoint is signed by another key than this store's")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
        signed = _signed_text(checkpoint.sequence, checkpoint.global_hash, checkpoint.at)
        key.verify(bytes.fromhex(checkpoint.signature), signed)
    except (ValueError, InvalidSignature) as error:
        raise Tampered(
            "audit.signature", "the checkpoint's signature does not hold: it was edited or forged"
        ) from error


def checkpoint_json(checkpoint: SignedCheckpoint) -> str:
    """The checkpoint as a JSON document to keep off-site."""
    return canonical(
        {
            "scheme": CHECKPOINT_SCHEME,
            "sequence": checkpoint.sequence,
            "global_hash": checkpoint.global_hash,
            "at": checkpoint.at,
            "public_key": checkpoint.public_key,
            "signature": checkpoint.signature,
        }
    )


def checkpoint_from_json(text: str) -> SignedCheckpoint:
    """The checkpoint that `checkpoint_json` wrote; raises BadInput when `text` is none.

    Check it with `check_signature`.
    """
    try:
        found = json.loads(text)
        if found["scheme"] != CHECKPOINT_SCHEME:
            raise BadInput("audit.checkpoint", f"this checkpoint's scheme is not {CHECKPOINT_SCHEME}")
        return SignedCheckpoint(
            int(found["sequence"]),
            str(found["global_hash"]),
            str(found["at"]),
            str(found["public_key"]),
            str(found["signature"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("audit.checkpoint", "this is not an audit checkpoint as Anjuan exports it") from error
