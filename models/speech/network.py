"""Small speech networks in ONNX Runtime, from weights to session: bounded threads, no spinning, the card where there is
one; knows no network's input."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from numpy.typing import NDArray

from models.device import Device, DeviceKind, adds_products_of_bytes
from models.errors import Unavailable
from models.manifest import Manifest
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


def open_network(
    model: Path | bytes,
    device: Device,
    threads: int,
    *,
    arena: bool,
    weights: Mapping[str, NDArray[Any]] | None = None,
) -> onnxruntime.InferenceSession:
    """The network in a file or in bytes on `device`, with at most `threads` CPU threads; `arena` keeps memory between
    calls. `weights` are those that the network says lie outside it; they are copied.

    Raises Unavailable when the card is asked for and ONNX Runtime cannot use it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, min(device.threads, threads))
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = arena
    # Waiting threads sleep: the transcriber works on these cores at the same time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Where sums of byte products may overflow, a slower way that cannot is taken.
    options.add_session_config_entry("session.x64quantprecision", "0" if adds_products_of_bytes() else "1")
    options.log_severity_level = 3
    providers: list[str | tuple[str, dict[str, int]]] = ["CPUExecutionProvider"]
    if device.kind is DeviceKind.CUDA:
        onnxruntime.preload_dlls()
        providers.insert(0, ("CUDAExecutionProvider", {"device_id": device.index}))
    outside = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in (weights or {}).items()}
    options.add_external_initializers(list(outside), list(outside.values()))
    session = onnxruntime.InferenceSession(
        model if isinstance(model, bytes) else str(model), sess_options=options, providers=providers
    )
    if device.kind is DeviceKind.CUDA and "CUDAExecutionProvider" not in session.get_providers():
        raise Unavailable("device.provider", "ONNX Runtime cannot use the card here; use --device cpu")
    return session
