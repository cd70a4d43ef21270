"""Whisper by faster-whisper and CTranslate2: what is said in clips of up to 30 s; knows no recording, VAD or record.

Clips of several requests are decoded together when they share language and hotwords. Decoding is deterministic: beam
search, no sampling. A clip of a shared window that gives nothing, is unsure or says all of it again is looked at once
more, in a window of its own; one that goes round in circles there, with repetition forbidden. Each clip is read on its
own, so that an error never spreads to the next one through the text before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from models.device import Device, DeviceKind
from models.errors import Unavailable
from models.manifest import Manifest
from models.speech.doubts import (
    LOW_CONFIDENCE_BELOW,
    PROMPT_ECHO,
    REDECODED,
    doubts,
    echoes,
    repeats,
    said_again,
)
from models.speech.encoding import FRAMES, FRAMES_PER_SECOND, ClipEncoder, Encoded, Features
from models.speech.opening import open_whisper
from models.speech.simplified import chinese_marks, cut_like, simplified
from models.speech.words import Piece, joined
from models.task import ModelIdentity
from models.values import ItemError, Segment, SpeechRequest, Transcription, Word
from models.weights import WeightsCache

if TYPE_CHECKING:
    import ctranslate2
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

SAMPLE_RATE = 16000
CLIP_SECONDS = 30.0
"""What the network sees at once."""
BATCH_CPU = 12
BATCH_CUDA = 32
"""Clips decoded at once: more does not pay on 2 to 16 cores; on a card of 16 GB a large model holds this many."""
BEAM = 5
TOKENS_PER_SECOND = 16
TOKENS_LEAST = 32
"""Bound on what a clip can say: fast Mandarin is 8 characters a second, of up to 2 tokens each."""
SHORT_SECONDS = 10
LONG_STEP_SECONDS = 5
"""From one bound to the next for clips that are not short; one second for those that are."""
HOTWORD_TOKENS = 140
"""Room for hotwords in front of a clip; Whisper has 224 places for what came before."""
NO_REPEAT = 6
"""On the second decoding no run of this many tokens (3 or more characters) may come twice."""
ALIGN_FRAMES = 100
"""The aligner's filter needs some frames to work on; times past the end of a shorter clip are cut back to it."""
FEATURES_LEAST = 400
"""Samples that the first frame needs."""

PACKS = "packs"
"""Manifest option: short clips share windows. For models that were measured to read as well so: whisper-small;
whisper-base reads clips twice (22 % of characters wrong instead of 17 %)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Ask:
    """What clips must share to be decoded together."""

    language: str
    hotwords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Clip:
    """One clip of a batch: its place there, its spectrogram, what the encoder made of it, its seconds."""

    number: int
    features: Features
    encoded: Encoded
    duration: float


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one clip gave: text tokens, mean log probability, probability that nobody speaks."""

    tokens: list[int]
    log_probability: float
    no_speech: float
    redecoded: bool = False


