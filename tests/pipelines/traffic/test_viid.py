"""GA/T 1400 objects: names of the standard, only what a person confirmed, no plate said as such."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from cases.records import Provenance
from cases.traffic import ClockState, EvidencePicture, PlateSeen, Site, TrafficRecord, ViolationReview
from pipelines.traffic.viid import filed, motor_vehicles
from tests.pipelines.traffic.evidence.conftest import make_violation

MADE = Provenance("traffic", "3", "0", (), {}, "cpu", "0" * 64, "", "")
BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
READ = PlateSeen("京A12345", "blue", "ordinary", 0.93, (0.99,) * 7, 3, 3, 10, 1.0, BOX)
PICTURES = (
    EvidencePicture("before_line", "v001-1.jpg", 10, 1.0, 1920, 1080, "ab" * 32, (1.4, 2.0, 3.0, 4.0)),
    EvidencePicture("plate_closeup", "v001-4.jpg", 10, 1.0, 300, 120, "cd" * 32, (0.0, 0.0, 9.0, 9.0)),
    EvidencePicture("composite", "v001-9.jpg", 10, 1.0, 2560, 1600, "ef" * 32),
)
SEEN = make_violation(
    id="a", complete=True, plate="京A12345", plate_state="read", plate_read=READ, pictures=PICTURES,
    review=ViolationReview("confirmed", "acc1", ""),
)  # fmt: skip
RECORD = TrafficRecord(
    10.0, 25.0, 250, 1, (), (), (SEEN,), MADE, site=Site("33010600001190000001", "路口", "由北向南"),
    clock=ClockState("2026-03-09T08:00:00+08:00", 0.1),
)  # fmt: skip


def only(record: TrafficRecord) -> dict[str, Any]:
    listed: Any = motor_vehicles(record, record.violations)["MotorVehicleListObject"]
    (found,) = listed["MotorVehicleObject"]
    return cast("dict[str, Any]", found)


def test_the_object_has_the_names_of_the_standard() -> None:
    found = only(RECORD)
    assert found["MotorVehicleID"] == "a"
    assert (found["PlateNo"], found["PlateColor"], found["HasPlate"]) == ("京A12345", "5", "1")
    assert found["PassTime"] == "20260309080001"
    assert [found[f"StorageUrl{n}"] for n in (3, 2, 4)] == ["v001-1.jpg", "v001-4.jpg", "v001-9.jpg"]
    assert (found["LeftTopX"], found["RightBtmY"]) == (1, 4)
    assert found["PlateCharReliability"].startswith("京-99,A-99")
    assert [image["Type"] for image in found["SubImageList"]["SubImageInfoObject"]] == ["14", "02", "07"]


def test_no_plate_is_said_and_disagreeing_reads_are_dashes() -> None:
    none = replace(SEEN, plate=None, plate_read=None, plate_state="no plate")
    unsure = replace(none, plate_state="unsure")
    assert only(replace(RECORD, violations=(none,)))["PlateNo"] == "无车牌"
    assert only(replace(RECORD, violations=(unsure,)))["PlateNo"] == "-------"


def test_people_are_no_motor_vehicles() -> None:
    walks = replace(SEEN, vehicle="person")
    assert motor_vehicles(RECORD, [walks]) == {"MotorVehicleListObject": {"MotorVehicleObject": []}}


def test_only_what_is_complete_and_confirmed_is_filed() -> None:
    rejected = replace(SEEN, review=ViolationReview("rejected", "a", "", "x"))
    others = (replace(SEEN, review=None), replace(SEEN, complete=False), rejected)
    assert filed(replace(RECORD, violations=(SEEN, *others))) == (SEEN,)
