"""The case store: the one facade through which everything else keeps and finds what belongs to cases.

Synchronous and thread-safe. Each act is one transaction that carries the result, its audit entry and the job's state
together; its SQL lives in `cases.acts`, one module a noun, and nothing else opens a transaction. Knows no pipeline,
no request and where blobs lie only when it verifies.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cases.access import Member
from cases.accounts import Account, Accounts, ApiKey
from cases.acts.alarms import AlarmActs
from cases.acts.casework import CaseActs
from cases.acts.drafts import DraftActs
from cases.acts.evidence import EvidenceActs
from cases.acts.hotwords import HotwordActs
from cases.acts.live import LiveActs
from cases.acts.queue import QueueActs
from cases.acts.records import RecordActs
from cases.acts.reference import ReferenceActs
from cases.acts.search import SearchActs
from cases.acts.trail import Event, TrailActs
from cases.acts.voiceprints import VoiceprintActs
from cases.acts.work import WorkActs
from cases.audit import AuditEntry, SignedCheckpoint
from cases.blobs import BlobStore, StoredBlob
from cases.database import Clock, Database, open_database
from cases.digest import require_sm3
from cases.jobs import Attempt, Lease
from cases.keys import public_key
from cases.upgrade import bring_up, require_current
from cases.verify import Fault, Report, examine
from cases.versions import RecordSummary, RecordVersion
from models.errors import AnjuanError

__all__ = [
    "Account",
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Event",
    "Fault",
    "Lease",
    "Member",
    "RecordSummary",
    "RecordVersion",
    "Report",
    "SignedCheckpoint",
    "Store",
    "StoredBlob",
]


class Store(
    CaseActs,
    HotwordActs,
    AlarmActs,
    EvidenceActs,
    QueueActs,
    WorkActs,
    RecordActs,
    DraftActs,
    LiveActs,
    ReferenceActs,
    SearchActs,
    TrailActs,
):
    """案件, 证据, 记录, 作业 and 审计 of one installation; `accounts` holds its people, `voiceprints` their voices."""

    def __init__(self, database: Database, signing_key_path: Path | None = None) -> None:
        super().__init__(database, signing_key_path)
        self.accounts = Accounts(database)
        keys = signing_key_path.parent / "voiceprints" if signing_key_path is not None else None
        self.voiceprints = VoiceprintActs(database, keys)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        signing_key_path: Path | None = None,
        upgrade: bool = True,
        clock: Clock | None = None,
    ) -> Self:
        """The store at `url` (`sqlite:////path/anjuan.db`, `postgresql+psycopg://...`), its schema brought up to date.

        With `upgrade` False nothing is changed and an older schema is an error. `clock` replaces the database's time
        in tests. Raises BadInput for another URL, Unavailable when the database cannot be used or is newer than this
        version.
        """
        require_sm3()
        database = open_database(url, clock)
        try:
            if upgrade:
                bring_up(database)
            else:
                require_current(database)
        except AnjuanError:
            database.close()
            raise
        return cls(database, signing_key_path)

    def close(self) -> None:
        """Give back every connection; leases run out by themselves."""
        self._database.close()

    def verify(self, case_id: str | None, blobs: BlobStore) -> list[Fault]:
        """What is not as it was stored, in a case (None: anywhere); empty when all is well."""
        return list(self.examine(case_id, blobs).faults)

    def examine(
        self, case_id: str | None, blobs: BlobStore, *, exported: Sequence[tuple[str, SignedCheckpoint]] = ()
    ) -> Report:
        """As `verify`, with notes and counts; `exported` are checkpoints that were kept elsewhere, by name."""
        path = self._signing_key_path
        trusted = public_key(path) if path is not None else None
        return examine(self._database, case_id, blobs, trusted=trusted, exported=exported)
