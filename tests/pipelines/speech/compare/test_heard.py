"""A transcript as text with a second for each character, cut into units, with who asks and who answers."""

from __future__ import annotations

from dataclasses import replace

from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from pipelines.speech.compare.heard import asks, read_transcript
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


def roles(told: Transcript) -> list[str | None]:
    return [unit.role for unit in read_transcript(told).units]


def test_roles_that_the_transcript_tells_go_before_guesses() -> None:
    told = transcript("问：你去哪了？", "答：回家？")
    segments = [replace(s, role=r) for s, r in zip(told.segments, ("answer", "question"), strict=True)]
    assert roles(replace(told, segments=tuple(segments))) == [ANSWER, QUESTION]


def test_without_speakers_roles_are_told_by_the_words() -> None:
    assert roles(transcript("问：你去哪了？", "答：回家。", speakers=False)) == [QUESTION, ANSWER]


def test_a_role_that_the_transcript_is_unsure_of_is_left_to_the_words() -> None:
    told = transcript("问：你去哪了？", "答：我在家。")
    unsure = [
        replace(s, role=r, flags=(ROLE_UNSURE,)) for s, r in zip(told.segments, ("answer", "answer"), strict=True)
    ]
    assert roles(replace(told, segments=tuple(unsure))) == [QUESTION, ANSWER]


def paused(*breaths: str) -> Transcript:
    """One sentence of the one who asks, half a second between what is said in one breath."""
    clock, words = 0.0, []
    for breath in breaths:
        for character in breath:
            words.append(TranscriptWord(clock, clock + 0.2, character, 0.9))
            clock += 0.2
        clock += 0.5
    one = TranscriptSegment(0, 0.0, clock, "S1", "question", "".join(breaths), 0.9, (), tuple(words))
    other = replace(transcript("答：我没打他，我就推了他一下。").segments[0], id=1, role="answer")
    return replace(transcript(), segments=(one, other), speakers=("S1", "S2"))


def test_an_answer_that_went_to_the_voice_that_asks_is_known_by_its_words() -> None:
    heard = read_transcript(paused("你以前有没有被处理过", "没有，我没被处理过", "今天为什么把你带到这里来"))
    first = [(heard.text[u.first : u.last], u.role) for u in heard.units if u.first < heard.text.index("\n")]
    assert ("你以前有没有被处理过", QUESTION) in first
    assert ("今天为什么把你带到这里来", QUESTION) in first
    assert all(role != QUESTION for text, role in first if text.startswith(("没有", "我没")))


def test_what_a_person_confirmed_is_not_weighed_again() -> None:
    told = paused("你以前有没有被处理过", "没有", "今天为什么来")
    segments = (replace(told.segments[0], confirmed_by="zhang"), told.segments[1])
    assert roles(replace(told, segments=segments))[:3] == [QUESTION] * 3


def test_a_lone_character_before_a_pause_belongs_to_the_next_word_unless_it_replies() -> None:
    heard = read_transcript(paused("医", "药费给了没有", "对", "给了"))
    cut = [heard.text[u.first : u.last] for u in heard.units if u.first < heard.text.index("\n")]
    assert cut == ["医药费给了没有", "对", "给了"]


def test_the_form_of_a_question() -> None:
    assert asks("你几点去的")
    assert asks("是不是你拿的?")
    assert not asks("我不知道他是谁")
    assert not asks("我去了超市。")
    assert not asks("知道因为我偷了人家的手机吗")
