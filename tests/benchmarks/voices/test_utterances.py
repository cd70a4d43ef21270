"""The table of utterances that dialogues become."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.accuracy.dialogues import utterances_in
from benchmarks.accuracy.sounds import read
from benchmarks.voices.dialogue import Wish
from benchmarks.voices.make import make
from benchmarks.voices.mixing import Room
from benchmarks.voices.phrases import SAMPLE_RATE, PhraseBook
from benchmarks.voices.utterances import said_in, write_table


def test_every_phrase_stands_in_the_table_once_under_its_voice(book: PhraseBook, tmp_path: Path) -> None:
    truths = [make(Wish(seed, 0.5), Room(), book)[1] for seed in (1, 1, 2)]
    rows = write_table(truths, book, tmp_path / "out")
    said = {(voice, speed, text) for truth in truths for voice, speed, text in said_in(truth)}
    assert len(rows) == len(said)
    found = utterances_in(tmp_path / "out" / "transcripts.tsv")
    assert [(one.speaker, one.text) for one in found] == [(voice, text) for _, _, voice, text in rows]
    assert {one.speaker for one in found} == {voice for voice, _, _ in said}


def test_an_utterance_sounds_as_long_as_its_row_says(book: PhraseBook, tmp_path: Path) -> None:
    _, truth = make(Wish(1, 0.5), Room(), book)
    name, seconds, _, _ = write_table([truth], book, tmp_path)[0]
    loud = np.flatnonzero(np.abs(read(tmp_path / name)) > 0.01)
    assert abs(loud[-1] / SAMPLE_RATE - seconds) < 0.05
