"""Which way a question of yes or no is answered, in colloquial and written words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipelines.speech.compare.comparison import Comparison
from pipelines.speech.compare.stance import stance

Compared = Callable[[Sequence[str], Sequence[str]], Comparison]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("你喝酒了没有？", "滴酒没沾。"),
        ("砍树之前办了手续没？", "哪来的手续哦，没办。"),
        ("她知不知情？", "她蒙在鼓里。"),
        ("是不是他出的主意？", "跟他不相干，他压根不晓得。"),
        ("他有没有说过？", "嗯，没说过。"),
    ],
)
def test_a_no_is_known_in_whatever_words(asked: str, answer: str) -> None:
    assert stance(asked, answer) is False


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("是否提供饮食？", "提供了，每餐有盒饭。"),
        ("今天能不能配合？", "能没什么大毛病"),
        ("有没有不懂的地方？", "没有不懂的。"),
        ("他有没有帮忙？", "没少帮。"),
    ],
)
def test_a_yes_is_known_in_whatever_words(asked: str, answer: str) -> None:
    assert stance(asked, answer) is True


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("你为什么跑？", "我没跑。"),
        ("他在场没有？", "记不清了。"),
        ("你没拿吧？", "对。"),
        ("喝多了没有？", "没怎么喝，就一杯。"),
    ],
)
def test_what_is_neither_is_left_open(asked: str, answer: str) -> None:
    assert stance(asked, answer) is None


SAID = ("问：关人的那几天，你给他饭吃没有？", "答：给了，顿顿盒饭，水也管够。", "问：后来呢？", "答：后来就把人放了。")


def test_the_same_answer_in_other_words_is_no_flip(compared: Compared) -> None:
    written = ["问：你是否给他饭吃？", "答：提供了，每餐有盒饭。", "问：后来呢？", "答：后来将人放了。"]
    assert "flipped-negation" not in {d.kind for d in compared(written, SAID).discrepancies}


def test_the_opposite_answer_in_other_words_is_one(compared: Compared) -> None:
    written = ["问：你是否给他饭吃？", "答：从未提供。", "问：后来呢？", "答：后来将人放了。"]
    flips = [d for d in compared(written, SAID).discrepancies if d.kind == "flipped-negation"]
    assert [(d.record.turn, d.severity) for d in flips] == [(2, "major")]
