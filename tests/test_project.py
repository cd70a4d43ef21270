"""The project's own promises: one of each native library, locks without addresses, Dockerfile and Makefile in step."""

from __future__ import annotations

import hashlib
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

from models.manifest import ShippedSource, load_manifests

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "models" / "shipped"
LOCKS = ("requirements/runtime.lock", "requirements/dev.lock", "requirements/tools.lock")


def installed_files_under(folder: str) -> dict[str, set[str]]:
    """Which distributions own files under a top-level folder of site-packages."""
    owners: dict[str, set[str]] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"]
        files = {str(f) for f in distribution.files or () if str(f).startswith(folder + "/")}
        if files:
            owners[name] = files
    return owners


@pytest.mark.parametrize(("folder", "owner"), [("onnxruntime", "onnxruntime-gpu"), ("cv2", "opencv-contrib-python")])
def test_just_one_package_fills_a_folder_that_several_would_fill(folder: str, owner: str) -> None:
    assert set(installed_files_under(folder)) == {owner}


def test_onnxruntime_imports_and_offers_both_processors() -> None:
    import onnxruntime

    providers = set(onnxruntime.get_available_providers())
    assert {"CPUExecutionProvider", "CUDAExecutionProvider"} <= providers


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_every_package_by_hash_and_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|@ |--index|--find-links", text)
    pinned = re.findall(r"^([A-Za-z0-9_.\[\]-]+)==", text, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(pinned) == len(entries) > 0
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(
    "name",
    ["torch", "torchvision", "onnxruntime-gpu", "transformers", "faster-whisper", "paddleocr", "ray", "fastapi"],
)
def test_what_the_user_named_is_locked(name: str) -> None:
    assert re.search(rf"^{re.escape(name)}(\[[a-z]+\])?==", (ROOT / LOCKS[0]).read_text(), re.MULTILINE)


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[\[>=<;! ]", line, maxsplit=1)[0] for line in lines}
    reasons = (ROOT / "docs/dependencies.md").read_text()
    assert {name for name in names if f"`{name}`" not in reasons} == set()


def test_the_image_is_built_by_the_steps_of_make_setup() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    makefile = (ROOT / "Makefile").read_text()
    runs = re.findall(r"^RUN make ([a-z./ -]+?)(?: &&|$)", dockerfile, re.MULTILINE)
    targets = {target for run in runs for target in run.split()}
    setup = re.search(r"^setup: ([^#\n]+)", makefile, re.MULTILINE)
    assert setup is not None
    assert targets == set(setup.group(1).split()) - {"weights"}, "weights are mounted, not baked in"
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target
    assert "pip install" not in dockerfile, "only the Makefile knows how to install"


def test_nothing_generated_or_downloaded_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    heavy = [f.name for f in files if f.exists() and f.stat().st_size > 1_500_000]
    kinds = {".onnx", ".bin", ".pt", ".safetensors", ".whl", ".tgz"}
    weights = [f.name for f in files if f.suffix in kinds and f.parent != SHIPPED]
    assert heavy == []
    assert weights == []
    assert "uv.lock" not in {f.name for f in files}


def test_shipped_weights_are_small_and_the_ones_that_a_manifest_names() -> None:
    named = {
        (member.parts[0], file.sha256)
        for manifest in load_manifests().values()
        for source in manifest.mirrors
        if isinstance(source, ShippedSource)
        for member in source.members
        for file in manifest.files
        if file.path == member.path
    }
    shipped = {(f.name, hashlib.sha256(f.read_bytes()).hexdigest()) for f in SHIPPED.iterdir()}
    assert shipped == named
    assert all(f.stat().st_size <= 3_000_000 for f in SHIPPED.iterdir())


def test_packages_go_into_the_projects_environment_whatever_other_is_active() -> None:
    installs = [line for line in (ROOT / "Makefile").read_text().splitlines() if "$(UV) pip install" in line]
    assert len(installs) == 1
    assert "--python $(BIN)/python" in installs[0]
