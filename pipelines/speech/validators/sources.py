"""Rules on where the words come from: each answer has its place in the recording, each gap its reason."""

from __future__ import annotations

from collections.abc import Iterator

from cases.conversation import ConversationRecord, RecordState, SourceSpan, TimeSpan, Turn, TurnRole
from pipelines.speech.statute import Citation, Law
from pipelines.speech.validators.rule import Breach, Matter, Rule, Severity


def _answers_have_places(matter: Matter) -> Iterator[Breach]:
    record = matter.record
    durations = {media.id: media.duration_ms for media in record.media}
    for number, turn in enumerate(record.turns):
        if turn.role is TurnRole.ANSWER and not turn.spans:
            severity = None if record.media else Severity.WARNING
            yield Breach("这一答没有对应的录音位置", f"turns[{number}].spans", turn.id, None, severity)
        for span in turn.spans:
            fault = _span_fault(span, turn, durations)
            if fault is not None:
                yield Breach(fault, f"turns[{number}].spans", turn.id, span.at)


def _span_fault(span: SourceSpan, turn: Turn, durations: dict[str, int]) -> str | None:
    if span.at.media not in durations:
        return f"所指的录音 {span.at.media} 不在笔录所附的录音录像中"
    if not 0 <= span.at.start_ms <= span.at.end_ms <= durations[span.at.media]:
        return "录音位置超出录音的长度"
    if not 0 <= span.char_start <= span.char_end <= len(turn.text_raw):
        return "字的位置超出原始转写的长度"
    return None


A15 = Rule(
    "A15",
    "每一答都能回到录音",
    "每一答至少对应录音中的一段，且在录音的长度之内；没有录音的笔录只作提示。",
    Severity.ERROR,
    RecordState.CHECKED,
    _answers_have_places,
    basis="法律没有逐答定位的要求；这是本系统核对笔录与录音是否一致（检察规则第二百六十四条所审查的事项）的前提。",
)


def _gaps_explained(matter: Matter) -> Iterator[Breach]:
    record = matter.record
    for media in record.media:
        for gap in media.gaps:
            if not _is_explained(gap, record):
                text = f"录音录像 {media.id} 中断 {round((gap.end_ms - gap.start_ms) / 1000)} 秒，笔录没有说明"
                yield Breach(text, "interruptions", None, gap)
    known = {turn.id for turn in record.turns}
    for number, interruption in enumerate(record.interruptions):
        if not interruption.reason.strip():
            yield Breach("中断没有写明原因", f"interruptions[{number}].reason", None, interruption.at)
        if interruption.explained_in is not None and interruption.explained_in not in known:
            yield Breach("说明中断的一问不在笔录中", f"interruptions[{number}].explained_in", None, interruption.at)


def _is_explained(gap: TimeSpan, record: ConversationRecord) -> bool:
    return any(
        entry.at.media == gap.media and entry.at.start_ms <= gap.start_ms and gap.end_ms <= entry.at.end_ms
        for entry in record.interruptions
    )


A16 = Rule(
    "A16",
    "录音录像的每一处中断都有说明",
    "录音录像应当全程进行，保持完整性；确有中断的，记明起止和原因。",
    Severity.ERROR,
    RecordState.CHECKED,
    _gaps_explained,
    (
        Citation(Law.PROCEDURE, 123, "录音或者录像应当全程进行，保持完整性", "interrogation"),
        Citation(Law.POLICE, 208, "应当对每一次讯问全程不间断进行，保持完整性", "interrogation"),
    ),
    "中断应当如何记明，所列条文未作规定；逐处说明是本系统的要求。",
)

RULES = (A15, A16)
