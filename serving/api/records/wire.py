"""Records on the wire: the record's own JSON, with what the store knows of it beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from cases.records import CaseDocument, DerivedCopy, JsonObject
from cases.versions import RecordSummary, RecordVersion
from pipelines.files.find import QUERY_CHARS
from pipelines.files.review.documents import FIELD_CHARS
from pipelines.files.review.lines import LINE_CHARS, LineFix
from pipelines.speech.edit import SENTENCE_CHARS, SPEAKER_CHARS, Edit, Sentence
from pipelines.traffic.review import REASON_CHARS, Verdict
from serving.api.records.kinds import Review
from serving.api.wire import FreeJson, Shown, Wire, plain

SENTENCES_MOST = 50_000
"""Sentences of one version at most: a day and a night of quick talk has thirty thousand."""
LINES_MOST = 20_000
"""Lines corrected in one version at most: a full volume of 200 pages has some eight thousand."""
VERDICTS_MOST = 5_000
"""Violations decided on in one version at most."""
DOCUMENTS_MOST = 5_000
"""Documents of one version at most: no scan has more documents than pages."""


class DerivedShown(Shown):
    """A copy made on the way: page picture, searchable PDF, annotated clip."""

    id: str
    record: str
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str

    @classmethod
    def of(cls, copy: DerivedCopy) -> DerivedShown:
        """From the value."""
        return cls(
            id=copy.id,
            record=copy.record_id,
            name=copy.name,
            media_type=copy.media_type,
            size=copy.size,
            sha256=copy.digest.sha256,
            sm3=copy.digest.sm3,
        )


class SummaryShown(Shown):
    """Which record, which version, whose."""

    id: str
    case: str
    evidence: str
    job: str
    kind: str = Field(description="transcribe, compare, scan or traffic; of a 笔录 interrogation or inquiry.")
    version: int
    author: Literal["machine", "human"]
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, record: RecordSummary | RecordVersion) -> SummaryShown:
        """From the value."""
        return cls(
            id=record.record_id,
            case=record.case_id,
            evidence=record.evidence_id,
            job=record.job_id,
            kind=record.kind,
            version=record.version,
            author=record.author,
            created_at=record.created_at,
            created_by=record.created_by,
        )


class AboutRecord(SummaryShown):
    """A version of a record and its copies."""

    derived: list[DerivedShown]


class RecordShown(Shown):
    """The record's own fields (`segments`, `pages`, `counts` ..., by its kind), and `record`, which says what it is."""

    model_config = ConfigDict(extra="allow")

    record: AboutRecord


class SentenceGiven(Wire):
    """A sentence of a transcript as a person leaves it; times follow from the words that it keeps."""

    text: Annotated[str, StringConstraints(max_length=SENTENCE_CHARS), AfterValidator(plain)]
    speaker: Annotated[str, StringConstraints(max_length=SPEAKER_CHARS), AfterValidator(plain)] | None = None
    role: Literal["question", "answer", "aside"] | None = None
    resolved: list[str] = Field(default=[], max_length=50, description="Flags of it that are dealt with.")
    marked: bool = Field(default=False, description="To be listened to again.")
    confirmed: bool = Field(default=False, description="Whoever asks vouches that the recording says this.")

    def value(self) -> Sentence:
        """As the pipeline takes it."""
        return Sentence(self.text, self.speaker, self.role, tuple(self.resolved), self.marked, self.confirmed)


class EditGiven(Wire):
    """Sentences instead of those with the ids `first` to `last` of the base version."""

    first: int = Field(ge=0, lt=2**31)
    last: int = Field(ge=0, lt=2**31)
    sentences: list[SentenceGiven] = Field(min_length=1, max_length=SENTENCES_MOST)

    def value(self) -> Edit:
        """As the pipeline takes it."""
        return Edit(self.first, self.last, tuple(sentence.value() for sentence in self.sentences))


class LineGiven(Wire):
    """A line of a scan as a person leaves it; the text that it had confirms it as it is."""

    page: int = Field(ge=1, lt=2**31)
    line: int = Field(ge=0, lt=2**31, description="The line's place in the page's lines, from 0.")
    was: Annotated[str, StringConstraints(max_length=LINE_CHARS)] = Field(description="What the base version says.")
    text: Annotated[str, StringConstraints(min_length=1, max_length=LINE_CHARS), AfterValidator(plain)]

    def value(self) -> LineFix:
        """As the pipeline takes it."""
        return LineFix(self.page, self.line, self.was, self.text)


FieldText = Annotated[str, StringConstraints(max_length=FIELD_CHARS), AfterValidator(plain)]


