"""笔录 over HTTP: drafted from a transcript, corrected, held to the rules, led from draft to seal, exported."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import pytest
import reportlab

from cases.codec import to_json_object
from cases.conversation import conversation_of
from cases.records import Role
from tests.pipelines.speech.conversation import HEADER, signed_marks, transcript

FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
STARTED = "2026-03-05T09:10:20+08:00"


@dataclass(frozen=True)
class Scene:
    """A case with a transcript."""

    gateway: Any
    headers: dict[str, str]
    case: str
    transcript: str

    def ask(self, **changed: object) -> Any:
        """Ask for a draft."""
        header = to_json_object(HEADER)
        body = {"template": "police-interrogation-first", "transcript": self.transcript, "header": header}
        wanted = {**body, "recording_started_at": STARTED, **changed}
        return self.gateway.client.post(f"/api/v1/cases/{self.case}/conversations", headers=self.headers, json=wanted)

    def draft(self) -> str:
        """A draft."""
        answer = self.ask()
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def get(self, path: str, **params: object) -> Any:
        """Read."""
        return self.gateway.client.get(f"/api/v1{path}", headers=self.headers, params=params)

    def keep(self, record: str, version: int, body: dict[str, Any]) -> Any:
        """Send a person's version."""
        url = f"/api/v1/records/{record}/versions"
        return self.gateway.client.post(url, headers=self.headers, json={"base_version": version, "body": body})

    def step(self, record: str, version: int, state: str) -> Any:
        """Ask for the next state."""
        url = f"/api/v1/records/{record}/state"
        return self.gateway.client.post(url, headers=self.headers, json={"base_version": version, "state": state})


@pytest.fixture
def scene(gateway, tone: bytes, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("ANJUAN_FONT", str(FONT))
    headers = gateway.key()
    case = gateway.case(headers)
    body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).status_code == 202
    lease = gateway.store.claim("a test", ["transcribe"], 60.0)
    kept = gateway.store.finish(lease, "transcribe", to_json_object(transcript()), [])
    return Scene(gateway, headers, case, kept.record_id)


def looked_at(body: dict[str, Any]) -> dict[str, Any]:
    """Every turn confirmed and every flag settled."""
    for turn in body["turns"]:
        turn["confirmed_by"] = "me"
        for flag in turn["flags"]:
            flag["resolved_by"] = "me"
    return body


def test_a_draft_is_the_machines_version_of_its_own_record(scene: Scene) -> None:
    record = scene.draft()
    body = scene.get(f"/records/{record}").json()
    assert (body["record"]["kind"], body["record"]["version"], body["record"]["author"]) == (
        "interrogation",
        1,
        "machine",
    )
    assert (body["state"], body["template"], body["transcript"]) == (
        "draft",
        "police-interrogation-first",
        scene.transcript,
    )
    assert [turn["role"] for turn in body["turns"]][:2] == ["question", "answer"]
    assert body["turns"][1]["spans"][0]["at"] == {"media": body["media"][0]["id"], "start_ms": 5000, "end_ms": 10000}
    assert body["media"][0]["started_at"] == STARTED
    assert body["provenance"]["models"] == to_json_object(transcript())["provenance"]["models"]  # type: ignore[index, call-overload]
    assert {one["kind"] for one in scene.get(f"/cases/{scene.case}/records").json()} == {"interrogation", "transcribe"}


def test_the_same_draft_asked_for_twice_is_one_record_and_another_header_is_another(scene: Scene) -> None:
    assert scene.draft() == scene.draft()
    other = to_json_object(HEADER) | {"sequence_no": 2}
    assert scene.ask(header=other).json()["id"] != scene.draft()


