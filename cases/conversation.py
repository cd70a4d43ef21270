"""笔录 as a case keeps it: its head, what was said, where each word is in the recording, and who signed.

Values only: no template, no rule of law and no model is known here. A turn keeps what the machine heard (`text_raw`,
never changed) beside what stands in the record (`text_final`), and the places in the recording that it comes from.
Moments are as in cases.header. Places in a recording are milliseconds from its start.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from cases.audit import canonical
from cases.codec import from_json, to_json_object
from cases.header import Header
from cases.records import JsonObject, Provenance
from models.errors import BadInput


class Organ(StrEnum):
    """Whose form it is: 公安机关 or 人民检察院."""

    POLICE = "police"
    PROCURATORATE = "procuratorate"


class Procedure(StrEnum):
    """In what proceedings: 刑事侦查 (公安), 人民检察院直接受理侦查, 审查逮捕 or 审查起诉."""

    CRIMINAL = "criminal"
    OWN_INVESTIGATION = "own_investigation"
    REVIEW = "review"


class TurnRole(StrEnum):
    """问, 答, 旁."""

    QUESTION = "question"
    ANSWER = "answer"
    ASIDE = "aside"


class RecordState(StrEnum):
    """采集中, 草稿, 待核对, 已核对, 已签署, 已封存, in this order."""

    CAPTURING = "capturing"
    DRAFT = "draft"
    TO_CHECK = "to_check"
    CHECKED = "checked"
    SIGNED = "signed"
    SEALED = "sealed"


class NoticeCode(StrEnum):
    """What a person is to be told; templates hold the words."""

    IDENTITY = "identity"
    RIGHTS = "rights"
    TRUTHFUL = "truthful"
    LENIENCY = "leniency"
    PLEA = "plea"
    COUNSEL = "counsel"
    RECUSAL = "recusal"
    RECORDING = "recording"
    TESTIMONY = "testimony"
    SHEET = "sheet"


class Reading(StrEnum):
    """How the subject came to know the record: 本人阅读, 向其宣读."""

    READ = "read"
    READ_ALOUD = "read_aloud"


class Party(StrEnum):
    """Who signs."""

    SUBJECT = "subject"
    INTERROGATOR = "interrogator"
    RECORDER = "recorder"
    INTERPRETER = "interpreter"
    GUARDIAN = "guardian"


class MarkKind(StrEnum):
    """签名, 捺指印, 盖章, 电子签章."""

    SIGNATURE = "signature"
    FINGERPRINT = "fingerprint"
    SEAL = "seal"
    E_SEAL = "e_seal"


# --- places in a recording --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TimeSpan:
    """An anchor: a stretch of the recording `media`, in milliseconds from its start."""

    media: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """Where characters `char_start` up to `char_end` of a turn's raw text were said.

    `segment` is the transcript's segment; its words `word_start` up to `word_end` are these characters. `confidence` is
    0..1.
    """

    at: TimeSpan
    char_start: int
    char_end: int
    segment: int | None = None
    word_start: int = 0
    word_end: int = 0
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about a turn; it stays when a person has looked, with who and when. `note` says what exactly."""

    code: str
    at: TimeSpan | None = None
    resolved_by: str | None = None
    resolved_at: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """同步录音录像: one recording; `started_at` is the wall clock at its start, `gaps` are where it has no sound."""

    id: str
    sha256: str
    duration_ms: int
    role: str = "audio"
    started_at: str | None = None
    sm3: str | None = None
    gaps: tuple[TimeSpan, ...] = ()


