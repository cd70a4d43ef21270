"""Whisper from a folder of weights onto a device: the decoder by CTranslate2, the encoder by what is quickest there;
knows no clip."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from models.device import Device, DeviceKind
from models.errors import Defect
from models.speech.encoder_network import open_encoder
from models.speech.encoding import WINDOWS_CPU, WINDOWS_CUDA, ClipEncoder, WindowNetwork, by_ctranslate2

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

log = logging.getLogger(__name__)


def open_whisper(folder: Path, device: Device) -> tuple[WhisperModel, ClipEncoder]:
    """The model in `folder`, int8 on a processor and float16 on a card, with at most `device.threads` cores."""
    on_card = device.kind is DeviceKind.CUDA
    if on_card:
        preload_cublas()
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(folder),
        device=device.kind.value,
        device_index=device.index,
        compute_type="float16" if on_card else "int8",
        cpu_threads=device.threads,
        local_files_only=True,
    )
    mels = model.feature_extractor.mel_filters.shape[0]
    network = by_ctranslate2(model) if on_card else _on_processor(model, folder, device)
    return model, ClipEncoder(network, mels, WINDOWS_CUDA if on_card else WINDOWS_CPU)


def _on_processor(model: WhisperModel, folder: Path, device: Device) -> WindowNetwork:
    """The faster encoder where it knows the file, which another converter may have made."""
    try:
        return open_encoder(folder, device)
    except Defect as error:
        log.warning("%s; its encoder runs in CTranslate2, which is slower", error)
        return by_ctranslate2(model)


def preload_cublas() -> None:
    """Load CUDA 12's cuBLAS before CTranslate2 looks for it: torch and onnxruntime bring CUDA 13's under other names.

    Does nothing where the wheel nvidia-cublas-cu12 is not installed: the system's own library may serve.
    """
    import ctypes
    from importlib.metadata import PackageNotFoundError, files

    try:
        installed = files("nvidia-cublas-cu12") or []
    except PackageNotFoundError:
        return
    # cublasLt first: cublas needs it.
    for stem in ("libcublasLt.so.", "libcublas.so."):
        for file in installed:
            if file.name.startswith(stem):
                ctypes.CDLL(str(file.locate()), mode=ctypes.RTLD_GLOBAL)
