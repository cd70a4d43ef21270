"""`anjuan plate` as a user calls it: the document's shape, several pictures, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import fakes, registry
from models.task import Task
from serving.cli.main import run

Call = Callable[..., tuple[int, str, str]]


def picture(path: Path, grey: int = 128) -> Path:
    from PIL import Image

    Image.fromarray(np.full((60, 120, 3), grey, np.uint8)).save(path)
    return path


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command with fake models: exit code, stdout, stderr."""

    def names(task: Task, cache: object = None) -> tuple[str, ...]:
        return fakes.fake_names(task)

    monkeypatch.setattr(registry, "build", lambda name, cache: fakes.build_fake(name))
    monkeypatch.setattr(registry, "names", names)

    def go(*arguments: object) -> tuple[int, str, str]:
        code = run(["plate", "--device", "cpu", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return go


def test_json_has_the_names_that_programs_rely_on(call: Call, tmp_path: Path) -> None:
    code, out, _ = call(picture(tmp_path / "a.png"), "--json")
    (plate,) = json.loads(out)["plates"]
    assert code == 0
    assert {"text", "box", "confidence", "colour"} <= set(plate)
    assert (plate["text"], plate["colour"], plate["confidence"]) == ("京A00000", "blue", 0.9)
    assert plate["box"] == [[10.0, 10.0], [54.0, 10.0], [54.0, 24.0], [10.0, 24.0]]
    assert len(plate["characters"]) == len(plate["text"])


def test_several_pictures_also_equal_ones_give_an_array_in_their_order(call: Call, tmp_path: Path) -> None:
    seen, black = picture(tmp_path / "a.png"), picture(tmp_path / "b.png", 0)
    code, out, _ = call(seen, black, seen, "--json")
    assert code == 0
    assert [len(one["plates"]) for one in json.loads(out)] == [1, 0, 1]


def test_people_get_a_line_for_each_plate(call: Call, tmp_path: Path) -> None:
    code, out, _ = call(picture(tmp_path / "a.png"), picture(tmp_path / "b.jpg", 0))
    assert code == 0
    assert out == "a.png: 京A00000  blue  90%\nb.jpg: no plate\n"


def test_a_name_that_is_no_file_is_bad_usage(call: Call, tmp_path: Path) -> None:
    code, out, err = call(tmp_path / "absent.jpg", "--json")
    assert (code, out) == (2, "")
    assert "absent.jpg is no file" in err


def test_bytes_that_are_no_picture_are_named(call: Call, tmp_path: Path) -> None:
    words = tmp_path / "words.jpg"
    words.write_text("no picture")
    code, out, err = call(picture(tmp_path / "a.png"), words, "--json")
    assert (code, out) == (2, "")
    assert "words.jpg" in err
    assert "Traceback" not in err


def test_an_unknown_model_is_told_with_those_there_are(call: Call, tmp_path: Path) -> None:
    code, _, err = call(picture(tmp_path / "a.png"), "--model", "oracle")
    assert code == 2
    assert "fake-read-plates" in err
