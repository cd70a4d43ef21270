"""A person's corrections applied to a transcript: new sentences for old ones, with the links to the sound kept; pure.

It knows the transcript and who corrects, no store and no page. The machine's times, flags and words that a person did
not touch stay as they are; nobody confirms in somebody else's name; a flag can be resolved, never removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from models.errors import BadInput
from pipelines.speech.layers import layered_as
from pipelines.speech.retime import bare, divided, retimed
from pipelines.speech.sentences import full_text, numbered
from pipelines.speech.spans import moved

MARKED = "marked"
"""The one flag that people set and take back: to be listened to again."""
ROLES = (None, "question", "answer", "aside")
SENTENCE_CHARS = 5000
"""A quarter of an hour of quick speech: more is a pasted document, not a sentence."""
SPEAKER_CHARS = 60


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a person leaves it; `confirmed`: the person vouches that it is what the recording says."""

    text: str
    speaker: str | None = None
    role: str | None = None
    resolved: tuple[str, ...] = ()
    marked: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """`sentences` instead of those with the ids `first` to `last`: one for one, one for several, several for one."""

    first: int
    last: int
    sentences: tuple[Sentence, ...]


def edited(base: Transcript, edits: Sequence[Edit], by: str) -> Transcript:
    """`base` with `edits` made by the account `by`; raises BadInput for edits that do not fit it."""
    check_edits(base, edits)
    has_words = any(segment.words for segment in base.segments)
    found: list[TranscriptSegment] = []
    at = 0
    for edit in edits:
        found += base.segments[at : edit.first]
        run = base.segments[edit.first : edit.last + 1]
        made = _flagged(_placed(run, edit.sentences, by, has_words), edit.sentences, run)
        found += layered_as(made, base.language, base.provenance.parameters)
        at = edit.last + 1
    return whole(base, [*found, *base.segments[at:]])


def whole(base: Transcript, segments: Sequence[TranscriptSegment]) -> Transcript:
    """`base` with other sentences: numbered anew, its text and its speakers those of the sentences."""
    said = {segment.speaker for segment in segments if segment.speaker is not None}
    known = [speaker for speaker in base.speakers if speaker in said]
    heard = [segment.speaker for segment in segments if segment.speaker is not None]
    return replace(
        base,
        segments=numbered(segments),
        speakers=tuple(dict.fromkeys([*known, *heard])),
        text=full_text(segments),
    )


def check_edits(base: Transcript, edits: Sequence[Edit]) -> None:
    """Raises BadInput for edits that do not fit `base`."""
    if any(segment.id != place for place, segment in enumerate(base.segments)):
        raise BadInput("edit.ids", "this version's segments are not numbered from 0; send the whole record instead")
    for edit in edits:
        if not 0 <= edit.first <= edit.last < len(base.segments):
            raise BadInput("edit.range", f"segments {edit.first} to {edit.last} are not in this version")
        if not edit.sentences:
            raise BadInput("edit.empty", "an edit leaves one sentence at least; empty its text to strike it")
        for sentence in edit.sentences:
            _check_sentence(sentence)
    if any(later.first <= earlier.last for earlier, later in pairwise(edits)):
        raise BadInput("edit.order", "edits must be in the order of the segments and must not overlap")


def _check_sentence(sentence: Sentence) -> None:
    if len(sentence.text) > SENTENCE_CHARS:
        raise BadInput("edit.text", f"a sentence has at most {SENTENCE_CHARS} characters")
    if sentence.speaker is not None and not 0 < len(sentence.speaker.strip()) <= SPEAKER_CHARS:
        raise BadInput("edit.speaker", f"a speaker's name has 1 to {SPEAKER_CHARS} characters")
    if sentence.role not in ROLES:
        raise BadInput("edit.role", f"no role is called {sentence.role!r}; there are question, answer and aside")


