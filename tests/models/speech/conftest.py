"""What the tests of the speech models share."""

from __future__ import annotations

import pytest

from models.device import Device, DeviceKind


@pytest.fixture(scope="session")
def cpu() -> Device:
    """Two threads of the processor, for models that a whole session shares."""
    return Device(DeviceKind.CPU, 0, 2, "a test")
