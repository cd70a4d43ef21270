"""Answers to review alarms: kept one after another, audited, for members alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cases.alarms import AlarmState
from cases.blobs import LocalBlobs
from cases.records import Actor, Role
from cases.store import Store
from models.errors import BadInput, Forbidden, NotFound

if TYPE_CHECKING:
    from tests.cases.conftest import Scene

ALARM = "0123456789abcdef"


def test_answers_stay_and_the_newest_comes_first(store: Store, scene: Scene, officer: Actor, blobs: LocalBlobs) -> None:
    store.answer_alarm(officer, scene.case.id, ALARM, "DL-01", AlarmState.EXPLAINED, "路途时间不计入期限")
    store.answer_alarm(officer, scene.case.id, ALARM, "DL-01", AlarmState.OPEN, "说明不成立")
    found = store.alarm_answers(officer, scene.case.id)
    assert {one.state for one in found} == {AlarmState.EXPLAINED, AlarmState.OPEN}
    assert found[0].answered_at >= found[1].answered_at
    told = [entry.details for entry in store.audit(officer, scene.case.id) if entry.act == "alarm.answered"]
    assert [one["state"] for one in told] == ["explained", "open"]
    assert store.verify(scene.case.id, blobs) == []


@pytest.mark.parametrize(("alarm", "reason"), [("x", "有理由"), (ALARM, " "), (ALARM, "长" * 1001)])
def test_an_answer_names_its_alarm_and_a_reason(
    store: Store, scene: Scene, officer: Actor, alarm: str, reason: str
) -> None:
    with pytest.raises(BadInput):
        store.answer_alarm(officer, scene.case.id, alarm, "DL-01", AlarmState.DISMISSED, reason)
    assert store.alarm_answers(officer, scene.case.id) == []


def test_only_who_may_write_answers_and_strangers_learn_nothing(store: Store, scene: Scene, officer: Actor) -> None:
    reader = Actor("acc_reader", "读者", Role.READER)
    store.add_member(officer, scene.case.id, reader.id, Role.READER)
    with pytest.raises(Forbidden):
        store.answer_alarm(reader, scene.case.id, ALARM, "DL-01", AlarmState.DISMISSED, "不成立")
    assert store.alarm_answers(reader, scene.case.id) == []
    stranger = Actor("acc_other", "外人", Role.OFFICER)
    for act in (
        lambda: store.alarm_answers(stranger, scene.case.id),
        lambda: store.answer_alarm(stranger, scene.case.id, ALARM, "DL-01", AlarmState.OPEN, "看看"),
        lambda: store.note_review(stranger, scene.case.id, 1, 0),
    ):
        with pytest.raises(NotFound):
            act()
