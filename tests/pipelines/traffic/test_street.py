"""The real detector and the whole pipeline on a street drawn here, whose traffic is known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cases.records import BlobRef, JsonObject
from cases.traffic import Count, TrafficRecord
from models.device import Device, DeviceKind
from models.values import Detection, Frame, ItemError
from models.weights import WeightsCache
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.pipeline import Setting

pytestmark = pytest.mark.model

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
RED, BLUE, SILVER = (150, 30, 35), (60, 70, 90), (200, 200, 205)


def empty_street(height: int = 416, width: int = 416) -> Picture:
    """Sky, trees and road."""
    import cv2

    picture: Picture = np.zeros((height, width, 3), np.uint8)
    picture[:150] = np.linspace((120, 165, 215), (200, 215, 230), 150)[:, None]
    picture[150:] = np.linspace((140, 140, 140), (95, 95, 98), height - 150)[:, None]
    for points, green in (
        ([[0, 150], [0, 120], [90, 110], [160, 140], [200, 150]], (60, 95, 50)),
        ([[416, 150], [416, 100], [330, 115], [260, 140], [210, 150]], (50, 85, 45)),
    ):
        cv2.fillPoly(picture, [np.array(points)], green)
    return picture


def draw_car(picture: Picture, centre: float, foot: float, width: float, colour: Colour) -> None:
    """The rear of a car `width` pixels wide: body, windows, lamps, plate, wheels and shadow."""
    import cv2

    scale = width / 182

    def fill(points: list[tuple[int, int]], paint: Colour) -> None:
        placed = [(centre + (x - 208) * scale, foot + (y - 334) * scale) for x, y in points]
        cv2.fillPoly(picture, [np.array(placed, np.int32)], paint, cv2.LINE_AA)

    def block(left: int, top: int, right: int, bottom: int, paint: Colour) -> None:
        fill([(left, top), (right, top), (right, bottom), (left, bottom)], paint)

    dark = (int(colour[0] * 0.6), int(colour[1] * 0.6), int(colour[2] * 0.6))
    shadow = (int(100 * scale), int(12 * scale))
    cv2.ellipse(picture, (int(centre), int(foot - 2 * scale)), shadow, 0, 0, 360, (45, 45, 47), -1, cv2.LINE_AA)
    for left in (124, 260):
        block(left, 290, left + 32, 336, (18, 18, 18))
    fill([(116, 242), (138, 230), (158, 186), (172, 180), (244, 180), (258, 186), (278, 230), (300, 242),
          (302, 300), (296, 316), (120, 316), (114, 300)], colour)  # fmt: skip
    block(114, 286, 302, 316, dark)
    block(116, 300, 300, 316, (30, 30, 34))
    fill([(150, 230), (168, 192), (248, 192), (266, 230)], (45, 55, 65))
    fill([(170, 228), (184, 194), (206, 194), (196, 228)], (110, 125, 140))
    for left in (118, 262):
        block(left, 244, left + 36, 266, (215, 40, 35))
        block(left + 2, 256, left + 34, 262, (250, 190, 170))
    block(172, 262, 244, 284, (235, 235, 238))
    block(180, 268, 236, 278, (60, 60, 80))


def seen_through_a_camera(picture: Picture, seed: int) -> Picture:
    """The picture with a sensor's noise."""
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    noisy: Picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return noisy


@pytest.fixture(scope="module")
def engine() -> Iterator[InlineEngine]:
    """The real engine on two threads."""
    made = InlineEngine.from_registry(WeightsCache(), Device(DeviceKind.CPU, 0, 2, "a test"))
    yield made
    made.close()


def test_the_detector_finds_three_drawn_cars_where_they_are_and_nothing_on_an_empty_street() -> None:
    from models import registry

    detector = registry.build("picodet-s", WeightsCache())
    detector.load(Device(DeviceKind.CPU, 0, 2, "a test"))
    street = empty_street()
    places = [(120, 300, 80, RED), (300, 330, 88, BLUE), (215, 240, 60, SILVER)]
    for x, y, width, colour in places:
        draw_car(street, x, y, width, colour)
    full, none = detector.predict([Frame(seen_through_a_camera(p, 0), 0, 0.0) for p in (street, empty_street())])
    detector.close()
    assert not isinstance(full, ItemError)
    sure: list[Detection] = [d for d in full if d.score >= 0.4]
    assert [d.label for d in sure] == ["car"] * 3
    for x, y, width, _ in places:
        (near,) = [d for d in sure if abs((d.left + d.right) / 2 - x) < 0.1 * width]
        assert abs(near.bottom - y) < 0.12 * width
        assert abs((near.right - near.left) - width) < 0.2 * width
    assert [d for d in none if d.score >= 0.4] == []


def test_cars_that_pass_a_line_are_counted_by_direction_and_nobody_twice(engine: InlineEngine, tmp_path: Path) -> None:
    import av

    path = tmp_path / "street.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 416, 416, "yuv420p"
        for n in range(75):
            picture = empty_street()
            # Two drive away from the camera, one comes.
            draw_car(picture, 110, 400 - 2.6 * n, 84 - 0.4 * n, RED)
            draw_car(picture, 215, 390 - 1.2 * n, 80 - 0.2 * n, SILVER)
            draw_car(picture, 320, 210 + 2.6 * n, 56 + 0.4 * n, BLUE)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(seen_through_a_camera(picture, n), format="rgb24")))
        out.mux(stream.encode(None))
    line: JsonObject = {"name": "停止线", "points": [[0.0, 0.75], [1.0, 0.75]], "directions": ["来", "去"]}
    pipeline = pipeline_for("traffic")
    for scene, expected in (
        (None, (Count(None, None, "car", 3),)),
        ({"lines": [line]}, (Count("停止线", "来", "car", 1), Count("停止线", "去", "car", 2))),
    ):
        wishes = pipeline.parse({"annotated": False, "scene": scene})  # type: ignore[dict-item]  # JSON by hand
        setting = Setting(BlobRef("0" * 64, 1, "video/mp4", path), wishes, engine, tmp_path)
        record = run_pipeline(pipeline, setting, parameters={}).record
        assert isinstance(record, TrafficRecord)
        assert record.tracks == 3
        assert record.counts == expected
