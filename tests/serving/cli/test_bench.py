"""`anjuan bench tracking`: each NAME/det.txt becomes NAME.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.cli.main import run


def test_each_sequence_is_tracked_into_a_file_of_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, dx in (("A", 4), ("B", 0)):
        (tmp_path / "in" / name).mkdir(parents=True)
        rows = (f"{n},-1,{50 + dx * n},40,30,60,0.95,-1,-1,-1\n" for n in range(1, 21))
        (tmp_path / "in" / name / "det.txt").write_text("".join(rows))
    code = run(["bench", "tracking", "--detections", str(tmp_path / "in"), "-o", str(tmp_path / "out")])
    assert code == 0
    assert [Path(line).name for line in capsys.readouterr().out.splitlines()] == ["A.txt", "B.txt"]
    lines = (tmp_path / "out" / "A.txt").read_text().splitlines()
    assert len(lines) == 20
    assert lines[0] == "1,1,54.00,40.00,30.00,60.00,0.9500,-1,-1,-1"


def test_a_folder_without_sequences_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    assert run(["bench", "tracking", "--detections", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 2
    assert "det.txt" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["tracking"], ["tracking", "--detections", "/nowhere", "-o", "x"], ["nothing"]])
def test_bad_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", *arguments]) == 2
    assert capsys.readouterr().err
