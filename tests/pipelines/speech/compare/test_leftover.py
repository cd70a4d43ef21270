"""What is left over on both sides of an exchange: rewording claims nothing, an addition and an omission do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.speech.compare.comparison import Comparison
from pipelines.speech.compare.heard import read_transcript
from pipelines.speech.compare.leftover import of_turn, said_keys, slot
from pipelines.speech.compare.sides import Sides, sides_of
from tests.pipelines.speech.compare.conftest import record, transcript

Compared = Callable[[Sequence[str], Sequence[str]], Comparison]

SAID = (
    "问：你什么时候到的车站？",
    "答：晚上八点多到的车站。",
    "问：你平时靠什么过日子？",
    "答：没个正经活儿，东家干干西家跑跑。",
    "问：你在车站等谁？",
    "答：等我表弟，他坐火车来。",
)
WRITTEN = (
    "问：你何时到的车站？",
    "答：20时许到的车站。",
    "问：你的生活来源？",
    "答：无固定职业，四处打零工为生。",
    "问：你在车站等谁？",
    "答：等我表弟，他坐火车来。",
)


def sides(written: Sequence[str], said: Sequence[str]) -> Sides:
    return sides_of(record(*written), read_transcript(transcript(*said)))


def grave(found: Comparison) -> list[str]:
    return [d.kind for d in found.discrepancies if d.severity in ("major", "substantive")]


def test_a_reworded_answer_leaves_words_over_on_both_sides() -> None:
    over = of_turn(sides(WRITTEN, SAID), 3)
    assert over.written > 0
    assert over.said > 0


def test_an_answer_in_its_own_words_leaves_nothing_over() -> None:
    over = of_turn(sides(SAID, SAID), 3)
    assert (over.written, over.said) == (0, 0)


def test_an_answer_that_shares_no_word_has_its_place_behind_its_question() -> None:
    both = sides(WRITTEN, SAID)
    first, last = slot(both, 3)
    assert "正经活儿" in "".join(unit.text for unit in both.units[first : last + 1])


def test_a_reworded_answer_is_not_claimed(compared: Compared) -> None:
    assert grave(compared(WRITTEN, SAID)) == []


def test_a_sentence_that_nobody_said_is_claimed(compared: Compared) -> None:
    written = [*WRITTEN[:5], WRITTEN[5] + "我们事先串通好了口供，把证据都销毁了。"]
    assert grave(compared(written, SAID)) == ["added"]


def test_an_exchange_that_is_gone_is_told_where_nothing_stands_for_it(compared: Compared) -> None:
    found = compared([*WRITTEN[:2], *WRITTEN[4:]], SAID)
    assert "missing" in {d.kind for d in found.discrepancies}


def test_a_name_that_the_clerk_writes_for_a_pronoun_is_said() -> None:
    said = (*SAID, "问：你表弟叫什么？", "答：叫马振华。", "问：谁先提的？", "答：他先说的。")
    written = (*WRITTEN, "问：你表弟叫什么？", "答：叫马振华。", "问：由谁提起？", "答：马振华先提起。")
    both = sides(written, said)
    assert both.persons
    assert both.persons <= said_keys(both, 9)
    assert not both.persons & said_keys(both, 3)
