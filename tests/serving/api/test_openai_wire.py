"""A form of OpenAI's to parameters of the pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadInput
from serving.api.openai.multipart import Form
from serving.api.openai.wire import TERMS_MAX, params, wanted_of


def asked(**fields: list[str]) -> dict[str, Any]:
    return dict(params(wanted_of(Form({name.replace("__", "[]"): values for name, values in fields.items()}))))


def test_keywords_are_hotwords_whole_and_a_prompt_word_by_word() -> None:
    assert asked(keywords__=["张 伟"], prompt=["南山路，李四"])["hotwords"] == ["张 伟", "南山路", "李四"]
    assert len(asked(keywords__=[f"词{n}" for n in range(TERMS_MAX + 1)])["hotwords"]) == TERMS_MAX
    assert "hotwords" not in asked(keywords__=[""], prompt=[" "])


def test_the_only_possible_language_is_the_language() -> None:
    assert asked(languages__=["en"])["language"] == "en"
    assert "language" not in asked(languages__=["en", "zh"])
    assert asked(languages__=["en"], language=["zh"])["language"] == "zh"


@pytest.mark.parametrize("name", ["known_speaker_names", "known_speaker_references"])
def test_samples_of_voices_are_no_parameter(name: str) -> None:
    with pytest.raises(BadInput, match=name):
        wanted_of(Form({f"{name}[]": ["agent"]}))
