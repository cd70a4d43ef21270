"""The course of a 笔录: which steps there are, what keeps it from a step, and what a person's version may change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.conversation import (
    Bookmark,
    ConversationRecord,
    Flag,
    RecordState,
    SourceSpan,
    TimeSpan,
    Turn,
    content_digest,
)
from cases.header import Header, Standing
from models.errors import BadInput, Conflict
from pipelines.speech.course import STEPS, Unready, advanced, revised
from tests.pipelines.speech.conversation import (
    HEADER,
    confirmed,
    drafted,
    ready_to_sign,
    segment,
    signed_marks,
    summarised,
)

NOW = "2026-03-05T03:00:00Z"


def test_a_record_goes_from_draft_to_seal() -> None:
    record = advanced(drafted(), RecordState.TO_CHECK)
    record = advanced(confirmed(record), RecordState.CHECKED)
    assert record.content_sha256 == content_digest(record)
    record = advanced(signed_marks(record), RecordState.SIGNED)
    assert advanced(record, RecordState.SEALED).state is RecordState.SEALED


@pytest.mark.parametrize(
    ("state", "to"),
    [(a, b) for a in RecordState for b in RecordState if b not in STEPS[a]],
    ids=lambda state: state.value,
)
def test_there_are_no_other_steps(state: RecordState, to: RecordState) -> None:
    with pytest.raises(Conflict) as caught:
        advanced(replace(ready_to_sign(), state=state), to)
    assert caught.value.code == "record.state"


def test_nothing_is_checked_with_open_flags_or_machine_text() -> None:
    with pytest.raises(Unready) as caught:
        advanced(replace(drafted(), state=RecordState.TO_CHECK), RecordState.CHECKED)
    assert {finding.rule for finding in caught.value.findings} == {"A18"}


def test_nothing_is_signed_without_signatures() -> None:
    with pytest.raises(Unready) as caught:
        advanced(replace(ready_to_sign(), signatures=()), RecordState.SIGNED)
    assert {finding.rule for finding in caught.value.findings} == {"A12"}


def test_nothing_is_signed_that_is_not_what_was_checked() -> None:
    record = ready_to_sign()
    with pytest.raises(Unready) as caught:
        advanced(replace(record, header=replace(record.header, cause="诈骗")), RecordState.SIGNED)
    assert {finding.rule for finding in caught.value.findings} == {"A17"}


def test_a_warning_does_not_stand_in_the_way() -> None:
    record = confirmed(drafted())
    record = replace(record, header=replace(record.header, subject=replace(record.header.subject, ethnicity=None)))
    assert advanced(record, RecordState.CHECKED).state is RecordState.CHECKED


def test_a_checked_record_goes_back_to_draft_without_its_signatures() -> None:
    record = advanced(ready_to_sign(), RecordState.DRAFT)
    assert (record.content_sha256, record.signatures, record.page_count) == (None, (), None)


def moved_to(record: ConversationRecord, start_ms: int, end_ms: int) -> tuple[SourceSpan, ...]:
    return tuple(replace(span, at=replace(span.at, start_ms=start_ms, end_ms=end_ms)) for span in record.turns[0].spans)


def heard_as(standing: Standing) -> Header:
    return replace(HEADER, subject=replace(HEADER.subject, standing=standing))


# --- a person's version -----------------------------------------------------------------------------------------------
def first(record: ConversationRecord, **changes: object) -> ConversationRecord:
    turns = (replace(record.turns[0], **changes), *record.turns[1:])  # type: ignore[arg-type]
    return replace(record, turns=turns)


def test_the_text_may_change_and_the_raw_text_stays() -> None:
    base = drafted()
    kept = revised(base, first(base, text_final="我们是民警。"), "李明", NOW)
    assert (kept.turns[0].text_final, kept.turns[0].text_raw) == ("我们是民警。", base.turns[0].text_raw)


def test_a_confirmation_bears_the_name_of_who_gave_it_whatever_was_sent() -> None:
    base = drafted()
    kept = revised(base, first(base, confirmed_by="somebody else", confirmed_at="2020-01-01"), "李明", NOW)
    assert (kept.turns[0].confirmed_by, kept.turns[0].confirmed_at) == ("李明", NOW)
    later = revised(kept, kept, "王芳", "later")
    assert (later.turns[0].confirmed_by, later.turns[0].confirmed_at) == ("李明", NOW)
    changed = revised(kept, first(kept, text_final="改了。"), "王芳", "later")
    assert (changed.turns[0].confirmed_by, changed.turns[0].confirmed_at) == ("王芳", "later")


def test_a_notice_is_confirmed_under_the_name_of_who_confirmed_it() -> None:
    base = drafted()
    told = tuple(replace(notice, confirmed_by="somebody else") for notice in base.notices)
    kept = revised(base, replace(base, notices=told), "李明", NOW)
    assert {notice.confirmed_by for notice in kept.notices} == {"李明"}
    assert {notice.confirmed_by for notice in revised(kept, kept, "王芳", NOW).notices} == {"李明"}


def test_a_doubt_is_settled_under_a_name_and_never_removed() -> None:
    doubtful = segment(0, "answer", "嗯。", flags=("low_confidence",))
    base = drafted("police-interrogation-first", HEADER, doubtful)
    (flag,) = base.turns[0].flags
    kept = revised(base, first(base, flags=(replace(flag, resolved_by="x"),)), "李明", NOW)
    assert kept.turns[0].flags == (Flag(flag.code, flag.at, "李明", NOW),)
    assert revised(kept, kept, "王芳", "later").turns[0].flags == kept.turns[0].flags
    with pytest.raises(BadInput, match="never removed"):
        revised(base, first(base, flags=()), "李明", NOW)


def test_a_settled_doubt_keeps_its_name_in_a_turn_that_takes_up_another() -> None:
    one = segment(0, "answer", "嗯。", flags=("low_confidence",))
    two = segment(1, "question", "什么？", flags=("quiet",))
    base = drafted("police-interrogation-first", HEADER, one, two)
    settled = tuple(replace(t, flags=tuple(replace(f, resolved_by="x") for f in t.flags)) for t in base.turns)
    kept = revised(base, replace(base, turns=settled), "李明", NOW)
    told = {flag.code: (flag.resolved_by, flag.resolved_at) for turn in kept.turns for flag in turn.flags}
    assert told == {"low_confidence": ("李明", NOW), "quiet": ("李明", NOW)}
    swapped = tuple(replace(turn, id=f"{turn.id}b") for turn in kept.turns)
    later = revised(kept, replace(kept, turns=swapped), "王芳", "later")
    assert [turn.flags for turn in later.turns] == [turn.flags for turn in kept.turns]


def test_turns_may_be_merged_split_and_summarised() -> None:
    base = drafted()
    one, two, *rest = base.turns
    shifted = tuple(
        replace(s, char_start=s.char_start + len(one.text_raw), char_end=s.char_end + len(one.text_raw))
        for s in two.spans
    )
    merged = Turn("t1", one.role, one.text_raw + two.text_raw, "概括", (*one.spans, *shifted), summary_of=("t1", "t2"))
    together = replace(base, turns=(merged, *rest))
    assert revised(base, together, "李明", NOW).turns[0].summary_of == ("t1", "t2")
    assert len(revised(together, base, "李明", NOW).turns) == len(base.turns)
    (span,) = one.spans
    half = TimeSpan("m1", 2500, 5000)
    parts = (
        replace(one, text_raw=one.text_raw[:4], spans=(SourceSpan(TimeSpan("m1", 0, 2500), 0, 4, span.segment),)),
        Turn("t1b", one.role, one.text_raw[4:], "x", (SourceSpan(half, 0, len(one.text_raw) - 4, span.segment),)),
    )
    assert len(revised(base, replace(base, turns=(*parts, *base.turns[1:])), "李明", NOW).turns) == len(base.turns) + 1


def test_a_summary_stands_before_its_turns_and_they_stay() -> None:
    base = drafted()
    given = summarised(base, 3, 5)
    kept = revised(base, given, "王芳", NOW)
    assert kept.turns[3].summary_of == ("t4", "t5", "t6")
    assert kept.turns[4:7] == base.turns[3:6]
    assert revised(kept, base, "王芳", NOW).turns == base.turns


def test_a_summary_keeps_the_places_of_its_turns() -> None:
    base = drafted()
    given = summarised(base, 3, 5)
    short = replace(given.turns[3], spans=given.turns[3].spans[:2])
    with pytest.raises(BadInput) as caught:
        revised(base, replace(given, turns=(*given.turns[:3], short, *given.turns[4:])), "李明", NOW)
    assert caught.value.code == "record.summary"


def test_no_turn_is_summed_up_twice() -> None:
    base = drafted()
    twice = summarised(summarised(base, 3, 5), 5, 6)
    again = replace(twice, turns=tuple(replace(t, id="t5x") if t.id == "t5s" else t for t in twice.turns))
    with pytest.raises(BadInput) as caught:
        revised(base, again, "李明", NOW)
    assert caught.value.code == "record.summary"


def test_a_bookmark_bears_the_name_of_who_set_it() -> None:
    base = drafted()
    mark = Bookmark(TimeSpan("m1", 7000, 7000), "改口", "somebody else")
    kept = revised(base, replace(base, bookmarks=(mark,)), "李明", NOW)
    assert kept.bookmarks == (replace(mark, by="李明"),)
    assert revised(kept, kept, "王芳", NOW).bookmarks == kept.bookmarks


@pytest.mark.parametrize(
    ("what", "named"),
    [
        (lambda r: replace(r, turns=r.turns[1:]), "record.raw"),
        (lambda r: first(r, text_raw="我们是民警。"), "record.raw"),
        (lambda r: first(r, text_raw=r.turns[0].text_raw + "我认罪。"), "record.raw"),
        (lambda r: replace(r, turns=(*r.turns, Turn("t99", None, "我认罪。", "我认罪。"))), "record.raw"),
        (lambda r: replace(r, provenance=replace(r.provenance, device="x")), "record.provenance"),
        (lambda r: replace(r, media=()), "record.media"),
        (lambda r: replace(r, turns=(*r.turns, Turn("t1", None, "", "x"))), "record.turns"),
        (lambda r: replace(r, state=RecordState.SIGNED), "record.state"),
        (lambda r: replace(r, content_sha256="0" * 64), "record.state"),
        (lambda r: first(r, spans=moved_to(r, 2500, 6000)), "record.spans"),
        (lambda r: first(r, spans=moved_to(r, 2500, 2000)), "record.spans"),
        (lambda r: first(r, spans=(*r.turns[0].spans, SourceSpan(TimeSpan("m1", 0, 1), 0, 0, 99))), "record.spans"),
        (lambda r: replace(r, template="police-inquiry-witness"), "record.template"),
        (lambda r: replace(r, template="procuratorate-interrogation-first"), "record.template"),
        (lambda r: replace(r, header=heard_as(Standing.WITNESS)), "record.standing"),
    ],
)
def test_what_a_version_may_not_touch(what, named: str) -> None:
    base = drafted()
    with pytest.raises(BadInput) as caught:
        revised(base, what(base), "李明", NOW)
    assert caught.value.code == named


def test_a_version_may_go_over_to_another_form_of_its_kind() -> None:
    base = drafted()
    later = revised(base, replace(base, template="police-interrogation-later"), "李明", NOW)
    assert later.template == "police-interrogation-later"


def test_a_turn_that_a_person_typed_has_no_raw_text() -> None:
    base = drafted()
    typed = Turn("t99", None, "", "（被讯问人点头）")
    assert revised(base, replace(base, turns=(*base.turns, typed)), "李明", NOW).turns[-1] == typed


def test_a_checked_record_takes_signatures_and_nothing_else() -> None:
    base = ready_to_sign()
    assert revised(base, replace(base, page_count=2), "李明", NOW).page_count == 2
    with pytest.raises(Conflict, match="back to draft"):
        revised(base, first(base, text_final="我们是民警。"), "李明", NOW)


@pytest.mark.parametrize("state", [RecordState.SIGNED, RecordState.SEALED])
def test_a_signed_record_is_closed(state: RecordState) -> None:
    base = replace(ready_to_sign(), state=state)
    with pytest.raises(Conflict, match="not changed any more"):
        revised(base, base, "李明", NOW)
