"""What differs between versions: a place is a stretch of the recording, its text compared character by character."""

from __future__ import annotations

from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment
from pipelines.speech.edit import Edit, Sentence, edited
from serving.console.changes import Change, Line, changed

MADE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def transcript(*texts: str) -> Transcript:
    segments = tuple(
        TranscriptSegment(n, n * 10.0, n * 10.0 + 5, "S1", None, text, 0.9, (), ()) for n, text in enumerate(texts)
    )
    return Transcript("zh", 100.0, ("S1",), segments, "".join(texts), MADE)


BASE = transcript("你去了吗", "去了市场", "好的")


def marked(line: Line) -> str:
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in line.pieces)


def places(old: Transcript, new: Transcript) -> list[tuple[float, list[str], list[str]]]:
    return [(c.start, [marked(line) for line in c.old], [marked(line) for line in c.new]) for c in changed(old, new)]


def test_what_is_the_same_is_not_listed() -> None:
    assert changed(BASE, BASE) == []


def test_a_changed_word_is_shown_on_both_sides_with_its_second() -> None:
    new = edited(BASE, [Edit(1, 1, (Sentence("去了超市", "S1"),))], "acc_1")
    assert places(BASE, new) == [(10.0, ["去了市[场]"], ["去了[超]市"])]


def test_a_split_sentence_is_one_place_and_no_character_of_it_differs() -> None:
    new = edited(BASE, [Edit(1, 1, (Sentence("去了", "S1"), Sentence("市场", "S1")))], "acc_1")
    assert places(BASE, new) == [(10.0, ["去了市场"], ["去了", "市场"])]


def test_merged_sentences_are_one_place() -> None:
    new = edited(BASE, [Edit(0, 1, (Sentence("你去了吗去市场", "S1"),))], "acc_1")
    (change,) = changed(BASE, new)
    assert (change.gone, change.added, len(change.old), len(change.new)) == (1, 0, 2, 1)


def test_a_change_of_role_alone_is_a_place_without_characters() -> None:
    new = edited(BASE, [Edit(2, 2, (Sentence("好的", "S1", role="answer", confirmed=True),))], "acc_1")
    (change,) = changed(BASE, new)
    assert isinstance(change, Change)
    assert (change.gone, change.added, change.new[0].role, change.new[0].confirmed) == (0, 0, "answer", True)


def test_a_transcript_without_sentences_has_no_differences() -> None:
    assert changed(transcript(), transcript()) == []
