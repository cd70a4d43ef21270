"""笔录 made here, as papers that review knows: their heads, signatures and recordings are facts, in seconds of sound.

What the record does not say is unknown. A list of differences counts for the record that it was made with.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cases.conversation import ConversationRecord, MarkKind, Organ, Party, Procedure, RecordState, TurnRole, summed_up
from cases.discrepancy import DiscrepancyList
from cases.header import CHINA, Standing, moment
from pipelines.intelligence.review.casefile import Fact, Identity, Paper, Place, Utterance, Value, When

MAJOR: Final = "major"
SIGNED: Final = (RecordState.SIGNED, RecordState.SEALED)
"""Marks are looked for in these states: before them nobody was to sign."""
_TYPES: Final = {
    Standing.SUSPECT: ("讯问笔录", "B2"),
    Standing.VICTIM: ("询问笔录（被害人）", "B3"),
    Standing.WITNESS: ("询问笔录（证人）", "B4"),
}


def conversation_paper(key: str, record: ConversationRecord, unit: str = "") -> Paper:
    """The 笔录 `record`, kept as the record `key`."""
    header = record.header
    kind, group = _TYPES[header.subject.standing]
    head = Place(key, second=_second(record))
    told: dict[str, list[Value]] = {}
    for name, text in (("start", header.started_at), ("end", header.ended_at)):
        told[name] = [When.at(at)] if (at := _local(text)) is not None else []
    told["officers"] = [one.name.strip() for one in header.interrogators if one.name.strip()]
    told["speaker"] = [header.subject.name]
    told["spot"] = [header.place.name]
    told["guardian"] = [bool(header.guardian and (header.guardian.name or "").strip())]
    _custody(record, told)
    _marks(record, told)
    _recording(record, told)
    born = _born(header.subject.born)
    return Paper(
        key=key,
        type=kind,
        title=kind.partition("（")[0],
        place=head,
        group=group,
        volume=key,
        unit=header.agency or unit,
        person=header.subject.name,
        facts={name: tuple(Fact(value, head) for value in values) for name, values in told.items() if values},
        identities=(Identity(header.subject.name, header.subject.id_no, born, header.subject.gender, head),),
        answers=tuple(_answers(key, record)),
    )


def with_differences(paper: Paper, found: DiscrepancyList) -> dict[str, tuple[Fact, ...]]:
    """The facts of the paper and how many major differences its recording has, at the second of the first."""
    major = [one for one in found.discrepancies if one.severity == MAJOR]
    place = Place(paper.place.record, second=major[0].jump) if major else paper.place
    return {**paper.facts, "differences": (Fact(len(major), place),)}


def _custody(record: ConversationRecord, told: dict[str, list[Value]]) -> None:
    custody = record.header.custody
    if custody is None:
        return
    for name, text in (("arrived", custody.arrived_at), ("left", custody.left_at)):
        if (at := _local(text)) is not None:
            told[name] = [When.at(at)]
    told["summoned"] = [bool(custody.summons)]
    told["rested"] = [bool((custody.meals_and_rest or "").strip())]


def _marks(record: ConversationRecord, told: dict[str, list[Value]]) -> None:
    """Signatures and fingerprints page by page; nothing before the record is to be signed, or where it was refused."""
    if record.review.closing is not None or record.state in SIGNED:
        told["closing"] = [bool((record.review.closing or "").strip())]
    if record.state not in SIGNED or record.review.refused is not None:
        return
    own = [one for one in record.signatures if one.party is Party.SUBJECT]
    pages = range(1, (record.page_count or 0) + 1)
    named = {one.page for one in own if one.kind is not MarkKind.FINGERPRINT}
    told["pages_signed"] = [page in named for page in pages]
    told["prints"] = [sum(one.page == page for one in own if one.kind is MarkKind.FINGERPRINT) for page in pages]
    told["officers_signed"] = [any(one.party is Party.INTERROGATOR for one in record.signatures)]


def _recording(record: ConversationRecord, told: dict[str, list[Value]]) -> None:
    if record.organ is Organ.PROCURATORATE and record.procedure is Procedure.OWN_INVESTIGATION:
        told["recorded"] = [bool(record.media)]
    explained = [one.at for one in record.interruptions if one.reason.strip()]
    told["gap_explained"] = [
        any(at.media == gap.media and at.start_ms <= gap.end_ms and gap.start_ms <= at.end_ms for at in explained)
        for media in record.media
        for gap in media.gaps
    ]
    starts = [(_local(one.started_at), one.duration_ms) for one in record.media]
    begin, end = _local(record.header.started_at), _local(record.header.ended_at)
    if begin is None or end is None or not starts or any(at is None for at, _ in starts):
        return
    # The header is told to the minute.
    first = min(at for at, _ in starts if at is not None) - timedelta(minutes=1)
    last = max(at + timedelta(milliseconds=length) for at, length in starts if at is not None) + timedelta(minutes=1)
    told["covered"] = [first <= begin and end <= last]


def _answers(key: str, record: ConversationRecord) -> Iterator[Utterance]:
    behind = summed_up(record)
    for turn in record.turns:
        if turn.role is TurnRole.ANSWER and turn.id not in behind:
            second = turn.spans[0].at.start_ms / 1000 if turn.spans else None
            yield Utterance("".join(turn.text_final.split()), Place(key, second=second))


def _second(record: ConversationRecord) -> float | None:
    spans = [span.at.start_ms for turn in record.turns for span in turn.spans]
    return min(spans) / 1000 if spans else None


def _local(text: str | None) -> datetime | None:
    """Chinese legal time without a zone, as papers write it."""
    found = moment(text)
    return found.astimezone(UTC).astimezone(CHINA).replace(tzinfo=None) if found is not None else None


def _born(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
