"""From a transcript to the draft of a 笔录: turns, places, flags, and the notices that were spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.conversation import NoticeCode, RecordState, TimeSpan, TurnRole
from cases.header import Standing
from cases.transcript import HotwordSuggestion, NumberSpan
from models.errors import BadInput
from pipelines.speech.course import heard
from pipelines.speech.forms import form_of
from pipelines.speech.record import Heard, draft, joined
from tests.pipelines.speech.conversation import HEADER, MEDIA, PROVENANCE, SUBJECT, drafted, segment, transcript


def test_sentences_of_one_role_become_one_turn_with_a_place_for_each() -> None:
    record = drafted(
        "police-interrogation-first", HEADER, segment(0, "answer", "有。"), segment(1, "answer", "我偷了车。")
    )
    (turn,) = record.turns
    assert (turn.role, turn.text_raw, turn.text_final) == (TurnRole.ANSWER, "有。我偷了车。", "有。我偷了车。")
    assert [span.at for span in turn.spans] == [TimeSpan("m1", 0, 5000), TimeSpan("m1", 5000, 10000)]
    assert [turn.text_raw[s.char_start : s.char_end] for s in turn.spans] == ["有。", "我偷了车。"]
    assert [(s.segment, s.word_start, s.word_end) for s in turn.spans] == [(0, 0, 2), (1, 0, 5)]


def test_where_no_role_is_known_each_sentence_is_left_for_a_person() -> None:
    record = drafted("police-interrogation-first", HEADER, segment(0, None, "你去哪里了？"), segment(1, None, "在家。"))
    assert [turn.role for turn in record.turns] == [None, None]
    assert all(flag.code == "role" for turn in record.turns for flag in turn.flags)
    assert all(turn.flags for turn in record.turns)


def test_without_roles_the_sentences_of_one_speaker_stay_together() -> None:
    spoken = [segment(n, None, f"句{n}。", speaker=who) for n, who in enumerate("AABA")]
    record = drafted("police-interrogation-first", HEADER, *spoken)
    assert [turn.speaker for turn in record.turns] == ["A", "B", "A"]


def test_two_interrogators_ask_one_question_and_neither_is_named_for_it() -> None:
    spoken = [segment(0, "question", "姓名？", speaker="A"), segment(1, "question", "年龄？", speaker="B")]
    (turn,) = drafted("police-interrogation-first", HEADER, *spoken).turns
    assert turn.speaker is None


def test_doubts_of_the_transcript_stay_with_their_place_and_machine_text_is_marked() -> None:
    doubtful = segment(0, "answer", "嗯。", flags=("low_confidence", "loop"))
    (turn,) = drafted("police-interrogation-first", HEADER, doubtful).turns
    assert [(flag.code, flag.at) for flag in turn.flags] == [
        ("low_confidence", TimeSpan("m1", 0, 5000)),
        ("loop", TimeSpan("m1", 0, 5000)),
    ]
    assert turn.confirmed_by is None
    assert all(flag.resolved_by is None for flag in turn.flags)


def test_numbers_stand_in_figures_beside_what_was_heard_and_their_doubts_are_flags() -> None:
    number = NumberSpan(2, 6, "三千五百", "3500", "money", ("check-digit",))
    spoken = transcript(segment(0, "answer", "给了三千五百块。", numbers=(number,)), segment(1, "answer", "就这些。"))
    heard_ = Heard(MEDIA, spoken)
    (turn,) = draft(heard_, HEADER, form_of("police-interrogation-first"), PROVENANCE).turns
    assert (turn.text_raw, turn.text_final) == ("给了三千五百块。就这些。", "给了3500块。就这些。")
    assert [(flag.code, flag.note) for flag in turn.flags] == [("check-digit", "三千五百")]
    plain = draft(replace(heard_, figures=False), HEADER, form_of("police-interrogation-first"), PROVENANCE)
    assert plain.turns[0].text_final == turn.text_raw


def test_a_number_that_was_corrected_since_is_left_alone() -> None:
    stale = NumberSpan(2, 6, "三千五百", "3500", "money", ("check-digit",))
    (turn,) = drafted(
        "police-interrogation-first", HEADER, segment(0, "answer", "给了四千五百块。", numbers=(stale,))
    ).turns
    assert (turn.text_final, turn.flags) == ("给了四千五百块。", ())


def test_words_that_sound_like_a_name_are_a_doubt_with_both_in_its_note() -> None:
    like = HotwordSuggestion(0, 2, "章伟", "张伟", 0.0)
    (turn,) = drafted(
        "police-interrogation-first", HEADER, segment(0, "answer", "章伟拿的。", suggestions=(like,))
    ).turns
    assert [(flag.code, flag.note, flag.resolved_by) for flag in turn.flags] == [("hotword", "章伟：张伟？", None)]
    assert turn.text_final == "章伟拿的。"


def test_what_a_person_confirmed_in_the_transcript_is_confirmed_in_the_draft() -> None:
    sure = segment(0, "answer", "有。", flags=("low-confidence",), confirmed_by="acc_li")
    open_ = segment(1, "answer", "偷了。", flags=("loop", "doubtful-words"), resolved=("loop",))
    spoken = Heard(MEDIA, transcript(sure, segment(1, "question", "几次？"), open_), corrected_by="acc_wang")
    first, _, last = draft(spoken, HEADER, form_of("police-interrogation-first"), PROVENANCE).turns
    assert (first.confirmed_by, [flag.resolved_by for flag in first.flags]) == ("acc_li", ["acc_li"])
    assert (last.confirmed_by, [flag.resolved_by for flag in last.flags]) == (None, ["acc_wang", None])
    together = transcript(sure, segment(1, "answer", "偷了。"))
    (mixed,) = draft(Heard(MEDIA, together), HEADER, form_of("police-interrogation-first"), PROVENANCE).turns
    assert mixed.confirmed_by is None


def test_places_stay_inside_the_recording() -> None:
    late = segment(0, "answer", "完了。", start=119.0, end=125.0)
    (turn,) = drafted("police-interrogation-first", HEADER, late).turns
    assert turn.spans[0].at == TimeSpan("m1", 119_000, MEDIA.duration_ms)


def test_notices_are_found_where_they_were_spoken_with_the_answer() -> None:
    notices = {notice.code: notice for notice in drafted().notices}
    assert (notices[NoticeCode.COUNSEL].turn, notices[NoticeCode.COUNSEL].answer) == ("t3", "听清楚了，不申请回避。")
    assert notices[NoticeCode.RECORDING].turn == "t1"
    assert {code for code, notice in notices.items() if notice.turn is None} == set()
    assert {notice.confirmed_by for notice in notices.values()} == {None}


def test_what_the_suspect_says_of_his_rights_is_no_notice() -> None:
    record = drafted(
        "police-interrogation-first", HEADER, segment(0, "answer", "我知道认罪认罚可以从宽，我要委托律师。")
    )
    assert {notice.turn for notice in record.notices} == {None}


def test_a_draft_names_its_form_its_state_and_its_transcript() -> None:
    record = drafted()
    assert (record.template, record.state, record.transcript) == (
        "police-interrogation-first",
        RecordState.DRAFT,
        "rec_1",
    )


def test_a_witness_is_not_heard_on_the_form_of_a_suspect() -> None:
    witness = replace(HEADER, subject=replace(SUBJECT, standing=Standing.WITNESS))
    with pytest.raises(BadInput, match="choose another template"):
        drafted("police-interrogation-first", witness)
    with pytest.raises(BadInput, match="choose another template"):
        drafted("police-inquiry-witness", HEADER)


def test_latin_words_do_not_run_together_and_chinese_has_no_blanks() -> None:
    assert joined(["用 iPhone", "Pro 拍的。", "对。"])[0] == "用 iPhone Pro 拍的。对。"


_sentences = st.lists(
    st.tuples(st.sampled_from(["question", "answer", "aside", None]), st.text("我他去了 abc。？", max_size=8)),
    max_size=12,
)


@given(_sentences)
def test_nothing_that_was_heard_is_lost_or_doubled(spoken: list[tuple[str | None, str]]) -> None:
    segments = [segment(n, role, text) for n, (role, text) in enumerate(spoken)]
    record = drafted("police-interrogation-first", HEADER, segment(99, "question", "完。"), *segments)
    said = "".join(text.strip() for _, text in spoken) + "完。"
    assert heard(record) == (("m1", said),)
    assert all(span.char_end <= len(turn.text_raw) for turn in record.turns for span in turn.spans)
