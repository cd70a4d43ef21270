"""One server owns a data folder; what a killed one left is ended, and nothing else is ever touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import Unavailable
from serving.run_folder import MARK, RunFolder, marked, mentioning, started_at


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that carries the mark of a dead server."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env={**os.environ, MARK: "dead-server"}
    )
    yield process
    process.kill()
    process.wait(5)


def leave_behind(data: Path, **state: object) -> None:
    """What a killed server wrote."""
    (data / "run").mkdir()
    (data / "run" / "server.json").write_text(json.dumps(state))


def test_processes_and_folders_of_a_killed_server_are_ended(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    session = tmp_path_factory.mktemp("ray")
    leave_behind(tmp_path, pid=2**22 + 1, started="1", mark="dead-server", temporary=[str(session)])
    assert marked("dead-server") == [sleeper.pid]
    with RunFolder(tmp_path):
        assert sleeper.wait(5) == -9
        assert not session.exists()


def test_a_killed_server_is_known_to_its_successor_and_an_ended_one_is_not(tmp_path: Path) -> None:
    with RunFolder(tmp_path) as first:
        assert first.predecessor is None
        killed = (tmp_path / "run/server.json").read_text()
    with RunFolder(tmp_path) as second:
        assert second.predecessor is None
    (tmp_path / "run/server.json").write_text(killed)
    with RunFolder(tmp_path) as third:
        assert third.predecessor == first.mark


def test_a_process_with_another_mark_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    leave_behind(tmp_path, pid=2**22 + 1, started="1", mark="some-other-server", temporary=[])
    with RunFolder(tmp_path):
        assert sleeper.poll() is None


def test_a_process_number_that_was_given_away_again_does_not_pass_for_the_server(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    leave_behind(tmp_path, pid=sleeper.pid, started="1", mark="nobody", temporary=[])
    with RunFolder(tmp_path):
        assert sleeper.poll() is None


def test_a_second_server_on_the_same_folder_is_refused_by_name(tmp_path: Path) -> None:
    with RunFolder(tmp_path), pytest.raises(Unavailable, match=str(os.getpid())), RunFolder(tmp_path):
        pass


def test_two_folders_have_two_marks_and_do_not_meet(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    with RunFolder(tmp_path / "a") as first, RunFolder(tmp_path / "b") as second:
        assert first.mark != second.mark
        assert sleeper.poll() is None


def test_a_folder_is_free_again_after_its_server(tmp_path: Path) -> None:
    with RunFolder(tmp_path) as run:
        run.note_temporary(tmp_path / "session")
        (tmp_path / "session").mkdir()
    assert not (tmp_path / "session").exists()
    assert not (tmp_path / "run" / "server.json").exists()
    with RunFolder(tmp_path):
        pass


def test_a_damaged_run_file_does_not_keep_a_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "server.json").write_text("{half")
    with RunFolder(tmp_path) as run:
        assert run.mark


def test_the_own_process_is_never_among_those_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARK, "me")
    assert os.getpid() not in marked("me")


def test_processes_are_found_by_a_folder_on_their_command_line(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(tmp_path / "session")])
    try:
        assert mentioning(tmp_path) == [process.pid]
    finally:
        process.kill()
        process.wait(5)


def test_the_start_of_a_process_is_known_while_it_lives(sleeper: subprocess.Popen[bytes]) -> None:
    assert started_at(sleeper.pid) == started_at(sleeper.pid) is not None
    sleeper.kill()
    sleeper.wait(5)
    assert started_at(sleeper.pid) is None
