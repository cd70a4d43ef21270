"""问 and 答: who of a recording asks and who answers, from the words, pooled over each speaker; pure, knows no sound.

One person is questioned and others ask (刑事诉讼法 118: two at least; one suspect at a time, 公安程序规定 202); an
interpreter or a guardian may speak beside them (旁).  A speaker's sentences are weighed together, then each sentence
once more with its neighbours, so that a mistake about the speaker shows.  Where speakers are not known, the sentences
alone are weighed.  What is thin is flagged; words and speakers are never changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from cases.transcript import TranscriptSegment
from pipelines.speech.cues import SHORT, asks_by_form, both_sides, leaning, stands_aside

QUESTION: Final = "question"
ANSWER: Final = "answer"
ASIDE: Final = "aside"
ROLES: Final = (QUESTION, ANSWER, ASIDE)
ROLE_UNSURE: Final = "role-unsure"
"""问 or 答 was guessed from little: look."""

SURE: Final = 0.8
"""Probability below which a role is flagged."""
SURE_ALONE: Final = 0.9
"""The same where the sentence stands alone, its speaker unknown."""
SPEAKER_TRUST: Final = 2.5
"""Log-odds that a sentence is its speaker's where voices were told apart: one in 13 is another's, as errors go."""
SEAT_TRUST: Final = 5.0
"""The same where a seat or a channel tells: one in 150."""
AGAINST: Final = 3.0
"""Log-odds of a sentence against the role of its speaker from which it is flagged: perhaps the speaker is mistaken."""
POOLING: Final = 0.6
"""Sentences of one speaker are no independent witnesses: each counts this much."""
CLEAR: Final = 3.0
"""Log-odds between the one who asks and the one who answers, below which a recording is not taken for a questioning."""
AFTER_QUESTION: Final = 0.85
"""How often the one questioned speaks after a question (after a statement of the one who asks: AFTER_STATEMENT)."""
AFTER_STATEMENT: Final = 0.35
AFTER_ANSWER: Final = 0.45
"""How often the one who asks speaks after a sentence of an answer."""
ANSWERING_TURNS: Final = 0.35
"""Share of the turns of a questioning that the one who is questioned has, at least; half of them as a rule."""
ASKING_TURNS: Final = 0.55
"""Share of the other turns that lean to asking, at least."""
FEW: Final = 0.12
"""Share of all sentences up to which somebody who asks nothing stands aside."""


@dataclass(frozen=True, slots=True)
class Casting:
    """Role of each speaker, and how sure, 0..1; `questioning`: whether it sounds like one at all."""

    roles: Mapping[str, str]
    confidence: float
    questioning: bool


def with_roles(
    segments: Sequence[TranscriptSegment], wanted: bool | None, seats: Mapping[str, str]
) -> list[TranscriptSegment]:
    """The segments with `role` filled and doubts flagged; words, times and speakers as they were.

    `seats` gives the role of speakers known from their seat, channel or voice; it is believed.  `wanted` None fills
    roles where several speakers are known and it sounds like a questioning, or seats are given; False never does.
    """
    speakers = {segment.speaker for segment in segments} - {None}
    if wanted is False or (wanted is None and not seats and len(speakers) < 2):
        return list(segments)
    cast = casting(segments, seats)
    if not (wanted or seats or cast.questioning):
        return list(segments)
    chances = _chances(segments, cast, seats)
    return [_told(segment, chance, cast) for segment, chance in zip(segments, chances, strict=True)]


def _told(segment: TranscriptSegment, chance: float, cast: Casting) -> TranscriptSegment:
    """The segment with its role; `chance` is the probability that it asks."""
    if not segment.text.strip():
        return segment
    own = cast.roles.get(segment.speaker or "")
    role = ASIDE if own == ASIDE else QUESTION if chance >= 0.5 else ANSWER
    sure = cast.confidence if own == ASIDE else max(chance, 1 - chance)
    doubtful = both_sides(segment.text) if own is None else own != role or _contradicts(segment.text, role)
    if sure >= (SURE_ALONE if own is None else SURE) and not doubtful:
        return replace(segment, role=role)
    return replace(segment, role=role, flags=(*segment.flags, ROLE_UNSURE))


def _contradicts(text: str, role: str) -> bool:
    """Whether the words, if they are more than a short reply, are those of the other side."""
    lean = {QUESTION: leaning(text), ANSWER: -leaning(text)}.get(role, 0.0)
    return lean <= -AGAINST and len(text) > SHORT


# --- speakers --------------------------------------------------------------------------------------------------------
def casting(segments: Sequence[TranscriptSegment], seats: Mapping[str, str]) -> Casting:
    """Who asks, who answers, who stands aside; seats are kept."""
    said: dict[str, list[str]] = {}
    for segment in segments:
        if segment.speaker is not None and segment.text.strip():
            said.setdefault(segment.speaker, []).append(segment.text)
    if not said:
        return _without_speakers([segment.text for segment in segments if segment.text.strip()])
    pooled = {speaker: POOLING * sum(map(leaning, texts)) for speaker, texts in said.items()}
    answering = _answering(pooled, said, seats)
    roles = {speaker: _role(speaker, answering, pooled, said) for speaker in said} | dict(seats)
    asking = [pooled[speaker] for speaker in said if roles[speaker] == QUESTION]
    if answering is None or not asking:
        return Casting(roles, 1.0 if seats else 0.5, questioning=bool(seats))
    margin = max(asking) - pooled[answering]
    confidence = 1.0 if set(said) <= set(seats) else _chance(margin / 2)
    return Casting(roles, confidence, margin >= CLEAR and _is_questioning(segments, answering, roles))


def _is_questioning(segments: Sequence[TranscriptSegment], answering: str, roles: Mapping[str, str]) -> bool:
    """Whether one speaker answers every other turn, and most turns of those who ask do ask: no meeting, no talk."""
    spoken = [segment for segment in segments if segment.speaker is not None and segment.text.strip()]
    turns = [
        (str(speaker), sum(leaning(segment.text) for segment in run))
        for speaker, run in groupby(spoken, key=lambda segment: segment.speaker)
    ]
    asking = [lean for speaker, lean in turns if roles[speaker] == QUESTION]
    answers = sum(speaker == answering for speaker, _ in turns)
    asked = sum(lean > 0 for lean in asking)
    return answers >= ANSWERING_TURNS * len(turns) and asked >= ASKING_TURNS * len(asking)


def _answering(pooled: Mapping[str, float], said: Mapping[str, Sequence[str]], seats: Mapping[str, str]) -> str | None:
    """The one who is questioned: who leans to answering most, all sentences together."""
    seated = [speaker for speaker in said if seats.get(speaker) == ANSWER]
    free = [speaker for speaker in said if speaker not in seats]
    return min(seated or free, key=lambda speaker: pooled[speaker], default=None)


def _role(speaker: str, answering: str | None, pooled: Mapping[str, float], said: Mapping[str, Sequence[str]]) -> str:
    if speaker == answering:
        return ANSWER
    texts = said[speaker]
    aside = sum(map(stands_aside, texts)) / len(texts)
    few = len(texts) <= FEW * sum(map(len, said.values()))
    if len(said) > 2 and (aside >= 0.5 or (few and pooled[speaker] <= 0)):
        return ASIDE
    return QUESTION


def _without_speakers(texts: Sequence[str]) -> Casting:
    """Nobody is known: whether it sounds like a questioning follows from how much is asked, and how much answered."""
    asked = sum(leaning(text) for text in texts if leaning(text) > 0)
    answered = -sum(leaning(text) for text in texts if leaning(text) < 0)
    return Casting({}, 0.5, questioning=min(asked, answered) >= CLEAR)


# --- sentences -------------------------------------------------------------------------------------------------------
def _chances(segments: Sequence[TranscriptSegment], cast: Casting, seats: Mapping[str, str]) -> list[float]:
    """For each segment the probability that it asks (forward-backward over two states, Rabiner 1989)."""
    places = [n for n, s in enumerate(segments) if s.text.strip() and cast.roles.get(s.speaker or "") != ASIDE]
    found = [0.5] * len(segments)
    if not places:
        return found
    spoken = [segments[n] for n in places]
    evidence = [leaning(segment.text) + _prior(segment.speaker, cast, seats) for segment in spoken]
    steps = [_step(segment.text) for segment in spoken]
    ahead, behind = _forward(evidence, steps), _backward(evidence, steps)
    for place, (ask, answer), (later_ask, later_answer) in zip(places, ahead, behind, strict=True):
        found[place] = ask * later_ask / (ask * later_ask + answer * later_answer)
    return found


def _prior(speaker: str | None, cast: Casting, seats: Mapping[str, str]) -> float:
    role = cast.roles.get(speaker or "")
    if role is None:
        return 0.0
    trust = SEAT_TRUST if speaker in seats else SPEAKER_TRUST * (2 * cast.confidence - 1)
    return trust if role == QUESTION else -trust


def _step(text: str) -> tuple[float, float]:
    """How often an answer follows when this sentence asks, and a question when it answers."""
    return (AFTER_QUESTION if asks_by_form(text) else AFTER_STATEMENT), AFTER_ANSWER


def _forward(evidence: Sequence[float], steps: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    state = _shares(_chance(evidence[0]), 1 - _chance(evidence[0]))
    found = [state]
    for (to_answer, to_ask), odds in zip(steps, evidence[1:], strict=False):
        ask = state[0] * (1 - to_answer) + state[1] * to_ask
        answer = state[0] * to_answer + state[1] * (1 - to_ask)
        state = _shares(ask * _chance(odds), answer * (1 - _chance(odds)))
        found.append(state)
    return found


def _backward(evidence: Sequence[float], steps: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    state = (0.5, 0.5)
    found = [state]
    for (to_answer, to_ask), odds in zip(reversed(steps[:-1]), reversed(evidence[1:]), strict=True):
        ask, answer = state[0] * _chance(odds), state[1] * (1 - _chance(odds))
        state = _shares((1 - to_answer) * ask + to_answer * answer, to_ask * ask + (1 - to_ask) * answer)
        found.append(state)
    return found[::-1]


def _shares(ask: float, answer: float) -> tuple[float, float]:
    return ask / (ask + answer), answer / (ask + answer)


def _chance(odds: float) -> float:
    """Log-odds as a probability; bounded, since nothing is certain."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
