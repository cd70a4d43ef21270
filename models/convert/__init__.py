"""Making weights files from other weights files at pull time; knows no cache and checks no final digest.

A converter reads a folder of sources whose digests were checked, writes its outputs into another folder and returns
what provenance keeps of it: its name and the versions that decide its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from models.errors import Defect
from models.mirrors import Workbench

CONVERTERS: Final[Mapping[str, str]] = {
    "whisper-onnx": "models.convert.whisper",
    "paddle-detector": "models.convert.picodet",
}
"""Converter name in a manifest -> the module whose `convert` does it; imported late, since converters are heavy."""


class _Converter(Protocol):
    def convert(self, sources: Path, out: Path, bench: Workbench) -> str: ...


def convert(name: str, sources: Path, out: Path, bench: Workbench) -> str:
    """Runs the converter called `name`; returns its label.  Raises Unavailable when a tool it needs cannot be had."""
    if name not in CONVERTERS:
        raise Defect("convert.unknown", f"no converter is called {name!r}; there are {', '.join(CONVERTERS)}")
    module = cast(_Converter, import_module(CONVERTERS[name]))
    return module.convert(sources, out, bench)