def test_the_case_gives_what_the_header_leaves_out(scene: Scene) -> None:
    header = to_json_object(HEADER)
    del header["cause"], header["case_no"]
    record = scene.ask(header=header).json()["id"]
    assert scene.get(f"/records/{record}").json()["header"]["case_no"] is None
    assert scene.get(f"/records/{record}").json()["header"]["cause"] is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"template": "court"}, "record.template"),
        ({"template": "police-inquiry-witness"}, "record.standing"),
        ({"header": {"agency": "x"}}, "record.shape"),
        ({"header": to_json_object(HEADER) | {"lawyr": "x"}}, "record.header"),
        ({"header": to_json_object(HEADER) | {"sequence_no": "two"}}, "record.shape"),
        ({"transcript": "rec_never"}, "record.not_found"),
        ({"transcript": "../x"}, "id.unknown"),
    ],
)
def test_a_draft_that_cannot_be_made_is_refused_with_what_to_change(
    scene: Scene, changed: dict[str, object], code: str
) -> None:
    answer = scene.ask(**changed)
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] == code
    assert len(scene.get(f"/cases/{scene.case}/records").json()) == 1


def test_a_draft_is_made_from_a_transcript_only(scene: Scene) -> None:
    assert scene.ask(transcript=scene.draft()).json()["code"] == "record.transcript"


def test_a_record_goes_from_draft_to_seal_and_the_trail_tells_each_step(scene: Scene) -> None:
    record = scene.draft()
    assert scene.step(record, 1, "to_check").json()["state"] == "to_check"
    body = looked_at(scene.get(f"/records/{record}").json())
    assert scene.keep(record, 2, body).status_code == 201
    assert scene.get(f"/records/{record}").json()["turns"][0]["confirmed_by"] == scene.gateway.actor().id
    checked = scene.step(record, 3, "checked")
    assert checked.status_code == 201, checked.text
    body = scene.get(f"/records/{record}").json()
    assert len(body["content_sha256"]) == 64
    pages = body["page_count"]
    about = body.pop("record")
    marked = to_json_object(signed_marks(conversation_of(about["kind"], body), pages))
    assert scene.keep(record, 4, marked).status_code == 201
    assert scene.get(f"/records/{record}/findings").json()["findings"] == []
    assert scene.step(record, 5, "signed").json()["state_name"] == "已签署"
    assert scene.step(record, 6, "sealed").status_code == 201
    acts = [entry["act"] for entry in scene.get(f"/cases/{scene.case}/audit").json()["entries"]]
    steps = ["record.to_check", "record.checked", "record.signed", "record.sealed"]
    assert [act for act in acts if act in steps] == steps
    assert acts.count("record.edited") == 6
    assert scene.gateway.store.verify(scene.case, scene.gateway.app.state.services.blobs) == []
    closed = scene.keep(record, 7, scene.get(f"/records/{record}").json())
    assert (closed.status_code, closed.json()["code"]) == (409, "record.closed")


def test_a_step_that_rules_forbid_is_409_with_the_findings(scene: Scene) -> None:
    record = scene.draft()
    scene.step(record, 1, "to_check")
    answer = scene.step(record, 2, "checked")
    assert (answer.status_code, answer.json()["code"]) == (409, "record.findings")
    found = answer.json()["details"]["findings"]
    assert {one["rule"] for one in found} == {"A18"}
    assert found[0]["turn"] == "t1"
    assert scene.get(f"/records/{record}").json()["record"]["version"] == 2


def test_a_step_that_there_is_not_and_a_version_that_is_old_are_409(scene: Scene) -> None:
    record = scene.draft()
    assert scene.step(record, 1, "signed").json()["code"] == "record.state"
    scene.step(record, 1, "to_check")
    assert scene.step(record, 1, "to_check").json()["code"] == "record.version"
    assert scene.step(record, 1, "perfect").status_code == 422


def test_findings_lead_to_their_articles_and_their_places(scene: Scene) -> None:
    record = scene.draft()
    shown = scene.get(f"/records/{record}/findings", wanted="checked").json()
    assert (shown["version"], shown["state"], shown["state_name"]) == (1, "draft", "草稿")
    assert {one["rule"] for one in shown["findings"]} == {"A18"}
    every = scene.get(f"/records/{record}/findings").json()["findings"]
    assert {"A12", "A13", "A17", "A18"} == {one["rule"] for one in every}
    closing = next(one for one in every if one["rule"] == "A13")
    assert "《公安机关办理刑事案件程序规定》第二百零六条" in closing["articles"]
    assert scene.get(f"/records/{scene.transcript}/findings").status_code == 400


