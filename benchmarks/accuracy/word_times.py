"""How exact the times of words are, against recordings whose characters' times are known.

`python -m benchmarks.accuracy.word_times --truth FOLDER [--model NAME]` takes every NAME.wav in FOLDER with a NAME.json
beside it, as synthesised dialogues have: turns -> phrases -> characters with text, start and end in seconds. Characters
of the transcript are matched with those of the truth where both have the same run of two or more; of each word that
begins in such a run, the start is compared, and of each that ends in one, the end. A click on a word plays from
SEEK_LEAD before its start: the landing is how long before the true start that is.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from benchmarks.accuracy.chinese_text import comparable
from benchmarks.accuracy.speech import transcribe
from cases.records import JsonObject
from cases.transcript import Transcript, TranscriptWord
from models.device import choose_device
from models.weights import WeightsCache
from pipelines.inline import InlineEngine

RUN = 2
"""Characters that must agree in a row: one alone may be chance."""
SEEK_LEAD = 0.2
"""Seconds that a player goes back before a word: enough to hear its first consonant."""
LANDING_S = 0.5
MEDIAN_S = 0.08
NINETY_FIFTH_S = 0.25


@dataclass(frozen=True, slots=True)
class Timed:
    """A character and when it is said, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Deviations:
    """Seconds by which words are late: at their starts and at their ends."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]


def truth_of(path: Path) -> list[Timed]:
    """The characters of a recording in the order of their starts, marks left out."""
    document = json.loads(path.read_text(encoding="utf-8"))
    found = [
        Timed(comparable(one["text"]), float(one["start"]), float(one["end"]))
        for turn in document["turns"]
        for phrase in turn["phrases"]
        for one in phrase["characters"]
    ]
    return sorted((one for one in found if len(one.text) == 1), key=lambda one: one.start)


def deviations(words: Sequence[TranscriptWord], truth: Sequence[Timed]) -> Deviations:
    """How far the words are from the truth, where the texts agree."""
    heard = [(character, number) for number, word in enumerate(words) for character in comparable(word.text)]
    first = {number: place for place, (_, number) in reversed(list(enumerate(heard)))}
    last = {number: place for place, (_, number) in enumerate(heard)}
    matcher = SequenceMatcher(None, [c for c, _ in heard], [one.text for one in truth], autojunk=False)
    true = {
        block.a + n: truth[block.b + n]
        for block in matcher.get_matching_blocks()
        if block.size >= RUN
        for n in range(block.size)
    }
    return Deviations(
        tuple(words[number].start - true[place].start for number, place in sorted(first.items()) if place in true),
        tuple(words[number].end - true[place].end for number, place in last.items() if place in true),
    )


def faults(record: Transcript) -> int:
    """Words whose times go back, end before they start or lie outside the recording."""
    count, before = 0, 0.0
    for segment in record.segments:
        for word in segment.words:
            count += not before <= word.start <= word.end <= record.duration
            before = word.start
    return count


def report(name: str, late: Sequence[float]) -> bool:
    """A line of the absolute deviations; whether they are within the bounds."""
    off = np.abs(np.asarray(late))
    median, high = float(np.median(off)), float(np.percentile(off, 95))
    within = ", ".join(f"{np.mean(off <= bound):.0%} within {bound * 1000:.0f} ms" for bound in (0.05, 0.1, 0.2))
    print(
        f"{name}: {off.size} words, median {median * 1000:.0f} ms, 95th percentile {high * 1000:.0f} ms, "
        f"{within}; late by {np.median(late) * 1000:+.0f} ms (median)"
    )
    return median <= MEDIAN_S and high <= NINETY_FIFTH_S


def landings(late: Sequence[float]) -> str:
    """Where clicks land: before the word and at most LANDING_S, after its start, or too early."""
    before = SEEK_LEAD - np.asarray(late)
    return (
        f"clicks that land 0 to {LANDING_S} s before the word: {np.mean((before >= 0) & (before <= LANDING_S)):.1%}; "
        f"after its start {np.mean(before < 0):.1%}; earlier {np.mean(before > LANDING_S):.1%}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when the starts miss the bounds or a time is impossible."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True, help="folder of NAME.wav with NAME.json")
    parser.add_argument("--model", help="model name (default: the manifests' default)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    options = parser.parse_args(arguments)
    pairs = [
        (p, p.with_suffix(".json")) for p in sorted(options.truth.glob("*.wav")) if p.with_suffix(".json").exists()
    ]
    if not pairs:
        parser.error("no NAME.wav with NAME.json there")
    params: JsonObject = {} if options.model is None else {"model": options.model}
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(options.device))
    starts: list[float] = []
    ends: list[float] = []
    impossible = 0
    try:
        for sound, truth in pairs:
            record = transcribe(engine, sound, params)
            impossible += faults(record)
            found = deviations([word for segment in record.segments for word in segment.words], truth_of(truth))
            report(f"{sound.stem}, starts", found.starts)
            starts += found.starts
            ends += found.ends
    finally:
        engine.close()
    good = report("all, starts", starts)
    report("all, ends", ends)
    print(landings(starts))
    print(f"impossible times: {impossible}")
    return 0 if good and not impossible else 1


if __name__ == "__main__":
    sys.exit(main())