# --- the conversation -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Turn:
    """One question, answer or aside; `role` None is to be decided by a person.

    `text_raw` is what the transcript says, for ever; `text_final` what the record says. A summary says so by
    `summary_of`, the ids of the turns that it stands for, and carries their spans; they stay behind it in the record
    with their own words, and are not printed. `confirmed_by` is the account that vouches for the turn; None marks
    machine text.
    """

    id: str
    role: TurnRole | None
    text_raw: str
    text_final: str
    spans: tuple[SourceSpan, ...] = ()
    speaker: str | None = None
    flags: tuple[Flag, ...] = ()
    summary_of: tuple[str, ...] = ()
    confirmed_by: str | None = None
    confirmed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """告知: that `code` was told, in which turn, and what was answered; `turn` None is not told yet."""

    code: NoticeCode
    turn: str | None = None
    answer: str | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence that was shown."""

    no: str
    name: str
    turn: str | None = None
    at: TimeSpan | None = None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """打点."""

    at: TimeSpan
    label: str
    by: str


@dataclass(frozen=True, slots=True)
class Term:
    """绰号, 暗语, 俗语 or 方言, explained."""

    term: str
    kind: str
    meaning: str
    turn: str | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    """A stretch without recording: why, and in which turn that was explained after it."""

    at: TimeSpan
    reason: str
    approved_by: str | None = None
    explained_in: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """改正 asked for by the subject; `fingerprint_slot` says that the form leaves room for the fingerprint on it."""

    turn: str
    before: str
    after: str
    by: str
    at: str | None = None
    page: int | None = None
    fingerprint_slot: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """拒绝签名、捺指印, noted on the record."""

    reason: str
    noted_by: str


@dataclass(frozen=True, slots=True)
class Review:
    """核对: how it was done, and the closing sentence as it was written."""

    mode: Reading | None = None
    read_by: str | None = None
    started_at: str | None = None
    closing: str | None = None
    corrections: tuple[Correction, ...] = ()
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A mark on page `page` (from 1); `image_sha256` is the scan of it, where one is kept."""

    party: Party
    name: str
    kind: MarkKind
    page: int
    at: str | None = None
    image_sha256: str | None = None


# --- the record -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """What 讯问笔录 and 询问笔录 share.

    `content_sha256` is set when the record was checked: the digest of all that must not change from then on.
    """

    template: str
    organ: Organ
    procedure: Procedure
    state: RecordState
    header: Header
    notices: tuple[Notice, ...]
    turns: tuple[Turn, ...]
    media: tuple[Media, ...]
    provenance: Provenance
    transcript: str | None = None
    exhibits: tuple[Exhibit, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    glossary: tuple[Term, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    review: Review = Review()
    signatures: tuple[Signature, ...] = ()
    page_count: int | None = None
    content_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class InterrogationRecord(ConversationRecord):
    """讯问笔录: of a suspect."""


@dataclass(frozen=True, slots=True)
class InquiryRecord(ConversationRecord):
    """询问笔录: of a witness or victim."""


KINDS: dict[str, type[ConversationRecord]] = {"interrogation": InterrogationRecord, "inquiry": InquiryRecord}
"""The kind that the case store names -> the value."""


def kind_of(record: ConversationRecord) -> str:
    """The kind that the case store names this record by."""
    return next(kind for kind, value in KINDS.items() if type(record) is value)


def conversation_of(kind: str, body: JsonObject) -> ConversationRecord:
    """The record that a stored body of `kind` holds; raises BadInput for another kind or a body that does not fit."""
    if kind not in KINDS:
        raise BadInput("record.kind", f"a record of the kind {kind} is no 笔录")
    return from_json(KINDS[kind], body)


def summed_up(record: ConversationRecord) -> frozenset[str]:
    """Ids of turns that a summary stands for: it is printed in their place."""
    return frozenset(other for turn in record.turns for other in turn.summary_of if other != turn.id)


_AFTER_THE_CHECK = ("state", "signatures", "page_count", "content_sha256")
"""What is written after the check: the course of the record, not its content."""


def content_digest(record: ConversationRecord) -> str:
    """SHA-256 (lower-case hex) over the canonical JSON of all that the check fixes: everything but signatures,
    pages and state, and of the review only what the subject had corrected."""
    body = to_json_object(replace(record, review=Review(corrections=record.review.corrections)))
    kept: JsonObject = {name: value for name, value in body.items() if name not in _AFTER_THE_CHECK}
    return hashlib.sha256(canonical(kept).encode()).hexdigest()
