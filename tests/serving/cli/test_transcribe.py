"""`anjuan transcribe` over fakes: outputs, several inputs, exit codes."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from models.device import Device, DeviceKind
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine
from serving.cli.main import run

RATE = 16000


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs on fakes instead of the manifests' models."""
    device = Device(DeviceKind.CPU, 0, 1, "a test")
    engine = classmethod(lambda cls, cache, chosen, limits=None: cls(build_fake, fake_names, device, limits))
    monkeypatch.setattr(InlineEngine, "from_registry", engine)


def recording(path: Path, seconds: float, *, loud: bool = True) -> str:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, int(seconds * RATE)) * (32767 if loud else 0)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.astype("<i2").tobytes())
    return str(path)


def transcribe(*arguments: str) -> int:
    return run(["transcribe", "--device", "cpu", *arguments])


def test_one_input_gives_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcribe(recording(tmp_path / "a.wav", 3.0), "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["language"] == "zh"
    assert record["duration"] == 3.0
    assert record["speakers"] == []
    assert set(record["segments"][0]) >= {
        "id",
        "start",
        "end",
        "speaker",
        "role",
        "text",
        "confidence",
        "flags",
        "words",
    }
    assert record["provenance"]["parameters"] == {"language": "zh"}
    assert len(record["provenance"]["source_sha256"]) == 64


def test_several_inputs_give_an_array_in_their_order_and_equal_ones_are_done_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = recording(tmp_path / "a.wav", 1.0), recording(tmp_path / "b.wav", 2.0)
    assert transcribe(two, one, two, "--json") == 0
    assert [record["duration"] for record in json.loads(capsys.readouterr().out)] == [2.0, 1.0, 2.0]


def test_silence_gives_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcribe(recording(tmp_path / "a.wav", 5.0, loud=False)) == 0
    assert capsys.readouterr().out == ""


def test_one_speaker_makes_every_speaker_a_string(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert transcribe(recording(tmp_path / "a.wav", 1.0), "--speakers", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["segments"][0]["speaker"] == "S1"


def test_rttm_asks_who_speaks_by_itself_and_names_the_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transcribe(recording(tmp_path / "a.wav", 2.0), "--format", "rttm") == 0
    assert capsys.readouterr().out.split()[:3] == ["SPEAKER", "a", "1"]


@pytest.mark.parametrize(
    ("name", "start"), [("o.srt", "1\n00:00:00"), ("o.vtt", "WEBVTT"), ("o.json", "{"), ("o", "有声")]
)
def test_the_name_of_the_output_decides_its_format(tmp_path: Path, name: str, start: str) -> None:
    assert transcribe(recording(tmp_path / "a.wav", 1.0), "-o", str(tmp_path / name)) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_several_outputs_go_to_a_folder_and_names_that_meet_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    one, two = recording(tmp_path / "a.wav", 1.0), recording(tmp_path / "x" / "a.wav", 2.0)
    assert transcribe(one, two, "--format", "srt", "-o", str(tmp_path / "out")) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a-2.srt", "a.srt"]


def test_hotwords_come_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = tmp_path / "words.txt"
    words.write_text("张三\n\n 李四 \n", encoding="utf-8-sig")
    assert transcribe(recording(tmp_path / "a.wav", 1.0), "--hotwords", str(words), "--json") == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["parameters"]["hotwords"] == ["张三", "李四"]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What stderr says when the command is refused with the exit code for bad input."""
    assert transcribe(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_bad_input_is_named_with_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = recording(tmp_path / "a.wav", 1.0)
    text = tmp_path / "a.txt"
    text.write_text("no sound")
    latin = tmp_path / "latin.txt"
    latin.write_bytes("张三".encode("gb18030"))
    assert "missing.wav" in refused(capsys, str(tmp_path / "missing.wav"))
    assert "a.txt" in refused(capsys, str(text))
    assert "a.txt" in refused(capsys, good, str(text), "--json")
    assert "UTF-8" in refused(capsys, good, "--hotwords", str(latin))
    assert "hotword" in refused(capsys, good, "--hotwords", str(tmp_path / "none.txt"))
    assert "speakers" in refused(capsys, good, "--speakers", "several")
    assert "speakers" in refused(capsys, good, "--speakers", "21")
    assert "whisper-huge" in refused(capsys, good, "--model", "whisper-huge")
    assert "language" in refused(capsys, good, "--language", "Klingon")
    assert "folder" in refused(capsys, good, "-o", str(tmp_path / "no" / "o.srt"))
    assert "docx" in refused(capsys, good, "--format", "docx")


def two_seats(path: Path) -> str:
    rng = np.random.default_rng(0)
    sound = rng.uniform(-0.5, 0.5, (6 * RATE, 2)) * 32767
    sound[: 3 * RATE, 1] = 0
    sound[3 * RATE :, 0] = 0
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(sound.astype("<i2").tobytes())
    return str(path)


def test_channels_that_are_seats_tell_who_speaks_and_in_which_role(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transcribe(two_seats(tmp_path / "a.wav"), "--channels", "speakers", "--seats", "问，答", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert [(s["speaker"], s["role"]) for s in record["segments"]] == [("S1", "question"), ("S2", "answer")]
    assert record["provenance"]["parameters"]["seats"] == ["question", "answer"]


def test_channels_of_a_recording_with_one_are_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert transcribe(recording(tmp_path / "a.wav", 2.0), "--channels", "speakers") == 2
    assert "a.wav" in (told := capsys.readouterr().err)
    assert "one channel" in told
