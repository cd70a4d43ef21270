"""Chinese text as phonemes, character by character."""

from __future__ import annotations

import pytest
from misaki.zh import ZHG2P

from benchmarks.voices.dialogue import load_wording
from benchmarks.voices.reading import read, spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2023年5月3日，8600元。", "二零二三年五月三日，八千六百元。"),
        ("湘A12305", "湘A一二三零五"),
        ("身份证410000199001011234", "身份证四一零零零零一九九零零一零一一二三四"),
        ("准驾车型c1", "准驾车型C一"),
    ],
)
def test_numerals_are_read_out_and_plates_digit_by_digit(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize("name", ["a", "b"])
def test_every_sentence_has_the_phonemes_that_misaki_gives_it(name: str) -> None:
    reader = ZHG2P()
    sentences = [side for part in load_wording(name).values() for e in part for side in (*e.ask, *e.answer)]
    plain = [sentence for sentence in sentences if "{" not in sentence]
    assert len(plain) > 50
    for sentence in plain:
        assert "".join(one.phonemes for one in read(sentence)).strip() == reader(sentence)[0].strip()


def test_every_character_keeps_its_own_phonemes() -> None:
    said = read("你好，A。")
    assert [one.character for one in said] == ["你", "好", "，", "A", "。"]
    assert [one.phonemes.strip() for one in said] == ["ni↓", "xau↓", ",", "A", "."]
