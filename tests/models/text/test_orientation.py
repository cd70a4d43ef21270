"""Which way up a page lies, by what was read along its lines: the winner, the margin, and when nothing is turned."""

from __future__ import annotations

import pytest

from models.text.orientation import LINES, PIECE, UNKNOWN, Direction, LineReading, direction, is_upright, pieces, runs
from models.text.orientation import winners as winners_of
from models.values import Quad


def flat(left: float, top: float, length: float, height: float = 30.0) -> Quad:
    return (left, top), (left + length, top), (left + length, top + height), (left, top + height)


def tall(left: float, top: float, length: float, width: float = 30.0) -> Quad:
    return (left, top), (left + width, top), (left + width, top + length), (left, top + length)


def read(text: str, confidence: float, box: Quad, backwards: bool = False) -> LineReading:
    return LineReading(box, text, confidence, backwards)


SAID = "证人陈述当晚所见"
BABBLE = "丫（）"


def test_lines_run_to_the_right_down_or_back() -> None:
    assert runs(read(SAID, 0.9, flat(0, 0, 300))) == 0
    assert runs(read(SAID, 0.9, flat(0, 0, 300), backwards=True)) == 180
    assert runs(read(SAID, 0.9, tall(0, 0, 300))) == 90
    assert runs(read(SAID, 0.9, tall(0, 0, 300), backwards=True)) == 270


def test_a_slanted_line_runs_where_its_text_does() -> None:
    # PaddleOCR begins a box that is slanted beyond a quarter turn at its upper end.
    along = ((30.0, 0.0), (40.0, 300.0), (10.0, 301.0), (0.0, 1.0))
    assert runs(read(SAID, 0.9, along)) == 90


def test_lines_that_read_well_to_the_right_prove_a_page_upright() -> None:
    lines = [read(SAID, 0.98, flat(0, 40 * n, 300)) for n in range(5)]
    assert is_upright(lines)
    assert is_upright([*lines, read("一二", 0.9, tall(500, 0, 60))])
    assert not is_upright([read(BABBLE, 0.65, line.box) for line in lines])
    assert not is_upright([read(SAID, 0.98, tall(40 * n, 0, 300)) for n in range(5)])


def test_a_page_without_letters_has_no_head() -> None:
    assert is_upright([])
    assert is_upright([read("（）", 0.3, flat(0, 0, 30))])


def test_the_beginnings_of_the_longest_lines_are_asked() -> None:
    boxes = [flat(0, 40 * n, 100 + 100 * n) for n in range(LINES + 2)]
    asked = pieces([*boxes, tall(900, 100, 2000, 20)])
    assert len(asked) == LINES
    assert asked[0] == tall(900, 100, PIECE * 20, 20)
    assert asked[1] == flat(0, 40 * (LINES + 1), PIECE * 30)
    assert pieces(boxes[:1]) == boxes[:1]


def ends(box: Quad, forwards: str, backwards: str, sure: float = 0.98) -> list[LineReading]:
    """A line that was read from both ends; babble is unsure."""
    texts = ((forwards, False), (backwards, True))
    return [read(text, 0.65 if text == BABBLE else sure, box, way) for text, way in texts]


@pytest.mark.parametrize(
    ("box", "forwards", "backwards", "turn"),
    [
        (flat(0, 0, 300), SAID, BABBLE, 0),
        (flat(0, 0, 300), BABBLE, SAID, 180),
        (tall(0, 0, 300), SAID, BABBLE, 270),
        (tall(0, 0, 300), BABBLE, SAID, 90),
    ],
)
def test_the_way_that_reads_best_is_the_right_one(box: Quad, forwards: str, backwards: str, turn: int) -> None:
    assert direction(winners_of(ends(box, forwards, backwards))) == Direction(turn, known=True)


def test_below_the_margin_nothing_is_turned() -> None:
    both = [*ends(flat(0, 0, 300), BABBLE, SAID), *ends(flat(0, 50, 300), SAID, BABBLE)]
    assert direction(winners_of(both)) == UNKNOWN
    assert direction(winners_of([])) == UNKNOWN


def test_a_few_digits_that_read_both_ways_turn_nothing() -> None:
    assert direction(winners_of(ends(flat(0, 0, 60), "ZI", "12"))) == UNKNOWN


def test_digits_that_are_read_into_others_upside_down_lose() -> None:
    days = [*ends(flat(0, 0, 300), "2020-09-25", "202-55-16"), *ends(flat(0, 50, 300), "2025-12-16", "2025-16")]
    doubted = [read(line.text, 0.8 if line.backwards else 1.0, line.box, line.backwards) for line in days]
    assert direction(winners_of(doubted)) == Direction(0, known=True)


def test_what_is_hardly_read_turns_nothing() -> None:
    assert direction(winners_of(ends(flat(0, 0, 300), BABBLE, SAID, sure=0.7))) == UNKNOWN


def test_digits_on_their_side_are_no_vertical_writing() -> None:
    won = winners_of(ends(tall(0, 0, 300), "2020-09-25", "202-5"))
    assert direction(won, [read("20200925", 0.9, tall(0, 0, 300))]) == Direction(270, known=True)


def test_vertical_writing_is_not_laid_on_its_side() -> None:
    won = winners_of(ends(tall(0, 0, 300), SAID, BABBLE))
    assert direction(won, [read(SAID, 0.97, tall(0, 0, 300))]) == Direction(0, known=True)
    assert direction(won, [read("平账E0", 0.5, tall(0, 0, 300))]) == Direction(270, known=True)
    assert direction(won, [read(SAID[:4], 0.9, tall(0, 0, 300))]) == UNKNOWN
    over = winners_of(ends(tall(0, 0, 300), BABBLE, SAID))
    assert direction(over, [read(SAID, 0.97, tall(0, 0, 300))]) == Direction(180, known=True)
