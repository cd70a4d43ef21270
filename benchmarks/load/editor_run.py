"""The transcript editor used for real: a machine transcript of ten minutes corrected to its truth in Chromium, by key.

    python -m benchmarks.load.editor_run --shared PATH [--minutes 10] [--shots DIR]

Utterances of two AISHELL voices in turn, 0.6 s apart, make the recording, so that the truth is known; `anjuan serve`
writes it down, Chromium opens the page, and a script corrects every sentence with the keys of the editor alone: texts,
sentences that two voices share, question and answer, confirmation. Counted: every key pressed; characters written, and
the keys that pinyin needs for them (letters and one to choose each character, an upper bound: input methods write whole
words). Seconds are the clock of the script: what editor and browser take, hands and listening left out. `hands_s` is
the estimate for those keys at 0.28 s each (Card, Moran and Newell 1980, average non-secretary typist). Nothing is
played.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
import wave
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.chinese_text import character_errors, comparable
from benchmarks.accuracy.speech import Sample, samples_in
from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from benchmarks.load.editor_plan import Clip, Piece, missed, plan
from cases.codec import from_json
from cases.transcript import Transcript
from pipelines.media.audio import SAMPLE_RATE, normalise

if TYPE_CHECKING:
    from playwright.sync_api import Page

GAP_SECONDS = 0.6
JOB_S = 3600.0
KEY_SECONDS = 0.28
VOICES = {"S0150": "question", "S0252": "answer"}
QUIET = ["--no-sandbox", "--headless=new", "--no-first-run", "--disable-background-networking"]


@dataclass
class Hands:
    """Presses keys and counts them by what they are for."""

    page: Page
    keys: Counter[str] = field(default_factory=Counter)
    written: str = ""
    slowest_s: float = 0.0

    def press(self, key: str, purpose: str, times: int = 1) -> None:
        """One key, several times."""
        for _ in range(times):
            began = time.perf_counter()
            self.page.keyboard.press(key)
            self.slowest_s = max(self.slowest_s, time.perf_counter() - began)
        self.keys[purpose] += times

    def write(self, text: str) -> None:
        """Characters as an input method hands them over."""
        if text:
            self.page.keyboard.insert_text(text)
            self.written += text


def recording(samples: Sequence[Sample], seconds: float, path: Path) -> list[Clip]:
    """Two voices in turn up to `seconds`, written to `path`; what was said when."""
    voices = {name: iter([s for s in samples if name in s.path.name]) for name in VOICES}
    clips: list[Clip] = []
    sound: list[NDArray[np.int16]] = []
    at = 0.0
    for voice, sample in _in_turn(voices):
        heard = _sound(sample.path, path.with_suffix(".part.wav"))
        length = heard.shape[0] / SAMPLE_RATE
        clips.append(Clip(voice, at, at + length, sample.reference))
        sound += [heard, np.zeros(int(GAP_SECONDS * SAMPLE_RATE), np.int16)]
        at += length + GAP_SECONDS
        if at >= seconds:
            break
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(np.concatenate(sound).tobytes())
    return clips


def _sound(path: Path, scratch: Path) -> NDArray[np.int16]:
    normalise(path, scratch)
    with wave.open(str(scratch)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def _in_turn(voices: dict[str, Iterator[Sample]]) -> Iterator[tuple[str, Sample]]:
    while True:
        for name, samples in voices.items():
            sample = next(samples, None)
            if sample is None:
                return
            yield name, sample


def correct(hands: Hands, pieces_of: Sequence[Sequence[Piece]]) -> None:
    """Every sentence from the first to the last; the hands never leave the keys."""
    hands.press("Enter", "open")
    for pieces in pieces_of:
        for place, piece in enumerate(pieces):
            rest = "".join(one.text for one in pieces[place + 1 :])
            _fix(hands, piece, len(rest), at_start=place > 0)
            if rest:
                hands.press("Shift+Enter", "split")
        for place, piece in enumerate(reversed(pieces)):
            # A sentence that was split is left at its last piece: the roles are set from there upwards.
            hands.press("Alt+q" if VOICES[piece.voice] == "question" else "Alt+a", "role")
            if place + 1 < len(pieces):
                hands.press("ArrowUp", "move")
        for _ in pieces:
            hands.press("Enter", "confirm")


def _fix(hands: Hands, piece: Piece, rest: int, *, at_start: bool) -> None:
    """Make the fixes of a piece from left to right; where a `rest` of the sentence follows, go to its border."""
    if not piece.fixes and not rest:
        return
    if not piece.fixes and not at_start:
        hands.press("ArrowLeft", "move", rest)
        return
    if not at_start:
        hands.press("Home", "move")
    caret = shift = 0
    for fix in piece.fixes:
        hands.press("ArrowRight", "move", fix.first + shift - caret)
        hands.press("Delete", "delete", fix.last - fix.first)
        hands.write(fix.text)
        caret = fix.first + shift + len(fix.text)
        shift += len(fix.text) - (fix.last - fix.first)
    if rest:
        hands.press("ArrowRight", "move", _after(piece) - caret)


def _after(piece: Piece) -> int:
    """Length of the piece once it is fixed."""
    return len(piece.text) + sum(len(fix.text) - (fix.last - fix.first) for fix in piece.fixes)


def pinyin_keys(text: str) -> int:
    """Keys that write `text` by pinyin: its letters and one to choose, a character at a time."""
    from pypinyin import lazy_pinyin

    return sum(len(syllable) + 1 for syllable in lazy_pinyin(text))


def use(service: Service, record: str, clips: Sequence[Clip], shots: Path | None) -> dict[str, object]:
    """Open the page of `record`, correct it, save it; what that took."""
    from playwright.sync_api import sync_playwright

    machine = transcript_of(service, record)
    steps = plan(machine, clips)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        sign_in(page, service)
        page.goto(f"{service.client.base_url}/records/{record}")
        page.wait_for_selector(".seg")
        shot(page, shots, "editor-run-before")
        hands = Hands(page)
        began = time.monotonic()
        correct(hands, steps)
        shot(page, shots, "editor-run-corrected")
        hands.press("Control+s", "save")
        page.wait_for_selector("#version-tag >> text=第 2 版", timeout=60_000)
        seconds = time.monotonic() - began
        shot(page, shots, "editor-run-saved")
        browser.close()
    keys = sum(hands.keys.values()) + pinyin_keys(hands.written)
    return {
        "sentences": len(machine.segments),
        "fixes": sum(len(piece.fixes) for pieces in steps for piece in pieces),
        "clips_without_a_sentence": len(missed(machine, clips)),
        "keys_pressed": dict(hands.keys),
        "characters_written": len(hands.written),
        "pinyin_keys": pinyin_keys(hands.written),
        "keys": keys,
        "hands_s": round(keys * KEY_SECONDS),
        "script_s": round(seconds, 1),
        "slowest_key_ms": round(hands.slowest_s * 1000),
        **rates(machine, transcript_of(service, record), clips),
    }


def rates(machine: Transcript, corrected: Transcript, clips: Sequence[Clip]) -> dict[str, object]:
    """Character error rates against the truth before and after, and whether roles and confirmations are complete."""
    truth = comparable("".join(clip.text for clip in clips))
    wanted = [VOICES[piece.voice] for pieces in plan(machine, clips) for piece in pieces]
    roles = [segment.role for segment in corrected.segments]
    return {
        "cer_before": round(character_errors(truth, comparable(machine.text)).rate, 4),
        "cer_after": round(character_errors(truth, comparable(corrected.text)).rate, 4),
        "roles_right": sum(a == b for a, b in zip(wanted, roles, strict=False)) / len(roles),
        "confirmed": sum(segment.confirmed_by is not None for segment in corrected.segments) / len(roles),
    }


def transcript_of(service: Service, record: str) -> Transcript:
    """The latest version."""
    body = service.record(record)
    return from_json(Transcript, {name: value for name, value in body.items() if name != "record"})


def sign_in(page: Page, service: Service) -> None:
    """As the administrator, with the password that the first start printed."""
    found = re.search(r"account (\S+), password (\S+)", service.output)
    if found is None:
        raise SystemExit("the service printed no first password")
    page.goto(f"{service.client.base_url}/sign-in")
    page.fill("input[name=name]", found[1])
    page.fill("input[name=password]", found[2])
    page.keyboard.press("Enter")
    page.wait_for_selector("nav")


def shot(page: Page, folder: Path | None, name: str) -> None:
    """A picture of the page, where pictures are asked for."""
    if folder is not None:
        page.screenshot(path=str(folder / f"{name}.png"))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="how many keys and seconds does a full correction take?")
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--shots", type=Path, default=None)
    given = parser.parse_args()
    leave_on_sigterm()
    samples = samples_in(given.shared / "data" / "audio" / "aishell_sample", None)
    with tempfile.TemporaryDirectory(prefix="editor-run-") as name:
        path = Path(name) / "two-voices.wav"
        clips = recording(samples, given.minutes * 60, path)
        options = ServiceOptions(Path(name) / "data", "inline", False, 600.0, {})
        with Service(options) as service:
            service.wait_until_ready()
            case = service.create_case("editor run")
            print("transcribing ...", file=sys.stderr)
            job = service.finish(service.submit(case, "transcribe", str(service.upload(case, path)["id"])), JOB_S)
            if job["state"] != "done":
                raise SystemExit(f"the transcription ended as {job['state']}: {job['error_message']}")
            found = use(service, str(job["record"]), clips, given.shots)
    print(json.dumps({"minutes": round(clips[-1].end / 60, 1), "clips": len(clips), **found}, ensure_ascii=False))


if __name__ == "__main__":
    main()
