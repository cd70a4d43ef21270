"""Where a command writes what it made of each input."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from serving.cli.outputs import output_paths


def test_without_an_output_nothing_is_written() -> None:
    assert output_paths([Path("a.wav"), Path("b.wav")], None, ".txt") == [None, None]


def test_one_input_goes_to_the_file_that_was_named(tmp_path: Path) -> None:
    assert output_paths([Path("a.wav")], tmp_path / "out.srt", ".txt") == [tmp_path / "out.srt"]


def test_inputs_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    inputs = [Path("1/a.wav"), Path("2/a.wav"), Path("b.wav")]
    names = [path.name for path in output_paths(inputs, tmp_path / "new", ".txt") if path]
    assert names == ["a.txt", "a-2.txt", "b.txt"]
    assert (tmp_path / "new").is_dir()


def test_one_input_goes_into_a_folder_that_exists(tmp_path: Path) -> None:
    assert output_paths([Path("a.wav")], tmp_path, ".txt") == [tmp_path / "a.txt"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="make it first"):
        output_paths([Path("a.wav")], tmp_path / "none" / "out.txt", ".txt")


def test_several_inputs_need_a_folder(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(click.UsageError, match="must be a folder"):
        output_paths([Path("a.wav"), Path("b.wav")], taken, ".txt")
