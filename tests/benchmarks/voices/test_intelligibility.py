"""The neutral text that voices are measured on, and its rate; no voice and no recogniser is needed here."""

from __future__ import annotations

from benchmarks.accuracy.interrogations import interrogation, scripts
from benchmarks.voices.intelligibility import SENTENCES, errors_of, said_in
from benchmarks.voices.phrases import SAMPLE_RATE, PhraseBook


def test_figures_and_punctuation_of_the_recogniser_are_no_errors_and_a_wrong_character_is_one() -> None:
    heard = "".join(SENTENCES).replace("，", "").replace("十五分钟", "15分钟")
    assert errors_of(heard).rate == 0.0
    assert errors_of(heard.replace("桃花", "桃画")).substitutions == 1


def test_every_sentence_is_said_once(book: PhraseBook) -> None:
    sound = said_in("zm_yunxi", book)
    assert sound.shape[0] == 1
    spoken = sum(book.phrase(text, "zm_yunxi").samples.size for text in SENTENCES)
    assert sound.shape[1] > spoken > 60 * SAMPLE_RATE


def test_no_sentence_stands_in_a_script() -> None:
    said = {
        line.text
        for split in ("dev", "held-out", "blind", "blind-2", "blind-3", "blind-4")
        for name in scripts(split)
        for line in interrogation(name, 0)[0].said
    }
    assert not said & set(SENTENCES)
    assert len(set(SENTENCES)) == 30
