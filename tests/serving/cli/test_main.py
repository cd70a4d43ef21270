"""The program's border: cheap to start, every command there, one line and the right exit code for every error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest

from models.errors import BadInput, Defect, NotFound, Unavailable
from serving.cli.main import COMMANDS, SUMMARIES, anjuan, run

HEAVY = ("torch", "ray", "fastapi", "sqlalchemy", "pydantic", "numpy", "av", "cv2")


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `anjuan explode` raise."""

    def install(error: BaseException) -> None:
        module = ModuleType("exploding_command")

        @click.command()
        def explode() -> None:
            raise error

        module.__dict__["explode"] = explode
        monkeypatch.setitem(sys.modules, "exploding_command", module)
        monkeypatch.setitem(COMMANDS, "explode", "exploding_command:explode")

    return install


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_is_there_under_its_name(name: str) -> None:
    command = anjuan.get_command(click.Context(anjuan), name)
    assert command is not None
    assert command.name == name
    assert command.help


def test_every_command_has_a_summary() -> None:
    assert set(SUMMARIES) == set(COMMANDS)


def test_help_loads_no_heavy_library() -> None:
    code = f"""
import sys
from serving.cli.main import run
assert run(["--help"]) == 0
print("loaded:", [name for name in {HEAVY!r} if name in sys.modules])
"""
    root = Path(__file__).resolve().parents[3]
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=30, check=True
    )
    assert "loaded: []" in shown.stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("x", "send something else"), 2),
        (NotFound("x", "no such thing"), 2),
        (Unavailable("x", "not now"), 1),
        (Defect("x", "our fault"), 1),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    raising: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    raising(error)
    assert run(["explode"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("anjuan: ")
    assert err.count("\n") == 1


def test_an_interrupt_is_the_exit_code_that_shells_expect(
    raising: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    raising(KeyboardInterrupt())
    assert run(["explode"]) == 130
    assert capsys.readouterr().err.strip() == "anjuan: stopped"


def test_an_unexpected_error_names_itself_and_shows_no_traceback(
    raising: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    raising(ZeroDivisionError("division by zero"))
    assert run(["explode"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["no-such-command"], ["keys", "add"], ["--no-such-option"], []])
def test_bad_usage_is_exit_code_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage" in err


def test_help_and_version_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert run(["--version"]) == 0
    assert "anjuan" in capsys.readouterr().out
