"""Convolution networks in 8-bit integers, for processors that add products of bytes; knows no network's input.

They are made when a network is opened, from its weights and from the ranges that its values were seen to take. A range
file is ONNX Runtime's calibration cache (a tensor's lowest and highest value by name) and names the weights that it was
measured with; `training.ranges` writes it. Weights are rounded to 8 bits per output channel, values to 8 bits
per tensor (Jacob et al., CVPR 2018), between them products are summed in 32 bits.
"""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path
from typing import Final

from models.device import Device, DeviceKind, adds_products_of_bytes
from models.errors import Defect

logger = logging.getLogger(__name__)

RANGES: Final = Path(__file__).parent / "ranges"
ROUNDED: Final = ("Conv", "Add")
"""Operators that work on bytes: convolutions and the sums between them, so that values stay bytes all along."""
LARGEST_RANGES: Final = 1_000_000
"""Bytes of a range file: about a hundred a tensor, and a network here has some hundred tensors."""


def suits(device: Device) -> bool:
    """Whether bytes are faster than floats on `device`: a card has its own ways, an old processor none."""
    return device.kind is DeviceKind.CPU and adds_products_of_bytes()


def ranges_for(name: str, weights_sha256: str) -> Path | None:
    """The range file of a network by its manifest's name; None when there is none, or it is of other weights."""
    file = RANGES / f"{name}.json"
    if not file.is_file():
        return None
    if file.stat().st_size > LARGEST_RANGES:
        raise Defect("ranges.size", f"{file.name} is larger than {LARGEST_RANGES} bytes")
    measured = json.loads(file.read_text(encoding="utf-8")).get("weights_sha256")
    if measured != weights_sha256:
        logger.warning("the ranges in %s are of other weights: %s stays in floats", file.name, name)
        return None
    return file


def in_bytes(model: Path, ranges: Path) -> bytes:
    """The network in the file `model` with its convolutions in 8-bit integers, as an ONNX file's bytes."""
    import onnx
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    network = onnx.load(str(model))
    # The session folds and fuses what it opens: nothing need be done before, and nobody told to.
    add_pre_process_metadata(network)
    with tempfile.TemporaryDirectory(prefix="anjuan-bytes-") as folder:
        made = Path(folder) / "network.onnx"
        quantize_static(
            network,
            str(made),
            None,
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(ROUNDED),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            calibration_cache_path=ranges,
        )
        return made.read_bytes()
