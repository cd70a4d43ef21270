"""What evidence of a violation must have, each as one check with its standard; pure functions, know no picture.

Bases are GA/T 832 (pictures of violations), GA/T 496 (red light), and the general requirements of Beijing for automatic
recorders, as the trade quotes them. What no standard says and we ask all the same has the basis `anjuan`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cases.traffic import ClockState, EvidenceCheck, Site, Violation
from pipelines.traffic.evidence.shots import LAMP, PLATED, STANDING, STOPPED, Shot, least_shift
from pipelines.traffic.layout import LaneKind, Street, inside
from pipelines.traffic.signal import Colour, SignalLog

LEAST_SIZE: Final = (1280, 720)
LEAST_APART_S: Final = 10.0
LEAST_SHIFT: Final = 0.1
"""Part of the vehicle's size by which it must have moved between two pictures for a person to see it."""
CLOCK_S: Final = 1.0
IN_LANE: Final = 0.5
SURE: Final = 2.0
"""Standard deviations by which a measured value must clear its limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Everything that was gathered for one violation: `size` of the picture, roles of the pictures that were taken,
    whether the text over them could be written."""

    found: Violation
    shots: tuple[Shot, ...]
    size: tuple[int, int]
    roles: frozenset[str]
    street: Street
    signals: SignalLog
    site: Site | None
    clock: ClockState
    lettered: bool


def checks(gathered: Gathered) -> tuple[EvidenceCheck, ...]:
    """Every check that the rule asks for, in a fixed order.

    What was found and what is asked are numbers with units, or words that a page translates: yes, no, unknown, colours,
    states of the plate. Displacement is in parts of the vehicle's size.
    """
    found, rule = [_pictures(gathered), _size(gathered)], gathered.found.rule
    if rule in STANDING:
        found.append(_apart(gathered))
    elif rule not in STOPPED:
        found.append(_moved(gathered))
    if rule in LAMP:
        found += [_one_red(gathered), _lamp_seen(gathered)]
    if rule in ("reserved_lane", "emergency_lane"):
        found.append(_in_lane(gathered))
    if gathered.found.measured_sd is not None and gathered.found.limit is not None:
        found.append(_cleared(gathered.found))
    if gathered.found.vehicle in PLATED:
        found.append(_plate(gathered.found))
    return (*found, _clock(gathered.clock), *_written(gathered))


def _pictures(g: Gathered) -> EvidenceCheck:
    three = g.found.rule in ("red_light", "illegal_parking")
    least, basis = (3, "GA/T 496" if g.found.rule == "red_light" else "北京通用要求") if three else (2, "GA/T 832")
    return EvidenceCheck("pictures", len(g.shots) >= least, basis, f"{len(g.shots)}", f">= {least}")


def _size(g: Gathered) -> EvidenceCheck:
    passed = g.size[0] >= LEAST_SIZE[0] and g.size[1] >= LEAST_SIZE[1]
    asked = f">= {LEAST_SIZE[0]}x{LEAST_SIZE[1]}"
    return EvidenceCheck("picture size", passed, "GA/T 832", f"{g.size[0]}x{g.size[1]}", asked)


def _apart(g: Gathered) -> EvidenceCheck:
    apart = g.shots[-1].time - g.shots[0].time if g.shots else 0.0
    least = max(LEAST_APART_S, g.found.limit or 0.0)
    return EvidenceCheck("interval", apart >= least - 1e-3, "GA/T 832", f"{apart:.1f} s", f">= {least:.1f} s")


def _moved(g: Gathered) -> EvidenceCheck:
    moved = least_shift(g.shots)
    asked = f">= {LEAST_SHIFT:.0%}"
    return EvidenceCheck("displacement", moved >= LEAST_SHIFT, "GA/T 832", f"{moved:.0%}", asked)


def _one_red(g: Gathered) -> EvidenceCheck:
    """Every picture lies in one and the same red phase."""
    group = g.found.signal.group if g.found.signal else ""
    seen = [g.signals.phase(group, shot.time) for shot in g.shots]
    same = len({(phase.colour, phase.start) for phase in seen}) == 1
    passed = bool(seen) and same and seen[0].colour is Colour.RED
    return EvidenceCheck("one red phase", passed, "GA/T 496", ", ".join(p.colour.value for p in seen), "red")


def _lamp_seen(g: Gathered) -> EvidenceCheck:
    passed = "signal_closeup" in g.roles
    return EvidenceCheck("lamp close-up", passed, "GA/T 496", "yes" if passed else "no", "yes")


def _in_lane(g: Gathered) -> EvidenceCheck:
    """The largest share of a picture's lower edge of the vehicle that lies in a lane that is kept for others."""
    import numpy as np

    kept = [n for n in g.street.lanes if n.kind in (LaneKind.BUS, LaneKind.CYCLE, LaneKind.EMERGENCY)]
    kept = [n for n in kept if n.name == g.found.lane] or kept
    share = 0.0
    for shot in g.shots:
        left, _, right, bottom = shot.box
        edge = np.stack([np.linspace(left, right, 41), np.full(41, bottom)], axis=1)
        share = max([share, *(float(inside(edge, lane.polygon).mean()) for lane in kept)])
    return EvidenceCheck("in the lane", share > IN_LANE, "北京通用要求", f"{share:.0%}", f"> {IN_LANE:.0%}")


def _cleared(found: Violation) -> EvidenceCheck:
    measured, limit, sd = found.measured or 0.0, found.limit or 0.0, found.measured_sd or 0.0
    told = f"{measured:g} ± {sd:g} {found.unit or ''}".strip()
    return EvidenceCheck("measured", measured - SURE * sd > limit, "anjuan", told, f"> {limit:g} + {SURE:g} sd")


def _plate(found: Violation) -> EvidenceCheck:
    read = found.plate_read
    told = f"{read.agreeing}/{read.reads}" if read else found.plate_state
    return EvidenceCheck("plate", read is not None and read.agreeing >= 2, "GA/T 832", told, ">= 2")


def _clock(clock: ClockState) -> EvidenceCheck:
    known = clock.started_at is not None and clock.error_s is not None
    told = f"{clock.error_s:g} s" if clock.error_s is not None and known else "unknown"
    passed = known and (clock.error_s or 0.0) <= CLOCK_S
    return EvidenceCheck("clock", passed, "GA/T 832", told, f"<= {CLOCK_S:g} s")


def _written(g: Gathered) -> Sequence[EvidenceCheck]:
    site = g.site or Site()
    named = bool(site.device and site.place and site.direction)
    yes, no = "yes", "no"
    return (
        EvidenceCheck("site", named, "GA/T 832", yes if named else no, yes),
        EvidenceCheck("offence code", bool(g.found.code), "GA/T 832", g.found.code or no, yes),
        EvidenceCheck("text", g.lettered, "anjuan", yes if g.lettered else no, yes),
    )
