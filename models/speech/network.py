"""Small speech networks in ONNX Runtime, from a manifest to a session; knows no network's input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from models.device import Device
from models.errors import Unavailable
from models.manifest import Manifest
from models.network import open_network
from models.quantisation import in_bytes, ranges_for, suits
from models.task import ModelIdentity
from models.weights import WeightsCache

if TYPE_CHECKING:
    import onnxruntime


class OnnxNetwork:
    """A model that is one network: the first file of its manifest."""

    threads: ClassVar[int]
    """Most threads of the processor that pay."""
    keeps_memory: ClassVar[bool] = True
    """Whether memory of one call is kept for the next."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._session: onnxruntime.InferenceSession | None = None

    @property
    def identity(self) -> ModelIdentity:
        """Manifest name and digest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Open the network on `device`; raises Unavailable when that is a card that ONNX Runtime cannot use."""
        path = self._cache.ensure(self._manifest) / self._manifest.files[0].path
        self._session = open_network(self._in(path, device), device, self.threads, arena=self.keeps_memory)

    def _in(self, path: Path, device: Device) -> Path | bytes:
        """The network as it runs best on `device`: in bytes where ranges for it are known, else as it is."""
        ranges = ranges_for(self._manifest.name, self._manifest.weights_sha256) if suits(device) else None
        return path if ranges is None else in_bytes(path, ranges)

    def close(self) -> None:
        """Free the network."""
        self._session = None

    @property
    def network(self) -> onnxruntime.InferenceSession:
        """The open network; raises Unavailable before `load` and after `close`."""
        if self._session is None:
            raise Unavailable("model.not-loaded", f"{self._manifest.name} is not loaded; call load first")
        return self._session
