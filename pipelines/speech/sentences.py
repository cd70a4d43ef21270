"""What a model heard in one chunk, as sentences with their place in the recording; pure, knows no engine and no file.

Words are drawn back to where voice activity found speech, since aligners stretch them over pauses; then the text is cut
at full stops and pauses. Every word of the model is in exactly one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cases.transcript import TranscriptSegment, TranscriptWord
from models.speech.doubts import LOW_CONFIDENCE, REPETITION, doubts
from models.values import Segment, Transcription, Word
from pipelines.speech.chunks import RATE, Chunk
from pipelines.speech.timing import LATER_SHARE, in_recording

STOPS = tuple("。！？!?；;…")
COMMAS = tuple("，,、：: ")
PAUSE_SECONDS = 0.8
"""A pause that ends a sentence, whatever the punctuation says."""
BREATH_SECONDS = 0.3
"""A pause that may end a sentence that has grown long."""
LONG_CHARACTERS = 40
"""From here on a comma or a breath ends the sentence: two lines of a subtitle."""
LONGEST_CHARACTERS = 100
"""From here on any word does: five lines of a page."""
LONG_SECONDS = 12.0


def sentences(heard: Transcription, chunk: Chunk, *, speaker: str | None, words: bool) -> list[TranscriptSegment]:
    """The sentences of one chunk, times in seconds of the recording; ids are given later, in `numbered`."""
    found: list[TranscriptSegment] = []
    for segment in in_recording(heard, chunk).segments:
        placed = [_placed(word, chunk) for word in segment.words]
        if not placed:
            found.append(_whole(segment, speaker))
            continue
        found.extend(_sentence(group, segment, speaker, words) for group in _groups(placed))
    return [sentence for sentence in found if sentence.text]


def numbered(segments: Sequence[TranscriptSegment]) -> tuple[TranscriptSegment, ...]:
    """Segments with ids from 0, in order."""
    return tuple(replace(segment, id=number) for number, segment in enumerate(segments))


def full_text(segments: Sequence[TranscriptSegment]) -> str:
    """The whole text: sentences that end in a Chinese mark need no space after them."""
    text = ""
    for segment in segments:
        if not segment.text:
            continue
        if text and not text.endswith(("。", "！", "？", "；", "，", "、", "：", "…")):
            text += " "
        text += segment.text
    return text


def _placed(word: Word, chunk: Chunk) -> Word:
    """`word` drawn back to the speech that it overlaps most; of two spans that it touches alike, to the later."""
    best = 0.0
    kept = (word.start, word.end)
    for first, last in chunk.speech:
        inside = (max(word.start, first / RATE), min(word.end, last / RATE))
        if inside[1] - inside[0] > best * LATER_SHARE:
            best = max(best, inside[1] - inside[0])
            kept = inside
    return replace(word, start=kept[0], end=kept[1])


def _groups(words: Sequence[Word]) -> Iterator[list[Word]]:
    group: list[Word] = []
    for number, word in enumerate(words):
        group.append(word)
        following = words[number + 1] if number + 1 < len(words) else None
        if following is None or _ends(group, following):
            yield group
            group = []


def _ends(group: Sequence[Word], following: Word) -> bool:
    last = group[-1]
    pause = following.start - last.end
    if last.text.rstrip().endswith(STOPS) or pause >= PAUSE_SECONDS:
        return True
    length = sum(len(word.text) for word in group)
    if length >= LONGEST_CHARACTERS:
        return True
    is_long = length >= LONG_CHARACTERS or last.end - group[0].start >= LONG_SECONDS
    return is_long and (last.text.endswith(COMMAS) or pause >= BREATH_SECONDS)


def _sentence(group: Sequence[Word], segment: Segment, speaker: str | None, words: bool) -> TranscriptSegment:
    text = "".join(word.text for word in group).strip()
    confidence = sum(word.probability for word in group) / len(group)
    # What is true of the chunk stays on each of its sentences, save what is judged sentence by sentence.
    whole = [flag for flag in segment.flags if flag not in (LOW_CONFIDENCE, REPETITION)]
    own = doubts(text, confidence, segment.no_speech_probability)
    spoken = tuple(
        TranscriptWord(round(w.start, 3), round(w.end, 3), w.text.strip(), w.probability)
        for w in group
        if w.text.strip()
    )
    return TranscriptSegment(
        id=0,
        start=round(group[0].start, 3),
        end=round(group[-1].end, 3),
        speaker=speaker,
        role=None,
        text=text,
        confidence=round(confidence, 4),
        flags=tuple(dict.fromkeys([*own, *whole])),
        words=spoken if words else (),
    )


def _whole(segment: Segment, speaker: str | None) -> TranscriptSegment:
    """A segment of a model that gives no words."""
    return TranscriptSegment(
        id=0,
        start=round(segment.start, 3),
        end=round(segment.end, 3),
        speaker=speaker,
        role=None,
        text=segment.text.strip(),
        confidence=round(segment.confidence, 4),
        flags=segment.flags,
        words=(),
    )
