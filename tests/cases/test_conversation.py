"""笔录 as values: JSON and back, and the digest that the check fixes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.codec import to_json_object
from cases.conversation import (
    InquiryRecord,
    MarkKind,
    Party,
    Reading,
    RecordState,
    Signature,
    content_digest,
    conversation_of,
    kind_of,
)
from cases.header import Header, Standing
from models.errors import BadInput
from tests.pipelines.speech.conversation import HEADER, SUBJECT, drafted, ready_to_sign


def test_a_record_survives_the_way_to_json_and_back_as_its_own_kind() -> None:
    record = ready_to_sign()
    assert kind_of(record) == "interrogation"
    assert conversation_of("interrogation", to_json_object(record)) == record
    inquiry = drafted("police-inquiry-witness", _witness())
    assert isinstance(conversation_of(kind_of(inquiry), to_json_object(inquiry)), InquiryRecord)


def _witness() -> Header:
    return replace(HEADER, subject=replace(SUBJECT, standing=Standing.WITNESS))


def test_another_kind_or_an_unknown_word_is_refused() -> None:
    body = to_json_object(ready_to_sign())
    with pytest.raises(BadInput, match="no 笔录"):
        conversation_of("transcribe", body)
    with pytest.raises(BadInput, match=r"InterrogationRecord\.state is one of capturing, draft"):
        conversation_of("interrogation", {**body, "state": "done"})


def test_the_check_fixes_the_content_and_leaves_room_for_signatures() -> None:
    record = ready_to_sign()
    kept = content_digest(record)
    more = Signature(Party.SUBJECT, "张三", MarkKind.SEAL, 1)
    later = replace(record, state=RecordState.SIGNED, signatures=(*record.signatures, more), page_count=3)
    later = replace(later, review=replace(later.review, mode=Reading.READ_ALOUD, closing="x"))
    assert content_digest(later) == kept
    turns = (replace(record.turns[0], text_final="改"), *record.turns[1:])
    assert content_digest(replace(record, turns=turns)) != kept
    assert content_digest(replace(record, header=replace(record.header, ended_at=None))) != kept
