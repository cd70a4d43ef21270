"""What every test may ask for: the measuring data, real weights, fake engines; and how a path or a mark skips by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.device import Device, DeviceKind
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The measuring data beside the checkout, or a skip by name."""
    folder = Path(os.environ.get("ANJUAN_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the measuring data (../shared) is not here")
    return folder


@pytest.fixture
def device() -> Device:
    """Two CPU threads."""
    return Device(DeviceKind.CPU, 0, 2, "a test")


@pytest.fixture
def fake_engine(device: Device) -> Iterator[InlineEngine]:
    """An engine over the deterministic fakes."""
    engine = InlineEngine(build_fake, fake_names, device)
    yield engine
    engine.close()
