"""How small speech networks are opened in ONNX Runtime: bounded threads, no spinning, the card where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.device import Device, DeviceKind
from models.errors import Unavailable

if TYPE_CHECKING:
    import onnxruntime


def open_network(path: Path, device: Device, threads: int) -> onnxruntime.InferenceSession:
    """The network at `path` on `device`, with at most `threads` CPU threads.

    Raises Unavailable when the card is asked for and ONNX Runtime cannot use it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, min(device.threads, threads))
    options.inter_op_num_threads = 1
    # Waiting threads sleep: the transcriber works on these cores at the same time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    providers: list[str | tuple[str, dict[str, int]]] = ["CPUExecutionProvider"]
    if device.kind is DeviceKind.CUDA:
        onnxruntime.preload_dlls()
        providers.insert(0, ("CUDAExecutionProvider", {"device_id": device.index}))
    session = onnxruntime.InferenceSession(str(path), sess_options=options, providers=providers)
    if device.kind is DeviceKind.CUDA and "CUDAExecutionProvider" not in session.get_providers():
        raise Unavailable("device.provider", "ONNX Runtime cannot use the card here; use --device cpu")
    return session
