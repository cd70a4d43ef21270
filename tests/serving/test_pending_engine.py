"""Until models are there, everybody hears when to come back; then the real engine answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.errors import Busy
from models.task import Task
from pipelines.engine import READ_PAGE
from pipelines.inline import InlineEngine
from serving.pending_engine import PendingEngine


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.models(Task.DETECT),
        lambda engine: engine.model(Task.DETECT),
        lambda engine: engine.run(READ_PAGE, []),
    ],
)
def test_a_question_too_early_is_busy_and_says_when_to_ask_again(ask: Callable[[PendingEngine], object]) -> None:
    with pytest.raises(Busy) as caught:
        ask(PendingEngine())
    assert caught.value.retry_after_s > 0


def test_the_real_engine_answers_once_it_is_there(fake_engine: InlineEngine) -> None:
    engine = PendingEngine()
    engine.settle(fake_engine)
    assert engine.models(Task.DETECT) == ("fake-detect",)
    assert engine.device == fake_engine.device
    assert engine.run(READ_PAGE, []) == []


def test_closing_before_there_is_an_engine_does_nothing() -> None:
    PendingEngine().close()
