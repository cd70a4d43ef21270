"""Jobs over HTTP: asked for once, watched to their end, cancelled, refused when they cannot be."""

from __future__ import annotations

import json
import threading
import time

import pytest

from cases.records import JsonObject
from tests.pipelines.media.test_word import make_docx


@pytest.fixture
def job(gateway, tone: bytes):
    """A queued job: its key, case, and what the answer to POST said."""
    headers = gateway.key()
    case = gateway.case(headers)
    body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
    answer = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
    return headers, case, answer.json()


def finish(gateway, body: JsonObject) -> str:
    """Does the next job as a worker would; answers the record's id."""
    lease = gateway.store.claim("a test", ["transcribe"], 60.0)
    assert lease is not None
    gateway.store.checkpoint(lease, 0, 2, {"half": True})
    return str(gateway.store.finish(lease, "transcribe", body, []).record_id)


def test_the_same_job_asked_for_twice_is_one_job(gateway, job) -> None:
    headers, case, first = job
    body = {"task": "transcribe", "evidence": first["evidence"], "params": {}}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).json()["id"] == first["id"]
    assert [j["id"] for j in gateway.client.get(f"/api/v1/cases/{case}/jobs", headers=headers).json()] == [first["id"]]


def test_a_transcription_looks_out_for_the_names_of_its_case(gateway, job) -> None:
    headers, case, first = job
    url = f"/api/v1/cases/{case}/hotwords"
    assert gateway.client.get(url, headers=headers).json() == {"words": []}
    kept = gateway.client.put(url, headers=headers, json={"words": ["张三", "三里屯", "张三"]})
    assert kept.json() == gateway.client.get(url, headers=headers).json() == {"words": ["张三", "三里屯"]}

    def ask(**params: object) -> JsonObject:
        body = {"task": "transcribe", "evidence": first["evidence"], "params": params}
        return gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).json()

    named = ask()
    assert named["params"] == {"hotwords": ["张三", "三里屯"]}
    assert named["id"] != first["id"]
    assert ask()["id"] == named["id"]
    assert ask(hotwords=["李四"])["params"] == {"hotwords": ["李四", "张三", "三里屯"]}
    assert ask(hotwords=[])["params"] == {"hotwords": []}


def test_seats_are_no_way_to_write_down_a_recording_with_one_channel(gateway, job) -> None:
    headers, case, first = job
    body = {"task": "transcribe", "evidence": first["evidence"], "params": {"channels": "speakers"}}
    answer = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "audio.mono")


@pytest.mark.parametrize(("words", "status"), [(["长" * 51], 400), (["\x07"], 422), ("张三", 422), (["a"] * 1001, 422)])
def test_a_list_of_hotwords_that_does_not_fit_is_refused(gateway, words: object, status: int) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    answer = gateway.client.put(f"/api/v1/cases/{case}/hotwords", headers=headers, json={"words": words})
    assert answer.status_code == status


def test_the_hotwords_of_another_case_do_not_exist(gateway) -> None:
    case = gateway.case(gateway.key())
    stranger = gateway.key("zhao")
    assert gateway.client.get(f"/api/v1/cases/{case}/hotwords", headers=stranger).status_code == 404
    put = gateway.client.put(f"/api/v1/cases/{case}/hotwords", headers=stranger, json={"words": []})
    assert put.status_code == 404


def test_a_job_shows_its_state_and_at_last_its_record(gateway, job) -> None:
    headers, _, first = job
    assert (first["state"], first["progress"], first["record"]) == ("queued", 0.0, None)
    finish(gateway, {"segments": []})
    shown = gateway.client.get(f"/api/v1/jobs/{first['id']}", headers=headers).json()
    assert (shown["state"], shown["progress"]) == ("done", 1.0)
    assert gateway.client.get(f"/api/v1/records/{shown['record']}", headers=headers).status_code == 200


def test_a_cancelled_job_is_cancelled_and_a_done_one_cannot_be(gateway, job) -> None:
    headers, case, first = job
    assert gateway.client.delete(f"/api/v1/jobs/{first['id']}", headers=headers).json()["state"] == "cancelled"
    body = {"task": "transcribe", "evidence": first["evidence"]}
    again = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).json()
    assert again["id"] != first["id"]
    finish(gateway, {"segments": []})
    assert gateway.client.delete(f"/api/v1/jobs/{again['id']}", headers=headers).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"task": "divine"}, 400),
        ({"task": "scan"}, 400),
        ({"params": {"colour": "red"}}, 400),
        ({"params": {"model": "oracle-9000"}}, 400),
        ({"params": []}, 422),
        ({"params": {"hotwords": ["\x00"]}}, 422),
        ({"evidence": "ev_nothere"}, 404),
        ({"evidence": "../../etc"}, 404),
        ({"suprise": 1}, 422),
    ],
)
def test_a_job_that_cannot_be_done_is_refused_before_it_is_queued(gateway, job, change, status: int) -> None:
    headers, case, first = job
    body = {"task": "transcribe", "evidence": first["evidence"], **change}
    answer = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body)
    assert answer.status_code == status, answer.text
    assert len(gateway.client.get(f"/api/v1/cases/{case}/jobs", headers=headers).json()) == 1


