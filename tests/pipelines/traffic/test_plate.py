"""Plates of a track: agreement over frames, evidence from the frame that was read, one vehicle for each plate."""

from __future__ import annotations

from models.values import Detection, Plate, Quad
from pipelines.traffic.plate import PlateRead, consensus, owners


def plate(text: str = "京A12345", confidence: float = 0.9, colour: str = "blue", at: float = 50.0) -> Plate:
    box: Quad = ((at, at), (at + 40, at), (at + 40, at + 12), (at, at + 12))
    return Plate(text, box, confidence, colour, "ordinary", 1, (confidence,) * len(text), confidence)


def reads(*texts: tuple[str, float]) -> list[PlateRead]:
    return [PlateRead(n, n / 5, plate(text, confidence)) for n, (text, confidence) in enumerate(texts)]


def vehicle(left: float, top: float, right: float, bottom: float) -> Detection:
    return Detection(left, top, right, bottom, "car", 0.9)


def test_one_read_is_no_plate_however_sure_it_is() -> None:
    assert consensus(reads(("京A12345", 0.99))) is None


def test_two_agreeing_reads_are_and_the_first_wrong_one_does_not_win() -> None:
    found = consensus(reads(("京A12J45", 0.95), ("京A12345", 0.9), ("京A12345", 0.9)))
    assert found is not None
    assert (found.text, found.agreeing, found.reads) == ("京A12345", 2, 3)


def test_the_evidence_is_the_surest_frame_that_shows_this_text() -> None:
    found = consensus(reads(("京A12345", 0.6), ("京A12J45", 0.7), ("京A12345", 0.8)))
    assert found is not None
    assert found.evidence.index == 2
    assert found.evidence.plate.text == found.text


def test_two_texts_that_vie_give_none() -> None:
    assert consensus(reads(("京A12345", 0.9), ("京A12345", 0.9), ("京B12345", 0.9), ("京B12345", 0.8))) is None


def test_a_frame_has_one_voice() -> None:
    twice = [PlateRead(7, 1.4, plate()), PlateRead(7, 1.4, plate())]
    assert consensus(twice) is None


def test_guesses_do_not_vote() -> None:
    assert consensus(reads(("京A12345", 0.2), ("京A12345", 0.2), ("京A12345", 0.2))) is None


def test_the_order_of_reads_does_not_matter() -> None:
    given = reads(("京A12345", 0.6), ("京A12J45", 0.5), ("京A12345", 0.8), ("京A12345", 0.8))
    assert consensus(given) == consensus(given[::-1])


def test_no_reads_give_no_plate() -> None:
    assert consensus([]) is None


def test_the_colour_is_that_of_most_confidence() -> None:
    seen = [
        PlateRead(0, 0, plate(colour="white", confidence=0.5)),
        PlateRead(1, 0.2, plate()),
        PlateRead(2, 0.4, plate()),
    ]
    found = consensus(seen)
    assert found is not None
    assert found.colour == "blue"


def test_a_plate_on_two_boxes_belongs_to_the_vehicle_in_front() -> None:
    behind, front = vehicle(0, 0, 200, 80), vehicle(30, 20, 120, 140)
    assert owners([plate(at=50)], [behind, front]) == [1]


def test_a_plate_on_no_vehicle_has_no_owner() -> None:
    assert owners([plate(at=500)], [vehicle(0, 0, 100, 100)]) == [None]


def test_a_vehicle_bears_one_plate_the_surest() -> None:
    assert owners([plate(confidence=0.6, at=20), plate("京B11111", 0.9, at=50)], [vehicle(0, 0, 100, 100)]) == [None, 0]
