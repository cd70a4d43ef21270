"""Lamps from drawn pictures, phases from what was seen: unknown where nothing is sure, never stretched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.worlds.lamps import LIGHTS, Head, draw_head, grain, seen
from pipelines.media.video import read_frames
from pipelines.traffic.lamp import phases, sight, with_lamps
from pipelines.traffic.layout import SignalGroup
from pipelines.traffic.signal import Colour, SignalLog

HEAD = Head(20.0, 15.0, 10.0)
GROUP = SignalGroup("S", tuple((colour, *box) for colour, box in HEAD.boxes()))
VIDEO = Path(__file__).parents[4] / "shared" / "data" / "video" / "anmspro_test1.mp4"


def look(shown: str, light: str) -> Colour:
    picture = np.full((80, 60, 3), round(150 * LIGHTS[light].ambient), np.uint8)
    draw_head(picture, HEAD, shown, LIGHTS[light])
    return sight(seen(picture, LIGHTS[light], grain(picture.shape, LIGHTS[light], np.random.default_rng(1))), GROUP)


@pytest.mark.parametrize("light", ["day", "night", "glare"])
@pytest.mark.parametrize("shown", ["red", "yellow", "green"])
def test_a_lit_lamp_is_told_by_its_colour(shown: str, light: str) -> None:
    assert look(shown, light).value == shown


def test_no_lit_lamp_is_dark_and_in_glare_unknown() -> None:
    assert look("dark", "day") is Colour.DARK
    assert look("dark", "glare") is Colour.UNKNOWN


def test_two_lit_lamps_are_unknown() -> None:
    picture = np.full((80, 60, 3), 150, np.uint8)
    draw_head(picture, HEAD, "red", LIGHTS["day"])
    top, bottom = 15 + 25, 15 + 35
    picture[top:bottom, 20:30] = (40, 250, 190)
    assert sight(picture, GROUP) is Colour.UNKNOWN


def test_a_white_lorry_before_the_head_is_unknown() -> None:
    assert sight(np.full((80, 60, 3), 240, np.uint8), GROUP) is Colour.UNKNOWN


def test_lamps_outside_the_picture_or_too_small_are_unknown() -> None:
    black = np.zeros((30, 60, 3), np.uint8)
    assert sight(black, GROUP) is Colour.UNKNOWN
    assert sight(np.zeros((80, 60, 3), np.uint8), SignalGroup("S", (("red", 1.0, 1.0, 3.0, 3.0),))) is Colour.UNKNOWN


def series(*shown: tuple[str, float], rate: float = 12.5) -> list[tuple[float, Colour]]:
    colours = [Colour(colour) for colour, seconds in shown for _ in range(round(seconds * rate))]
    return [(n / rate, colour) for n, colour in enumerate(colours)]


def test_phases_begin_where_first_seen_and_end_where_last_seen() -> None:
    found = phases(series(("green", 2.0), ("red", 2.0)))
    assert found == (
        (0.0, Colour.GREEN),
        (1.92, Colour.UNKNOWN),
        (2.0, Colour.RED),
        (3.92, Colour.UNKNOWN),
    )


def test_blinking_green_stays_green_and_a_lamp_that_went_out_is_dark() -> None:
    blink = [("green", 1.0), ("dark", 0.5), ("green", 0.5), ("dark", 0.5), ("green", 1.0)]
    assert [colour for _, colour in phases(series(*blink))] == [Colour.GREEN, Colour.UNKNOWN]
    gone = phases(series(("green", 1.0), ("dark", 3.0)))
    assert gone[:3] == ((0.0, Colour.GREEN), (0.88, Colour.UNKNOWN), (0.96, Colour.DARK))


def test_one_bad_frame_changes_nothing_and_a_long_gap_parts_the_phase() -> None:
    assert len(phases(series(("red", 1.0), ("green", 0.08), ("red", 1.0)))) == 2
    parted = phases(series(("red", 1.0), ("unknown", 1.5), ("red", 1.0)))
    assert [colour for _, colour in parted] == [Colour.RED, Colour.UNKNOWN, Colour.RED, Colour.UNKNOWN]


def test_nothing_seen_is_nothing_known_and_a_feed_goes_before_pixels() -> None:
    assert phases(series(("unknown", 3.0))) == ()
    fed = SignalLog({"S": [(0.0, Colour.GREEN)]})
    both = with_lamps(fed, {"S": series(("red", 2.0)), "L": series(("red", 2.0))})
    assert both.phase("S", 1.0).colour is Colour.GREEN
    assert both.phase("L", 1.0).colour is Colour.RED
    assert (both.source("S"), both.source("L")) == ("feed", "pixels")


@pytest.mark.shared
@pytest.mark.skipif(not VIDEO.exists(), reason="the measuring data (../shared) is not here")
def test_real_lamps_of_eight_pixels_are_read_in_every_frame() -> None:
    """Two heads over a Chinese road, lenses side by side: the left one red, the right one a green arrow."""

    def head(name: str, edges: tuple[float, ...], top: float, bottom: float) -> SignalGroup:
        lenses = zip(("red", "yellow", "green"), edges, edges[1:], strict=False)
        return SignalGroup(name, tuple((colour, left, top, right, bottom) for colour, left, right in lenses))

    left, right = head("l", (949, 957.5, 964, 971), 40, 48.5), head("r", (1013, 1020, 1026, 1033), 39, 47)
    frames = [(sight(f.pixels, left), sight(f.pixels, right)) for f in read_frames(VIDEO, 0, 155, 5)]
    assert set(frames) == {(Colour.RED, Colour.GREEN)}
