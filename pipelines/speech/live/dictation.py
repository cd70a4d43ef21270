"""One live session: its sound, its lines and the two passes over them, in a folder of its own; knows no socket.

Sound goes to disk first. The quick pass reads it back from there with a cursor of its own, so that a slow recogniser
never holds up the recording, and a session that was cut off by a crash goes on after its last closed line as if
nothing had been. The second pass reads each closed sentence again with the large model, on the live lane.

Three threads may work on one session at once: one appends, one listens, one rewrites. A recogniser that is lost on the
way (it has a process of its own) costs time alone: the sound behind the last closed line is read from the disk again.
"""

from __future__ import annotations

import logging
import threading
import wave
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cases.transcript import TranscriptWord
from models.errors import Unavailable
from models.speech.stream_process import StreamLost
from models.task import StreamingTranscriber, StreamingVoiceActivity, TranscriptionStream
from models.values import ItemError, Transcription
from pipelines.engine import TRANSCRIBE, Engine, Lane, SpeechPieces
from pipelines.speech.chunks import Chunk
from pipelines.speech.live.endpoints import RATE
from pipelines.speech.live.journal import Final, Journal, Rewrite
from pipelines.speech.live.quick import Closed, Heard, Partial, QuickPass, Unheard
from pipelines.speech.live.rates import Rates, at_once
from pipelines.speech.live.sound import SoundFile
from pipelines.speech.sentences import sentences

log = logging.getLogger(__name__)

SOUND = "sound.pcm"
JOURNAL = "lines.jsonl"
LISTEN_SECONDS = 2.0
"""Sound that one turn of the quick pass takes at most: a session that fell behind catches up in such steps."""
LOSSES = 3
"""Recognisers that one line may cost. Sound that breaks each of them is closed without words, and the second pass reads
it; the next line is heard again."""
REWRITE_LINES = 4
"""Closed lines that one turn of the second pass takes together when several wait."""
EDGE = int(0.3 * RATE)
"""Silence put around a sentence for the second pass: Whisper loses words that touch the edge of a clip."""


@dataclass(frozen=True, slots=True)
class Passes:
    """The models of a session; `language` and `hotwords` and `model` are those of the second pass."""

    voice: StreamingVoiceActivity
    quick: StreamingTranscriber
    engine: Engine
    language: str | None = "zh"
    hotwords: tuple[str, ...] = ()
    model: str | None = None


News = Partial | Final | Rewrite


