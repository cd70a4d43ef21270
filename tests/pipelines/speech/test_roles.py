"""问 and 答 over a whole recording."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.transcript import TranscriptSegment
from pipelines.speech.roles import ANSWER, ASIDE, QUESTION, ROLE_UNSURE, ROLES, casting, with_roles

TALK = [
    ("S1", "我们是城东派出所的民警，现依法对你进行讯问。"),
    ("S1", "你听清楚了吗？"),
    ("S2", "听清楚了。"),
    ("S1", "你叫什么名字？"),
    ("S2", "我叫李四。"),
    ("S1", "把那天的事情讲一下。"),
    ("S2", "那天晚上我喝了酒。"),
    ("S2", "我用木棍打了他。"),
    ("S1", "打了几下？"),
    ("S2", "两下。"),
]
WANTED = [QUESTION, QUESTION, ANSWER, QUESTION, ANSWER, QUESTION, ANSWER, ANSWER, QUESTION, ANSWER]


def segments(talk: list[tuple[str | None, str]]) -> list[TranscriptSegment]:
    return [TranscriptSegment(n, n, n + 1.0, who, None, text, 0.9, ("kept",), ()) for n, (who, text) in enumerate(talk)]


def roles(found: list[TranscriptSegment]) -> list[str | None]:
    return [one.role for one in found]


def flagged(found: list[TranscriptSegment]) -> list[int]:
    return [one.id for one in found if ROLE_UNSURE in one.flags]


def test_the_one_who_asks_and_the_one_who_answers_are_told_whatever_they_are_called() -> None:
    found = with_roles(segments([*TALK]), None, {})
    assert roles(found) == WANTED
    assert flagged(found) == []
    renamed = [({"S1": "S2", "S2": "S1"}[who], text) for who, text in TALK]
    assert roles(with_roles(segments([*renamed]), None, {})) == WANTED


def test_an_answer_that_is_a_question_stays_an_answer_when_the_speaker_is_known() -> None:
    talk = [*TALK, ("S2", "警官，我会被判几年？"), ("S1", "这个由法院决定。")]
    assert roles(with_roles(segments([*talk]), None, {}))[-2:] == [ANSWER, QUESTION]


def test_two_may_ask_and_a_guardian_stands_aside() -> None:
    talk = [(("S3" if n in (3, 8) else who), text) for n, (who, text) in enumerate(TALK)]
    found = with_roles(segments([*talk, ("S4", "我是他的法定代理人，他胆子小。"), *talk]), None, {})
    assert roles(found) == [*WANTED, ASIDE, *WANTED]


def test_without_speakers_roles_come_only_when_asked_for_and_then_follow_the_sentences() -> None:
    alone = segments([(None, text) for _, text in TALK])
    assert with_roles(alone, None, {}) == alone
    assert roles(with_roles(alone, True, {})) == WANTED


def test_two_turns_in_one_sentence_are_flagged_where_no_speaker_is_known() -> None:
    found = with_roles(segments([*((None, text) for _, text in TALK), (None, "你叫什么名字我叫李四")]), True, {})
    assert flagged(found)[-1] == len(TALK)


def test_thin_evidence_is_flagged_and_still_told() -> None:
    found = with_roles(segments([("S1", "今天天气不错。"), ("S2", "那里有一张桌子。")]), True, {})
    assert all(one.role in ROLES for one in found)
    assert flagged(found) == [0, 1]


def test_a_meeting_gets_no_roles_unless_they_are_asked_for() -> None:
    talk = [
        ("S1", "现在开会，请承办人汇报。"),
        ("S2", "我汇报李四一案，事实清楚。"),
        ("S3", "我同意承办人的意见。"),
        ("S4", "我认为应当提起公诉。"),
        ("S1", "下面进行表决。"),
    ]
    assert roles(with_roles(segments([*talk]), None, {})) == [None] * 5
    assert all(with_roles(segments([*talk]), True, {}))


def test_roles_may_be_declined() -> None:
    assert roles(with_roles(segments([*TALK]), False, {"S1": QUESTION})) == [None] * 10


def test_a_seat_is_believed_against_the_words() -> None:
    found = with_roles(segments([*TALK]), None, {"S1": ANSWER, "S2": QUESTION})
    assert [one.role == wanted for one, wanted in zip(found, WANTED, strict=True)].count(True) <= 3


def test_one_seat_settles_the_other_speaker() -> None:
    vague = segments([("S1", "那是星期三。"), ("S2", "门口有人。"), ("S1", "后来下雨了。")])
    assert roles(with_roles(vague, None, {"S2": QUESTION})) == [ANSWER, QUESTION, ANSWER]


def test_a_sentence_that_contradicts_its_speaker_is_flagged() -> None:
    talk = [*TALK[:5], ("S2", "根据刑事诉讼法，你应当如实回答，你听清楚了吗？"), *TALK[5:]]
    found = with_roles(segments([*talk]), None, {})
    assert 5 in flagged(found)
    assert roles(found)[:5] + roles(found)[6:] == WANTED


@given(
    st.lists(st.tuples(st.sampled_from([None, "S1", "S2", "S3"]), st.text(max_size=20)), max_size=30),
    st.sampled_from([None, True, False]),
    st.dictionaries(st.sampled_from(["S1", "S2", "S9"]), st.sampled_from(ROLES)),
)
def test_nothing_but_role_and_flag_changes_and_every_spoken_sentence_has_a_role(
    talk: list[tuple[str | None, str]], wanted: bool | None, seats: dict[str, str]
) -> None:
    given_segments = segments(talk)
    found = with_roles(given_segments, wanted, seats)
    assert [replace(one, role=None, flags=("kept",)) for one in found] == given_segments
    if wanted:
        assert [one.role is not None for one in found] == [bool(text.strip()) for _, text in talk]
    assert with_roles(given_segments, wanted, seats) == found


@pytest.mark.parametrize("count", [1, 20])
def test_more_of_the_same_makes_surer(count: int) -> None:
    few, many = casting(segments([*TALK[:3]]), {}), casting(segments([*TALK] * count), {})
    assert many.confidence >= few.confidence
