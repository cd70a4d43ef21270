"""What every test may ask for: the measuring data, fake engines; and which skips CI allows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
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


@pytest.fixture(scope="session")
def device() -> Device:
    """Two CPU threads."""
    return Device(DeviceKind.CPU, 0, 2, "a test")


@pytest.fixture
def fake_engine(device: Device) -> Iterator[InlineEngine]:
    """An engine over the deterministic fakes."""
    engine = InlineEngine(build_fake, fake_names, device)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font whose every Chinese letter is a blank of its own: what is drawn cannot be seen, but read back."""
    latin, signs, han = [(0x20, 0x7F), (0xA0, 0xA1)], [(0x2010, 0x2040), (0x2500, 0x2600)], [(0x4E00, 0x9FA6)]
    ranges = [*latin, *signs, (0x3000, 0x3020), *han, (0xFF00, 0xFFF0)]
    codes = [code for first, end in ranges for code in range(first, end)]
    names = [".notdef", *(f"u{code:04X}" for code in codes)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({code: f"u{code:04X}" for code in codes})
    builder.setupGlyf(dict.fromkeys(names, Glyph()))
    builder.setupHorizontalMetrics({name: (500 if name < "u0100" else 1000, 0) for name in names})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Blank", "styleName": "Regular", "psName": "Blank-Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path_factory.mktemp("fonts") / "blank.ttf"
    builder.save(path)
    return path


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
