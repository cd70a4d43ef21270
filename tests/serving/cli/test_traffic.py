"""`anjuan traffic` as a user calls it: documents, files and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from models import fakes, registry
from models.task import Task
from serving.cli.main import run

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A second and a half of grey video."""
    import av

    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for n in range(38):
            grey = np.full((64, 96, 3), 100 + n, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        out.mux(stream.encode(None))
    return path


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command with fake models: exit code, stdout, stderr."""

    def names(task: Task, cache: object = None) -> tuple[str, ...]:
        return fakes.fake_names(task)

    monkeypatch.setattr(registry, "build", lambda name, cache: fakes.build_fake(name))
    monkeypatch.setattr(registry, "names", names)
    monkeypatch.setattr(registry, "default_name", lambda task, cache=None: fakes.fake_names(task)[0])

    def go(*arguments: object) -> tuple[int, str, str]:
        code = run(["traffic", "--device", "cpu", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return go


def test_json_is_one_document_with_the_names_that_programs_rely_on(call: Call, clip: Path) -> None:
    code, out, _ = call(clip, "--json")
    record = json.loads(out)
    assert code == 0
    assert (record["frames"], record["fps"], record["tracks"]) == (38, 25.0, 1)
    assert record["counts"] == [{"line": None, "direction": None, "class": "car", "count": 1}]
    assert record["provenance"]["parameters"]["stride"] == 2
    assert len(record["provenance"]["source_sha256"]) == 64


def test_equal_inputs_give_one_element_each(call: Call, clip: Path) -> None:
    code, out, _ = call(clip, clip, "--json")
    assert code == 0
    first, second = json.loads(out)
    assert first["counts"] == second["counts"]


def test_tracks_and_the_marked_copy_are_written_where_asked(call: Call, clip: Path, tmp_path: Path) -> None:
    code, out, _ = call(clip, "--tracks", tmp_path / "t.txt", "--annotated", tmp_path / "out.mp4", "--stride", 1)
    assert code == 0
    assert "car: 1" in out
    lines = (tmp_path / "t.txt").read_text().splitlines()
    assert len(lines) == 38
    assert lines[0] == "1,1,0.00,10.00,40.00,30.00,0.9000,-1,-1,-1"
    assert (tmp_path / "out.mp4").stat().st_size > 500
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4", "out.mp4", "t.txt"]


def test_a_scene_gives_counts_by_line_and_direction(call: Call, clip: Path, tmp_path: Path) -> None:
    scene = tmp_path / "scene.yaml"
    scene.write_text("lines:\n  - {name: 门, points: [[60, 60], [60, 0]], directions: [入, 出]}\n", encoding="utf-8")
    code, out, _ = call(clip, "--scene", scene, "--json")
    assert code == 0
    assert json.loads(out)["counts"] == [{"line": "门", "direction": "入", "class": "car", "count": 1}]


def test_evidence_of_violations_is_written_where_asked(call: Call, clip: Path, tmp_path: Path) -> None:
    scene, folder = tmp_path / "scene.yaml", tmp_path / "found"
    scene.write_text("solid_lines:\n  - {name: 实线, points: [[50, 63], [50, 20]]}\n", encoding="utf-8")
    clock = ("--recorded-at", "2026-03-09T08:00:00+08:00", "--clock-error", 0.5)
    code, out, _ = call(clip, "--scene", scene, "--evidence", folder, *clock)
    assert code == 0
    assert "plate: no plate; evidence incomplete: picture size, plate, site" in out.replace(", text", "")
    document = json.loads((folder / "violations.json").read_text())
    (found,) = document["violations"]
    assert [model["name"] for model in document["provenance"]["models"]] == ["fake-detect", "fake-read-plates"]
    assert document["clock"] == {"started_at": clock[1], "error_s": 0.5}
    assert (found["rule"], found["plate_state"], found["complete"]) == ("solid_line", "no plate", False)
    names = {picture["name"] for picture in found["pictures"]} | {found["clip"]["name"]}
    assert names | {"violations.json", "viid.json"} == {path.name for path in folder.iterdir()}
    (vehicle,) = json.loads((folder / "viid.json").read_text())["MotorVehicleListObject"]["MotorVehicleObject"]
    assert (vehicle["PlateNo"], vehicle["PassTime"][:8]) == ("无车牌", "20260309")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.mp4"], "no file"),
        (["clip.mp4", "--evidence", "out"], "needs a --scene"),
        (["rtsp://camera/1", "--tracks", "t.txt"], "stream"),
        (["file:///etc/passwd"], "address begins with"),
        (["rtsp://camera/1", "--seconds", "999999"], "999999"),
        ([], "VIDEO"),
    ],
)
def test_bad_usage_is_exit_code_2_with_what_to_do(call: Call, arguments: list[str], words: str) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_what_is_no_video_is_exit_code_2_and_named(call: Call, tmp_path: Path) -> None:
    text = tmp_path / "note.mp4"
    text.write_text("not a video")
    code, out, err = call(text, "--json")
    assert (code, out) == (2, "")
    assert "note.mp4" in err


def test_a_camera_that_does_not_answer_is_exit_code_1_without_its_password(call: Call) -> None:
    code, out, err = call("rtsp://admin:secret@127.0.0.1:9/x", "--seconds", "1")
    assert (code, out) == (1, "")
    assert "nothing was seen" in err
    assert "secret" not in err
