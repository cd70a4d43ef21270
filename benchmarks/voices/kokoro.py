"""Kokoro-82M: phonemes in, speech out, with the length of every phoneme; test speech only, nothing serves it.

Its ONNX export keeps the predicted lengths to itself, so they are made an output when the model is loaded.  Knows no
Chinese: benchmarks.voices.reading makes the phonemes.  Model: hexgrad/Kokoro-82M (StyleTTS 2, arXiv 2306.07691).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from models.errors import BadInput
from models.manifest import Manifest, parse_manifest
from models.weights import WeightsCache

if TYPE_CHECKING:
    import onnxruntime

RATE: Final = 24_000
FRAME: Final = 600
"""Samples of one predicted frame: 25 ms."""
EARLY_S: Final = 0.04
"""The sound of a phoneme comes so much before its frames: median of 39 onsets after pauses, half within 8 ms of it."""
LENGTHS: Final = "/encoder/Cast_output_0"
"""The tensor inside the graph that holds frames a phoneme."""
MOST_PHONEMES: Final = 510
"""What the text encoder takes, without the silence before and after."""
STYLE: Final = 256
THREADS: Final = 2
VOICES: Final = (
    "zm_yunxi",
    "zf_xiaoxiao",
    "zm_yunjian",
    "zf_xiaobei",
    "zm_yunyang",
    "zf_xiaoyi",
    "zm_yunxia",
    "zf_xiaoni",
)


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """`samples` float32 [n] at RATE; `frames` int64 [phonemes]: how long each lasts; `lead` frames come before them."""

    samples: NDArray[np.float32]
    frames: NDArray[np.int64]
    lead: int


def kokoro_manifest() -> Manifest:
    """The pinned weights; they lie here, not among the product's models, since nothing but benchmarks loads them."""
    place = resources.files("benchmarks.voices") / "kokoro-82m.toml"
    return parse_manifest(place.read_text(encoding="utf-8"), place.name)


class Kokoro:
    """The synthesiser; the weights are fetched and loaded at the first word that is not in the phrase cache."""

    def __init__(self, cache: WeightsCache) -> None:
        self.manifest = kokoro_manifest()
        self._cache = cache
        self._session: onnxruntime.InferenceSession | None = None
        self._symbols: dict[str, int] = {}
        self._styles: dict[str, NDArray[np.float32]] = {}

    def load(self) -> None:
        """Bring the network into memory; raises WeightsMissing when the weights cannot be had."""
        folder = self._cache.ensure(self.manifest)
        self._symbols = json.loads((folder / "config.json").read_text(encoding="utf-8"))["vocab"]
        self._styles = {name: _style(folder / f"{name}.bin") for name in VOICES}
        self._session = _session(folder / "kokoro.onnx")

    def speak(self, phonemes: str, voice: str, speed: float = 1.0) -> Speech:
        """The same speech for the same words, always; raises BadInput for what the model has no symbol for."""
        if self._session is None:
            self.load()
        unknown = sorted(set(phonemes) - set(self._symbols))
        if unknown or not 0 < len(phonemes) <= MOST_PHONEMES or voice not in self._styles:
            raise BadInput("voices.phonemes", f"{voice} cannot say {phonemes!r} (no symbol for {unknown})")
        assert self._session is not None
        feed: dict[str, Any] = {
            "input_ids": np.array([[0, *(self._symbols[symbol] for symbol in phonemes), 0]], np.int64),
            "style": self._styles[voice][len(phonemes)][None],
            "speed": np.array([speed], np.float32),
        }
        samples, frames = self._session.run(None, feed)
        return Speech(np.asarray(samples[0], np.float32), np.asarray(frames[0][1:-1], np.int64), int(frames[0][0]))


def _style(place: Path) -> NDArray[np.float32]:
    """A voice: one style vector for each number of phonemes, float32 [510, 256]."""
    return np.fromfile(place, "<f4").astype(np.float32).reshape(-1, STYLE)


def _session(place: Path) -> onnxruntime.InferenceSession:
    import onnx
    import onnxruntime

    model = onnx.load(place)
    model.graph.output.append(onnx.helper.make_tensor_value_info(LENGTHS, onnx.TensorProto.INT64, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    # Waiting threads would take the processor from others on a shared machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
