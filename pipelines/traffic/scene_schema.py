"""The wire form of a street, as people write it in a scene file; knows no track, and hands on plain values only.

Every field documents itself; what does not fit is answered by the place of the field and what it should be.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cases.records import JsonObject
from cases.traffic import Site
from models.errors import BadInput
from pipelines.traffic.layout import (
    Area,
    AreaKind,
    Calibration,
    Exit,
    Lane,
    LaneKind,
    Movement,
    Polygon,
    SignalGroup,
    SolidLine,
    SpeedSection,
    StopLine,
    Street,
)

MAX_ITEMS = 64
"""More lanes, lines or areas than one camera sees."""
MAX_CORNERS = 64

Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Spot = tuple[Number, Number]
Corners = Annotated[list[Spot], Field(min_length=3, max_length=MAX_CORNERS)]
Path = Annotated[list[Spot], Field(min_length=2, max_length=MAX_CORNERS)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Limit = Annotated[float, Field(gt=0, le=200)]
Seconds = Annotated[float, Field(gt=0, le=86400)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _LaneIn(_Part):
    name: Name
    polygon: Corners = Field(description="corners of the lane in the picture")
    heading: tuple[Spot, Spot] = Field(description="from where traffic enters to where it leaves")
    kind: LaneKind = LaneKind.NORMAL
    limit_kmh: Limit | None = None
    movements: list[Movement] = Field(default=[], description="allowed; none named: all")

    @model_validator(mode="after")
    def _has_a_way(self) -> Self:
        if self.heading[0] == self.heading[1]:
            raise ValueError("the heading begins where it ends; draw it from where traffic enters to where it leaves")
        return self

    def lane(self) -> Lane:
        """The plain value."""
        return Lane(self.name, tuple(self.polygon), self.heading, self.kind, self.limit_kmh, frozenset(self.movements))


class _StopLineIn(_Part):
    name: Name
    line: tuple[Spot, Spot]
    lanes: Annotated[list[Name], Field(min_length=1)]
    signals: dict[Movement, Name] = Field(default={}, description="movement: signal group that rules it")


class _LampIn(_Part):
    colour: Annotated[str, Field(pattern="^(red|yellow|green)$")]
    box: tuple[Number, Number, Number, Number] = Field(description="left, top, right, bottom")


class _SignalIn(_Part):
    name: Name
    lamps: Annotated[list[_LampIn], Field(max_length=9)] = Field(default=[], description="none: told by a feed")


class _AreaIn(_Part):
    name: Name
    polygon: Corners
    stay_s: Seconds | None = None


class _SolidLineIn(_Part):
    name: Name
    points: Path
    from_left: bool = True
    from_right: bool = True


class _ExitIn(_Part):
    line: tuple[Spot, Spot]
    movement: Movement
    lanes: Annotated[list[Name], Field(min_length=1)]


class _SectionIn(_Part):
    name: Name
    entry: tuple[Spot, Spot]
    exit: tuple[Spot, Spot]
    length_m: Annotated[float, Field(gt=1, le=100_000)]
    limit_kmh: Limit


class _CalibrationPoint(_Part):
    picture: Spot
    ground: Spot = Field(description="metres")


class _CalibrationIn(_Part):
    points: Annotated[list[_CalibrationPoint], Field(min_length=4, max_length=MAX_CORNERS)]
    noise_px: Annotated[float, Field(gt=0, le=20)] = Field(default=1.0, description="how far a click is off, pixels")


class _SiteIn(_Part):
    device: Annotated[str, Field(max_length=48)] = Field(default="", description="number of the device")
    place: Annotated[str, Field(max_length=80)] = ""
    direction: Annotated[str, Field(max_length=40)] = Field(default="", description="of the traffic, as 由北向南")
    region: Annotated[str, Field(pattern="^([0-9]{6})?$")] = Field(default="", description="GB/T 2260, six digits")


class StreetIn(_Part):
    """The keys of a scene file beside `lines`."""

    lanes: Annotated[list[_LaneIn], Field(max_length=MAX_ITEMS)] = []
    stop_lines: Annotated[list[_StopLineIn], Field(max_length=MAX_ITEMS)] = []
    signals: Annotated[list[_SignalIn], Field(max_length=MAX_ITEMS)] = []
    crossings: Annotated[list[_AreaIn], Field(max_length=MAX_ITEMS)] = []
    bays: Annotated[list[_AreaIn], Field(max_length=MAX_ITEMS)] = []
    no_stopping: Annotated[list[_AreaIn], Field(max_length=MAX_ITEMS)] = []
    no_parking: Annotated[list[_AreaIn], Field(max_length=MAX_ITEMS)] = []
    junctions: Annotated[list[_AreaIn], Field(max_length=MAX_ITEMS)] = []
    masks: Annotated[list[_AreaIn], Field(max_length=MAX_ITEMS)] = []
    solid_lines: Annotated[list[_SolidLineIn], Field(max_length=MAX_ITEMS)] = []
    exits: Annotated[list[_ExitIn], Field(max_length=MAX_ITEMS)] = []
    sections: Annotated[list[_SectionIn], Field(max_length=MAX_ITEMS)] = []
    calibration: _CalibrationIn | None = None
    motorway: bool = Field(default=False, description="people and cycles have no business here")
    offence_codes: dict[Name, Name] = Field(default={}, description="rule: code in force at this place")
    site: _SiteIn | None = Field(default=None, description="what is written over evidence")

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        lanes, groups = {n.name for n in self.lanes}, {n.name for n in self.signals}
        for part in ("lanes", "stop_lines", "signals", "solid_lines", "sections"):
            names = [n.name for n in getattr(self, part)]
            if len(set(names)) != len(names):
                raise ValueError(f"two of `{part}` have the same name")
        for line in self.stop_lines:
            if missing := sorted(set(line.lanes) - lanes):
                raise ValueError(f"stop line {line.name} names lanes that are not drawn: {', '.join(missing)}")
            if missing := sorted(set(line.signals.values()) - groups):
                raise ValueError(f"stop line {line.name} names signals that are not there: {', '.join(missing)}")
        for way in self.exits:
            if missing := sorted(set(way.lanes) - lanes):
                raise ValueError(f"an exit names lanes that are not drawn: {', '.join(missing)}")
        return self

    def street(self) -> Street:
        """The plain values."""
        areas = [
            Area(a.name, kind, tuple(a.polygon), a.stay_s)
            for kind, drawn in (
                (AreaKind.CROSSING, self.crossings),
                (AreaKind.BAY, self.bays),
                (AreaKind.NO_STOPPING, self.no_stopping),
                (AreaKind.NO_PARKING, self.no_parking),
                (AreaKind.JUNCTION, self.junctions),
                (AreaKind.MASK, self.masks),
            )
            for a in drawn
        ]
        known = self.calibration
        return Street(
            lanes=tuple(n.lane() for n in self.lanes),
            stop_lines=tuple(
                StopLine(n.name, n.line, tuple(n.lanes), tuple(sorted(n.signals.items()))) for n in self.stop_lines
            ),
            signals=tuple(SignalGroup(n.name, tuple((p.colour, *p.box) for p in n.lamps)) for n in self.signals),
            areas=tuple(areas),
            solid_lines=tuple(SolidLine(n.name, tuple(n.points), n.from_left, n.from_right) for n in self.solid_lines),
            exits=tuple(Exit(n.line, n.movement, tuple(n.lanes)) for n in self.exits),
            sections=tuple(SpeedSection(n.name, n.entry, n.exit, n.length_m, n.limit_kmh) for n in self.sections),
            calibration=Calibration(
                tuple(p.picture for p in known.points), tuple(p.ground for p in known.points), known.noise_px
            )
            if known
            else None,
            motorway=self.motorway,
            codes=tuple(sorted(self.offence_codes.items())),
            site=Site(**self.site.model_dump()) if self.site else None,
        )


KEYS = frozenset(StreetIn.model_fields)


def parse_street(value: JsonObject) -> Street:
    """The street of a scene's JSON form without its counting lines; raises BadInput naming the field."""
    try:
        return StreetIn.model_validate(value).street()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        words = str(first["msg"]).removeprefix("Value error, ")
        raise BadInput("scene.invalid", f"the scene does not fit: {where + ': ' if where else ''}{words}") from error


def picture_numbers(street: Street) -> Polygon:
    """Every point of the picture that a street names: they tell whether it was drawn in shares or in pixels."""
    points: list[tuple[float, float]] = []
    for lane in street.lanes:
        points += [*lane.polygon, *lane.heading]
    for group in street.signals:
        points += [p for _, a, b, c, d in group.lamps for p in ((a, b), (c, d))]
    points += [p for line in street.stop_lines for p in line.line]
    points += [p for area in street.areas for p in area.polygon]
    points += [p for line in street.solid_lines for p in line.points]
    points += [p for way in street.exits for p in way.line]
    points += [p for s in street.sections for p in (*s.entry, *s.exit)]
    return (*points, *(street.calibration.picture if street.calibration else ()))
