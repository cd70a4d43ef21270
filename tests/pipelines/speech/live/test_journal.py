"""The lines of a session: numbered without a gap, on disk before they are shown, whole after a crash."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from cases.transcript import TranscriptSegment, TranscriptWord
from models.errors import Unavailable
from pipelines.speech.live.journal import Final, Journal, Rewrite

WORD = TranscriptWord(0.1, 0.4, "今天", 0.9)
SENTENCE = TranscriptSegment(0, 0.1, 0.4, None, None, "今天。", 0.9, (), (WORD,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.jsonl"


def fill(path: Path) -> list[Final | Rewrite]:
    journal = Journal(path)
    made = [
        journal.close_line(0, 8000, "今天", 0.9, [WORD]),
        journal.close_line(9000, 16000, "", 0.0, []),
        journal.rewrite(0, "zh", [SENTENCE]),
        journal.rewrite(1, None, [], "model.failed"),
    ]
    journal.close()
    return made


def test_lines_and_second_readings_come_back_as_they_were(path: Path) -> None:
    made = fill(path)
    journal = Journal(path)
    assert list(journal.after(0)) == made
    assert [entry.event for entry in journal.after(2)] == [3, 4]
    assert [final.line for final in journal.finals()] == [0, 1]
    assert journal.rewrites()[0].text == "今天。"
    journal.close()


@pytest.mark.parametrize("torn", [1, 10, 60])
def test_an_entry_that_was_torn_off_is_cut_away_and_its_number_given_again(path: Path, torn: int) -> None:
    made = fill(path)
    path.write_bytes(path.read_bytes()[:-torn])
    journal = Journal(path)
    assert list(journal.after(0)) == made[:3]
    assert journal.rewrite(1, "zh", [SENTENCE]).event == 4
    journal.close()
    assert Journal(path).last == 4


def test_what_follows_a_damaged_entry_is_not_taken_for_whole(path: Path) -> None:
    made = fill(path)
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(rows[0] + b"{}\n" + b"".join(rows[2:]))
    assert list(Journal(path).after(0)) == made[:1]


def test_a_line_that_cannot_be_written_is_not_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)
    journal.close_line(0, 8000, "今天", 0.9, [WORD])
    size = path.stat().st_size

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(Unavailable, match="disk is full"):
        journal.close_line(9000, 16000, "明天", 0.9, [])
    monkeypatch.undo()
    assert (journal.last, path.stat().st_size) == (1, size)
    assert journal.close_line(9000, 16000, "明天", 0.9, []).event == 2
    journal.close()