def test_an_officer_in_two_records_at_once_is_found(scene: Scene) -> None:
    scene.draft()
    other = scene.ask(header=to_json_object(HEADER) | {"sequence_no": 2}).json()["id"]
    found = scene.get(f"/records/{other}/findings", wanted="checked").json()["findings"]
    assert "A11" in {one["rule"] for one in found}


def test_a_version_that_drops_what_the_machine_heard_is_refused(scene: Scene) -> None:
    record = scene.draft()
    body = scene.get(f"/records/{record}").json()
    body["turns"] = body["turns"][1:]
    assert scene.keep(record, 1, body).json()["code"] == "record.raw"


@pytest.mark.parametrize(
    ("format", "media_type", "start"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("txt", "text/plain; charset=utf-8", "江城市公安局东城分局\n讯问笔录".encode()),
        ("json", "application/json", b"{"),
    ],
)
def test_a_record_is_exported(scene: Scene, format: str, media_type: str, start: bytes) -> None:
    record = scene.draft()
    answer = scene.get(f"/records/{record}/export", format=format)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == media_type
    assert answer.content.startswith(start)
    assert f"{record}-v1.{format}" in answer.headers["content-disposition"]


def test_a_format_that_a_kind_does_not_have_is_400(scene: Scene) -> None:
    assert scene.get(f"/records/{scene.draft()}/export", format="srt").json()["code"] == "export.format"
    assert scene.get(f"/records/{scene.transcript}/export", format="pdf").json()["code"] == "export.format"


def test_a_transcript_is_exported_as_word(scene: Scene) -> None:
    answer = scene.get(f"/records/{scene.transcript}/export", format="docx")
    (table,) = docx.Document(io.BytesIO(answer.content)).tables
    assert table.rows[1].cells[2].text.startswith("我们是东城分局的民警")


def test_a_pdf_without_a_font_says_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ANJUAN_FONT")
    monkeypatch.setenv("ANJUAN_WEIGHTS", str(tmp_path / "none"))
    answer = scene.get(f"/records/{scene.draft()}/export", format="pdf")
    assert answer.status_code == 503
    assert "anjuan models pull droid-sans-fallback" in answer.json()["message"]


def test_templates_tell_their_notices_and_closing_sentences(scene: Scene) -> None:
    shown = {one["name"]: one for one in scene.get("/conversation-templates").json()}
    first = shown["police-interrogation-first"]
    assert first["closing"] == {
        "read": "以上笔录我看过，和我说的相符",
        "read_aloud": "以上笔录向我宣读过，和我说的相符",
    }
    counsel = next(one for one in first["notices"] if one["code"] == "counsel")
    assert (counsel["required"], counsel["article"]) == (True, "《公安机关办理刑事案件程序规定》第四十三条")


def test_strangers_readers_and_auditors_get_what_they_may(scene: Scene) -> None:
    record = scene.draft()
    client, path = scene.gateway.client, f"/api/v1/records/{record}"
    stranger, auditor = scene.gateway.key("zhao"), scene.gateway.key("sun", Role.AUDITOR)
    assert client.get(f"{path}/findings", headers=stranger).status_code == 404
    assert client.get(f"{path}/findings", headers=auditor).status_code == 403
    assert client.get(f"{path}/export?format=docx", headers=auditor).status_code == 403
    step = {"base_version": 1, "state": "to_check"}
    assert client.post(f"{path}/state", headers=stranger, json=step).status_code == 404
    reader = scene.gateway.key("wang", key_role=Role.READER)
    assert client.get(f"{path}/findings", headers=reader).status_code == 200
    assert client.post(f"{path}/state", headers=reader, json=step).status_code == 403
    made = {"template": "police-interrogation-first", "transcript": scene.transcript, "header": to_json_object(HEADER)}
    assert client.post(f"/api/v1/cases/{scene.case}/conversations", headers=stranger, json=made).status_code == 404


def test_without_a_font_the_number_of_pages_is_left_to_a_person(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ANJUAN_FONT")
    monkeypatch.setenv("ANJUAN_WEIGHTS", str(tmp_path / "none"))
    record = scene.draft()
    scene.step(record, 1, "to_check")
    scene.keep(record, 2, looked_at(scene.get(f"/records/{record}").json()))
    assert scene.step(record, 3, "checked").status_code == 201
    assert scene.get(f"/records/{record}").json()["page_count"] is None
