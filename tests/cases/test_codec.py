"""Records to JSON and back: names that programs rely on, and refusal of what does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.codec import from_json, to_json, to_json_object
from cases.records import JsonObject, ModelUse, PageLine, Provenance
from cases.traffic import Count, TrackSummary, TrafficRecord
from cases.transcript import TranscriptWord
from models.errors import BadInput

MODEL = ModelUse("m", "detect", "0", "MIT")
PROVENANCE = Provenance("traffic", "1", "0", (MODEL,), {"k": [1, None]}, "cpu", "0", "a", "b")


def traffic() -> TrafficRecord:
    path = TrackSummary(1, "car", 0.0, 1.0, ((0.0, 1.0, 2.0, 3.0, 4.0),))
    return TrafficRecord(1.0, 25.0, 25, 1, (Count(None, None, "car", 1),), (), (), PROVENANCE, 64, 48, (path,))


def test_a_record_survives_the_way_to_json_and_back() -> None:
    assert from_json(TrafficRecord, to_json(traffic())) == traffic()


def test_a_reserved_word_has_its_public_name_in_json() -> None:
    assert to_json_object(traffic())["counts"] == [{"line": None, "direction": None, "class": "car", "count": 1}]


def test_unknown_fields_are_ignored_so_that_older_code_reads_newer_records() -> None:
    document = to_json_object(TranscriptWord(0.0, 1.0, "好", 0.9)) | {"new": 1}
    assert from_json(TranscriptWord, document) == TranscriptWord(0.0, 1.0, "好", 0.9)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"start": "0"}, "start"),
        ({"start": True}, "start"),
        ({"text": 1}, "text"),
        ({"text": None}, "text"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(change: JsonObject, named: str) -> None:
    document = to_json_object(TranscriptWord(0.0, 1.0, "好", 0.9)) | change
    with pytest.raises(BadInput, match=named):
        from_json(TranscriptWord, document)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(BadInput, match="probability is missing"):
        from_json(TranscriptWord, {"start": 0.0, "end": 1.0, "text": "好"})


def test_a_box_has_four_corners_of_two_numbers() -> None:
    line = to_json_object(PageLine("字", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), 1.0, "text"))
    with pytest.raises(BadInput, match="box"):
        from_json(PageLine, line | {"box": [[0, 0], [1, 0], [1, 1]]})


def test_what_is_no_record_value_is_refused() -> None:
    with pytest.raises(BadInput, match="set"):
        to_json({"a": {1, 2}})


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(), st.integers(0, 10**9))
def test_any_words_and_numbers_survive(number: float, text: str, whole: int) -> None:
    word = TranscriptWord(number, float(whole), text, 0.5)
    assert from_json(TranscriptWord, to_json(word)) == word
