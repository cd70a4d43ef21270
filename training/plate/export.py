"""Writes the taught network as ONNX with its weights in 16 bits, and prints what its manifest must say.

python -m training.plate.export RUN_DIR models/shipped/plate-reader.onnx
"""

from __future__ import annotations

import argparse
import hashlib
import warnings
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from models.vision.plate_picture import HEIGHT, WIDTH
from training.plate.network import PlateNetwork

OPSET: Final = 17
SMALLEST: Final = 256
"""Tensors with fewer numbers stay in 32 bits: they cost nothing and biases need them."""


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with its weights stored in 16 bits and cast where they are used: half the size, and it computes
    in 32 bits as before."""
    graph = model.graph
    casts, kept = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < SMALLEST:
            kept.append(tensor)
            continue
        kept.append(numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}_half"))
        casts.append(helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    made = helper.make_graph(nodes, "plate-reader", list(graph.input), list(graph.output), kept)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def exported(network: PlateNetwork, target: Path) -> None:
    """Write `network` to `target`; batches of any size go in."""
    network.eval()
    target.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # The newer exporter needs a package more, and this network has nothing that the older one cannot write.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, HEIGHT, WIDTH),),
            str(target),
            input_names=["pictures"],
            output_names=["characters", "colours"],
            dynamic_axes={name: {0: "n"} for name in ("pictures", "characters", "colours")},
            opset_version=OPSET,
            dynamo=False,
        )
    onnx.save(halved(onnx.load(str(target))), str(target))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    network = PlateNetwork()
    network.load_state_dict(torch.load(given.folder / "checkpoint.pt", weights_only=True)["network"])
    exported(network, given.target)
    content = given.target.read_bytes()
    print(f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsize = {len(content)}')  # noqa: T201


if __name__ == "__main__":
    main()
