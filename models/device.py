"""Where a model runs: one rule, auto -> cuda -> cpu, that says why it chose; knows no model."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.errors import Unavailable

CPUINFO_CHARACTERS = 100_000
"""Some processors' worth: all have the same flags."""
VNNI = frozenset({"avx512_vnni", "avx_vnni"})
"""The flags of Linux for it."""


class DeviceKind(StrEnum):
    """The processors that Anjuan runs models on."""

    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class Device:
    """A processor: `index` counts cards, `threads` bounds CPU threads, `reason` says why it was chosen."""

    kind: DeviceKind
    index: int
    threads: int
    reason: str


def available_cores() -> int:
    """The cores this process may use, by its affinity mask where the system has one."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def adds_products_of_bytes() -> bool:
    """Whether the processor adds products of 8-bit numbers in 32 bits (VNNI); others may overflow on the way."""
    try:
        with Path("/proc/cpuinfo").open(encoding="ascii", errors="replace") as listed:
            flags = listed.read(CPUINFO_CHARACTERS).split()
    except OSError:
        return False
    return not VNNI.isdisjoint(flags)


def _driver_is_here() -> bool:
    """Whether the CUDA driver can be loaded; a few microseconds, where importing torch takes seconds."""
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def _cuda_cards() -> int:
    """How many CUDA cards torch can use; torch is asked only where there is a driver, since it is heavy to import."""
    if not _driver_is_here():
        return 0
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def choose_device(wish: str = "auto", threads: int = 0) -> Device:
    """The device for `wish` ("auto", "cpu", "cuda" or "cuda:1"); `threads` 0 means every core of this process.

    Raises Unavailable when a card is asked for by name and is not there.
    """
    cores = threads or available_cores()
    if wish == "cpu":
        return Device(DeviceKind.CPU, 0, cores, "asked for")
    cards = _cuda_cards()
    if wish == "auto":
        if cards:
            return Device(DeviceKind.CUDA, 0, cores, f"{cards} CUDA card(s) found")
        return Device(DeviceKind.CPU, 0, cores, "no CUDA card found")
    name, _, number = wish.partition(":")
    index = int(number) if number.isdigit() else 0
    if name != "cuda" or (number and not number.isdigit()):
        raise Unavailable("device.unknown", f"no device is called {wish!r}; use auto, cpu, cuda or cuda:N")
    if index >= cards:
        raise Unavailable("device.missing", f"{wish} was asked for, and {cards} CUDA card(s) are here; use auto or cpu")
    return Device(DeviceKind.CUDA, index, cores, "asked for")