# --- times -----------------------------------------------------------------------------------------------------------
def _placed(
    run: Sequence[TranscriptSegment], sentences: Sequence[Sentence], by: str, has_words: bool
) -> list[TranscriptSegment]:
    """The sentences with their words and times, no flags yet."""
    start, end = run[0].start, max(segment.end for segment in run)
    atoms = [word for segment in run for word in _atoms(segment)]
    text = " ".join(sentence.text.strip() for sentence in sentences)
    groups = _cut(retimed(atoms, text, start, end), sentences)
    spans = moved(run, [sentence.text.strip() for sentence in sentences])
    found: list[TranscriptSegment] = []
    for number, (sentence, words) in enumerate(zip(sentences, groups, strict=True)):
        begin = start if number == 0 else max(found[-1].start, words[0].start if words else found[-1].end)
        finish = max([begin, *(word.end for word in words)])
        placed = TranscriptSegment(
            id=0,
            start=begin,
            end=max(begin, end) if number == len(sentences) - 1 else finish,
            speaker=sentence.speaker.strip() if sentence.speaker else None,
            role=sentence.role,
            text=sentence.text.strip(),
            confidence=round(sum(w.probability for w in words) / len(words), 4) if words else run[0].confidence,
            flags=(),
            words=words if has_words else (),
            numbers=spans[number].numbers,
            suggestions=spans[number].suggestions,
        )
        found.append(_vouched(placed, sentence, run, by))
    return found


def _atoms(segment: TranscriptSegment) -> tuple[TranscriptWord, ...]:
    """A sentence's words; of one that the model gave no words, characters spread evenly."""
    if segment.words or not segment.text:
        return segment.words
    spread = retimed((), segment.text, segment.start, segment.end)
    return tuple(replace(word, probability=segment.confidence, human=False) for word in spread)


def _cut(words: Sequence[TranscriptWord], sentences: Sequence[Sentence]) -> list[tuple[TranscriptWord, ...]]:
    """The words of all sentences by sentence; a word on the border is divided."""
    left = list(words)
    groups: list[tuple[TranscriptWord, ...]] = []
    for sentence in sentences:
        room, group = len(bare(sentence.text)), []
        while left and room > 0:
            word = left.pop(0)
            size = len(bare(word.text))
            if size > room:
                head, tail = divided(replace(word, text=bare(word.text)), room)
                word = head
                left.insert(0, tail)
            group.append(word)
            room -= min(size, room)
        groups.append(tuple(group))
    return groups


# --- what a person and the machine say of it -------------------------------------------------------------------------
def _vouched(
    placed: TranscriptSegment, sentence: Sentence, run: Sequence[TranscriptSegment], by: str
) -> TranscriptSegment:
    """With the name of who confirmed it: an earlier confirmation stays with a sentence that was not changed."""
    if not sentence.confirmed:
        return placed
    same = (placed.text, placed.speaker, placed.role)
    before = [s.confirmed_by for s in run if s.confirmed_by and (s.text, s.speaker, s.role) == same]
    return replace(placed, confirmed_by=before[0] if before else by)


def _flagged(
    placed: Sequence[TranscriptSegment], sentences: Sequence[Sentence], run: Sequence[TranscriptSegment]
) -> list[TranscriptSegment]:
    """With the flags of the sentences that they came from: each lands where its sound is, none gets lost."""
    carried: list[list[str]] = [[] for _ in placed]
    for old in run:
        shares = [min(new.end, old.end) - max(new.start, old.start) for new in placed]
        touched = [n for n, share in enumerate(shares) if share > 0] or [shares.index(max(shares))]
        for n in touched:
            carried[n] += [flag for flag in old.flags if flag != MARKED]
    found = []
    for new, sentence, flags in zip(placed, sentences, carried, strict=True):
        own = tuple(dict.fromkeys([*flags, *([MARKED] if sentence.marked else [])]))
        found.append(replace(new, flags=own, resolved=tuple(flag for flag in own if flag in sentence.resolved)))
    return found
