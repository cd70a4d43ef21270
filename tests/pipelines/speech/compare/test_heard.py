"""A transcript as text with a second for each character, cut into units, with who asks and who answers."""

from __future__ import annotations

from dataclasses import replace

from cases.transcript import Transcript, TranscriptSegment
from pipelines.speech.compare.heard import asks, read_transcript, roles_of
from pipelines.speech.compare.written import ANSWER, QUESTION
from pipelines.speech.roles import ROLE_UNSURE
from tests.pipelines.speech.compare.conftest import NOTHING, transcript


def test_every_character_knows_its_second_and_every_unit_its_role() -> None:
    heard = read_transcript(transcript("问：你去哪了？", "答：我去超市，买酒。", "问：几点？", "答：十点。"))
    assert [heard.text[u.first : u.last] for u in heard.units] == [
        "你去哪了？",
        "我去超市，",
        "买酒。",
        "几点？",
        "十点。",
    ]
    assert [u.role for u in heard.units] == [QUESTION, ANSWER, ANSWER, QUESTION, ANSWER]
    assert list(heard.starts) == sorted(heard.starts)
    place = heard.place(heard.text.index("超市"), heard.text.index("超市") + 2)
    assert (place.text, place.segments) == ("超市", (1,))
    assert 1.8 < place.start < place.end < 2.4


def test_a_transcript_without_words_spreads_its_segments() -> None:
    segment = TranscriptSegment(0, 10.0, 12.0, None, None, "我没有", 0.4, (), ())
    heard = read_transcript(Transcript("zh", 12.0, (), (segment,), "我没有", NOTHING))
    assert heard.starts[0] == 10.0
    assert abs(heard.ends[2] - 12.0) < 1e-9
    assert heard.sure(0, 3) == 0.4


def test_roles_that_the_transcript_tells_go_before_guesses() -> None:
    told = transcript("问：你去哪了？", "答：回家？")
    segments = tuple(
        TranscriptSegment(s.id, s.start, s.end, s.speaker, role, s.text, 0.9, (), s.words)
        for s, role in zip(told.segments, ("answer", "question"), strict=True)
    )
    assert roles_of(Transcript("zh", 9.0, (), segments, "", NOTHING)) == {0: ANSWER, 1: QUESTION}


def test_without_speakers_roles_are_told_by_the_words() -> None:
    assert roles_of(transcript("问：你去哪了？", "答：回家。", speakers=False)) == {0: QUESTION, 1: ANSWER}


def test_a_role_that_the_transcript_is_unsure_of_is_left_to_the_form() -> None:
    told = transcript("问：你去哪了？")
    (segment,) = told.segments
    unsure = replace(segment, role="answer", flags=(ROLE_UNSURE,))
    assert roles_of(replace(told, segments=(unsure,))) == {}


def test_the_form_of_a_question() -> None:
    assert asks("你几点去的")
    assert asks("是不是你拿的?")
    assert not asks("我不知道他是谁")
    assert not asks("我去了超市。")
