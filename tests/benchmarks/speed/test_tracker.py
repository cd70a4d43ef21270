"""The stream of the speed figure is what its docstring says."""

from __future__ import annotations

from benchmarks.speed.tracker import rate, stream


def test_the_stream_has_about_ten_boxes_a_frame_and_can_be_tracked() -> None:
    frames = stream(200, objects=10, seed=1)
    assert 9 <= sum(len(f.detections) for f in frames) / 200 <= 10
    assert rate(frames) > 0