class DocumentGiven(Wire):
    """A 文书 of a volume as a person decides it."""

    type: FieldText
    title: FieldText
    number: FieldText | None = None
    date: FieldText | None = Field(default=None, description="ISO 8601, as 2026-03-09.")
    author: FieldText | None = None
    first_page: int = Field(ge=1, lt=2**31)
    last_page: int = Field(ge=1, lt=2**31)
    confirmed: bool = Field(
        default=False, description="Whoever asks vouches for one that stays as the machine made it."
    )

    def value(self, by: str) -> CaseDocument:
        """As the pipeline takes it, decided by `by` where confirmed."""
        return CaseDocument(
            self.type,
            self.title,
            self.number,
            self.date,
            self.author,
            self.first_page,
            self.last_page,
            0.0,
            by if self.confirmed else None,
        )


class VerdictGiven(Wire):
    """What a person decides on a proposed violation; incomplete evidence cannot be confirmed."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="As the record names it.")
    state: Literal["confirmed", "rejected", "open"]
    reason: Annotated[str, StringConstraints(max_length=REASON_CHARS), AfterValidator(plain)] = Field(
        default="", description="A rejection needs one."
    )

    def value(self) -> Verdict:
        """As the pipeline takes it."""
        return Verdict(self.id, self.state, self.reason)


class ReviewGiven(Wire):
    """What a person corrected of a scan: lines, the documents of the volume (all of them), or both; or, of a traffic
    record, what was decided on its violations."""

    violations: list[VerdictGiven] = Field(default=[], max_length=VERDICTS_MOST)
    lines: list[LineGiven] = Field(default=[], max_length=LINES_MOST)
    documents: list[DocumentGiven] | None = Field(default=None, min_length=1, max_length=DOCUMENTS_MOST)
    documents_of: int | None = Field(
        default=None,
        ge=1,
        lt=2**31,
        description="A version: documents that are sent as they stood there stand again so, open ones open. That takes "
        "a decision back without vouching for what the machine proposed.",
    )

    @model_validator(mode="after")
    def _of_documents(self) -> Self:
        if self.documents_of is not None and self.documents is None:
            raise ValueError("documents_of goes with documents")
        return self

    def value(self, by: str) -> Review:
        """As the record's kind takes it."""
        documents = None if self.documents is None else tuple(one.value(by) for one in self.documents)
        verdicts = tuple(verdict.value() for verdict in self.violations)
        return Review(tuple(line.value() for line in self.lines), documents, self.documents_of, verdicts)


class FindGiven(Wire):
    """What to look for in a scan: in the body, so that no name stands in an address or a proxy's log."""

    text: Annotated[str, StringConstraints(max_length=QUERY_CHARS), AfterValidator(plain)]
    version: int | None = Field(default=None, ge=1, lt=2**31, description="The latest when not given.")


class PieceShown(Shown):
    """Characters `start` up to `end` of line `line` (from 0) of the page."""

    line: int
    start: int
    end: int


class HitShown(Shown):
    """A match, in one piece a line, and what stands around it."""

    page: int
    pieces: list[PieceShown]
    before: str
    text: str
    after: str


class HitsShown(Shown):
    """The first matches in reading order; `total` counts all."""

    hits: list[HitShown]
    total: int


class NewVersion(Wire):
    """A person's version: the whole record, edits of a transcript, or the review of a scan."""

    base_version: int = Field(ge=1, lt=2**31, description="The version that was corrected.")
    body: FreeJson | None = Field(default=None, description="The whole record, in the shape of its kind.")
    edits: list[EditGiven] | None = Field(
        default=None, max_length=SENTENCES_MOST, description="Or, for a transcript, only what changed, in order."
    )
    review: ReviewGiven | None = Field(
        default=None, description="Or what was corrected and confirmed of a scan, or decided on violations."
    )
    onto_version: int | None = Field(
        default=None,
        ge=1,
        lt=2**31,
        description="With edits or review: the latest version, where it is newer and they shall go onto it.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if sum(given is not None for given in (self.body, self.edits, self.review)) != 1:
            raise ValueError("give one of body, edits and review")
        if self.onto_version is not None and (self.body is not None or self.onto_version <= self.base_version):
            raise ValueError("onto_version goes with edits or review, and is newer than base_version")
        return self


def shown(record: RecordVersion, copies: list[DerivedCopy]) -> JsonObject:
    """The answer: the body as it is kept, and what it is."""
    summary = SummaryShown.of(record).model_dump(mode="json")
    summary["derived"] = [DerivedShown.of(copy).model_dump(mode="json") for copy in copies]
    return {**record.body, "record": summary}
