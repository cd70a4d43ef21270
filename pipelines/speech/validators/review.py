"""Rules on the read-through: every page signed or the refusal noted, the closing sentence, corrections, the header."""

from __future__ import annotations

from collections.abc import Iterator

from cases.conversation import ConversationRecord, MarkKind, Organ, Party, RecordState, summed_up
from cases.header import Standing
from pipelines.speech.fields import field_text
from pipelines.speech.statute import Citation, Law
from pipelines.speech.validators.rule import Breach, Matter, Rule, Severity

NAME_MARKS = frozenset({MarkKind.SIGNATURE, MarkKind.SEAL, MarkKind.E_SEAL})
_ENDINGS = "。."
MAX_PAGES = 10_000
"""More pages than any record has: a larger number is a slip of the hand, and would only make a list of gaps."""


def _every_page_signed(matter: Matter) -> Iterator[Breach]:
    record = matter.record
    pages = record.page_count
    if pages is None or not 1 <= pages <= MAX_PAGES:
        yield Breach("没有填写笔录的页数", "page_count")
        return
    refused = record.review.refused
    if refused is not None:
        if not (refused.reason.strip() and refused.noted_by.strip()):
            yield Breach("拒绝签名、捺指印，没有注明原因和注明人", "review.refused")
    else:
        yield from _pages_without_marks(record, pages)
    yield from _officers_signed(record)


def _pages_without_marks(record: ConversationRecord, pages: int) -> Iterator[Breach]:
    own = [mark for mark in record.signatures if mark.party is Party.SUBJECT]
    named = {mark.page for mark in own if mark.kind in NAME_MARKS}
    pressed = {mark.page for mark in own if mark.kind is MarkKind.FINGERPRINT}
    page_by_page = record.organ is Organ.POLICE or record.header.subject.standing is Standing.SUSPECT
    for page in range(1, pages + 1):
        missing = [what for what, done in (("签名", named), ("指印", pressed)) if page not in done]
        if missing:
            severity = None if page_by_page or page == pages else Severity.WARNING
            yield Breach(f"第{page}页缺少{'、'.join(missing)}", "signatures", severity=severity)


def _officers_signed(record: ConversationRecord) -> Iterator[Breach]:
    signed = {(mark.party, mark.name) for mark in record.signatures if mark.kind in NAME_MARKS}
    header = record.header
    wanted = [(Party.INTERROGATOR, officer.name, "") for officer in header.interrogators]
    if header.interpreter is not None:
        wanted.append((Party.INTERPRETER, header.interpreter.name, "翻译人员"))
    asking = {officer.name for officer in header.interrogators}
    if record.organ is Organ.PROCURATORATE and header.recorder is not None and header.recorder.name not in asking:
        wanted.append((Party.RECORDER, header.recorder.name, "记录人"))
    if header.guardian is not None and header.guardian.name and record.organ is Organ.PROCURATORATE:
        wanted.append((Party.GUARDIAN, header.guardian.name, "到场的法定代理人（合适成年人）"))
    for party, name, called in wanted:
        if (party, name) not in signed:
            yield Breach(f"{called}{name}没有在笔录上签名", "signatures")


A12 = Rule(
    "A12",
    "逐页签名、捺指印，或者注明拒绝",
    "笔录经核对无误后，由本人逐页签名（盖章）、捺指印；拒绝的，在笔录上注明。讯问人、翻译人员也应当签名。",
    Severity.ERROR,
    RecordState.SIGNED,
    _every_page_signed,
    (
        Citation(Law.PROCEDURE, 122, "侦查人员也应当在笔录上签名"),
        Citation(Law.POLICE, 206, "应当由其在笔录上逐页签名、捺指印"),
        Citation(Law.POLICE, 212, "本规定第二百零六条、第二百零七条的规定，也适用于询问证人、被害人", "inquiry"),
        Citation(Law.PROCURATORATE, 188, "由其在笔录上逐页签名或者盖章，并捺指印", "interrogation"),
        Citation(Law.PROCURATORATE, 188, "讯问的检察人员、书记员也应当在笔录上签名", "interrogation"),
        Citation(Law.PROCURATORATE, 465, "并由其在笔录上签名或者盖章，并捺指印"),
        Citation(Law.PROCURATORATE, 258, "经核对无误后逐页签名或者盖章，并捺指印后附卷", "interrogation"),
        Citation(Law.INTERPRETATION, 95, "讯问人没有签名的", "interrogation"),
    ),
    "检察机关询问证人、被害人，所列条文没有逐页签名的要求，末页以外只作提示。",
)


def closing_fault(matter: Matter) -> str | None:
    """What is wrong with the closing sentence; None when it is one of the form's, by how the record was made known."""
    review = matter.record.review
    written = (review.closing or "").strip().rstrip(_ENDINGS)
    if review.mode is None:
        return "没有写明是本人阅读还是向其宣读"
    if not written:
        return "没有写结束语"
    wanted = matter.form.closing[review.mode]
    if written != wanted:
        return f"结束语应当是“{wanted}”"
    return None


