"""Opens a network in ONNX Runtime: bounded threads, no spinning, the card where there is one; knows no network's input.

Every network of the product is opened here, so that no model takes cores from another while it waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from models.device import Device, DeviceKind, adds_products_of_bytes
from models.errors import Unavailable

if TYPE_CHECKING:
    import onnxruntime


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
    # Waiting threads sleep: other models work on these cores at the same time.
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
