"""MOTChallenge text there and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import BadInput
from models.values import Detection, Track, TrackPoint
from pipelines.traffic.mot import format_tracks, parse_detections, read_detections


def test_what_is_written_is_read_back() -> None:
    points = tuple(TrackPoint(n, n / 25, Detection(n + 0.25, 2, n + 10.5, 22, "car", 0.875)) for n in (0, 2))
    text = format_tracks([Track(7, "car", points)])
    assert text.splitlines() == [
        "1,7,0.25,2.00,10.25,20.00,0.8750,-1,-1,-1",
        "3,7,2.25,2.00,10.25,20.00,0.8750,-1,-1,-1",
    ]
    back = parse_detections(text, fps=25)
    assert [f.index for f in back] == [0, 1, 2]
    assert back[1].detections == ()
    assert back[2].detections[0] == Detection(2.25, 2, 12.5, 22, "object", 0.875)
    assert back[2].time == pytest.approx(0.08)


def test_lines_come_by_frame_then_id() -> None:
    tracks = [
        Track(i, "car", (TrackPoint(f, 0, Detection(0, 0, 1, 1, "car", 1)),)) for i, f in ((2, 0), (1, 1), (3, 0))
    ]
    assert [line.split(",")[:2] for line in format_tracks(tracks).splitlines()] == [["1", "2"], ["1", "3"], ["2", "1"]]


def test_logits_become_probabilities_and_scores_that_say_nothing_count_as_sure() -> None:
    text = "1,-1,0,0,5,5,{}\n1,-1,9,0,5,5,{}\n"
    low, high = parse_detections(text.format(-2, 4), 25)[0].detections
    assert (round(low.score, 3), round(high.score, 3)) == (0.119, 0.982)
    assert [d.score for d in parse_detections(text.format(-1, -1), 25)[0].detections] == [1.0, 1.0]


@pytest.mark.parametrize(
    "line",
    ["1,-1,0,0,5", "a,-1,0,0,5,5,1", "0,-1,0,0,5,5,1", "1.5,-1,0,0,5,5,1", "1,-1,nan,0,5,5,1", "9e9,-1,0,0,5,5,1"],
)
def test_a_line_that_does_not_fit_is_named(line: str) -> None:
    with pytest.raises(BadInput, match="line 2"):
        parse_detections(f"1,-1,0,0,5,5,1\n{line}\n", 25)


def test_an_empty_file_has_no_frames_and_a_binary_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "det.txt"
    file.write_bytes(b"")
    assert read_detections(file) == ()
    assert format_tracks(()) == ""
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        read_detections(file)
