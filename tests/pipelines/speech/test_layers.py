"""Numbers and suggestions lie over sentences as the parameters of the record say."""

from __future__ import annotations

import pytest

from cases.records import JsonObject
from cases.transcript import TranscriptSegment
from pipelines.speech.layers import layered_as


def sentence(text: str) -> TranscriptSegment:
    return TranscriptSegment(0, 0.0, 1.0, None, None, text, 0.9, (), ())


@pytest.mark.parametrize(
    ("language", "parameters", "figures", "names"),
    [
        ("zh", {}, ["3000"], []),
        ("yue", {}, ["3000"], []),
        ("en", {"hotwords": ["张伟"]}, [], []),
        ("zh", {"itn": False}, [], []),
        ("zh", {"hotwords": ["张伟"]}, ["3000"], ["张伟"]),
        ("zh", {"hotwords": None}, ["3000"], []),
    ],
)
def test_layers_follow_language_and_parameters(
    language: str, parameters: JsonObject, figures: list[str], names: list[str]
) -> None:
    (found,) = layered_as([sentence("章伟给了三千块")], language, parameters)
    assert found.text == "章伟给了三千块"
    assert [span.text for span in found.numbers] == figures
    assert [one.hotword for one in found.suggestions] == names
