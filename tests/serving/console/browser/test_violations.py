"""The review of violations in a real browser: by keys alone one is confirmed, one rejected with a reason, and saved."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cases.codec import from_json
from cases.traffic import EvidenceCheck, EvidencePicture, TrafficRecord
from tests.pipelines.traffic.evidence.conftest import make_violation
from tests.serving.console.conftest import add_file, keep, provenance

pytestmark = pytest.mark.browser

ROLES = ("before_line", "past_line", "in_junction", "plate_closeup", "composite")


@pytest.fixture
def proposed(office):
    """A record of a complete and an incomplete violation, and a way to read its latest version."""
    case = office.store.create_case(office.officer, "违法审核练习案")
    item = add_file(office, case, "路口.mp4", b"\0\0\0\x18ftypmp42", "video/mp4", {"duration": 10.0})
    files, violations = {}, []
    for number, whole in enumerate((True, False)):
        pictures = []
        for place, role in enumerate(ROLES):
            picture = np.full((1600 if role == "composite" else 1080, 2560, 3), 60 + 40 * place, np.uint8)
            cv2.putText(picture, f"{number + 1} {role}", (80, 600), cv2.FONT_HERSHEY_SIMPLEX, 6, (240, 240, 240), 12)
            name = f"v{number}-{place}-{role}.jpg"
            files[name] = ("image/jpeg", cv2.imencode(".jpg", picture)[1].tobytes())
            pictures.append(EvidencePicture(role, name, 10, 1.0, 2560, picture.shape[0], "ab" * 32))
        checks = (
            EvidenceCheck("pictures", True, "GA/T 496", "3", ">= 3"),
            EvidenceCheck("plate", whole, "GA/T 832", "5/5" if whole else "unsure", ">= 2"),
        )
        violations.append(
            make_violation(
                id=f"id{number}", complete=whole, checks=checks, pictures=tuple(pictures),
                plate="京A12345" if whole else None, plate_state="read" if whole else "unsure",
            )
        )  # fmt: skip
    made = provenance("traffic", item.digest.sha256, ())
    record = TrafficRecord(10.0, 25.0, 250, 2, (), (), tuple(violations), made, 1920, 1080)
    kept = keep(office, case, "traffic", item, record, files)
    return kept, lambda: office.store.record(office.officer, kept, None)


def test_violations_are_decided_by_keys_alone_and_saved_as_a_persons_version(visit, proposed) -> None:
    record, latest = proposed
    visit.sign_in(f"/records/{record}/violations")
    page = visit.page
    visit.until("document.querySelector('#picture').complete && document.querySelector('#picture').naturalWidth > 0")
    visit.shot("violations")
    assert "composite" in page.get_attribute("#picture", "src") or page.inner_text("#thumbs [aria-current]") == "合成图"
    page.keyboard.press("y")
    assert page.inner_text("#place") == "2 / 2"
    page.keyboard.press("y")
    assert page.is_disabled("#confirm")
    page.keyboard.press("n")
    visit.until("document.activeElement.id === 'reason'")
    page.keyboard.type("号牌不清")
    page.keyboard.press("Enter")
    visit.until("document.querySelector('#done-count').textContent.includes('2 / 2')")
    visit.shot("violations-decided")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    visit.until("document.querySelector('#version-tag').textContent.includes('2')")
    body = latest()
    found = from_json(TrafficRecord, body.body).violations
    assert (body.version, body.author) == (2, "human")
    assert [one.review.state for one in found if one.review] == ["confirmed", "rejected"]
    assert found[1].review is not None
    assert found[1].review.reason == "号牌不清"
