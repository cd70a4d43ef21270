"""Recordings in several sounds through several engines, and the table of what came out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.chinese_text import character_errors
from benchmarks.accuracy.readers import Heard, QuickReader
from benchmarks.accuracy.sounds import CONDITIONS, SAMPLE_RATE, Sound, read, write
from benchmarks.accuracy.speech import (
    PipelineReader,
    Result,
    Run,
    Sample,
    Speed,
    materials,
    measure,
    silence_check,
    sounding,
    table,
)
from models.fakes import FakeStreamingTranscriber
from pipelines.inline import InlineEngine


def buzz(seconds: float) -> Sound:
    """Loud at every sample, as the fakes want it."""
    return np.asarray(np.where(np.arange(int(seconds * SAMPLE_RATE)) // 20 % 2, 0.3, -0.3))


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """Two seconds and one second of a buzz, with what the fakes say to them."""
    found = [Sample(tmp_path / "long.wav", "有声有声"), Sample(tmp_path / "short.wav", "有声")]
    for sample, seconds in zip(found, (2.0, 1.0), strict=True):
        write(sample.path, buzz(seconds))
    return found


def shared_folder(folder: Path, utterances: int) -> Path:
    """The measuring data's two tables, without any sound."""
    for name, files in (
        ("aishell_sample", [f"U{n}.flac" for n in range(utterances)]),
        ("single", ["TEST_MEETING_1.wav", "news.wav"]),
    ):
        (folder / name).mkdir()
        rows = ["file\tseconds\tspeaker\ttext", *(f"{file}\t1\tS\t字" for file in files)]
        (folder / name / "transcripts.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_the_limit_spreads_over_the_utterances_and_the_meeting_stands_apart(tmp_path: Path) -> None:
    sets = materials(shared_folder(tmp_path, 9), 3)
    assert [one.path.name for one in sets["aishell"]] == ["U0.flac", "U3.flac", "U6.flac"]
    assert [one.path.name for one in sets["meeting"]] == ["TEST_MEETING_1.wav"]
    assert [one.path.name for one in sets["others"]] == ["news.wav"]


@pytest.mark.parametrize("sound", sorted(set(CONDITIONS) - {"clean"}))
def test_another_sound_of_a_recording_is_as_long_and_the_same_again(
    samples: list[Sample], tmp_path: Path, sound: str
) -> None:
    folders = [tmp_path / name for name in ("once", "again")]
    for folder in folders:
        folder.mkdir()
    once, again = (sounding(samples[:1], sound, folder)[0] for folder in folders)
    clean = read(samples[0].path)
    assert once.reference == samples[0].reference
    assert read(once.path).size == clean.size
    assert np.array_equal(read(once.path), read(again.path))
    assert not np.allclose(read(once.path), clean, atol=1e-3)


def test_the_noise_of_a_file_does_not_depend_on_which_others_are_measured(
    samples: list[Sample], tmp_path: Path
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    one = sounding(samples[1:], "noisy-5dB", alone)[0]
    same = sounding(samples, "noisy-5dB", together)[1]
    assert np.array_equal(read(one.path), read(same.path))


def test_clean_recordings_are_the_files_themselves(samples: list[Sample], tmp_path: Path) -> None:
    assert sounding(samples, "clean", tmp_path) == samples


def test_the_pipeline_reads_recordings_in_their_order(samples: list[Sample], fake_engine: InlineEngine) -> None:
    heard = PipelineReader(fake_engine, {}).read([sample.path for sample in samples])
    assert [one.text for one in heard] == ["有声有声", "有声"]
    assert [one.seconds for one in heard] == pytest.approx([2.0, 1.0])


def test_the_quick_engine_reads_them_too(samples: list[Sample]) -> None:
    heard = QuickReader(FakeStreamingTranscriber()).read([sample.path for sample in samples])
    assert [one.text for one in heard] == ["有声有声有声有声", "有声有声"]
    assert [one.seconds for one in heard] == pytest.approx([2.0, 1.0])


def test_a_quiet_recording_has_no_text_and_errors_none(tmp_path: Path) -> None:
    write(tmp_path / "quiet.wav", np.zeros(SAMPLE_RATE))
    (result,), speed = measure(QuickReader(FakeStreamingTranscriber()), [Sample(tmp_path / "quiet.wav", "")])
    assert (result.heard.text, result.errors.rate) == ("", 0.0)
    assert speed.sound == 1.0


def test_measuring_counts_the_characters_that_differ(samples: list[Sample], fake_engine: InlineEngine) -> None:
    wrong = [Sample(samples[0].path, "有声无声"), samples[1]]
    results, speed = measure(PipelineReader(fake_engine, {}), wrong)
    assert [one.errors.substitutions for one in results] == [1, 0]
    assert speed.sound == pytest.approx(3.0)


def test_text_on_silence_is_told_by_the_name_of_the_sound() -> None:
    class Hearsay:
        def read(self, paths: list[Path]) -> list[Heard]:
            return [Heard("谢谢观看" if any(path.read_bytes()[44:]) else "", 600.0) for path in paths]

        def close(self) -> None:
            pass

    texts = silence_check(Hearsay())
    assert texts.pop("digital silence") == ""
    assert set(texts.values()) == {"谢谢观看"}


def test_the_table_pools_characters_and_counts_files_without_text() -> None:
    results = tuple(
        Result(Sample(Path("a.wav"), true), Heard(said, 2.0), character_errors(true, said))
        for true, said in (("一二三四", "一二三五"), ("一二三四五六", ""))
    )
    row = table([Run("m", "clean", "aishell", results, Speed(4.0, 1.0, 2.0))]).splitlines()[-1]
    assert row == "| m | clean | aishell | 2 | 10 | 70.00% | 1 | 6 | 0 | 1 | 0.500 |"
