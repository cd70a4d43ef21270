"""What stands on the pages of a 笔录, in order, before any file format: title, header, turns, closing, who signs where.

Pure. The renderers (`record_pdf`, `record_docx`, `record_text`) draw a sheet and decide no content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cases.conversation import ConversationRecord, Correction, RecordState, TimeSpan, Turn, TurnRole, summed_up
from pipelines.speech.fields import field_text
from pipelines.speech.forms import Form, form_of

DRAFT_MARK = "机器转写草稿，未经核对：灰色文字未经人确认，※ 为存疑处"
OPEN_MARK = "未核对"
SLOT = "◎"
"""Where a finger is pressed upon a correction: one character, so that no line end divides it."""
_LABELS = {TurnRole.QUESTION: "问：", TurnRole.ANSWER: "答：", TurnRole.ASIDE: "", None: "〔待定〕"}
_UNSIGNED = (RecordState.CAPTURING, RecordState.DRAFT, RecordState.TO_CHECK)


class Style(StrEnum):
    """How a run of text looks."""

    PLAIN = "plain"
    STRUCK = "struck"
    ADDED = "added"
    SLOT = "slot"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A turn or a note; `machine` text was not confirmed by a person, `doubtful` has an open flag."""

    label: str
    runs: tuple[Run, ...]
    machine: bool = False
    doubtful: bool = False

    @property
    def text(self) -> str:
        """The words without styles."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where somebody signs: who, how, and the name where it is known."""

    label: str
    name: str
    fingerprint: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A 笔录 as it will be laid out; `header` are lines of (label, text), an empty text is a blank to fill in.

    `closing` is the sentence as it was written; None leaves a line on which the person writes it, and `closing_hint`
    tells the words. `page_slot` is at the foot of every page.
    """

    agency: str
    title: str
    sequence: str
    subject: str
    mark: str | None
    header: tuple[tuple[tuple[str, str], ...], ...]
    paragraphs: tuple[Paragraph, ...]
    closing: str | None
    closing_hint: str
    refusal: str | None
    end_slots: tuple[Slot, ...]
    page_slot: Slot


def sheet_of(record: ConversationRecord) -> Sheet:
    """The sheet of a record, on its own form; raises BadInput for a form that is not known here."""
    form = form_of(record.template)
    header = tuple(tuple((label, field_text(record, name)) for label, name in line) for line in form.header)
    return Sheet(
        agency=record.header.agency,
        title=form.title,
        sequence=f"第 {record.header.sequence_no} 次",
        subject=f"{form.subject_label}：{record.header.subject.name}",
        mark=_mark(record),
        header=header,
        paragraphs=tuple(_paragraphs(record)),
        closing=record.review.closing,
        closing_hint=f"（由{form.subject_label}写明：{' / '.join(form.closing.values())}）",
        refusal=_refusal(record, form),
        end_slots=tuple(_end_slots(record, form)),
        page_slot=Slot(f"{form.subject_label}（{form.page_mark}）", "", fingerprint=True),
    )


def _mark(record: ConversationRecord) -> str | None:
    behind = summed_up(record)
    if any(turn.confirmed_by is None for turn in record.turns if turn.id not in behind):
        return DRAFT_MARK
    return OPEN_MARK if record.state in _UNSIGNED else None


def _refusal(record: ConversationRecord, form: Form) -> str | None:
    refused = record.review.refused
    if refused is None:
        return None
    return f"{form.subject_label}拒绝签名、捺指印。原因：{refused.reason}。注明人：{refused.noted_by}"


# --- paragraphs -------------------------------------------------------------------------------------------------------
def _paragraphs(record: ConversationRecord) -> Iterator[Paragraph]:
    behind = summed_up(record)
    for turn in record.turns:
        if turn.text_final.strip() and turn.id not in behind:
            yield _spoken(turn, [one for one in record.review.corrections if one.turn == turn.id])
        for exhibit in record.exhibits:
            if exhibit.turn == turn.id:
                yield _note(f"（出示{exhibit.no}：{exhibit.name}）")
        for pause in record.interruptions:
            if pause.explained_in == turn.id:
                yield _note(_interruption(pause.at, pause.reason))
    yield from _after_the_turns(record)


def _after_the_turns(record: ConversationRecord) -> Iterator[Paragraph]:
    known = {turn.id for turn in record.turns}
    for exhibit in record.exhibits:
        if exhibit.turn not in known:
            yield _note(f"（出示{exhibit.no}：{exhibit.name}）")
    for pause in record.interruptions:
        if pause.explained_in not in known:
            yield _note(_interruption(pause.at, pause.reason))
    if record.glossary:
        terms = "；".join(f"“{one.term}”（{one.kind}）：{one.meaning}" for one in record.glossary)
        yield _note(f"（用语说明：{terms}）")
    if any(one.fingerprint_slot for one in record.review.corrections):
        yield _note(f"（{SLOT} 为更正处，由本人捺指印）")


def _interruption(at: TimeSpan, reason: str) -> str:
    return f"（录音录像自{_clock(at.start_ms)}至{_clock(at.end_ms)}中断，原因：{reason}）"


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _note(text: str) -> Paragraph:
    return Paragraph("", (Run(text),))


def _spoken(turn: Turn, corrections: list[Correction]) -> Paragraph:
    text = " ".join(turn.text_final.split())
    if turn.role is TurnRole.ASIDE and not text.startswith(("（", "(")):
        text = f"（{text}）"
    machine = turn.confirmed_by is None
    doubtful = any(flag.resolved_by is None for flag in turn.flags)
    return Paragraph(_LABELS[turn.role], tuple(_corrected(text, corrections)), machine, doubtful)


def _corrected(text: str, corrections: Iterable[Correction]) -> Iterator[Run]:
    """The text with what was struck and what was put in its place, each correction with room for a fingerprint."""
    rest = text
    found = ((text.find(one.after), one) for one in corrections if one.after and one.after in text)
    for _, correction in sorted(found, key=lambda pair: pair[0]):
        before, hit, after = rest.partition(correction.after)
        if not hit:
            continue
        if before:
            yield Run(before)
        if correction.before:
            yield Run(correction.before, Style.STRUCK)
        yield Run(correction.after, Style.ADDED)
        if correction.fingerprint_slot:
            yield Run(SLOT, Style.SLOT)
        rest = after
    if rest:
        yield Run(rest)


# --- who signs at the end ---------------------------------------------------------------------------------------------
def _end_slots(record: ConversationRecord, form: Form) -> Iterator[Slot]:
    """The person with the date stands first; then all whom the articles name."""
    header = record.header
    yield Slot(form.subject_label, "", fingerprint=True)
    if header.guardian is not None or header.subject.is_minor:
        yield Slot(
            "法定代理人（合适成年人）", (header.guardian.name or "") if header.guardian else "", fingerprint=True
        )
    if header.interpreter is not None:
        yield Slot("翻译人员", header.interpreter.name, fingerprint=False)
    for officer in header.interrogators:
        yield Slot(form.asker_label, officer.name, fingerprint=False)
    if header.recorder is not None and header.recorder.name not in {one.name for one in header.interrogators}:
        yield Slot("记录人", header.recorder.name, fingerprint=False)
