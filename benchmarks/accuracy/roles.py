"""How often 问 and 答 are told right: per sentence, on dialogues whose truth is known, with and without speakers.

`python -m benchmarks.accuracy.roles [--wording b] [--seeds 100-119] [--show]` weighs the texts of the truth, no sound.
`python -m benchmarks.accuracy.roles --recordings DIR [--diarised]` transcribes every recording that
benchmarks.voices.make left in DIR; a machine sentence has the true role of the turn that it overlaps most, and unless
`--diarised` it is cut by the true speakers.  The rules were written with wording a in view; wording b is held out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from random import Random

from benchmarks.accuracy.speech import transcribe
from benchmarks.voices.dialogue import PARTS, Wish, write
from benchmarks.voices.phrases import phrases_of
from benchmarks.voices.truth import DialogueTruth, TurnTruth
from cases.codec import from_json
from cases.records import JsonObject
from cases.transcript import TranscriptSegment, TranscriptWord
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.inline import InlineEngine
from pipelines.speech.roles import ROLE_UNSURE, with_roles

MISTAKEN = (0.03, 0.06, 0.12)
"""Shares of sentences given to the wrong speaker; the target of diarisation with two speakers is 8 % of the time."""

Dialogue = list[TranscriptSegment]
"""Sentences whose `role` is the truth."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Sentences, how many got their true role, how many are flagged, and how many wrong ones are not flagged."""

    sentences: int = 0
    right: int = 0
    flagged: int = 0
    wrong_unflagged: int = 0

    @property
    def accuracy(self) -> float:
        """Share of right roles."""
        return self.right / self.sentences if self.sentences else 0.0


def scored(truth: Sequence[TranscriptSegment], told: Sequence[TranscriptSegment]) -> Tally:
    """The machine's roles against the true ones, sentence by sentence."""
    pairs = [(a, b) for a, b in zip(truth, told, strict=True) if a.role is not None]
    wrong = [b for a, b in pairs if a.role != b.role]
    flagged = sum(ROLE_UNSURE in b.flags for _, b in pairs)
    silent = sum(ROLE_UNSURE not in b.flags for b in wrong)
    return Tally(len(pairs), len(pairs) - len(wrong), flagged, silent)


def summed(tallies: Iterable[Tally]) -> Tally:
    """All together, so that long dialogues weigh more."""
    every = list(tallies)
    return Tally(
        sum(t.sentences for t in every),
        sum(t.right for t in every),
        sum(t.flagged for t in every),
        sum(t.wrong_unflagged for t in every),
    )


def blank(truth: Dialogue, *, speakers: bool) -> Dialogue:
    """The dialogue as a machine gets it: no roles, no doubts of them, and no speakers unless they are given."""
    return [
        replace(
            one,
            role=None,
            speaker=one.speaker if speakers else None,
            flags=tuple(flag for flag in one.flags if flag != ROLE_UNSURE),
        )
        for one in truth
    ]


def written(wish: Wish) -> Dialogue:
    """The sentences of a script; a speaker is his part."""
    found: Dialogue = []
    for line in write(wish):
        for text in phrases_of(line.text):
            number = len(found)
            found.append(TranscriptSegment(number, number, number + 1.0, line.part, line.role, text, 1.0, (), ()))
    return found


def mistaken(dialogue: Dialogue, share: float, seed: int) -> Dialogue:
    """The dialogue of two with this share of its sentences given to the other speaker, as voices are told apart."""
    rng = Random(f"mistaken {seed}")
    other = dict(zip(PARTS[2], reversed(PARTS[2]), strict=True))
    return [replace(one, speaker=other[one.speaker or ""]) if rng.random() < share else one for one in dialogue]


def attributed(segments: Sequence[TranscriptSegment], truth: DialogueTruth, *, speakers: bool) -> Dialogue:
    """Machine sentences with the true role of the turn that each overlaps most.

    With `speakers`, they are cut where the true speaker changes, by word, and get him: voices told apart perfectly.
    """
    found: Dialogue = []
    for segment in segments:
        for piece in _cut(segment, truth) if speakers and segment.words else [segment]:
            turn = max(truth.turns, key=lambda turn: _overlap(piece, turn))
            if piece.text.strip() and _overlap(piece, turn) > 0:
                found.append(replace(piece, role=turn.role, speaker=turn.speaker if speakers else piece.speaker))
    return found


