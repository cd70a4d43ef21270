"""Lines to a transcript: the better reading, the doubts, nothing dropped."""

from __future__ import annotations

from cases.records import Provenance
from cases.transcript import TranscriptSegment
from models.speech.doubts import NO_WORDS
from pipelines.speech.live.journal import Final, Rewrite
from pipelines.speech.live.record import QUICK_ONLY, READINGS_DIFFER, alike, line_segments, transcript_of

MADE = Provenance("live", "1", "0", (), {}, "cpu", "0" * 64, "then", "now")


def final(line: int, text: str) -> Final:
    return Final(line + 1, line, line * 32000, line * 32000 + 16000, text, 0.8, ())


def second(line: int, *texts: str, failure: str | None = None) -> Rewrite:
    sentences = tuple(TranscriptSegment(0, 2.0 * line, 2.0 * line + 1, None, None, t, 0.9, (), ()) for t in texts)
    return Rewrite(100 + line, line, "zh" if texts else None, sentences, failure)


def test_the_second_reading_stands_where_there_is_one() -> None:
    finals = [final(0, "今天下午我在家"), final(1, "没有出门")]
    made = transcript_of(finals, {0: second(0, "今天下午，", "我在家。")}, 3.0, MADE)
    assert [s.text for s in made.segments] == ["今天下午，", "我在家。", "没有出门"]
    assert [s.id for s in made.segments] == [0, 1, 2]
    assert [s.flags for s in made.segments] == [(), (), (QUICK_ONLY,)]
    assert made.text == "今天下午，我在家。没有出门"
    assert (made.language, made.duration) == ("zh", 3.0)


def test_readings_that_differ_and_lines_without_words_are_flagged_and_kept() -> None:
    assert line_segments(final(0, "今天下午我在家"), second(0, "谢谢观看。"))[0].flags == (READINGS_DIFFER,)
    assert line_segments(final(0, "今天下午"), second(0))[0].flags == (READINGS_DIFFER,)
    assert line_segments(final(0, "今天下午"), second(0, failure="model.failed"))[0].flags == (QUICK_ONLY,)
    (silent,) = line_segments(final(0, ""), second(0))
    assert (silent.text, silent.flags, silent.start, silent.end) == ("", (NO_WORDS,), 0.0, 1.0)
    assert line_segments(final(0, ""), second(0, "嗯。"))[0].flags == ()


def test_marks_and_blanks_make_no_difference() -> None:
    assert alike("打开 GPS 导航", "打开gps导航。")
    assert not alike("我没有拿", "字幕由")


def test_no_time_lies_past_the_end() -> None:
    made = transcript_of([final(1, "好")], {}, 2.5, MADE)
    assert (made.segments[0].start, made.segments[0].end) == (2.0, 2.5)
