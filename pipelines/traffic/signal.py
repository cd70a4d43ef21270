"""The state of signal groups over time, from a feed or from lamps; knows no picture, no lane and no rule.

A state is red, yellow, green, dark (no lamp is lit) or unknown. Before the first change, and from a change to unknown
on, nothing is known, and a rule that needs the colour stays silent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import cast

from cases.records import JsonObject, JsonValue
from models.errors import BadInput

MAX_CHANGES = 100_000
"""A day of a group that changes every second."""
MAX_BYTES = 4 << 20


class Colour(StrEnum):
    """What a group shows."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    DARK = "dark"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Phase:
    """A colour from `start` to `end`, seconds."""

    colour: Colour
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class SignalLog:
    """Changes by group, in order of time: (second, colour from then on). `directed` are stretches in which an officer
    directs traffic by hand, so that lamps do not count (道交法 article 38); `read` are the groups that were read from
    pixels and not told by a feed."""

    changes: Mapping[str, Sequence[tuple[float, Colour]]] = field(default_factory=dict)
    directed: tuple[tuple[float, float], ...] = ()
    read: frozenset[str] = frozenset()

    def source(self, group: str) -> str:
        """Where the state of a group comes from."""
        return "pixels" if group in self.read else "feed"

    def phase(self, group: str, at: float) -> Phase:
        """What the group shows at a time, and from when to when; equal changes in a row are one phase."""
        known = self.changes.get(group, ())
        times = [time for time, _ in known]
        row = bisect_right(times, at) - 1
        if row < 0 or any(start <= at < end for start, end in self.directed):
            return Phase(Colour.UNKNOWN, at, at)
        colour, first, last = known[row][1], row, row
        while first > 0 and known[first - 1][1] is colour:
            first -= 1
        while last + 1 < len(known) and known[last + 1][1] is colour:
            last += 1
        return Phase(colour, times[first], times[last + 1] if last + 1 < len(known) else float("inf"))


def parse_signals(value: JsonValue) -> SignalLog:
    """The log of `{group: [[second, colour], ...]}`; None is empty.  Raises BadInput naming what does not fit."""
    if value is None:
        return SignalLog()
    if not isinstance(value, dict):
        raise BadInput("signals.invalid", "signals must be a mapping: group: [[second, colour], ...]")
    return SignalLog({str(group): _changes(str(group), changes) for group, changes in value.items()})


def _changes(group: str, value: JsonValue) -> tuple[tuple[float, Colour], ...]:
    colours = [colour.value for colour in Colour]
    if not isinstance(value, list) or len(value) > MAX_CHANGES:
        raise BadInput("signals.invalid", f"signal {group} must be a list of at most {MAX_CHANGES} changes")
    found: list[tuple[float, Colour]] = []
    for change in value:
        if not isinstance(change, list) or len(change) != 2 or change[1] not in colours:
            raise BadInput("signals.invalid", f"signal {group}: a change is [second, {' or '.join(colours)}]")
        if isinstance(change[0], bool) or not isinstance(change[0], int | float):
            raise BadInput("signals.invalid", f"signal {group}: a change begins with its second")
        found.append((float(change[0]), Colour(change[1])))
    times = [time for time, _ in found]
    if times != sorted(times):
        raise BadInput("signals.invalid", f"signal {group}: changes must be in order of time")
    return tuple(found)


def read_signals(path: Path) -> JsonObject:
    """The JSON form of a file of changes (YAML or JSON), checked; raises BadInput when it is none."""
    import yaml

    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise BadInput("signals.unreadable", f"{path.name} is larger than {MAX_BYTES} bytes")
        value = cast(JsonValue, yaml.safe_load(text.decode("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput("signals.unreadable", f"{path.name} cannot be read as YAML: {error}") from error
    parse_signals(value)
    return cast(JsonObject, value or {})
