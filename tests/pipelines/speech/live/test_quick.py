"""The quick pass: partial lines grow, closed ones cover the voice, memory stays small."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.fakes import FakeSentence, FakeStreamingTranscriber, FakeVoiceActivity
from models.values import Segment
from pipelines.speech.live.endpoints import RATE
from pipelines.speech.live.quick import KEPT, LOOKS, Closed, Heard, Partial, QuickPass, agreed


def sound(*seconds: tuple[float, float]) -> NDArray[np.float32]:
    """Stretches of (length in seconds, loudness)."""
    return np.concatenate([np.full(round(s * RATE), loud, np.float32) for s, loud in seconds])


def quick_pass(at: int = 0) -> QuickPass:
    return QuickPass(FakeVoiceActivity().stream(), FakeStreamingTranscriber().stream, at)


def heard(samples: NDArray[np.float32], step: int = 1600) -> list[Heard]:
    made, found = quick_pass(), list[Heard]()
    for first in range(0, samples.size, step):
        found += made.accept(samples[first : first + step])
    return found + made.finish()


TWO = sound((1, 0), (2, 0.5), (1, 0), (1.5, 0.5), (1, 0))


def test_a_line_grows_and_is_closed_after_the_pause() -> None:
    found = heard(TWO)
    closed = [one for one in found if isinstance(one, Closed)]
    assert [one.heard.text for one in closed if one.heard] == ["有声" * 4, "有声" * 3]
    assert [(round(c.first / RATE, 1), round(c.last / RATE, 1)) for c in closed] == [(0.7, 3.2), (3.7, 5.7)]
    first = [one for one in found[: found.index(closed[0])] if isinstance(one, Partial)]
    assert [p.text for p in first] == ["有声" * n for n in (1, 2, 3, 4)]
    assert [p.stable for p in first] == [0, 2, 4, 6]


@settings(deadline=None, max_examples=30)
@given(st.integers(100, 40_000))
def test_however_the_sound_is_cut_the_closed_lines_are_the_same(step: int) -> None:
    lines = [(one.first, one.last, one.heard) for one in heard(TWO) if isinstance(one, Closed)]
    again = [(one.first, one.last, one.heard) for one in heard(TWO, step) if isinstance(one, Closed)]
    assert [line[:2] for line in again] == [line[:2] for line in lines]
    assert [line[2] and line[2].text for line in again] == [line[2] and line[2].text for line in lines]


def test_an_idle_room_writes_nothing_and_keeps_nothing() -> None:
    made = quick_pass()
    for _ in range(120):
        assert made.accept(np.zeros(RATE, np.float32)) == []
        assert made._sound.size <= KEPT
    assert made.at == 120 * RATE
    assert made.finish() == []


def test_a_long_sentence_keeps_no_more_than_the_lead_in() -> None:
    made = quick_pass()
    for _ in range(200):
        made.accept(np.full(1600, 0.5, np.float32))
        assert made._sound.size <= KEPT + 1600


class Slow(FakeSentence):
    """Shows nothing before two seconds, as a recogniser whose first word is long; asked to end, it says what it has."""

    opened = 0

    def __init__(self) -> None:
        super().__init__()
        Slow.opened += 1

    def accept(self, samples: NDArray[np.float32]) -> str:
        shown = super().accept(samples)
        return shown if self._loud >= 2 * RATE else ""


def test_a_sentence_is_looked_at_ahead_until_its_recogniser_shows_a_word() -> None:
    made = QuickPass(FakeVoiceActivity().stream(), Slow)
    found, shown_at = list[Heard](), list[float]()
    said = sound((1, 0), (3, 0.5), (1, 0))
    for first in range(0, said.size, 512):
        news = made.accept(said[first : first + 512])
        shown_at += [first / RATE - 1 for one in news if isinstance(one, Partial)]
        found += news
    partials = [one for one in found if isinstance(one, Partial)]
    assert [one.text for one in partials] == ["有声", "有声" * 4, "有声" * 5, "有声" * 6]
    assert shown_at[0] < 1, "by a look, long before the recogniser itself"
    assert partials[0].stable == 0
    (closed,) = [one for one in found if isinstance(one, Closed)]
    assert closed.heard is not None
    assert closed.heard.text == "有声" * 6, "a look changes nothing of the line"


def test_looks_at_a_noise_without_words_end_and_keep_no_sound() -> None:
    class Wordless(Slow):
        def accept(self, samples: NDArray[np.float32]) -> str:
            self._samples += samples.size
            return ""

        def finish(self) -> Segment | None:
            return None

    made, before = QuickPass(FakeVoiceActivity().stream(), Wordless), Slow.opened
    for _ in range(100):
        assert made.accept(np.full(1600, 0.5, np.float32)) == []
        assert made._sound.size <= LOOKS[-1] + KEPT
    assert Slow.opened - before <= len(LOOKS) + 1


def test_a_click_is_no_line_but_a_voice_without_words_is_one() -> None:
    assert heard(sound((1, 0), (0.08, 0.5), (2, 0))) == []
    (closed,) = heard(sound((1, 0), (0.3, 0.5), (2, 0)))
    assert isinstance(closed, Closed)
    assert closed.heard is None


def test_the_end_of_the_sound_closes_the_line() -> None:
    (closed,) = [one for one in heard(sound((0.5, 0), (2, 0.5))) if isinstance(one, Closed)]
    assert closed.last == round(2.5 * RATE)


def test_positions_go_on_where_an_earlier_pass_stopped() -> None:
    made = quick_pass(at=RATE * 100)
    found = made.accept(TWO)
    assert [one.first // RATE for one in found if isinstance(one, Closed)] == [100, 103]


def test_what_two_looks_have_in_common_is_settled() -> None:
    assert agreed("", "今天") == 0
    assert agreed("今天天", "今天上午") == 2
    assert agreed("今天上午", "今天") == 2
