"""A 笔录 that keeps every rule, for tests to break: a first police interrogation of two minutes, and its transcript."""

from __future__ import annotations

from dataclasses import replace

from cases.conversation import (
    ConversationRecord,
    MarkKind,
    Media,
    Party,
    Reading,
    RecordState,
    Review,
    Signature,
    Turn,
    TurnRole,
    content_digest,
)
from cases.header import Header, Interpreter, Officer, Place, Standing, Subject
from cases.records import ModelUse, Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from pipelines.speech.forms import form_of
from pipelines.speech.record import Heard, draft

MODELS = (ModelUse("fake", "transcribe", "0" * 64, "MIT"),)
PROVENANCE = Provenance(
    "conversation", "1", "0", MODELS, {}, "cpu", "0" * 64, "2026-03-05T02:00:00Z", "2026-03-05T02:00:01Z"
)
MEDIA = Media("m1", "a" * 64, 120_000, started_at="2026-03-05T09:10:20+08:00")
LI, WANG, ZHAO = (
    Officer("李明", "江城市公安局东城分局", "侦查员", "010001", "男"),
    Officer("王芳", "江城市公安局东城分局", "侦查员", "010002", "女"),
    Officer("赵强", "江城市公安局东城分局", "技术员", "010003", "男"),
)
SUBJECT = Subject(
    name="张三",
    standing=Standing.SUSPECT,
    gender="男",
    born="1990-05-06",
    id_type="居民身份证",
    id_no="110101199005060010",
    ethnicity="汉族",
    education="高中",
    political_status="群众",
    occupation="司机",
    employer="无",
    household_address="江城市东城区和平路1号",
    residence="江城市东城区和平路1号",
    native_place="江城市",
    birthplace="江城市",
    phone="13800000000",
    family="妻子李四",
    experience="2010年高中毕业后务工",
    prior_punishments="无",
    congress_delegate=False,
    relation="无",
)
HEADER = Header(
    agency="江城市公安局东城分局",
    place=Place("东城分局执法办案中心讯问室2", "讯问室"),
    subject=SUBJECT,
    interrogators=(LI, WANG),
    recorder=WANG,
    av_operator=ZHAO,
    started_at="2026-03-05T09:10+08:00",
    ended_at="2026-03-05T09:12+08:00",
    case_no="东公刑立字〔2026〕18号",
    cause="盗窃",
)
SIGN = Interpreter("孙悦", "江城市聋哑学校", "教师", "手语")
SAID = (
    ("question", "我们是东城分局的民警，现出示警察证，依法对你进行讯问，本次讯问全程录音录像。"),
    ("answer", "好的。"),
    ("question", "向你宣读犯罪嫌疑人诉讼权利义务告知书，你有权申请回避，有权委托律师作为辩护人，也可以申请法律援助。"),
    ("answer", "听清楚了，不申请回避。"),
    ("question", "如实供述自己罪行可以从宽处理，也告知你认罪认罚的法律规定，你应当如实回答。"),
    ("answer", "明白。"),
    ("question", "你有没有犯罪行为？"),
    ("answer", "有。"),
    ("answer", "三月一日晚上我在和平路偷了一辆电动自行车。"),
)


def segment(number: int, role: str | None, text: str, **changed: object) -> TranscriptSegment:
    """A sentence of five seconds, one word a second."""
    start = 5.0 * number
    words = tuple(TranscriptWord(start + n, start + n + 1, text[n : n + 1], 0.9) for n in range(min(5, len(text))))
    plain = TranscriptSegment(number, start, start + 5.0, None, role, text, 0.9, (), words)
    return replace(plain, **changed)  # type: ignore[arg-type]  # tests name fields by hand


def transcript(*segments: TranscriptSegment) -> Transcript:
    """A transcript of these sentences, or of what was said."""
    given = segments or tuple(segment(n, role, text) for n, (role, text) in enumerate(SAID))
    return Transcript("zh", 120.0, (), given, "".join(one.text for one in given), PROVENANCE)


def drafted(
    form: str = "police-interrogation-first", header: Header = HEADER, *given: TranscriptSegment
) -> ConversationRecord:
    """The machine's draft."""
    return draft(Heard(MEDIA, transcript(*given), "rec_1"), header, form_of(form), PROVENANCE)


def confirmed(record: ConversationRecord, who: str = "李明") -> ConversationRecord:
    """As a person leaves it: every turn looked at, every doubt settled."""
    turns = tuple(
        replace(turn, confirmed_by=who, flags=tuple(replace(flag, resolved_by=who) for flag in turn.flags))
        for turn in record.turns
    )
    return replace(record, turns=turns, state=RecordState.TO_CHECK)


def signed_marks(record: ConversationRecord, pages: int = 1) -> ConversationRecord:
    """All marks that the form asks for, on `pages` pages, and the closing sentence."""
    name = record.header.subject.name
    own = [
        Signature(Party.SUBJECT, name, kind, page)
        for page in range(1, pages + 1)
        for kind in (MarkKind.SIGNATURE, MarkKind.FINGERPRINT)
    ]
    officers = [
        Signature(Party.INTERROGATOR, one.name, MarkKind.SIGNATURE, pages) for one in record.header.interrogators
    ]
    review = replace(record.review, mode=Reading.READ, closing="以上笔录我看过，和我说的相符。")
    return replace(record, signatures=(*own, *officers), page_count=pages, review=review)


def checked(form: str = "police-interrogation-first", header: Header = HEADER) -> ConversationRecord:
    """Checked, with the digest of its content."""
    record = replace(confirmed(drafted(form, header)), review=Review())
    return replace(record, state=RecordState.CHECKED, content_sha256=content_digest(record))


def ready_to_sign() -> ConversationRecord:
    """A record in which no rule finds anything."""
    return signed_marks(checked())


def summarised(record: ConversationRecord, first: int, last: int, text: str = "概括。") -> ConversationRecord:
    """With the turns at the places `first` to `last` behind a summary that somebody confirmed."""
    stretch = record.turns[first : last + 1]
    spans = tuple(replace(span, char_start=0, char_end=0) for turn in stretch for span in turn.spans)
    ids = tuple(turn.id for turn in stretch)
    summary = Turn(f"{ids[0]}s", TurnRole.ANSWER, "", text, spans, summary_of=ids, confirmed_by="李明")
    return replace(record, turns=(*record.turns[:first], summary, *record.turns[first:]))
