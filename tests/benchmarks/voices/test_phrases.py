"""Phrases: cut to what is heard, each character timed, nothing made twice."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.voices.kokoro import FRAME, RATE
from benchmarks.voices.phrases import MARGIN, SAMPLE_RATE, PhraseBook, phrases_of
from tests.benchmarks.voices.conftest import FRAMES, Hummer

FRAME_S = FRAME / RATE


def test_text_is_cut_after_each_full_stop_and_nothing_is_lost() -> None:
    text = "我没有拿。你问他，他知道？对；就是这样"
    assert phrases_of(text) == ["我没有拿。", "你问他，他知道？", "对；", "就是这样"]


def test_a_phrase_begins_a_margin_before_the_first_sound_and_ends_one_after_the_last(book: PhraseBook) -> None:
    phrase = book.phrase("你好。", "zm_yunxi")
    # 你好 is "ni↓ xau↓" or "ni↓xau↓" and a full stop: what sounds is the phonemes without the stop.
    assert phrase.start == pytest.approx(MARGIN / SAMPLE_RATE, abs=0.011)
    assert phrase.end == pytest.approx(phrase.samples.size / SAMPLE_RATE - MARGIN / SAMPLE_RATE, abs=0.011)
    assert phrase.end - phrase.start == pytest.approx(7 * FRAMES * FRAME_S, abs=0.03)


def test_each_character_lies_where_its_phonemes_sound(book: PhraseBook) -> None:
    phrase = book.phrase("钱，我还了。", "zm_yunxi")
    assert [one.text for one in phrase.characters] == ["钱", "我", "还", "了"]
    assert phrase.characters[0].start == pytest.approx(phrase.start, abs=0.011)
    assert phrase.characters[-1].end == pytest.approx(phrase.end, abs=0.011)
    for one in phrase.characters:
        inside = phrase.samples[int(one.start * SAMPLE_RATE) + 200 : int(one.end * SAMPLE_RATE) - 200]
        assert np.abs(inside).max() > 0.3
    comma = phrase.samples[
        int(phrase.characters[0].end * SAMPLE_RATE) + 200 : int(phrase.characters[1].start * SAMPLE_RATE) - 200
    ]
    assert np.abs(comma).max() < 0.01


def test_a_synthesiser_that_is_early_has_its_characters_moved(book: PhraseBook) -> None:
    early = PhraseBook(book.synthesiser, book.identity, book.folder, early_s=0.04)
    before, after = (one.phrase("钱，我还了。", "zm_yunxi").characters for one in (book, early))
    assert [a.start - b.start for a, b in zip(before[1:], after[1:], strict=True)] == pytest.approx([0.04] * 3)


def test_a_phrase_is_made_once_a_voice_and_speed_and_is_the_same_when_kept(book: PhraseBook, hummer: Hummer) -> None:
    first = book.phrase("听清楚了。", "zm_yunxi")
    again = book.phrase("听清楚了。", "zm_yunxi")
    assert len(hummer.asked) == 1
    assert np.array_equal(first.samples, again.samples)
    assert first.characters == again.characters
    made = book.made_s
    book.phrase("听清楚了。", "zf_xiaoxiao")
    book.phrase("听清楚了。", "zm_yunxi", 1.1)
    assert len(hummer.asked) == 3
    assert book.made_s == pytest.approx(3 * made)


def test_another_model_makes_its_own_phrases(book: PhraseBook, hummer: Hummer) -> None:
    book.phrase("是。", "zm_yunxi")
    PhraseBook(hummer, "another", book.folder).phrase("是。", "zm_yunxi")
    assert len(hummer.asked) == 2
