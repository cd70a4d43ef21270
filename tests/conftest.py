"""What every test may ask for: the measuring data, fake engines; and which skips CI allows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from models.device import Device, DeviceKind
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine

ROOT = Path(__file__).resolve().parent.parent

# No test is timed: on a loaded machine any example may take long.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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


ALLOWED_SKIPS = ("measuring data", "CUDA card")
"""With ANJUAN_STRICT_SKIPS=1 (CI) a run that skips for any other reason fails."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the skips that CI does not allow."""
    if wrong := _wrong_skips(terminalreporter):
        terminalreporter.section("skips that CI does not allow")
        for reason in wrong:
            terminalreporter.line(reason)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped what CI must run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if isinstance(reporter, pytest.TerminalReporter) and _wrong_skips(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _wrong_skips(reporter: pytest.TerminalReporter) -> list[str]:
    if os.environ.get("ANJUAN_STRICT_SKIPS") != "1":
        return []
    reasons = [f"{report.nodeid}: {report.longrepr}" for report in reporter.stats.get("skipped", [])]
    return [reason for reason in reasons if not any(allowed in reason for allowed in ALLOWED_SKIPS)]
