"""The plan of a correction: carried out, it makes the machine's text say what was said, each voice by itself."""

from __future__ import annotations

from benchmarks.load.editor_plan import Clip, Piece, missed, plan
from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord

MADE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def transcript(*sentences: tuple[float, str]) -> Transcript:
    """A second a character."""
    segments = []
    for n, (start, text) in enumerate(sentences):
        words = tuple(TranscriptWord(start + k, start + k + 1, c, 0.9) for k, c in enumerate(text))
        segments.append(TranscriptSegment(n, start, start + len(text), None, None, text, 0.9, (), words))
    return Transcript("zh", 100.0, (), tuple(segments), "", MADE)


def carried_out(piece: Piece) -> str:
    text = piece.text
    for fix in reversed(piece.fixes):
        text = text[: fix.first] + fix.text + text[fix.last :]
    return text


def test_a_right_sentence_needs_nothing_and_numerals_that_read_the_same_are_right() -> None:
    clips = [Clip("A", 0, 5, "设定二十九度")]
    assert plan(transcript((0, "设定29度。")), clips) == [[Piece("设定29度。", "A", ())]]


def test_wrong_missing_and_surplus_characters_are_fixed_where_they_are() -> None:
    (piece,) = plan(transcript((0, "他今天去了的市场。")), [Clip("A", 0, 9, "她昨天早上去了市场")])[0]
    assert carried_out(piece) == "她昨天早上去了市场。"


def test_a_sentence_of_two_voices_is_cut_between_them() -> None:
    clips = [Clip("A", 0, 3, "去了吗"), Clip("B", 4, 8, "没有去")]
    pieces = plan(transcript((0, "去了吗？没又去")), clips)[0]
    assert [(piece.voice, carried_out(piece)) for piece in pieces] == [("A", "去了吗？"), ("B", "没有去")]


def test_what_the_machine_divided_is_fixed_in_its_parts() -> None:
    rows = plan(transcript((0, "我昨天。"), (5, "去公圆")), [Clip("A", 0, 9, "我前天去公园")])
    assert ["".join(carried_out(piece) for piece in pieces) for pieces in rows] == ["我前天。", "去公园"]


def test_a_clip_that_nobody_wrote_down_is_named_and_written_where_the_one_before_it_ends() -> None:
    clips = [Clip("A", 0, 3, "去了吗"), Clip("B", 50, 53, "没有")]
    assert missed(transcript((0, "去了吗")), clips) == [clips[1]]
    assert [carried_out(piece) for piece in plan(transcript((0, "去了吗？")), clips)[0]] == ["去了吗没有？"]


def test_a_gap_that_the_machine_left_is_written_into() -> None:
    clips = [Clip("A", 0, 3, "去了吗"), Clip("B", 50, 53, "没有")]
    (_, (gap,)) = plan(transcript((0, "去了吗"), (50, "")), clips)
    assert (gap.voice, carried_out(gap)) == ("B", "没有")


def test_voices_are_told_by_what_was_said_even_where_the_times_are_wrong() -> None:
    clips = [Clip("A", 0, 3, "去了吗"), Clip("B", 50, 53, "没有去")]
    pieces = plan(transcript((0, "去了吗没有去")), clips)[0]
    assert [(piece.voice, piece.text) for piece in pieces] == [("A", "去了吗"), ("B", "没有去")]
