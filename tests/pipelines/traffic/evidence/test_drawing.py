"""Pictures of evidence: masks first, nothing of a vehicle enlarged, windscreens left out, everything in its place."""

from __future__ import annotations

import numpy as np

from pipelines.traffic.evidence.drawing import (
    CloseUp,
    Tile,
    composite,
    jpeg,
    lamp_closeup,
    masked,
    plate_closeup,
    vehicle_closeup,
)
from pipelines.traffic.evidence.lettering import Lettering
from pipelines.traffic.layout import Area, AreaKind, SignalGroup, Street

GREY = np.full((200, 300, 3), 128, np.uint8)


def test_masks_are_black_and_the_frame_itself_stays() -> None:
    mask = Area("window", AreaKind.MASK, ((0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0)))
    found = masked(GREY, Street(areas=(mask,)))
    assert found[10, 10].tolist() == [0, 0, 0]
    assert found[100, 100].tolist() == [128, 128, 128]
    assert GREY[10, 10].tolist() == [128, 128, 128]


def test_a_vehicle_is_never_enlarged_and_an_oncoming_one_ends_below_its_windscreen() -> None:
    whole = vehicle_closeup(GREY, (100, 50, 200, 150), oncoming=False)
    lower = vehicle_closeup(GREY, (100, 50, 200, 150), oncoming=True)
    assert whole is not None
    assert lower is not None
    assert whole.pixels.shape == (100, 100, 3)
    assert (lower.pixels.shape, lower.box) == ((45, 100, 3), (100.0, 105.0, 200.0, 150.0))


def test_plate_and_lamp_are_enlarged_within_bounds() -> None:
    plate = plate_closeup(GREY, ((100.0, 100.0), (140.0, 100.0), (140.0, 112.0), (100.0, 112.0)))
    assert plate is not None
    assert plate.box == (76.0, 93.0, 164.0, 119.0)
    assert plate.pixels.shape[0] == 26 * 8
    lamp = lamp_closeup(GREY, SignalGroup("S", (("red", 10.0, 10.0, 20.0, 20.0), ("green", 10.0, 22.0, 20.0, 32.0))))
    assert lamp is not None
    assert lamp.box == (2.0, 2.0, 28.0, 40.0)
    assert lamp_closeup(GREY, SignalGroup("S")) is None


def test_what_lies_outside_the_frame_has_no_closeup() -> None:
    assert vehicle_closeup(GREY, (400, 50, 500, 150), oncoming=False) is None


def test_the_composite_holds_tiles_closeups_and_text() -> None:
    tile = Tile(GREY, (100, 50, 200, 150), "1")
    red = CloseUp(np.full((20, 20, 3), (200, 0, 0), np.uint8), (0, 0, 20, 20))
    found = composite([tile, tile, tile], [[red], []], ["one line"], Lettering(None))
    assert found.shape[1] == 600
    assert found.shape[0] > 400
    cell = found[200:400, 300:600]
    assert (cell == np.array([200, 0, 0])).all(axis=2).sum() == 400
    assert found[400:].max() > 200
    assert jpeg(found)[:2] == b"\xff\xd8"


def test_two_panoramas_have_the_closeups_below_them() -> None:
    tile = Tile(GREY, (100, 50, 200, 150), "1")
    red = CloseUp(np.full((20, 20, 3), (200, 0, 0), np.uint8), (0, 0, 20, 20))
    found = composite([tile, tile], [[red, red], [red]], ["one line"], Lettering(None))
    assert (found[200:333] == np.array([200, 0, 0])).all(axis=2).sum() == 1200


def test_long_lines_of_text_are_wrapped() -> None:
    lettering = Lettering(None)
    assert lettering.band(["w" * 200], 300, 12).shape[0] > 2 * lettering.band(["w"], 300, 12).shape[0]
