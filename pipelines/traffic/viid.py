"""Violations as GA/T 1400 objects (view library, VIID): MotorVehicle with its pictures; a pure function of a record.

Field names are those of the MotorVehicle object of GA/T 1400.3 as open implementations list them; the standard's text
was not at hand. What such an object has no field for (rule, measured value, limit, checks, review) stands in our own
object `Violation` inside it, which readers that know the standard alone may leave out. Pictures are named, not
embedded; whoever sends them puts the bytes into `Data`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cases.codec import to_json
from cases.records import JsonObject, JsonValue
from cases.traffic import ClockState, EvidencePicture, Site, TrafficRecord, Violation
from pipelines.traffic.evidence.telling import moment

COLOURS: Final = {"black": "1", "white": "2", "blue": "5", "yellow": "6", "green": "9"}
"""Colours of plates by the codes of ColorType as the trade quotes them, unchecked against the standard's text."""
NO_PLATE: Final = "无车牌"
UNREAD: Final = "-"
IMAGE_TYPES: Final = {"plate_closeup": "02", "composite": "07", "vehicle_closeup": "09", "signal_closeup": "100"}
SCENE: Final = "14"
"""Kinds of pictures (ImageType): plate, composite of a violation, vehicle, others; panoramas are scenes."""
UNKNOWN_COLOUR: Final = "99"
LENGTH: Final = 7


def filed(record: TrafficRecord) -> tuple[Violation, ...]:
    """The violations that may leave: complete, and confirmed by a person."""
    return tuple(v for v in record.violations if v.complete and v.review is not None and v.review.state == "confirmed")


def motor_vehicles(record: TrafficRecord, violations: Sequence[Violation]) -> JsonObject:
    """`{"MotorVehicleListObject": {"MotorVehicleObject": [...]}}` of some violations of a record; those of people and
    pedal cycles are no motor vehicles and are left out."""
    site, clock = record.site or Site(), record.clock or ClockState()
    objects: list[JsonValue] = [
        _vehicle(one, site, clock) for one in violations if one.vehicle not in ("person", "bicycle")
    ]
    return {"MotorVehicleListObject": {"MotorVehicleObject": objects}}


def _time(at: datetime | None) -> str:
    return at.strftime("%Y%m%d%H%M%S") if at else ""


def _vehicle(one: Violation, site: Site, clock: ClockState) -> JsonObject:
    read = one.plate_read
    by_role: dict[str, EvidencePicture] = {picture.role: picture for picture in reversed(one.pictures)}
    box = next((picture.box for picture in one.pictures if picture.box is not None), (0.0, 0.0, 0.0, 0.0))
    found: JsonObject = {
        "MotorVehicleID": one.id,
        "InfoKind": 1,
        "SourceID": one.id,
        "DeviceID": site.device,
        "StorageUrl1": _name(by_role, "vehicle_closeup"),
        "StorageUrl2": _name(by_role, "plate_closeup"),
        "StorageUrl3": one.pictures[0].name if one.pictures else "",
        "StorageUrl4": _name(by_role, "composite"),
        "LeftTopX": round(box[0]),
        "LeftTopY": round(box[1]),
        "RightBtmX": round(box[2]),
        "RightBtmY": round(box[3]),
        "PassTime": _time(moment(clock, one.start)),
        "NameOfPassedRoad": site.place,
        "HasPlate": "0" if one.plate_state == "no plate" else "1",
        "PlateColor": COLOURS.get(read.colour, UNKNOWN_COLOUR) if read else UNKNOWN_COLOUR,
        "PlateNo": read.text if read else (NO_PLATE if one.plate_state == "no plate" else UNREAD * LENGTH),
        "VehicleColor": UNKNOWN_COLOUR,
        "SubImageList": {"SubImageInfoObject": [_image(p, site, clock) for p in one.pictures]},
        "Violation": _violation(one),
    }
    if read:
        found["PlateReliability"] = str(round(100 * read.confidence))
        pairs = zip(read.text, read.characters, strict=False)
        found["PlateCharReliability"] = ",".join(f"{letter}-{round(100 * sure)}" for letter, sure in pairs)
    if one.unit == "km/h" and one.measured is not None:
        found["Speed"] = one.measured
    return found


def _name(pictures: Mapping[str, EvidencePicture], role: str) -> str:
    return pictures[role].name if role in pictures else ""


def _image(picture: EvidencePicture, site: Site, clock: ClockState) -> JsonObject:
    return {
        "ImageID": picture.sha256[:32],
        "DeviceID": site.device,
        "StoragePath": picture.name,
        "Type": IMAGE_TYPES.get(picture.role, SCENE),
        "FileFormat": "Jpeg",
        "ShotTime": _time(moment(clock, picture.time)),
        "Width": picture.width,
        "Height": picture.height,
    }


def _violation(one: Violation) -> JsonObject:
    """Our own object: what a person decided on, and on which grounds."""
    return {
        "Rule": one.rule,
        "OffenceCode": one.code,
        "Law": one.law,
        "Lane": one.lane,
        "Measured": one.measured,
        "MeasuredDeviation": one.measured_sd,
        "Limit": one.limit,
        "Unit": one.unit,
        "Signal": to_json(one.signal),
        "Clip": to_json(one.clip),
        "Complete": one.complete,
        "Checks": to_json(one.checks),
        "Review": to_json(one.review),
    }
