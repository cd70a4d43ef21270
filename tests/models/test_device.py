"""Where models run: the rule, and that a wish for a missing card is refused with its reason."""

from __future__ import annotations

import io
import sys

import pytest

from models import device
from models.device import DeviceKind, choose_device
from models.errors import Unavailable


def test_without_a_card_auto_means_the_cpu_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cuda_cards", lambda: 0)
    chosen = choose_device()
    assert (chosen.kind, chosen.reason) == (DeviceKind.CPU, "no CUDA card found")
    assert chosen.threads == device.available_cores()


def test_with_cards_auto_means_the_first_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cuda_cards", lambda: 2)
    chosen = choose_device("auto", threads=4)
    assert (chosen.kind, chosen.index, chosen.threads) == (DeviceKind.CUDA, 0, 4)


def test_a_card_may_be_named_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cuda_cards", lambda: 2)
    assert choose_device("cuda:1").index == 1


@pytest.mark.parametrize("wish", ["cuda:2", "cuda:", "tpu", "cuda:x"])
def test_a_wish_that_cannot_be_met_is_refused(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    monkeypatch.setattr(device, "_cuda_cards", lambda: 0)
    with pytest.raises(Unavailable):
        choose_device(wish)


def test_asking_for_the_cpu_does_not_look_for_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_cuda_cards", lambda: pytest.fail("looked for cards"))
    assert choose_device("cpu", 1).threads == 1


def test_without_a_driver_torch_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_driver_is_here", lambda: False)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert choose_device().kind is DeviceKind.CPU


@pytest.mark.parametrize(
    ("flags", "adds"), [("fpu avx2 avx512_vnni", True), ("fpu avx_vnni", True), ("fpu avx2", False)]
)
def test_a_processor_adds_products_of_bytes_when_its_flags_say_so(
    monkeypatch: pytest.MonkeyPatch, flags: str, adds: bool
) -> None:
    monkeypatch.setattr("pathlib.Path.open", lambda *_, **__: io.StringIO(f"flags\t\t: {flags}\n"))
    assert device.adds_products_of_bytes() is adds


def test_a_system_that_lists_no_flags_is_taken_for_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("pathlib.Path.open", missing)
    assert not device.adds_products_of_bytes()
