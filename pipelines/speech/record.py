"""A transcript becomes the draft of a 笔录: turns with their places in the recording, and the notices that were spoken.

The draft decides nothing that the transcript does not say: a sentence whose speaker's part is not known becomes a turn
without a role, flagged for a person. Pure: knows no store and no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cases.conversation import (
    KINDS,
    ConversationRecord,
    Flag,
    Media,
    Notice,
    RecordState,
    SourceSpan,
    TimeSpan,
    Turn,
    TurnRole,
)
from cases.header import Header
from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment
from models.errors import BadInput
from pipelines.speech.forms import Form, NoticeText
from pipelines.speech.itn.layer import holds, in_figures

ROLE_FLAG = "role"
"""Nobody told whether this is a question or an answer."""
HOTWORD_FLAG = "hotword"
"""Words that sound like a name of the case and are written otherwise; the note says which."""
PIPELINE = "conversation"
PIPELINE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a draft is made from: the recording, its transcript, and the id of the record that holds the transcript.

    `figures` asks for numbers in figures in what the record says; `corrected_by` is the account that made this version
    of the transcript, None for the machine.
    """

    media: Media
    transcript: Transcript
    record_id: str | None = None
    figures: bool = True
    corrected_by: str | None = None


def draft(heard: Heard, header: Header, form: Form, provenance: Provenance) -> ConversationRecord:
    """The draft in `form`; raises BadInput when the subject is heard as somebody for whom the form is not made."""
    if not form.is_for(header.subject.standing):
        raise BadInput(
            "record.standing", f"{form.label} is no form for a {header.subject.standing.value}; choose another template"
        )
    turns = tuple(_turn(number, part, heard) for number, part in enumerate(_parts(heard.transcript.segments), 1))
    return KINDS[form.kind](
        template=form.name,
        organ=form.organ,
        procedure=form.procedure,
        state=RecordState.DRAFT,
        header=header,
        notices=tuple(_notice(text, turns) for text in form.notices),
        turns=turns,
        media=(heard.media,),
        provenance=provenance,
        transcript=heard.record_id,
    )


# --- turns ------------------------------------------------------------------------------------------------------------
def _parts(segments: Iterable[TranscriptSegment]) -> list[list[TranscriptSegment]]:
    """Runs of sentences that are one turn."""
    parts: list[list[TranscriptSegment]] = []
    for segment in segments:
        if not segment.text.strip():
            continue
        if parts and _goes_on(parts[-1][-1], segment):
            parts[-1].append(segment)
        else:
            parts.append([segment])
    return parts


def _goes_on(earlier: TranscriptSegment, later: TranscriptSegment) -> bool:
    """Whether `later` belongs to the turn of `earlier`: one known role, or one known speaker where no role is known."""
    if _role(earlier) is not _role(later):
        return False
    return _role(later) is not None or (later.speaker is not None and later.speaker == earlier.speaker)


def _role(segment: TranscriptSegment) -> TurnRole | None:
    return TurnRole(segment.role) if segment.role in set(TurnRole) else None


def _turn(number: int, part: Sequence[TranscriptSegment], heard: Heard) -> Turn:
    text, places = joined([segment.text.strip() for segment in part])
    role, speakers = _role(part[0]), {segment.speaker for segment in part}
    spans = tuple(_span(segment, place, heard.media) for segment, place in zip(part, places, strict=True))
    flags = [flag for segment, span in zip(part, spans, strict=True) for flag in _flags(segment, span.at, heard)]
    if role is None:
        flags.append(Flag(ROLE_FLAG))
    final = (
        joined([in_figures(segment.text, segment.numbers).strip() for segment in part])[0] if heard.figures else text
    )
    # Who confirmed every sentence in the transcript has confirmed the turn.
    confirmed = part[-1].confirmed_by if all(segment.confirmed_by is not None for segment in part) else None
    speaker = speakers.pop() if len(speakers) == 1 else None
    return Turn(f"t{number}", role, text, final, spans, speaker, tuple(flags), confirmed_by=confirmed)


def _flags(segment: TranscriptSegment, at: TimeSpan, heard: Heard) -> Iterator[Flag]:
    """The doubts of a sentence; whoever confirmed it has settled those that it had."""
    for code in segment.flags:
        settled = heard.corrected_by if code in segment.resolved else None
        yield Flag(code, at, resolved_by=segment.confirmed_by or settled)
    for number in segment.numbers:
        if holds(segment.text, number):
            yield from (Flag(code, at, segment.confirmed_by, note=number.raw) for code in number.flags)
    for like in segment.suggestions:
        if segment.text[like.start : like.end] == like.text:
            yield Flag(HOTWORD_FLAG, at, segment.confirmed_by, note=f"{like.text}：{like.hotword}？")


def _span(segment: TranscriptSegment, place: tuple[int, int], media: Media) -> SourceSpan:
    start, end = (min(max(0, round(seconds * 1000)), media.duration_ms) for seconds in (segment.start, segment.end))
    at = TimeSpan(media.id, start, max(start, end))
    return SourceSpan(at, *place, segment=segment.id, word_end=len(segment.words), confidence=segment.confidence)


def joined(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The texts as one, and the place of each in it; a blank stands between only where Latin words would run
    together."""
    whole, places = "", []
    for text in texts:
        if whole and text and _is_latin(whole[-1]) and _is_latin(text[0]):
            whole += " "
        places.append((len(whole), len(whole) + len(text)))
        whole += text
    return whole, places


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in ",.?!")


# --- notices ----------------------------------------------------------------------------------------------------------
def _notice(text: NoticeText, turns: Sequence[Turn]) -> Notice:
    """Where the notice was spoken, and what was answered; the machine only proposes it."""
    for turn, after in pairwise((*turns, None)):
        if turn is not None and turn.role is not TurnRole.ANSWER and text.is_in(turn.text_final):
            answer = after.text_final if after is not None and after.role is TurnRole.ANSWER else None
            return Notice(text.code, turn.id, answer)
    return Notice(text.code)
