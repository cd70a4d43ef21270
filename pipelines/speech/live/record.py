"""The lines of a session as a transcript: the second reading where there is one, the quick one else; pure.

Nothing is dropped: a sentence whose readings differ much carries a flag, as does one that only the quick pass read or
that nobody could put into words. Both readings of every line stay beside the record in its journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment
from models.speech.doubts import NO_WORDS
from pipelines.speech.live.endpoints import RATE
from pipelines.speech.live.journal import Final, Rewrite
from pipelines.speech.sentences import full_text, numbered

QUICK_ONLY = "quick-pass-only"
"""The second pass did not read this sentence: its words are those of the quick one."""
READINGS_DIFFER = "readings-differ"
"""The two passes heard different things: listen."""
ALIKE = 0.5
"""Share of characters in common below which two readings differ; the quick pass alone errs in about one of nine."""


def transcript_of(
    finals: Sequence[Final], rewrites: Mapping[int, Rewrite], duration: float, provenance: Provenance
) -> Transcript:
    """The transcript of a session of `duration` seconds."""
    segments: list[TranscriptSegment] = []
    for final in finals:
        segments += line_segments(final, rewrites.get(final.line))
    languages = [rewrite.language for rewrite in rewrites.values() if rewrite.language]
    kept = numbered([_inside(segment, duration) for segment in segments])
    return Transcript(
        language=max(set(languages), key=languages.count) if languages else "zh",
        duration=round(duration, 3),
        speakers=(),
        segments=kept,
        text=full_text(kept),
        provenance=provenance,
    )


def line_segments(final: Final, rewrite: Rewrite | None) -> list[TranscriptSegment]:
    """One line as sentences."""
    if rewrite is not None and rewrite.segments:
        differ = bool(final.text) and not alike(final.text, rewrite.text)
        flags = (READINGS_DIFFER,) if differ else ()
        return [replace(segment, flags=(*segment.flags, *flags)) for segment in rewrite.segments]
    start, end = round(final.first / RATE, 3), round(final.last / RATE, 3)
    flag = _doubt(final, rewrite)
    return [TranscriptSegment(0, start, end, None, None, final.text, final.confidence, (flag,), final.words)]


def _doubt(final: Final, rewrite: Rewrite | None) -> str:
    """What is doubtful about a line that has no second reading with words."""
    if not final.text:
        return NO_WORDS
    if rewrite is None or rewrite.failure is not None:
        return QUICK_ONLY
    # A second pass that heard nothing where the first heard words contradicts it.
    return READINGS_DIFFER


def alike(quick: str, second: str) -> bool:
    """Whether two readings are of the same words, marks and blanks aside."""
    a, b = _bare(quick), _bare(second)
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _inside(segment: TranscriptSegment, duration: float) -> TranscriptSegment:
    """No time lies past the end of the recording."""
    words = tuple(replace(w, start=min(w.start, duration), end=min(w.end, duration)) for w in segment.words)
    return replace(segment, start=min(segment.start, duration), end=min(segment.end, duration), words=words)
