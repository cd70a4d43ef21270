"""Numbers and suggestions go with the characters that they lie over, and go away with them."""

from __future__ import annotations

from cases.transcript import HotwordSuggestion, NumberSpan, TranscriptSegment
from pipelines.speech.spans import Spans, moved

NUMBER = NumberSpan(2, 6, "三千五百", "3500", "amount")
SUGGESTION = HotwordSuggestion(7, 9, "张卫", "张伟", 0.0)
SAID = TranscriptSegment(
    0, 0.0, 9.0, None, None, "拿了三千五百给张卫", 0.9, (), (), numbers=(NUMBER,), suggestions=(SUGGESTION,)
)
BEFORE = TranscriptSegment(0, 0.0, 1.0, None, None, "然后", 0.9, (), ())


def read(text: str, spans: Spans) -> list[str]:
    return [text[span.start : span.end] for span in (*spans.numbers, *spans.suggestions)]


def test_spans_move_with_what_is_written_before_them() -> None:
    text = "我当时拿了三千五百，给张卫"
    (spans,) = moved([SAID], [text])
    assert read(text, spans) == ["三千五百", "张卫"]


def test_a_span_that_was_written_over_is_gone() -> None:
    text = "拿了三千六百给张伟"
    (spans,) = moved([SAID], [text])
    assert read(text, spans) == []


def test_a_split_sentence_takes_each_span_to_its_half_and_cuts_none() -> None:
    first, second = moved([SAID], ["拿了三千五百", "给张卫"])
    assert (read("拿了三千五百", first), read("给张卫", second)) == (["三千五百"], ["张卫"])
    assert moved([SAID], ["拿了三千", "五百给张卫"])[0].numbers == ()


def test_a_merged_sentence_keeps_the_spans_of_both() -> None:
    text = "然后拿了三千五百给张卫"
    (spans,) = moved([BEFORE, SAID], [text])
    assert read(text, spans) == ["三千五百", "张卫"]


def test_a_sentence_without_spans_gets_none() -> None:
    assert moved([BEFORE], ["然", "后"]) == [Spans((), ()), Spans((), ())]