def _closing_exact(matter: Matter) -> Iterator[Breach]:
    if matter.record.review.refused is not None:
        return
    fault = closing_fault(matter)
    if fault is not None:
        yield Breach(fault, "review.closing")
    if matter.record.header.subject.cannot_read and matter.record.review.mode == "read":
        yield Breach("没有阅读能力的，应当向他宣读", "review.mode")


A13 = Rule(
    "A13",
    "结束语一字不差",
    "由本人在末页写明“以上笔录我看过（或向我宣读过），和我说的相符”，按实际情况择一；没有阅读能力的，应当向他宣读。",
    Severity.ERROR,
    RecordState.SIGNED,
    _closing_exact,
    (
        Citation(Law.PROCEDURE, 122, "对于没有阅读能力的，应当向他宣读"),
        Citation(Law.POLICE, 206, "并在末页写明“以上笔录我看过（或向我宣读过），和我说的相符”"),
        Citation(Law.PROCURATORATE, 188, "在末页写明“以上笔录我看过（向我宣读过），和我说的相符”", "interrogation"),
        Citation(Law.INTERPRETATION, 94, "讯问笔录没有经被告人核对确认的", "interrogation"),
    ),
)


def _corrections_have_slots(matter: Matter) -> Iterator[Breach]:
    behind = summed_up(matter.record)
    finals = {turn.id: turn.text_final for turn in matter.record.turns if turn.id not in behind}
    for number, correction in enumerate(matter.record.review.corrections):
        field = f"review.corrections[{number}]"
        if not correction.fingerprint_slot:
            severity = None if matter.record.organ is Organ.POLICE else Severity.WARNING
            yield Breach("更正处没有捺指印的位置", f"{field}.fingerprint_slot", correction.turn, None, severity)
        if correction.turn not in finals:
            yield Breach("更正所指的一问（答）不在笔录中，或者已被概括", f"{field}.turn")
        elif correction.after not in finals[correction.turn]:
            yield Breach("更正后的文字不在这一问（答）中", f"{field}.after", correction.turn)
        elif correction.after and finals[correction.turn].count(correction.after) > 1:
            text = "更正后的文字在这一问（答）中不止一处，更正处印在第一处"
            yield Breach(text, f"{field}.after", correction.turn, None, Severity.WARNING)


A14 = Rule(
    "A14",
    "每处更正都有捺指印的位置",
    "应当允许补充或者更正，并捺指印；更正后的文字就在笔录中。",
    Severity.ERROR,
    RecordState.CHECKED,
    _corrections_have_slots,
    (
        Citation(Law.POLICE, 206, "应当允许犯罪嫌疑人补充或者更正，并捺指印"),
        Citation(Law.PROCURATORATE, 188, "如果记载有遗漏或者差错，应当补充或者改正", "interrogation"),
    ),
    "检察规则第一百八十八条没有要求在更正处捺指印，对检察机关只作提示。",
)


def _header_filled(matter: Matter) -> Iterator[Breach]:
    labels = {field: label for line in matter.form.header for label, field in line}
    for name in matter.form.identity:
        value = getattr(matter.record.header.subject, name)
        if value is None or value == "":
            label = labels.get(name, _IDENTITY_LABELS.get(name, name))
            yield Breach(f"没有问明：{label}", f"header.subject.{name}")
    for field in ("name", "place"):
        if not field_text(matter.record, field).strip():
            yield Breach(f"没有填写：{labels[field]}", f"header.{field}")


_IDENTITY_LABELS = {
    "native_place": "籍贯",
    "birthplace": "出生地",
    "ethnicity": "民族",
    "occupation": "职业",
    "education": "文化程度",
    "political_status": "政治面貌",
    "employer": "工作单位",
    "family": "家庭情况",
    "experience": "社会经历",
    "prior_punishments": "是否受过刑事处罚或者行政处理",
}

A19 = Rule(
    "A19",
    "所列项目填写齐全",
    "讯问笔录上所列项目，应当按照规定填写齐全；第一次讯问应当问明基本情况。没有的事项写“无”。",
    Severity.WARNING,
    RecordState.CHECKED,
    _header_filled,
    (
        Citation(Law.POLICE, 206, "讯问笔录上所列项目，应当按照规定填写齐全"),
        Citation(Law.POLICE, 203, "第一次讯问，应当问明犯罪嫌疑人的姓名、别名、曾用名", "interrogation"),
        Citation(Law.POLICE, 211, "应当了解证人、被害人的身份", "inquiry"),
        Citation(Law.PROCURATORATE, 187, "核实犯罪嫌疑人的基本情况", "interrogation"),
        Citation(Law.PROCURATORATE, 194, "应当问明证人的基本情况以及与当事人的关系", "inquiry"),
    ),
)

RULES = (A12, A13, A14, A19)
