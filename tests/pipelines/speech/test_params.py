"""Parameters of a transcription."""

from __future__ import annotations

import pytest

from cases.records import JsonValue
from models.errors import BadInput
from pipelines.speech.params import TranscribeParams, parse_params


def test_nothing_given_means_mandarin_with_the_default_model() -> None:
    assert parse_params({}) == TranscribeParams("zh", (), None, True, None)


@pytest.mark.parametrize(
    ("given", "wanted"), [("zh", "zh"), ("ZH-CN", "zh"), ("en", "en"), ("yue", "yue"), ("auto", None), (None, None)]
)
def test_language_codes_are_understood(given: str | None, wanted: str | None) -> None:
    assert parse_params({"language": given}).language == wanted


def test_hotwords_are_cleaned_and_kept_in_order() -> None:
    assert parse_params({"hotwords": [" 张三 ", "", "李  四", "张三"]}).hotwords == ("张三", "李 四")


def test_one_speaker_may_be_told() -> None:
    assert parse_params({"speakers": 1}).speakers == 1


def test_roles_may_be_wanted_declined_or_told_by_seat() -> None:
    assert [parse_params({"roles": value}).roles for value in (None, True, False)] == [None, True, False]
    told = parse_params({"roles": {"S1": "question", "S2": "answer"}})
    assert (told.roles, told.seats) == (None, (("S1", "question"), ("S2", "answer")))


@pytest.mark.parametrize(("value", "voices"), [(None, False), (1, False), (2, True), (20, True), ("auto", True)])
def test_voices_are_told_apart_where_more_than_one_may_speak(value: int | str | None, voices: bool) -> None:
    params = parse_params({"speakers": value})
    assert (params.speakers, params.voices) == (value, voices)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "Mandarin Chinese"),
        ("language", 3),
        ("hotwords", "张三"),
        ("hotwords", [1]),
        ("hotwords", ["长" * 51]),
        ("hotwords", [str(n) for n in range(1001)]),
        ("model", ""),
        ("model", 5),
        ("words", "yes"),
        ("roles", "question"),
        ("roles", {}),
        ("roles", {"S1": "judge"}),
        ("speakers", 0),
        ("speakers", True),
        ("itn", "yes"),
        ("speakers", "2"),
        ("speakers", 21),
    ],
)
def test_what_does_not_fit_is_named(name: str, value: JsonValue) -> None:
    with pytest.raises(BadInput, match=name) as caught:
        parse_params({name: value})
    assert caught.value.code == f"params.{name}"


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(BadInput, match="languge"):
        parse_params({"languge": "zh"})
