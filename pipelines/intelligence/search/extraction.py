"""What of a record is searched: its texts with the places that they lead to, and its fields; pure, knows no index.

A volume gives a document for each 文书, and for each page that belongs to none. A transcript or a 笔录 is one document.
A traffic record gives one for each violation. What only repeats other records (a list of differences) gives none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cases.acts.search import Indexed
from cases.codec import from_json
from cases.conversation import KINDS, ConversationRecord, conversation_of
from cases.records import CaseDocument, ScannedPage, ScanRecord
from cases.search.document import Document, Fields, Kind, Piece, Source
from cases.search.folding import PAGE_BREAK
from cases.traffic import TrafficRecord
from cases.transcript import Transcript
from pipelines.intelligence.masking import names_in
from pipelines.intelligence.search.names import typed
from pipelines.speech.itn.layer import in_figures

CONVERSATIONS = {"interrogation": "讯问笔录", "inquiry": "询问笔录"}
TRANSCRIPT = "转写文本"
VIOLATIONS = {
    "red_light": "闯红灯",
    "stop_line": "越过停止线",
    "wrong_way": "逆行",
    "illegal_u_turn": "违法掉头",
    "solid_line": "压实线",
    "wrong_lane": "不按导向车道行驶",
    "reserved_lane": "占用专用车道",
    "emergency_lane": "占用应急车道",
    "illegal_stop": "违法停车",
    "illegal_parking": "违法停放",
    "blocked_junction": "路口滞留",
    "speeding": "超速",
    "section_speeding": "区间超速",
    "not_yielding": "不礼让行人",
    "on_motorway": "行人或非机动车进入机动车道",
}
"""What a clerk calls a rule; a name is searched, not judged by."""


class _Text:
    """A text that grows by pieces."""

    def __init__(self, title: str = "") -> None:
        self._parts = [title, PAGE_BREAK] if title else []
        self._length = sum(map(len, self._parts))
        self.pieces: list[Piece] = []

    def add(self, text: str, end: str = "\n", **place: object) -> None:
        """One piece and what stands after it."""
        self.pieces.append(Piece(self._length, **place))  # type: ignore[arg-type]  # the fields of a piece
        self._parts += [text, end]
        self._length += len(text) + len(end)

    def document(self, kind: Kind, fields: Fields) -> Document:
        """The whole."""
        return Document(kind, fields, "".join(self._parts), tuple(self.pieces))


def source_of(indexed: Indexed) -> Source:
    """The documents of a record's version; raises BadInput when its body is no record of its kind."""
    record = indexed.record
    documents = tuple(_documents(indexed))
    names = [name for document in documents for name in document.fields.persons]
    stored_at = indexed.stored_at.isoformat()
    return Source(record.record_id, record.case_id, record.version, stored_at, documents, typed(names))


def _documents(indexed: Indexed) -> Iterable[Document]:
    record, filename = indexed.record, indexed.filename
    if record.kind in KINDS:
        return [_conversation(conversation_of(record.kind, record.body), record.kind)]
    if record.kind == "transcribe":
        return [_transcript(from_json(Transcript, record.body), filename)]
    if record.kind == "scan":
        return paper_documents(from_json(ScanRecord, record.body))
    if record.kind == "traffic":
        return _violations(from_json(TrafficRecord, record.body), filename)
    return []


def _transcript(transcript: Transcript, filename: str) -> Document:
    text = _Text(filename)
    for segment in transcript.segments:
        text.add(segment.text, second=segment.start, mark=str(segment.id))
    # Who looks for 2300元 finds 两千三百块钱 too: sentences in figures stand behind what was said, each by itself.
    for segment in transcript.segments:
        figures = in_figures(segment.text, segment.numbers)
        if figures != segment.text:
            text.add(PAGE_BREAK + figures, "", second=segment.start, mark=str(segment.id))
    said = "\n".join(segment.text for segment in transcript.segments)
    persons = dict.fromkeys([*transcript.speakers, *names_in(said)])
    return text.document(Kind.TRANSCRIPT, Fields(TRANSCRIPT, filename, persons=tuple(persons)))


def _conversation(record: ConversationRecord, kind: str) -> Document:
    header = record.header
    subject = header.subject
    named = [subject.name, *subject.aliases, *subject.former_names]
    officers = [officer.name for officer in (*header.interrogators, header.recorder) if officer is not None]
    title = f"{CONVERSATIONS[kind]} {subject.name}（第{header.sequence_no}次）"
    text = _Text(title)
    for turn in record.turns:
        second = turn.spans[0].at.start_ms / 1000 if turn.spans else None
        text.add(turn.text_final, second=second, mark=turn.id)
    said = "\n".join(turn.text_final for turn in record.turns)
    persons = dict.fromkeys(name for name in (*named, *officers, *names_in(said)) if name)
    fields = Fields(
        CONVERSATIONS[kind],
        title,
        header.document_no or "",
        header.agency,
        tuple(persons),
        day=(header.started_at or "")[:10],
    )
    return text.document(Kind.RECORD, fields)


def paper_documents(volume: ScanRecord) -> list[Document]:
    """A document for each 文书, then one for each page that belongs to none."""
    pages = {page.number: page for page in volume.pages}
    taken: set[int] = set()
    found = []
    for one in volume.documents:
        numbers = [n for n in range(one.first_page, one.last_page + 1) if n in pages]
        taken.update(numbers)
        found.append(_paper([pages[n] for n in numbers], one))
    return [*found, *(_paper([page], None) for number, page in pages.items() if number not in taken)]


def _paper(pages: Sequence[ScannedPage], about: CaseDocument | None) -> Document:
    text = _Text()
    for page in pages:
        before = len(text.pieces)
        for number, line in enumerate(page.lines):
            text.add(line.text, page=page.number, box=line.box, mark=str(number))
        for seal in page.seals:
            # A seal lies across lines: no phrase runs into it or out of it.
            text.add(seal.text, PAGE_BREAK, page=page.number, box=seal.box)
        if len(text.pieces) == before:
            text.add("", "", page=page.number)
        text.add("", PAGE_BREAK, page=page.number)
    read = "\n".join(line.text for page in pages for line in page.lines)
    persons = tuple(names_in(read))
    if about is None:
        return text.document(Kind.FILE, Fields(persons=persons))
    fields = Fields(about.type, about.title, about.number or "", about.author or "", persons, day=about.date or "")
    return text.document(Kind.FILE, fields)


def _violations(record: TrafficRecord, filename: str) -> list[Document]:
    found = []
    for one in record.violations:
        name = VIOLATIONS.get(one.rule, one.rule)
        text = _Text(filename)
        said = [name, one.code, one.plate or "", one.lane or "", one.law or ""]
        text.add(" ".join(part for part in said if part), second=one.start, mark=str(one.track))
        fields = Fields(name, filename, one.code, plate=one.plate or "")
        found.append(text.document(Kind.TRAFFIC, fields))
    return found
