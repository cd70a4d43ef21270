"""The number layer: what is written in figures, what stays, and how places and times map across."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.itn import ItnCase, cases, is_kept
from cases.codec import from_json, to_json
from cases.records import Provenance
from cases.transcript import NumberSpan, Transcript, TranscriptSegment, TranscriptWord
from pipelines.numerals import in_characters
from pipelines.speech.itn.layer import figured, holds, in_figures, number_spans, raw_place, seconds_of, with_numbers

SPOKEN = st.text(
    "我在他和零〇一二两三四五六七八九十百千万亿幺几点年月日号时分块毛元斤克米岁个第乘到京A·X，。 35", max_size=40
)


def written(text: str, *names: str) -> str:
    return in_figures(text, number_spans(text, names))


def segment(*words: str) -> TranscriptSegment:
    timed = tuple(TranscriptWord(float(n), n + 0.5, word, 1.0) for n, word in enumerate(words))
    return TranscriptSegment(0, 0.0, float(len(words)), None, None, "".join(words), 1.0, (), timed)


@pytest.mark.parametrize("case", [case for case in cases() if is_kept(case)], ids=lambda case: case.spoken)
def test_what_must_stay_stays(case: ItnCase) -> None:
    assert number_spans(case.spoken) == () or written(case.spoken) == case.written


def test_the_written_cases_come_out_as_written() -> None:
    chosen = [case for case in cases() if not is_kept(case)]
    missed = [case.spoken for case in chosen if written(case.spoken) != case.written]
    # Two are known: a price without a unit before 一包, and two bare digits after 尾数.
    assert missed == ["烟是四十五一包", "一七七二三三四四五五六，尾数五六"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("三月五号", "date"),
        ("下午三点半", "time"),
        ("三千五百块", "money"),
        ("百分之五", "percent"),
        ("零点五克", "weight"),
        ("三十五岁", "measure"),
        ("五百零三室", "code"),
        ("十二个人", "number"),
    ],
)
def test_a_number_has_a_kind(said: str, kind: str) -> None:
    assert {span.kind for span in number_spans(said)} == {kind}


def test_a_name_of_the_case_is_never_touched() -> None:
    assert written("找了陈二十一个人", "陈二十一") == "找了陈二十一个人"
    assert written("李四十五岁", "李四") == "李四15岁"


def test_two_numbers_never_run_together() -> None:
    assert written("三块五一斤") == "3块5一斤"


@given(SPOKEN)
def test_spans_are_in_order_apart_and_say_what_the_text_says(text: str) -> None:
    spans = number_spans(text)
    position = 0
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert holds(text, span)
        assert span.text != span.raw
        position = span.end


@given(SPOKEN)
def test_figures_are_never_read_again(text: str) -> None:
    once = written(text)
    assert all(any(c in span.raw for c in "零〇一二两三四五六七八九十百千万亿幺") for span in number_spans(once))


@given(st.integers(10, 10**9))
def test_an_amount_read_out_comes_back_by_value(number: int) -> None:
    (span,) = number_spans(f"给了{in_characters(number)}块钱")
    whole, myriads = span.text.partition("亿")[::2] if "亿" in span.text else ("0", span.text)
    below = int(myriads.removesuffix("万") or 0) * (10**4 if myriads.endswith("万") else 1)
    assert int(whole) * 10**8 + below == number


@given(st.dates())
def test_a_date_read_out_comes_back(day: object) -> None:
    year, month, date = str(day).split("-")
    said = "".join("零一二三四五六七八九"[int(d)] for d in year)
    made = written(f"{said}年{in_characters(int(month))}月{in_characters(int(date))}号")
    assert made == f"{year}年{int(month)}月{int(date)}号"


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_read_out_comes_back(hour: int, minute: int) -> None:
    minutes = f"零{in_characters(minute)}" if 0 < minute < 10 else in_characters(minute)
    tail = f"{minutes}分" if minute else "整"
    assert written(f"晚上{in_characters(hour)}点{tail}") == f"晚上{hour}点" + (f"{minute:02}分" if minute else "整")


@given(SPOKEN, st.integers(0, 60), st.integers(0, 60))
def test_a_place_in_the_written_text_maps_to_the_raw_characters_behind_it(text: str, one: int, other: int) -> None:
    spans = number_spans(text)
    shown = in_figures(text, spans)
    start, end = sorted((min(one, len(shown)), min(other, len(shown))))
    first, last = raw_place(spans, start, end)
    assert 0 <= first <= last <= len(text)
    assert shown[start:end] in in_figures(
        text[first:last], [moved(s, -first) for s in spans if first <= s.start and s.end <= last]
    )


def moved(span: NumberSpan, by: int) -> NumberSpan:
    return replace(span, start=span.start + by, end=span.end + by)


def test_a_span_is_as_long_in_the_recording_as_its_words() -> None:
    spoken = segment("给", "了", "三千", "五百", "块。")
    (span,) = number_spans(spoken.text)
    assert seconds_of(spoken, span) == (2.0, 3.5)


def test_a_span_without_words_has_the_time_of_its_sentence() -> None:
    spoken = replace(segment("给了", "三千五百块"), words=())
    assert seconds_of(spoken, number_spans(spoken.text)[0]) == (0.0, 2.0)


def test_a_span_that_a_correction_made_stale_is_left_out() -> None:
    spans = number_spans("给了三千五百块")
    assert in_figures("给了四千五百块", spans) == "给了四千五百块"


def test_the_layer_leaves_text_and_words_alone_and_survives_json() -> None:
    heard = segment("三千", "五百", "块")
    (layered,) = with_numbers([heard])
    assert (layered.text, layered.words) == (heard.text, heard.words)
    assert from_json(TranscriptSegment, to_json(layered)) == layered
    assert layered.numbers[0].text == "3500"


def test_a_transcript_to_read_has_its_numbers_in_the_text_itself() -> None:
    provenance = Provenance("transcribe", "3", "0", (), {}, "cpu", "0" * 64, "", "")
    segments = with_numbers([segment("给了", "三千块。"), segment("下午", "三点")])
    heard = Transcript("zh", 4.0, (), segments, "给了三千块。下午三点", provenance)
    read = figured(heard)
    assert read.text == "给了3000块。下午3点"
    assert [one.words for one in read.segments] == [(), ()]
    assert heard.segments[0].text == "给了三千块。"


def test_a_segment_written_before_there_was_a_layer_is_still_read() -> None:
    old = to_json(segment("好"))
    assert isinstance(old, dict)
    del old["numbers"]
    assert from_json(TranscriptSegment, old).numbers == ()