def _cut(segment: TranscriptSegment, truth: DialogueTruth) -> Dialogue:
    """The sentence in pieces of one true turn each; punctuation goes with the word before it."""
    pieces: Dialogue = []
    for _, run in groupby(segment.words, key=lambda word: max(truth.turns, key=lambda turn: _overlap(word, turn)).id):
        words = tuple(run)
        text = "".join(word.text for word in words)
        pieces.append(replace(segment, start=words[0].start, end=words[-1].end, text=text, words=words))
    return pieces


def _overlap(piece: TranscriptSegment | TranscriptWord, turn: TurnTruth) -> float:
    """Seconds that both share; below 0 the distance between them."""
    return min(piece.end, turn.end) - max(piece.start, turn.start)


def measure(title: str, dialogues: Sequence[Dialogue], *, speakers: bool, show: bool = False) -> Tally:
    """Roles for each dialogue, and a line about all."""
    tallies: list[Tally] = []
    for truth in dialogues:
        told = with_roles(blank(truth, speakers=speakers), True, {})
        tallies.append(scored(truth, told))
        if show:
            print(*(_line(a, b) for a, b in zip(truth, told, strict=True) if a.role != b.role), sep="\n")
    tally = summed(tallies)
    print(
        f"{title}: role accuracy {tally.accuracy:.2%} over {tally.sentences} sentences of {len(tallies)} dialogues, "
        f"flagged {tally.flagged / max(1, tally.sentences):.1%}, wrong and not flagged {tally.wrong_unflagged}"
    )
    return tally


def _line(truth: TranscriptSegment, told: TranscriptSegment) -> str:
    return f"  {truth.role} told as {told.role} {' '.join(told.flags)}: {truth.text}"


def texts(wording: str, seeds: Sequence[int], *, show: bool) -> None:
    """Scripts of two to four people of three and ten minutes."""
    for speakers in (2, 3, 4):
        wishes = [Wish(seed, 3.0 if seed % 2 else 10.0, speakers, wording=wording) for seed in seeds]
        dialogues = [written(wish) for wish in wishes]
        measure(f"wording {wording}, {speakers} people, speakers known", dialogues, speakers=True, show=show)
        measure(f"wording {wording}, {speakers} people, speakers unknown", dialogues, speakers=False, show=show)
        for share in MISTAKEN if speakers == 2 else ():
            some = [mistaken(one, share, seed) for one, seed in zip(dialogues, seeds, strict=True)]
            measure(f"wording {wording}, 2 people, {share:.0%} of speakers mistaken", some, speakers=True, show=show)
    meetings = [written(Wish(seed, 3.0, 5, "meeting", wording)) for seed in seeds]
    taken = sum(any(one.role for one in with_roles(blank(m, speakers=True), None, {})) for m in meetings)
    print(f"wording {wording}: {taken} of {len(meetings)} meetings taken for a questioning")


def recordings(folder: Path, model: str | None, *, diarised: bool, show: bool) -> None:
    """Machine transcripts of made recordings."""
    engine = InlineEngine.from_registry(WeightsCache(), choose_device("auto"))
    params: JsonObject = {} if model is None else {"model": model}
    try:
        for place in sorted(folder.glob("*.wav")):
            known = place.with_name(f"{place.stem}.json")
            truth = from_json(DialogueTruth, json.loads(known.read_text(encoding="utf-8")))
            if truth.wish.kind != "interrogation" or truth.room.channels:
                continue
            asked: JsonObject = {"speakers": len(truth.speakers)} if diarised else {}
            heard = transcribe(engine, place, params | asked)
            found = attributed(heard.segments, truth, speakers=not diarised)
            measure(f"{place.stem}, speakers {'heard' if diarised else 'known'}", [found], speakers=True, show=show)
            if not diarised:
                alone = attributed(heard.segments, truth, speakers=False)
                measure(f"{place.stem}, speakers unknown", [alone], speakers=False, show=show)
    finally:
        engine.close()


def _seeds(text: str) -> list[int]:
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wording", choices=("a", "b"), default="b")
    parser.add_argument("--seeds", type=_seeds, default=list(range(100, 120)), help="FIRST-LAST (default 100-119)")
    parser.add_argument("--recordings", type=Path, help="folder of made recordings, instead of texts")
    parser.add_argument("--diarised", action="store_true", help="take speakers from the pipeline, not from the truth")
    parser.add_argument("--model", help="model name (default: the manifests' default)")
    parser.add_argument("--show", action="store_true", help="print every sentence whose role is wrong")
    options = parser.parse_args(arguments)
    if options.recordings is None:
        texts(options.wording, options.seeds, show=options.show)
    else:
        recordings(options.recordings, options.model, diarised=options.diarised, show=options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
