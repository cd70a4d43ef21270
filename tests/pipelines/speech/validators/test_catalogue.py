"""The rules of the record, each with a record that keeps it, one that breaks it, and the case on the edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.conversation import (
    ConversationRecord,
    Correction,
    Flag,
    Interruption,
    MarkKind,
    Notice,
    NoticeCode,
    Party,
    RecordState,
    Refusal,
    Review,
    TimeSpan,
    TurnRole,
)
from cases.header import Custody, Guardian, Officer, Standing
from models.errors import BadInput
from pipelines.speech.validators.catalogue import RULES, errors, findings
from pipelines.speech.validators.rule import Engagement, Finding, Severity
from tests.pipelines.speech.conversation import (
    HEADER,
    LI,
    MEDIA,
    SIGN,
    SUBJECT,
    WANG,
    ZHAO,
    checked,
    ready_to_sign,
    summarised,
)

Change = Callable[[ConversationRecord], ConversationRecord]
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def of_rule(rule: str, record: ConversationRecord, *elsewhere: Engagement) -> list[Finding]:
    return [finding for finding in findings(record, elsewhere) if finding.rule == rule]


def header(**changes: object) -> Change:
    return lambda record: replace(record, header=replace(record.header, **changes))  # type: ignore[arg-type]


def subject(**changes: object) -> Change:
    return lambda record: replace(
        record,
        header=replace(record.header, subject=replace(record.header.subject, **changes)),  # type: ignore[arg-type]
    )


def changed(**changes: object) -> Change:
    return lambda record: replace(record, **changes)  # type: ignore[arg-type]


def both(*changes: Change) -> Change:
    def apply(record: ConversationRecord) -> ConversationRecord:
        for change in changes:
            record = change(record)
        return record

    return apply


def turn(number: int, **changes: object) -> Change:
    def apply(record: ConversationRecord) -> ConversationRecord:
        turns = list(record.turns)
        turns[number] = replace(turns[number], **changes)  # type: ignore[arg-type]
        return replace(record, turns=tuple(turns))

    return apply


def told(code: NoticeCode, **changes: object) -> Change:
    def apply(record: ConversationRecord) -> ConversationRecord:
        notices = (replace(n, **changes) if n.code is code else n for n in record.notices)  # type: ignore[arg-type]
        return replace(record, notices=tuple(notices))

    return apply


def review(**changes: object) -> Change:
    return lambda record: replace(record, review=replace(record.review, **changes))  # type: ignore[arg-type]


def summed(first: int, last: int) -> Change:
    return lambda record: summarised(record, first, last)


def media(**changes: object) -> Change:
    return lambda record: replace(record, media=(replace(MEDIA, **changes),))  # type: ignore[arg-type]


def without_marks(*kinds: MarkKind, page: int | None = None) -> Change:
    def apply(record: ConversationRecord) -> ConversationRecord:
        kept = (
            one
            for one in record.signatures
            if one.party is not Party.SUBJECT or one.kind not in kinds or page not in (None, one.page)
        )
        return replace(record, signatures=tuple(kept))

    return apply


MINOR = subject(born="2010-03-06", is_minor=True)
GAP = TimeSpan("m1", 60_000, 70_000)
MOTHER = Guardian("周兰", "母亲")
SUMMONED = Custody("口头传唤", "2026-03-04T21:12+08:00", "2026-03-05T09:12+08:00")
CORRECTION = Correction("t8", "二月一日", "三月一日", "张三")
PROCURATORATE = "procuratorate-interrogation-first"

KEPT: list[tuple[str, str, Change]] = [
    ("A1", "two", changed()),
    ("A1", "a clerk counts at the procuratorate", header(interrogators=(LI,), recorder=WANG)),
    ("A2", "named", changed()),
    ("A2", "one of the two writes", header(recorder=LI)),
    ("A3", "apart", changed()),
    ("A3", "nobody named and no law of the procuratorate", header(av_operator=None)),
    ("A4", "in order", changed()),
    ("A4", "arrival at the very minute of the start", header(custody=Custody(arrived_at=HEADER.started_at))),
    ("A5", "20 s apart", changed()),
    ("A5", "60 s apart", media(started_at="2026-03-05T09:11:00+08:00", duration_ms=120_000)),
    ("A5", "no recording", changed(media=())),
    ("A6", "all told", changed()),
    (
        "A6",
        "confirmed by a person in other words",
        both(
            turn(2, text_final="你有这些权利。"),
            told(NoticeCode.COUNSEL, confirmed_by="李明"),
            told(NoticeCode.RIGHTS, confirmed_by="李明"),
        ),
    ),
    ("A7", "police are not bound", changed(notices=())),
    ("A8", "of full age", changed()),
    ("A8", "eighteen on the day", subject(born="2008-03-05")),
    ("A8", "a mother is there", both(MINOR, header(guardian=MOTHER))),
    (
        "A8",
        "a teacher, with the reason",
        both(MINOR, header(guardian=Guardian("钱进", "合适成年人（教师）", "父母在外地"))),
    ),
    ("A8", "a girl with a woman officer", both(MINOR, subject(gender="女"), header(guardian=MOTHER))),
    ("A9", "none needed", changed()),
    ("A9", "signs are understood", both(subject(is_deaf_mute=True), header(interpreter=SIGN))),
    ("A10", "no summons", changed()),
    ("A10", "twelve hours to the minute", header(custody=SUMMONED)),
    (
        "A10",
        "in custody the summons is over",
        header(custody=replace(SUMMONED, arrived_at="2026-03-01T08:00", detained=True)),
    ),
    (
        "A10",
        "a day, approved",
        header(custody=replace(SUMMONED, arrived_at="2026-03-04T10:00", limit_hours=24, extension_approved_by="陈局")),
    ),
    ("A12", "every page", changed()),
    (
        "A12",
        "refused and noted",
        both(
            changed(signatures=tuple(s for s in ready_to_sign().signatures if s.party is not Party.SUBJECT)),
            review(refused=Refusal("认为与本人无关", "李明")),
        ),
    ),
    ("A13", "exact", changed()),
    ("A13", "without the full stop", review(closing="以上笔录我看过，和我说的相符")),
    ("A13", "read aloud", review(mode="read_aloud", closing="以上笔录向我宣读过，和我说的相符")),
    ("A14", "none", changed()),
    ("A14", "with a slot", review(corrections=(CORRECTION,))),
    ("A15", "placed", changed()),
    ("A15", "a question may be typed", turn(0, spans=(), text_raw="")),
    ("A16", "whole", changed()),
    ("A16", "a gap with its reason", both(media(gaps=(GAP,)), changed(interruptions=(Interruption(GAP, "设备故障"),)))),
    ("A17", "unchanged", changed()),
    ("A17", "signatures are no content", without_marks(MarkKind.SIGNATURE)),
    ("A18", "settled", changed()),
    ("A18", "machine text behind a summary", both(turn(4, confirmed_by=None, role=None), summed(3, 5))),
    ("A18", "a flag that was looked at", turn(1, flags=(Flag("low_confidence", GAP, "李明"),))),
    ("A19", "filled", changed()),
    ("A19", "a no is an answer", subject(congress_delegate=False)),
]

BROKEN: list[tuple[str, str, Change, Severity]] = [
    ("A1", "one", header(interrogators=(LI,)), ERROR),
    ("A1", "one man twice", header(interrogators=(LI, LI)), ERROR),
    ("A2", "nobody", header(recorder=None), ERROR),
    ("A2", "a blank", header(recorder=Officer(" ")), ERROR),
    ("A3", "asks and records; police are only told", header(av_operator=LI), WARNING),
    ("A4", "no end", header(ended_at=None), ERROR),
    ("A4", "no moment", header(started_at="九点"), ERROR),
    ("A4", "ends as it starts", header(ended_at=HEADER.started_at), ERROR),
    ("A4", "left before the end", header(custody=Custody(left_at="2026-03-05T09:11+08:00")), ERROR),
    ("A4", "came after the start", header(custody=Custody(arrived_at="2026-03-05T09:11+08:00")), ERROR),
    ("A5", "61 s apart", media(started_at="2026-03-05T09:11:01+08:00", duration_ms=59_000), ERROR),
    ("A5", "a recorder without a clock", media(started_at=None), WARNING),
    ("A6", "counsel left out", told(NoticeCode.COUNSEL, turn=None), ERROR),
    ("A6", "points at no turn", told(NoticeCode.RIGHTS, turn="t99"), ERROR),
    ("A6", "the turn says something else", told(NoticeCode.RIGHTS, turn="t7"), ERROR),
    ("A6", "no entry at all", changed(notices=()), ERROR),
    ("A8", "alone", MINOR, ERROR),
    ("A8", "young and not marked", both(subject(born="2008-03-06"), header(guardian=MOTHER)), ERROR),
    ("A8", "a teacher, without the reason", both(MINOR, header(guardian=Guardian("钱进", "合适成年人"))), ERROR),
    ("A8", "a friend of the father", both(MINOR, header(guardian=Guardian("钱进", "父亲的朋友"))), ERROR),
    (
        "A8",
        "a girl among men",
        both(MINOR, subject(gender="女"), header(guardian=MOTHER, interrogators=(LI, ZHAO), recorder=ZHAO)),
        ERROR,
    ),
    ("A9", "deaf and nobody signs", subject(is_deaf_mute=True), ERROR),
    (
        "A9",
        "an interpreter of another language",
        both(subject(is_deaf_mute=True), header(interpreter=replace(SIGN, language="英语"))),
        ERROR,
    ),
    ("A9", "without employer", both(subject(is_deaf_mute=True), header(interpreter=replace(SIGN, unit=None))), ERROR),
    ("A10", "a minute over", header(custody=replace(SUMMONED, arrived_at="2026-03-04T21:11+08:00")), ERROR),
    (
        "A10",
        "still there at the end",
        header(custody=replace(SUMMONED, arrived_at="2026-03-04T21:11+08:00", left_at=None)),
        ERROR,
    ),
    ("A10", "a day without approval", header(custody=replace(SUMMONED, limit_hours=24)), ERROR),
    ("A10", "a limit of no law", header(custody=replace(SUMMONED, limit_hours=48)), ERROR),
    ("A10", "a limit beyond any calendar", header(custody=replace(SUMMONED, limit_hours=10**18)), ERROR),
    ("A12", "no fingerprint", without_marks(MarkKind.FINGERPRINT), ERROR),
    ("A12", "no pages", changed(page_count=None), ERROR),
    ("A12", "a page more than was signed", changed(page_count=2), ERROR),
    ("A12", "an absurd number of pages", changed(page_count=10**9), ERROR),
    ("A12", "refused without a reason", review(refused=Refusal("", "李明")), ERROR),
    (
        "A12",
        "an officer did not sign",
        changed(signatures=tuple(s for s in ready_to_sign().signatures if s.name != "王芳")),
        ERROR,
    ),
    ("A13", "one word off", review(closing="以上笔录我看过，和我说的一致。"), ERROR),
    (
        "A13",
        "the statute's brackets decide nothing",
        review(closing="以上笔录我看过（或向我宣读过），和我说的相符"),
        ERROR,
    ),
    ("A13", "the other way of knowing", review(closing="以上笔录向我宣读过，和我说的相符"), ERROR),
    ("A13", "nothing", review(closing=None), ERROR),
    ("A13", "nobody says how", review(mode=None), ERROR),
    ("A13", "read by one who cannot", subject(cannot_read=True), ERROR),
    ("A6", "told in a turn that was summed up", summed(0, 2), ERROR),
    ("A14", "behind a summary", both(review(corrections=(CORRECTION,)), summed(7, 8)), ERROR),
    (
        "A14",
        "of words that stand there twice",
        both(turn(7, text_final="三月一日，三月一日。"), review(corrections=(CORRECTION,))),
        WARNING,
    ),
    ("A18", "a doubt behind a summary", both(turn(4, flags=(Flag("low_confidence", GAP),)), summed(3, 5)), ERROR),
    ("A14", "no slot", review(corrections=(replace(CORRECTION, fingerprint_slot=False),)), ERROR),
    ("A14", "of no turn", review(corrections=(replace(CORRECTION, turn="t99"),)), ERROR),
    ("A14", "that the record does not have", review(corrections=(replace(CORRECTION, after="四月"),)), ERROR),
    ("A15", "an answer from nowhere", turn(1, spans=(), text_raw=""), ERROR),
    ("A15", "no recording at all", both(changed(media=()), turn(1, spans=(), text_raw="")), ERROR),
    ("A15", "beyond the end", media(duration_ms=30_000), ERROR),
    ("A16", "unexplained", media(gaps=(GAP,)), ERROR),
    (
        "A16",
        "explained in part",
        both(media(gaps=(GAP,)), changed(interruptions=(Interruption(replace(GAP, end_ms=69_999), "故障"),))),
        ERROR,
    ),
    ("A16", "without a reason", changed(interruptions=(Interruption(GAP, " "),)), ERROR),
    ("A16", "explained in no turn", changed(interruptions=(Interruption(GAP, "故障", explained_in="t99"),)), ERROR),
    ("A17", "a word changed", turn(1, text_final="不好。"), ERROR),
    ("A17", "never checked", changed(content_sha256=None), ERROR),
    ("A18", "open", turn(1, flags=(Flag("low_confidence", GAP),)), ERROR),
    ("A18", "question or answer", turn(1, role=None), ERROR),
    ("A18", "machine text", turn(1, confirmed_by=None), ERROR),
    ("A19", "never asked", subject(ethnicity=None), WARNING),
]


def test_nothing_is_found_in_a_record_that_keeps_every_rule() -> None:
    assert findings(ready_to_sign()) == ()


@pytest.mark.parametrize(("rule", "named", "change"), KEPT, ids=[f"{rule} {named}" for rule, named, _ in KEPT])
def test_a_rule_that_is_kept_is_silent(rule: str, named: str, change: Change) -> None:
    form = PROCURATORATE if "procuratorate" in named and rule == "A1" else None
    record = checked(form) if form else ready_to_sign()
    assert of_rule(rule, change(record)) == []


@pytest.mark.parametrize(
    ("rule", "named", "change", "severity"), BROKEN, ids=[f"{rule} {named}" for rule, named, *_ in BROKEN]
)
def test_a_rule_that_is_broken_says_so(rule: str, named: str, change: Change, severity: Severity) -> None:
    found = of_rule(rule, change(ready_to_sign()))
    assert found, named
    assert max((f.severity for f in found), key=lambda s: s is ERROR) is severity
    assert all(f.message and f.field for f in found)


def test_every_rule_of_the_reference_is_there_and_says_what_it_stands_on() -> None:
    assert [rule.id for rule in RULES] == [f"A{n}" for n in range(1, 20)]
    assert all(rule.citations or rule.basis for rule in RULES)
    assert all(rule.explanation and rule.title for rule in RULES)


def test_every_rule_has_a_test_of_each_kind() -> None:
    elsewhere = {"A7", "A11"}
    assert {rule.id for rule in RULES} - elsewhere == {rule for rule, *_ in KEPT if rule not in elsewhere}
    assert {rule.id for rule in RULES} - elsewhere == {rule for rule, *_ in BROKEN}


# --- rules that need another form or another record -------------------------------------------------------------------
def test_a7_the_procuratorate_tells_of_the_recording_in_text_and_in_sound() -> None:
    assert of_rule("A7", checked(PROCURATORATE)) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(told(NoticeCode.RECORDING, turn=None), id="not in the text"),
        pytest.param(changed(notices=()), id="no entry"),
        pytest.param(turn(0, spans=(), text_raw=""), id="typed, not heard"),
        pytest.param(turn(0, text_raw="我们是检察院的检察人员。"), id="heard otherwise"),
        pytest.param(turn(0, text_final="我们是检察院的检察人员。"), id="struck from the text"),
    ],
)
def test_a7_without_one_of_the_two_it_is_broken(change: Change) -> None:
    (found,) = of_rule("A7", change(checked(PROCURATORATE)))
    assert found.severity is ERROR
    assert found.articles == ("《人民检察院刑事诉讼规则》第一百八十七条", "《人民检察院刑事诉讼规则》第一百九十条")


def test_a7_does_not_bind_the_review_of_a_case_that_the_police_investigated() -> None:
    assert of_rule("A7", told(NoticeCode.RECORDING, turn=None)(checked("procuratorate-interrogation-review"))) == []


def test_a3_binds_the_procuratorate_and_misses_an_operator_there() -> None:
    assert [f.severity for f in of_rule("A3", header(av_operator=LI)(checked(PROCURATORATE)))] == [ERROR]
    assert [f.severity for f in of_rule("A3", header(av_operator=None)(checked(PROCURATORATE)))] == [WARNING]


ELSEWHERE = Engagement("rec_2", frozenset({"李明"}), "2026-03-05T09:11+08:00", "2026-03-05T10:00+08:00")


def test_a11_an_officer_is_in_one_place_at_a_time() -> None:
    (found,) = of_rule("A11", ready_to_sign(), ELSEWHERE)
    assert (found.severity, found.field) == (ERROR, "header.interrogators")
    assert "李明" in found.message
    assert "rec_2" in found.message


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(ELSEWHERE, officers=frozenset({"赵强"})), id="another officer"),
        pytest.param(replace(ELSEWHERE, started_at="2026-03-05T09:12+08:00"), id="from the minute this one ends"),
        pytest.param(replace(ELSEWHERE, started_at="2026-03-05T01:12+00:00"), id="the same minute, spelt in UTC"),
        pytest.param(replace(ELSEWHERE, ended_at=None), id="an end that nobody knows"),
    ],
)
def test_a11_is_silent_where_nothing_overlaps(other: Engagement) -> None:
    assert of_rule("A11", ready_to_sign(), other) == []


def test_a_later_interrogation_without_a_notice_is_a_warning() -> None:
    later = told(NoticeCode.RIGHTS, turn=None)(checked("police-interrogation-later"))
    assert [f.severity for f in of_rule("A6", later)] == [WARNING]


def test_a_witness_alone_with_one_officer_is_a_warning_with_the_police_and_an_error_with_the_procuratorate() -> None:
    alone = replace(HEADER, subject=replace(SUBJECT, standing=Standing.WITNESS), interrogators=(LI,), recorder=LI)
    assert [f.severity for f in of_rule("A1", checked("police-inquiry-witness", alone))] == [WARNING]
    assert [f.severity for f in of_rule("A1", checked("procuratorate-inquiry-witness", alone))] == [ERROR]


def test_an_answer_without_a_place_is_a_warning_where_nothing_was_recorded() -> None:
    unrecorded = both(changed(media=()), *(turn(n, spans=(), text_raw="") for n in range(8)))(ready_to_sign())
    assert {f.severity for f in of_rule("A15", unrecorded)} == {WARNING}


# --- findings ---------------------------------------------------------------------------------------------------------
def test_a_finding_leads_to_its_turn_and_its_second() -> None:
    record = turn(1, flags=(Flag("low_confidence", TimeSpan("m1", 5_000, 6_000)),))(ready_to_sign())
    (found,) = of_rule("A18", record)
    assert (found.turn, found.at, found.field) == ("t2", TimeSpan("m1", 5_000, 6_000), "turns[1].flags")


def test_a_finding_cites_what_binds_the_organ_and_the_kind() -> None:
    (found,) = of_rule("A1", header(interrogators=(LI,))(ready_to_sign()))
    assert found.articles == (
        "《中华人民共和国刑事诉讼法》第一百一十八条",
        "《公安机关办理刑事案件程序规定》第二百零二条",
    )


def test_a_missing_notice_cites_the_article_that_asks_for_just_that() -> None:
    (found,) = of_rule("A6", told(NoticeCode.COUNSEL, turn=None)(ready_to_sign()))
    assert found.articles == ("《公安机关办理刑事案件程序规定》第四十三条",)


def test_before_the_check_nothing_is_said_of_signatures() -> None:
    assert findings(checked(), wanted=RecordState.CHECKED) == ()
    assert {f.rule for f in errors(findings(checked()))} == {"A12", "A13"}


def test_an_unknown_template_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="police-interrogation-first"):
        findings(replace(ready_to_sign(), template="讯问"))


def test_roles_and_notices_of_the_example_are_as_the_tests_assume() -> None:
    record = ready_to_sign()
    assert [one.role for one in record.turns][:2] == [TurnRole.QUESTION, TurnRole.ANSWER]
    assert Notice(NoticeCode.COUNSEL, "t3", "听清楚了，不申请回避。") in record.notices
    assert record.review == Review("read", closing="以上笔录我看过，和我说的相符。")  # type: ignore[arg-type]
