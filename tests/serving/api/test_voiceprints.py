"""Voiceprints over HTTP: enrolled in person, shown without the print, deleted, used in jobs of one's own cases."""

from __future__ import annotations

import io
import threading
import time
import wave

import numpy as np
import pytest

from cases.records import Role
from cases.voiceprints import CONSENT_VERSION
from serving.worker import Worker
from tests.pipelines.speech.test_transcribe import HIGH, LOW, ROOM
from tests.serving.security.test_guard import sign_in

RATE = 16000
ME = "/api/v1/voiceprints/me"


def tones(pattern: list[tuple[float, float]]) -> bytes:
    """Tones, which are voices to the fakes, and silence (0 hertz), in seconds, as a WAV file."""
    pieces = []
    for hertz, seconds in pattern:
        t = np.arange(int(seconds * RATE)) / RATE
        pieces.append((np.sin(2 * np.pi * hertz * t + 0.1) * (16000 if hertz else 0)).astype("<i2"))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.concatenate(pieces).tobytes())
    return out.getvalue()


VOICE = tones([(HIGH, 25.0)])


@pytest.fixture
def session(gateway) -> dict[str, str]:
    """Wang, signed in with the password."""
    return {"x-csrf-token": sign_in(gateway)}


def enrol(gateway, headers: dict[str, str], content: bytes = VOICE, consent: str = CONSENT_VERSION):
    return gateway.client.put(ME, params={"consent": consent}, headers=headers, content=content)


def test_a_person_enrols_sees_and_deletes_their_own_voice(gateway, session) -> None:
    shown = gateway.client.get("/api/v1/voiceprints", headers=session).json()
    assert shown["voiceprints"] == []
    assert shown["consent"]["version"] == CONSENT_VERSION
    assert "自愿" in shown["consent"]["text"]
    answer = enrol(gateway, session, consent=shown["consent"]["version"])
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"account", "consent", "seconds", "enrolled_at"}
    assert gateway.client.get("/api/v1/voiceprints", headers=session).json()["voiceprints"] == [answer.json()]
    assert gateway.files() == []
    assert gateway.client.delete(ME, headers=session).status_code == 204
    assert gateway.client.get("/api/v1/voiceprints", headers=session).json()["voiceprints"] == []
    assert gateway.client.delete(ME, headers=session).status_code == 404


def test_an_api_key_enrols_nobody(gateway) -> None:
    answer = enrol(gateway, gateway.key())
    assert (answer.status_code, answer.json()["code"]) == (403, "voiceprint.in_person")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "voiceprint.empty"),
        (tones([(LOW, 5.0)]), 400, "voiceprint.short"),
        (tones([(LOW, 12.0), (0.0, 1.0), (HIGH, 12.0)]), 400, "voiceprint.mixed"),
        (tones([(LOW, 130.0)]), 413, "voiceprint.long"),
        (b"%PDF-1.4 no sound", 400, None),
    ],
)
def test_what_is_no_recording_of_one_person_is_refused_and_leaves_nothing(
    gateway, session, content: bytes, status: int, code: str | None
) -> None:
    answer = enrol(gateway, session, content)
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["code"] == code
    assert gateway.files() == []
    assert gateway.store.voiceprints.all(gateway.actor()) == []


def test_agreeing_to_another_text_is_409(gateway, session) -> None:
    assert enrol(gateway, session, consent="0").status_code == 409


def test_an_administrator_sees_and_deletes_others_prints_and_nobody_else_does(gateway, session) -> None:
    account = enrol(gateway, session).json()["account"]
    other, admin = gateway.key("zhao"), gateway.key("root", Role.ADMIN)
    assert gateway.client.get("/api/v1/voiceprints", headers=other).json()["voiceprints"] == []
    assert gateway.client.delete(f"/api/v1/voiceprints/{account}", headers=other).status_code == 404
    assert len(gateway.client.get("/api/v1/voiceprints", headers=admin).json()["voiceprints"]) == 1
    assert gateway.client.delete(f"/api/v1/voiceprints/{account}", headers=admin).status_code == 204
    assert gateway.client.delete(f"/api/v1/voiceprints/{account}", headers=admin).status_code == 404


@pytest.fixture
def asked(gateway, session):
    """A recording of two in a case of Wang's; asks for its transcription with the parameters given."""
    enrol(gateway, session)
    case = gateway.case(session)
    evidence = gateway.evidence(session, case, tones(ROOM))

    def ask(**params: object):
        body = {"task": "transcribe", "evidence": evidence, "params": params}
        return gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=session, json=body)

    return ask


def test_a_job_names_the_members_with_a_print_and_nobody_else(gateway, asked) -> None:
    wang = gateway.actor().id
    assert asked(speakers=2, staff="members").json()["params"]["staff"] == [wang]
    assert asked(speakers=2, staff=[wang]).json()["params"]["staff"] == [wang]
    assert asked(speakers=2, staff=[gateway.actor("zhao").id]).status_code == 400
    assert asked(staff="members").status_code == 400


def test_a_done_job_says_which_words_are_the_members_and_tells_the_trail(gateway, asked, session) -> None:
    job = asked(speakers=2, staff="members").json()
    stop = threading.Event()
    services = gateway.app.state.services
    worker = Worker(gateway.store, services.blobs, services.engine, gateway.settings.work_dir / "jobs")
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        until = time.monotonic() + 60
        while (shown := gateway.client.get(f"/api/v1/jobs/{job['id']}", headers=session).json())["state"] != "done":
            assert shown["state"] in ("queued", "running"), shown
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        stop.set()
        thread.join(30)
    body = gateway.client.get(f"/api/v1/records/{shown['record']}", headers=session).json()
    assert body["speakers"] == ["S1", "wang"]
    assert {s["role"] for s in body["segments"] if s["speaker"] == "wang"} == {"question"}
    trail = gateway.client.get(f"/api/v1/cases/{job['case']}/audit", headers=session).json()
    used = [entry for entry in trail["entries"] if entry["act"] == "voiceprint.used"]
    assert [(entry["subject_id"], entry["details"]) for entry in used] == [(gateway.actor().id, {"job": job["id"]})]
