"""The folders and settings that PaddleX wants of a PP-OCR model, made of plain ONNX files; knows no page.

PaddleX takes a model as a folder of `inference.onnx` and `inference.yml`. The weights come as plain ONNX files, so the
folders are made when the model is loaded: links to the weights and a configuration as PaddleX writes it for these
models, with the alphabet that the recogniser carries in its own metadata. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from models.device import Device, DeviceKind
from models.errors import Defect, Unavailable

ConfigValue: TypeAlias = "bool | int | float | str | list[ConfigValue] | dict[str, ConfigValue] | None"

DETECTOR_BOXES = 3000
"""Text boxes of a page at most: a newspaper page has about a thousand."""


def session(device: Device) -> dict[str, object]:
    """Settings of ONNX Runtime: where to run, on how many threads."""
    settings: dict[str, object] = {
        "intra_op_num_threads": device.threads,
        "inter_op_num_threads": 1,
        # Pages differ in size: an arena would keep the largest of every shape for ever.
        "enable_cpu_mem_arena": False,
    }
    if device.kind is not DeviceKind.CUDA:
        return {**settings, "providers": ["CPUExecutionProvider"]}
    import onnxruntime

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        raise Unavailable("device.onnxruntime", "this ONNX Runtime has no CUDA; install onnxruntime-gpu, or use cpu")
    return {
        **settings,
        "providers": ["CUDAExecutionProvider", "CPUExecutionProvider"],
        # Every page has another size: an exhaustive search for the fastest convolution would run on every one.
        "provider_options": [{"device_id": device.index, "cudnn_conv_algo_search": "HEURISTIC"}, {}],
    }


def lay_out(folder: Path, weights: Path, model_name: str, characters: Sequence[str]) -> None:
    """A model folder as PaddleX wants it, named det or rec; `characters` are what a recogniser's decoder reads.

    PaddleX reads the configuration by an interpreted parser: the whole alphabet takes seconds.
    """
    import yaml

    folder.mkdir(parents=True)
    (folder / "inference.onnx").symlink_to(weights.resolve())
    rest = recogniser_config(characters) if folder.name == "rec" else detector_config()
    config: dict[str, ConfigValue] = {"Global": {"model_name": model_name}, **rest}
    # Escaped, since YAML reads some characters of the alphabet as line ends.
    (folder / "inference.yml").write_text(yaml.safe_dump(config), encoding="ascii")


def alphabet(weights: Path) -> list[str]:
    """The characters that the recogniser at `weights` was trained on, in its order; raises Defect without them."""
    import onnx

    for entry in onnx.load(str(weights), load_external_data=False).metadata_props:
        if entry.key == "character":
            # Not splitlines(): characters such as U+2028 and U+0085 stand in the alphabet and break lines, too.
            return [line.rstrip("\r") for line in entry.value.rstrip("\n").split("\n")]
    raise Defect("weights.alphabet", f"{weights.name} carries no alphabet under `character`; pull the model again")


def detector_config() -> dict[str, ConfigValue]:
    """inference.yml of a PP-OCR detector (DB), as PaddleX exports it for PP-OCRv6."""
    operations: list[ConfigValue] = [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"DetResizeForTest": {"resize_long": 960}},
        {
            "NormalizeImage": {
                "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225],
                "scale": "1./255.",
                "order": "hwc",
            }
        },
        {"ToCHWImage": None},
        {"KeepKeys": {"keep_keys": ["image", "shape"]}},
    ]
    return {
        "PreProcess": {"transform_ops": operations},
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": 0.3,
            "box_thresh": 0.6,
            "max_candidates": DETECTOR_BOXES,
            "unclip_ratio": 1.5,
        },
    }


def recogniser_config(characters: Sequence[str]) -> dict[str, ConfigValue]:
    """inference.yml of a PP-OCR recogniser (CTC) over `characters`, as PaddleX exports it for PP-OCRv6."""
    operations: list[ConfigValue] = [
        {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
        {"RecResizeImg": {"image_shape": [3, 48, 320]}},
        {"KeepKeys": {"keep_keys": ["image"]}},
    ]
    return {
        "PreProcess": {"transform_ops": operations},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": list(characters)},
    }