class WhisperTranscriber:
    """A multilingual Whisper in CTranslate2 form: int8 on a processor, float16 on a card."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._model: WhisperModel | None = None
        self._encoder: ClipEncoder | None = None
        self._batch = BATCH_CPU
        self._packs = bool(manifest.options.get(PACKS, False))

    @property
    def identity(self) -> ModelIdentity:
        """Manifest name and digest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Bring the weights to `device`; uses at most `device.threads` cores."""
        self._batch = BATCH_CUDA if device.kind is DeviceKind.CUDA else BATCH_CPU
        self._model, self._encoder = open_whisper(self._cache.ensure(self._manifest), device)

    def close(self) -> None:
        """Free the weights."""
        self._model = self._encoder = None

    def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
        """The words of each clip; ItemError for a clip that is empty, too long or not 16 kHz."""
        results: dict[int, Transcription | ItemError] = {}
        groups: dict[_Ask, list[_Clip]] = {}
        sound = {number: request for number, request in enumerate(batch) if _fault(request) is None}
        features = {number: self._features(request) for number, request in sound.items()}
        encoded = dict(zip(sound, self._encode(features, sound), strict=True))
        for number, request in enumerate(batch):
            fault = _fault(request)
            if fault is not None:
                results[number] = fault
                continue
            language = self._language(request.language or self._detect(encoded[number]))
            if isinstance(language, ItemError):
                results[number] = language
                continue
            ask = _Ask(language, request.hotwords)
            clip = _Clip(number, features[number], encoded[number], request.clip.duration)
            groups.setdefault(ask, []).append(clip)
        for ask, clips in groups.items():
            for some in _slices(clips, self._batch):
                results.update(zip((clip.number for clip in some), self._transcribe(ask, some), strict=True))
        return [results[number] for number in range(len(batch))]

    def _encode(self, features: Mapping[int, Features], sound: Mapping[int, SpeechRequest]) -> list[Encoded]:
        groups = [request.group if self._packs else "" for request in sound.values()]
        return self._encoding.encode(list(features.values()), groups)

    # --- one group of clips ------------------------------------------------------------------------------------------
    def _transcribe(self, ask: _Ask, clips: Sequence[_Clip]) -> list[Transcription]:
        """The words of one slice: a doubtful clip of a shared window is read once more in a window of its own."""
        tokenizer = self._tokenizer(ask.language)
        heard = self._hear(tokenizer, ask, clips)
        if clips[0].encoded.alone:
            return self._written(tokenizer, ask, clips, self._out_of_loops(tokenizer, clips, heard))
        doubtful = [n for n, one in enumerate(heard) if _is_doubtful(one, tokenizer.decode(one.tokens))]
        rest = [n for n in range(len(clips)) if n not in doubtful]
        answers = dict(zip(rest, self._written(tokenizer, ask, _at(clips, rest), _at(heard, rest)), strict=True))
        if doubtful:
            again = _at(clips, doubtful)
            alone = self._encoding.encode([clip.features for clip in again], [""] * len(again))
            fresh = [replace(clip, encoded=one) for clip, one in zip(again, alone, strict=True)]
            answers.update(zip(doubtful, self._transcribe(ask, fresh), strict=True))
        return [answers[n] for n in range(len(clips))]

    def _hear(self, tokenizer: Tokenizer, ask: _Ask, clips: Sequence[_Clip]) -> list[_Heard]:
        heard = self._generate(_reading(self._encoding, clips), self._prompt(tokenizer, ask), clips)
        # Voice activity heard somebody, and the text is sure or will be doubted: a biased probability adds nothing.
        return [
            one if clip.encoded.alone else replace(one, no_speech=0.0) for one, clip in zip(heard, clips, strict=True)
        ]

    def _out_of_loops(self, tokenizer: Tokenizer, clips: Sequence[_Clip], heard: Sequence[_Heard]) -> list[_Heard]:
        """`heard`, with another decoding for each loop that forbidding repetition leads out of."""
        found = list(heard)
        loops = [n for n, one in enumerate(heard) if repeats(tokenizer.decode(one.tokens))]
        if loops:
            again = _at(clips, loops)
            plain = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
            second = self._generate(_reading(self._encoding, again), plain, again, no_repeat=NO_REPEAT)
            for n, one in zip(loops, second, strict=True):
                if one.tokens and not repeats(tokenizer.decode(one.tokens)):
                    found[n] = replace(one, redecoded=True)
        return found

    def _written(
        self, tokenizer: Tokenizer, ask: _Ask, clips: Sequence[_Clip], heard: Sequence[_Heard]
    ) -> list[Transcription]:
        if not clips:
            return []
        words = self._align(tokenizer, _reading(self._encoding, clips), heard, [clip.duration for clip in clips])
        return [
            Transcription(ask.language, _segments(ask, tokenizer.decode(one.tokens), one, found, clip.duration))
            for one, found, clip in zip(heard, words, clips, strict=True)
        ]

    def _generate(
        self, encoded: ctranslate2.StorageView, prompt: list[int], clips: Sequence[_Clip], no_repeat: int = 0
    ) -> list[_Heard]:
        """What the decoder makes of clips of one room, as `_slices` gives them."""
        room = room_seconds(clips[0].duration) * TOKENS_PER_SECOND
        answers = self._loaded.model.generate(
            encoded,
            [list(prompt) for _ in clips],
            beam_size=BEAM,
            max_length=min(self._loaded.max_length, len(prompt) + max(TOKENS_LEAST, room)),
            no_repeat_ngram_size=no_repeat,
            return_scores=True,
            return_no_speech_prob=True,
        )
        found: list[_Heard] = []
        for answer in answers:
            tokens = list(answer.sequences_ids[0])
            # The score is a mean over the tokens; Whisper's threshold counts the end mark too.
            mean = float(answer.scores[0]) * len(tokens) / (len(tokens) + 1)
            found.append(_Heard(tokens, mean, float(answer.no_speech_prob)))
        return found

    def _align(
        self, tokenizer: Tokenizer, encoded: ctranslate2.StorageView, heard: Sequence[_Heard], seconds: Sequence[float]
    ) -> list[tuple[Word, ...]]:
        """The words of each clip and when they were said, from the attention of the decoder (dynamic time warping)."""
        with_text = [n for n, one in enumerate(heard) if one.tokens]
        if not with_text:
            return [() for _ in heard]
        texts = [[t for t in one.tokens if t < tokenizer.eot] for one in heard]
        frames = [min(FRAMES, max(ALIGN_FRAMES, math.ceil(s * FRAMES_PER_SECOND))) for s in seconds]
        aligned = self._loaded.find_alignment(tokenizer, texts, encoded, frames)
        found: list[tuple[Word, ...]] = []
        for words, duration in zip(aligned, seconds, strict=True):
            pieces = [Piece(w["word"], float(w["start"]), float(w["end"]), float(w["probability"])) for w in words]
            found.append(joined(pieces, duration))
        return found

    # --- features, language, prompt ----------------------------------------------------------------------------------
    @property
    def _loaded(self) -> WhisperModel:
        if self._model is None:
            raise Unavailable("model.not-loaded", f"{self._manifest.name} is not loaded; call load first")
        return self._model

    @property
    def _encoding(self) -> ClipEncoder:
        if self._encoder is None:
            raise Unavailable("model.not-loaded", f"{self._manifest.name} is not loaded; call load first")
        return self._encoder

    def _features(self, request: SpeechRequest) -> Features:
        samples = request.clip.samples
        if samples.size < FEATURES_LEAST:
            samples = np.pad(samples, (0, FEATURES_LEAST - samples.size))
        made: Features = self._loaded.feature_extractor(samples).astype(np.float32, copy=False)
        return made[:, :FRAMES]

    def _detect(self, encoded: Encoded) -> str:
        """The most likely language of a clip (ISO 639-1)."""
        ranked = self._loaded.model.detect_language(self._encoding.for_decoder([encoded], CLIP_SECONDS))[0]
        return str(ranked[0][0]).strip("<|>")

    def _language(self, wish: str) -> str | ItemError:
        """`wish` as this model's tokenizer knows it; Cantonese is Chinese to models from before it was split off."""
        known = self._loaded.hf_tokenizer.token_to_id
        if known(f"<|{wish}|>") is not None:
            return wish
        if wish == "yue":
            return "zh"
        return ItemError("speech.language", f"{self._manifest.name} knows no language {wish!r}; use zh, en or auto")

    def _tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        model = self._loaded
        return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)

    def _prompt(self, tokenizer: Tokenizer, ask: _Ask) -> list[int]:
        """The start mark, led by as many hotwords as there is room for.

        Nothing else stands there: a text with fillers and punctuation makes Whisper keep more of them, but also leave
        out whole sentences of a full clip (measured: 73 of 572 characters), which a record may never do.
        """
        hint: list[int] = []
        for word in ask.hotwords:
            more = tokenizer.encode(f" {word}" if not hint else f"，{word}")
            if len(hint) + len(more) > HOTWORD_TOKENS:
                break
            hint += more
        before = [tokenizer.sot_prev, *hint] if hint else []
        return [*before, *tokenizer.sot_sequence, tokenizer.no_timestamps]