@pytest.mark.parametrize(
    "params",
    ['{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', '{"a": ' + "[" * 40 + "]" * 40 + "}", '{"a": ' + "9" * 40 + "}"],
)
def test_parameters_that_no_database_could_keep_are_422(gateway, job, params: str) -> None:
    headers, case, first = job
    body = f'{{"task": "transcribe", "evidence": "{first["evidence"]}", "params": {params}}}'
    typed = headers | {"content-type": "application/json"}
    answer = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=typed, content=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "request.invalid"


def test_a_case_has_a_bounded_number_of_jobs_waiting(open_gateway, tone: bytes) -> None:
    with open_gateway(jobs_open_per_case=1) as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        item = gateway.evidence(headers, case, tone)
        for language, status in (("zh", 202), ("en", 429)):
            body = {"task": "transcribe", "evidence": item, "params": {"language": language}}
            assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).status_code == status


def events_of(text: str) -> list[tuple[str, JsonObject]]:
    """Name and data of each event."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_events_tell_each_change_until_the_job_has_ended(open_gateway, tone: bytes) -> None:
    with open_gateway(events_poll_s=0.05) as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
        job = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).json()["id"]

        def work() -> None:
            time.sleep(0.2)
            lease = gateway.store.claim("a test", ["transcribe"], 60.0)
            gateway.store.checkpoint(lease, 0, 2, {})
            time.sleep(0.3)
            gateway.store.finish(lease, "transcribe", {"segments": []}, [])

        worker = threading.Thread(target=work)
        worker.start()
        answer = gateway.client.get(f"/api/v1/jobs/{job}/events", headers=headers)
        worker.join()
        assert answer.headers["content-type"].startswith("text/event-stream")
        states = [(name, data["state"]) for name, data in events_of(answer.text)]
        assert states[0] == ("job", "queued")
        assert ("job", "running") in states
        assert states[-1] == ("job", "done")
        assert events_of(answer.text)[-1][1]["record"]
        assert gateway.app.state.services.streams.inside == 0


def test_a_silent_stream_is_kept_alive_and_ends_in_its_time(open_gateway, tone: bytes) -> None:
    with open_gateway(events_poll_s=0.05, events_heartbeat_s=0.1, events_max_s=1) as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
        job = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).json()["id"]
        text = gateway.client.get(f"/api/v1/jobs/{job}/events", headers=headers).text
        assert text.count(": alive") >= 3
        assert len(events_of(text)) == 1


def test_too_many_streams_are_429(open_gateway, tone: bytes) -> None:
    with open_gateway(events_max_streams=1) as gateway:
        headers = gateway.key()
        case = gateway.case(headers)
        body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
        job = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).json()["id"]
        gateway.app.state.services.streams.take()
        answer = gateway.client.get(f"/api/v1/jobs/{job}/events", headers=headers)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1


def test_a_comparison_names_a_transcript_of_its_case_in_the_version_of_the_moment(gateway, job, tmp_path) -> None:
    headers, case, _ = job
    transcript = finish(gateway, {"segments": []})
    paper = make_docx(tmp_path / "a.docx", "问：去过吗？", "答：没有。").read_bytes()
    item = gateway.evidence(headers, case, paper, "paper.docx")
    body = {"task": "compare", "evidence": item, "params": {"transcript": transcript}}
    answer = gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["params"] == {"transcript": transcript, "transcript_version": 1}


@pytest.mark.parametrize("params", [{"transcript": "rec_nothere"}, {"recording": "ev_nothere"}])
def test_a_comparison_with_what_is_not_there_is_refused(gateway, job, tmp_path, params: JsonObject) -> None:
    headers, case, _ = job
    paper = make_docx(tmp_path / "a.docx", "答：没有。").read_bytes()
    body = {"task": "compare", "evidence": gateway.evidence(headers, case, paper, "paper.docx"), "params": params}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).status_code == 404


def test_a_comparison_with_another_case_is_refused(gateway, job, tmp_path, tone: bytes) -> None:
    headers, case, _ = job
    transcript = finish(gateway, {"segments": []})
    other = gateway.case(headers)
    item = gateway.evidence(headers, other, make_docx(tmp_path / "a.docx", "答：没有。").read_bytes(), "paper.docx")
    for params in ({"transcript": transcript}, {"recording": gateway.evidence(headers, case, tone)}):
        body = {"task": "compare", "evidence": item, "params": params}
        assert gateway.client.post(f"/api/v1/cases/{other}/jobs", headers=headers, json=body).status_code == 404