class Dictation:
    """A session in `folder`, new or taken up again; raises Conflict while another process holds it."""

    def __init__(self, folder: Path, rate: int, passes: Passes) -> None:
        self._folder = folder
        self._passes = passes
        self._listening = threading.RLock()
        self._read = self._losses = 0
        self._quick: QuickPass | None = None
        with ExitStack() as undone:
            self.sound = SoundFile(folder / SOUND, rate)
            undone.callback(self.sound.close)
            self.journal = Journal(folder / JOURNAL)
            undone.callback(self.journal.close)
            self._rewind()
            self._ready()
            undone.pop_all()

    @property
    def lag_s(self) -> float:
        """Seconds of sound that are on disk and were not listened to yet."""
        return (self.sound.samples - self._read) / self.sound.rate

    def append(self, first: int, data: bytes) -> int:
        """Sound to disk, as `SoundFile.append`."""
        return self.sound.append(first, data)

    def listen(self) -> list[News]:
        """One turn of the quick pass over what has come: partial and closed lines, the closed ones on disk already.

        Raises Unavailable when a line cannot be written down or no recogniser be had; the next turn tries again.
        """
        with self._listening:
            until = min(self.sound.samples, self._read + round(LISTEN_SECONDS * self.sound.rate))
            if until <= self._read:
                return []
            samples = self.sound.read(self._read, until)
            self._read = until
            return self._turn(lambda quick: quick.accept(self._rates.accept(samples))) or []

    def finish(self) -> list[News]:
        """No more sound comes: listen to the rest and close the last line; raises Unavailable as `listen`."""
        news: list[News] = []
        with self._listening:
            # Each turn goes on, ends, or loses a recogniser, of which no line may cost more than LOSSES.
            while True:
                while self._read < self.sound.samples:
                    news += self.listen()
                last = self._turn(self._rest)
                if last is not None:
                    return news + last

    def waiting(self) -> list[Final]:
        """Closed lines that the second pass has not read yet."""
        done = self.journal.rewrites()
        return [final for final in self.journal.finals() if final.line not in done]

    def rewrite(self) -> list[Rewrite]:
        """One turn of the second pass over the oldest waiting lines; raises Unavailable as the engine does."""
        lines = self.waiting()[:REWRITE_LINES]
        if not lines:
            return []
        cuts = [self._cut(line) for line in lines]
        passes = self._passes
        spans = [SpeechPieces(path, ((0, last),), passes.language, passes.hotwords) for path, last in cuts]
        try:
            answers = passes.engine.run(TRANSCRIBE, spans, model=passes.model, lane=Lane.LIVE)
        finally:
            for path, _ in cuts:
                path.unlink(missing_ok=True)
        return [self._second_reading(line, answer) for line, answer in zip(lines, answers, strict=True)]

    def close(self) -> None:
        """Let go of the files; the folder stays as it is."""
        with self._listening:
            self._rewind()
        self.journal.close()
        self.sound.close()

    # --- the quick pass ----------------------------------------------------------------------------------------------
    def _turn(self, act: Callable[[QuickPass], list[Heard]]) -> list[News] | None:
        """What one act of the quick pass heard, written down; None when its recogniser was lost over it.

        What could not be heard or written down is due again, with all that is behind the last closed line.
        """
        unheard = self._losses >= LOSSES
        try:
            news = self._kept(act(self._ready()))
        except StreamLost:
            self._losses += 1
            self._rewind()
            return None
        except Unavailable:
            self._rewind()
            raise
        if unheard and not self._losses:
            # The line that nobody could hear is closed: the next one is heard by a pass that listens.
            self._rewind()
        return news

    def _ready(self) -> QuickPass:
        if self._quick is None:
            self._rates = Rates(self.sound.rate)
            self._quick = QuickPass(self._passes.voice.stream(), self._begin, self._closed)
        return self._quick

    def _rewind(self) -> None:
        """Go back to the last closed line: what a crash or a full disk cut off is heard again."""
        if self._quick is not None:
            self._quick.close()
            self._quick = None
        self._read = round(self._closed * self.sound.rate / RATE)

    @property
    def _closed(self) -> int:
        """The sample (16 kHz) at which the last closed line ends."""
        finals = self.journal.finals()
        return finals[-1].last if finals else 0

    def _begin(self) -> TranscriptionStream:
        return self._passes.quick.stream() if self._losses < LOSSES else Unheard()

    def _rest(self, quick: QuickPass) -> list[Heard]:
        rest = self._rates.finish()
        return [*(quick.accept(rest) if rest.size else ()), *quick.finish()]

    def _kept(self, heard: Sequence[Heard]) -> list[News]:
        news: list[News] = []
        for one in heard:
            news.append(self._close_line(one) if isinstance(one, Closed) else one)
        return news

    def _close_line(self, closed: Closed) -> Final:
        self._losses = 0
        if closed.heard is None:
            return self.journal.close_line(closed.first, closed.last, "", 0.0, ())
        offset = closed.first / RATE
        words = [
            TranscriptWord(round(offset + w.start, 3), round(offset + w.end, 3), w.text, round(w.probability, 4))
            for w in closed.heard.words
        ]
        return self.journal.close_line(
            closed.first, closed.last, closed.heard.text, round(closed.heard.confidence, 4), words
        )

    def _cut(self, line: Final) -> tuple[Path, int]:
        """The sentence as normalised sound of its own, silence around it, and its length in samples."""
        rate = self.sound.rate
        samples = at_once(self.sound.read(line.first * rate // RATE, -(-line.last * rate // RATE)), rate)
        padded = np.pad(samples, EDGE)
        path = self._folder / f"line-{line.line}.wav"
        try:
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(padded.astype("<i2").tobytes())
        except OSError as error:
            raise Unavailable("live.disk", f"a sentence cannot be cut out: {error.strerror or error}") from error
        return path, int(padded.size)

    def _second_reading(self, line: Final, answer: Transcription | ItemError) -> Rewrite:
        if isinstance(answer, ItemError):
            log.warning("the second pass failed on line %d: %s", line.line, answer.code)
            return self.journal.rewrite(line.line, None, (), answer.code)
        chunk = Chunk(((line.first - EDGE, line.last + EDGE),), ((line.first, line.last),))
        found = sentences(answer, chunk, speaker=None, words=True)
        inside = [replace(s, start=max(0.0, s.start), end=max(0.0, s.end)) for s in found]
        return self.journal.rewrite(line.line, answer.language, inside)
