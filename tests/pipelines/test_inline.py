"""The engine on threads: order, batching, bounds, and what happens when a model fails."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.device import Device
from models.errors import BadInput, Busy, Unavailable
from models.task import Model, ModelIdentity, Task
from models.values import ItemError, PageText, TextLine
from pipelines import runner
from pipelines.engine import READ_PAGE, Lane, PageRef
from pipelines.inline import InlineEngine, InlineLimits, first_result

BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class Reader:
    """Answers with the name it was given; can be held, and can be made to fail."""

    def __init__(self) -> None:
        self.identity = ModelIdentity("reader", Task.READ_PAGE, "0" * 64, "Apache-2.0")
        self.go = threading.Event()
        self.go.set()
        self.started = threading.Event()
        self.batches: list[int] = []
        self.failure: Exception | None = None
        self.load_failure: Exception | None = None
        self.closed = False

    def load(self, device: Device) -> None:
        if self.load_failure:
            raise self.load_failure

    def predict(self, batch: Sequence[str]) -> list[PageText | ItemError]:
        self.started.set()
        assert self.go.wait(10)
        self.batches.append(len(batch))
        if self.failure:
            raise self.failure
        return [ItemError("page.bad", "bad") if "bad" in v else PageText((TextLine(v, BOX, 1.0),)) for v in batch]

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    def open_name(kind: object, ref: PageRef) -> str:
        if "missing" in ref.path.name:
            raise BadInput("page.missing", "no such page")
        return ref.path.name

    monkeypatch.setattr(runner, "open_item", open_name)
    return Reader()


def engine_over(reader: Reader, device: Device, limits: InlineLimits | None = None) -> InlineEngine:
    model: Model[object, object] = reader  # type: ignore[assignment]
    return InlineEngine(lambda _: model, lambda task: ("reader",) if task is Task.READ_PAGE else (), device, limits)


def refs(*names: str) -> list[PageRef]:
    return [PageRef(Path(name)) for name in names]


def test_answers_come_in_the_order_of_the_questions(reader: Reader, device: Device) -> None:
    engine = engine_over(reader, device)
    answers = engine.run(READ_PAGE, refs(*[f"{n}" for n in range(20)]))
    assert [a.lines[0].text for a in answers if isinstance(a, PageText)] == [str(n) for n in range(20)]
    engine.close()


def test_requests_that_meet_go_as_one_batch(reader: Reader, device: Device) -> None:
    reader.go.clear()
    engine = engine_over(reader, device, InlineLimits(batch_items=4))
    threads = [threading.Thread(target=engine.run, args=(READ_PAGE, refs(f"{n}"))) for n in range(9)]
    threads[0].start()
    assert reader.started.wait(10)
    for thread in threads[1:]:
        thread.start()
    while engine._lanes["reader"]._queue.qsize() < 8:
        threading.Event().wait(0.005)
    reader.go.set()
    for thread in threads:
        thread.join(10)
    assert reader.batches == [1, 4, 4]
    engine.close()


def test_a_bad_item_fails_alone_whether_it_cannot_be_opened_or_read(reader: Reader, device: Device) -> None:
    engine = engine_over(reader, device)
    good, missing, bad = engine.run(READ_PAGE, refs("good", "missing", "bad"))
    assert isinstance(good, PageText)
    assert missing == ItemError("page.missing", "no such page")
    assert bad == ItemError("page.bad", "bad")
    engine.close()


def test_a_full_queue_says_busy_and_when_to_come_back(reader: Reader, device: Device) -> None:
    reader.go.clear()
    engine = engine_over(reader, device, InlineLimits(queue_items=2, batch_items=1))
    held = threading.Thread(target=engine.run, args=(READ_PAGE, refs("0")))
    held.start()
    assert reader.started.wait(10)
    with pytest.raises(Busy) as busy:
        engine.run(READ_PAGE, refs("1", "2", "3"))
    assert busy.value.retry_after_s > 0
    reader.go.set()
    held.join(10)
    engine.close()
    assert reader.batches == [1], "what nobody waited for was not worked on"


def test_a_model_that_raises_fails_its_batch_and_serves_the_next(reader: Reader, device: Device) -> None:
    engine = engine_over(reader, device)
    reader.failure = ValueError("boom")
    with pytest.raises(ValueError, match="boom"):
        engine.run(READ_PAGE, refs("a"))
    reader.failure = None
    assert isinstance(first_result(engine.run(READ_PAGE, refs("a"))), PageText)
    engine.close()


def test_a_model_that_cannot_load_tells_every_caller(reader: Reader, device: Device) -> None:
    reader.load_failure = Unavailable("weights.missing", "no weights")
    engine = engine_over(reader, device)
    for _ in range(2):
        with pytest.raises(Unavailable, match="no weights"):
            engine.run(READ_PAGE, refs("a"))
    engine.close()


def test_an_answer_that_takes_too_long_is_unavailable(reader: Reader, device: Device) -> None:
    reader.go.clear()
    engine = engine_over(reader, device, InlineLimits(answer_s=0.05))
    with pytest.raises(Unavailable, match="no answer"):
        engine.run(READ_PAGE, refs("a"))
    reader.go.set()
    engine.close()


def test_unknown_models_and_unserved_tasks_are_named(reader: Reader, device: Device) -> None:
    engine = engine_over(reader, device)
    with pytest.raises(BadInput, match="reader"):
        engine.run(READ_PAGE, refs("a"), model="other")
    with pytest.raises(Unavailable, match="detect"):
        engine.model(Task.DETECT)
    assert engine.model(Task.READ_PAGE).weights_sha256 == "0" * 64
    engine.close()


def test_a_closed_engine_refuses_and_frees_its_models(reader: Reader, device: Device) -> None:
    engine = engine_over(reader, device)
    engine.run(READ_PAGE, refs("a"))
    engine.close()
    assert reader.closed
    with pytest.raises(Unavailable, match="shutting down"):
        engine.run(READ_PAGE, refs("a"))


def test_first_result_turns_an_item_error_into_bad_input() -> None:
    with pytest.raises(BadInput, match="why"):
        first_result([ItemError("x.y", "why")])


def test_people_go_before_queued_archive_work_and_share_no_batch_with_it(reader: Reader, device: Device) -> None:
    reader.go.clear()
    engine = engine_over(reader, device, InlineLimits(batch_items=4))

    def ask(name: str, lane: Lane) -> None:
        engine.run(READ_PAGE, refs(name), lane=lane)

    threads = [threading.Thread(target=ask, args=(f"{n}", Lane.BATCH)) for n in range(6)]
    threads[0].start()
    assert reader.started.wait(10)
    for thread in threads[1:]:
        thread.start()
    while engine._lanes["reader"]._queue.qsize() < 5:
        threading.Event().wait(0.005)
    person = threading.Thread(target=ask, args=("person", Lane.LIVE))
    person.start()
    while engine._lanes["reader"]._queue.qsize() < 6:
        threading.Event().wait(0.005)
    reader.go.set()
    for thread in [*threads, person]:
        thread.join(10)
    assert reader.batches == [1, 1, 2, 2, 1], "the batch in work, the person alone, then small batches beside people"
    engine.close()
