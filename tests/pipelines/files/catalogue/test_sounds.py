"""Every type is found by the letters that people type for it."""

from __future__ import annotations

import pytest

from pipelines.files.catalogue.sounds import sounded_types
from pipelines.files.catalogue.taxonomy import taxonomy


def test_every_type_has_one_letter_a_character_and_only_letters() -> None:
    found = sounded_types()
    assert [one.type for one in found] == list(taxonomy())
    for one in found:
        assert len(one.initials) == sum("\u4e00" <= letter <= "\u9fff" for letter in one.type.name), one.type.name
        assert (one.initials + one.pinyin).isascii()
        assert (one.initials + one.pinyin).isalpha()


@pytest.mark.parametrize(
    ("name", "initials", "pinyin"),
    [
        ("讯问笔录", "xwbl", "xunwenbilu"),
        ("询问笔录（证人）", "xwblzr", "xunwenbiluzhengren"),
        ("调取证据通知书", "dqzjtzs", "diaoquzhengjutongzhishu"),
        ("传唤证", "chz", "chuanhuanzheng"),
        ("没收保证金决定书", "msbzjjds", "moshoubaozhengjinjuedingshu"),
    ],
)
def test_characters_of_two_readings_have_the_one_of_the_phrase(name: str, initials: str, pinyin: str) -> None:
    one = next(one for one in sounded_types() if one.type.name == name)
    assert (one.initials, one.pinyin) == (initials, pinyin)
