"""How values look on a page, what is proposed for a file, and what a timeline counts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from cases.records import Digest, EvidenceItem, JsonObject
from cases.traffic import TrackSummary
from serving.console import present, timeline
from serving.console.texts import Texts


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59.99, "0:59"), (61, "1:01"), (3600, "1:00:00"), (36_061, "10:01:01"), (-1, "0:00")],
)
def test_a_clock_shows_hours_only_when_there_are_some(seconds: float, shown: str) -> None:
    assert present.clock(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (150 << 20, "150 MiB"), (3 << 40, "3.0 TiB")]
)
def test_sizes_are_in_binary_units(count: int, shown: str) -> None:
    assert present.size(count) == shown


def test_a_probability_below_one_never_reads_as_certain() -> None:
    assert [present.percent(value) for value in (0.999, 1.0, 0.0)] == ["99%", "100%", "0%"]


def test_words_are_shaded_by_how_sure_the_model_was() -> None:
    assert [present.doubt(value) for value in (0.2, 0.5, 0.74, 0.75)] == ["doubtful", "unsure", "unsure", ""]


@pytest.mark.parametrize(
    ("media_type", "tasks"),
    [
        ("audio/mpeg", ("transcribe",)),
        ("video/mp4", ("traffic", "transcribe")),
        ("application/pdf", ("scan",)),
        ("image/tiff", ("scan",)),
    ],
)
def test_the_tasks_that_are_proposed_follow_the_media_type(media_type: str, tasks: tuple[str, ...]) -> None:
    assert present.tasks_for(media_type) == tasks


@pytest.mark.parametrize(
    ("media_type", "facts", "shown"),
    [
        ("audio/mpeg", {"duration": 75.2}, "1:15"),
        ("application/pdf", {"pages": 12}, "12 页"),
        ("image/jpeg", {"width": 640, "height": 480}, "640×480"),
        ("image/jpeg", {}, ""),
    ],
)
def test_the_extent_of_evidence_is_what_matters_for_its_kind(media_type: str, facts: JsonObject, shown: str) -> None:
    item = EvidenceItem("e", "c", "f", 1, Digest("a", "b"), media_type, facts, datetime.now(UTC), "x")
    assert present.extent(item, Texts("zh")) == shown


def test_a_failure_is_told_in_words_where_its_code_is_known() -> None:
    assert "密码" in present.reason("pdf.password", "this PDF has a password", Texts("zh"))
    assert present.reason("odd.code", "the message", Texts("zh")) == "the message"


def track(label: str, start: float, end: float) -> TrackSummary:
    return TrackSummary(1, label, start, end, ())


def test_a_lane_counts_how_many_of_a_class_were_in_view_at_once() -> None:
    car, bus = timeline.lanes([track("car", 0, 5), track("car", 4, 10), track("bus", 9, 10)], 10)
    assert (car.label, car.tracks, car.most) == ("car", 2, 2)
    assert (bus.label, bus.tracks, bus.most) == ("bus", 1, 1)
    # Heights compare across classes: the bus is half of the two cars.
    assert max(bar.height for bar in bus.bars) == max(bar.height for bar in car.bars) / 2


def test_the_bars_of_a_lane_lie_side_by_side_inside_it() -> None:
    (lane,) = timeline.lanes([track("car", n / 7, n / 7 + 2) for n in range(60)], 10)
    ends = [(bar.x, bar.x + bar.width) for bar in lane.bars]
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(ends))
    assert ends[-1][1] <= timeline.BARS


def test_a_record_without_length_has_no_timeline() -> None:
    assert timeline.lanes([track("car", 0, 0)], 0) == ()
