"""A snippet shows the best stretch, marks what was asked for as it stands in the text, and leads to its place."""

from __future__ import annotations

from cases.search.document import Piece
from cases.search.snippet import WIDTH, snippet


def marked(text: str, *wanted: str, pieces: tuple[Piece, ...] = ()) -> list[str]:
    return [part.text for part in snippet(text, pieces, wanted).parts if part.hit]


def test_marks_stand_on_the_text_as_it_is_written() -> None:
    assert marked("价值１２０元的電\n動 車", "120元", "电动车") == ["１２０元", "電 動 車"]


def test_the_stretch_with_most_words_is_shown() -> None:
    text = "盗窃" + "甲" * 400 + "张三盗窃" + "乙" * 400
    shown = snippet(text, (), ("张三", "盗窃"))
    assert [part.text for part in shown.parts if part.hit] == ["张三盗窃"]
    assert shown.cut_before
    assert shown.cut_after
    assert sum(len(part.text) for part in shown.parts) <= WIDTH


def test_the_places_are_those_of_what_is_marked() -> None:
    pieces = (Piece(0, page=1, mark="0"), Piece(3, page=1, mark="1"), Piece(6, page=2, mark="0"))
    shown = snippet("甲乙丙丁张三戊己", pieces, ("张三",))
    assert [piece.mark for piece in shown.pieces] == ["1"]
    assert snippet("甲乙丙丁戊己张三", pieces, ("张三",)).pieces[0].page == 2


def test_without_a_word_the_beginning_is_shown() -> None:
    pieces = (Piece(0, page=4),)
    shown = snippet("甲" * 500, pieces, ())
    assert shown.pieces == pieces
    assert not shown.cut_before


def test_an_empty_text_shows_nothing() -> None:
    assert snippet("", (), ("张三",)).parts == ()


def test_touching_marks_are_one() -> None:
    assert marked("张三盗窃", "张三", "三盗", "盗窃") == ["张三盗窃"]