def _fault(request: SpeechRequest) -> ItemError | None:
    clip = request.clip
    if clip.sample_rate != SAMPLE_RATE:
        return ItemError("audio.rate", f"speech is read at {SAMPLE_RATE} Hz, not {clip.sample_rate} Hz")
    if not clip.samples.size:
        return ItemError("audio.empty", "the clip holds no sound")
    if clip.duration > CLIP_SECONDS + 1e-6:
        return ItemError("audio.too-long", f"a clip may last {CLIP_SECONDS:.0f} s, not {clip.duration:.1f} s")
    return None


def _is_doubtful(heard: _Heard, text: str) -> bool:
    """Whether a clip deserves a second look in a window of its own before a person is troubled with it."""
    unsure = math.exp(min(0.0, heard.log_probability)) < LOW_CONFIDENCE_BELOW
    return unsure or not text.strip() or repeats(text) or said_again(text)


def room_seconds(duration: float) -> int:
    """How long the decoder takes a clip to be: by its own length alone, so that its text hangs on none beside it.

    In steps, so that clips of about one length are decoded together; in small ones for short clips, which are read
    twice where there is room.
    """
    step = 1 if duration <= SHORT_SECONDS else LONG_STEP_SECONDS
    return step * math.ceil(duration / step)


def _reading(encoding: ClipEncoder, clips: Sequence[_Clip]) -> ctranslate2.StorageView:
    """What the decoder reads of clips of one room."""
    return encoding.for_decoder([clip.encoded for clip in clips], room_seconds(clips[0].duration))


def _at(items: Sequence[T], places: Sequence[int]) -> list[T]:
    return [items[place] for place in places]


def _slices(clips: Sequence[_Clip], size: int) -> Iterator[list[_Clip]]:
    """`clips` in batches of `size`, by how they were encoded and how much they may say."""

    def kind(clip: _Clip) -> tuple[bool, int]:
        return clip.encoded.alone, room_seconds(clip.duration)

    for _, some in groupby(sorted(clips, key=kind), kind):
        alike = list(some)
        for first in range(0, len(alike), size):
            yield alike[first : first + size]


def _segments(ask: _Ask, text: str, heard: _Heard, words: tuple[Word, ...], duration: float) -> tuple[Segment, ...]:
    """One segment for the clip, or none when the model wrote nothing."""
    if not text.strip():
        return ()
    if ask.language in ("zh", "yue"):
        text = chinese_marks(simplified(text))
        texts = cut_like(chinese_marks(simplified("".join(word.text for word in words))), [w.text for w in words])
        words = tuple(replace(word, text=new) for word, new in zip(words, texts, strict=True))
    confidence = math.exp(min(0.0, heard.log_probability))
    flags = doubts(text, confidence, heard.no_speech)
    if heard.redecoded:
        flags += (REDECODED,)
    if echoes(text, ["".join(ask.hotwords)]):
        flags += (PROMPT_ECHO,)
    start = words[0].start if words else 0.0
    end = words[-1].end if words else duration
    return (Segment(start, end, text.strip(), confidence, heard.no_speech, words, flags),)
