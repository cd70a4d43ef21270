"""OpenAI's own client against a real server on a loopback port: what it may ask, and its kinds of error."""

from __future__ import annotations

import io
import socket
import time

import openai
import pytest


def sound(tone: bytes, name: str = "a.wav") -> tuple[str, io.BytesIO]:
    return name, io.BytesIO(tone)


def transcribe(server, tone: bytes, **more: object):
    given = {"model": "fake-transcribe", "file": sound(tone), **more}
    return server.client.audio.transcriptions.create(**given)


def test_the_models_are_listed_default_first(server) -> None:
    assert [model.id for model in server.client.models.list()] == ["fake-transcribe"]
    assert server.client.models.retrieve("fake-transcribe").id == "fake-transcribe"
    with pytest.raises(openai.NotFoundError):
        server.client.models.retrieve("whisper-9000")


def test_json_is_the_default_and_nothing_of_the_sound_stays(server, tone: bytes) -> None:
    answer = transcribe(server, tone)
    assert "有声" in answer.text
    assert answer.usage.seconds == 2
    assert server.gateway.files() == []


def test_text_srt_and_vtt_are_text(server, tone: bytes) -> None:
    assert "有声" in transcribe(server, tone, response_format="text")
    assert " --> " in transcribe(server, tone, response_format="srt")
    assert transcribe(server, tone, response_format="vtt").startswith("WEBVTT")


@pytest.mark.parametrize("granularities", [["segment"], ["word"], ["word", "segment"]])
def test_verbose_json_has_the_times_that_were_asked_for(server, tone: bytes, granularities) -> None:
    answer = transcribe(server, tone, response_format="verbose_json", timestamp_granularities=granularities)
    assert answer.duration == pytest.approx(2.0, abs=0.1)
    assert bool(answer.segments) == ("segment" in granularities)
    assert bool(answer.words) == ("word" in granularities)


def test_the_other_spelling_of_granularities_is_taken_too(server, gateway, tone: bytes) -> None:
    data = {"response_format": "verbose_json", "timestamp_granularities": "word"}
    answer = gateway.client.post(
        "/v1/audio/transcriptions", headers=gateway.key(), files={"file": ("a.wav", tone)}, data=data
    )
    assert answer.json()["words"]


def test_diarized_json_names_a_speaker_for_every_segment(server, tone: bytes) -> None:
    answer = transcribe(server, tone, response_format="diarized_json")
    assert answer.segments
    assert all(isinstance(segment.speaker, str) for segment in answer.segments)


def test_a_stream_tells_deltas_and_at_last_the_whole(server, tone: bytes) -> None:
    events = list(transcribe(server, tone, stream=True))
    assert events[0].type == "transcript.text.delta"
    assert events[-1].type == "transcript.text.done"
    assert "".join(event.delta for event in events[:-1]) == events[-1].text


def test_a_wrong_key_is_401_as_openai_says_it(server, tone: bytes) -> None:
    stranger = server.client.with_options(api_key="sk-wrong")
    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.audio.transcriptions.create(model="fake-transcribe", file=sound(tone))
    assert refused.value.code == "invalid_api_key"
    assert refused.value.type == "invalid_request_error"


def test_a_wrong_model_is_404(server, tone: bytes) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        transcribe(server, tone, model="oracle-9000")
    assert refused.value.code == "model_not_found"


@pytest.mark.parametrize("content", [b"", b"just text", b"%PDF-1.7\n", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_sound_is_400(server, content: bytes) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        transcribe(server, content)
    assert refused.value.type == "invalid_request_error"
    assert refused.value.request_id
    assert server.gateway.files() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("response_format", "docx"), ("language", "中文"), ("timestamp_granularities", ["page"])],
)
def test_a_field_that_does_not_fit_is_400(server, tone: bytes, field: str, value: object) -> None:
    with pytest.raises(openai.BadRequestError):
        transcribe(server, tone, **{field: value})


def test_when_all_places_are_taken_the_client_hears_429_and_how_long(server, tone: bytes) -> None:
    gate = server.gateway.app.state.services.live
    for _ in range(server.gateway.settings.live_max_concurrent):
        gate.take()
    with pytest.raises(openai.RateLimitError) as refused:
        transcribe(server, tone)
    assert int(refused.value.response.headers["retry-after"]) >= 1
    gate.give()
    assert transcribe(server, tone).text
    assert server.gateway.files() == []


def test_a_place_is_given_back_when_the_client_goes_away(server, tone: bytes) -> None:
    stream = transcribe(server, tone, stream=True)
    next(iter(stream))
    stream.close()
    deadline = time.monotonic() + 10
    live = server.gateway.app.state.services.live
    while (live.inside or server.gateway.files()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert live.inside == 0
    assert server.gateway.files() == []


def test_sound_beyond_the_limit_is_413(open_gateway, tone: bytes) -> None:
    with open_gateway(live_max_bytes=16384) as gateway:
        answer = gateway.client.post(
            "/v1/audio/transcriptions", headers=gateway.key(), files={"file": ("a.wav", tone)}, data={}
        )
        assert answer.status_code == 413
        assert answer.json()["error"]["type"] == "invalid_request_error"
        assert gateway.files() == []


def test_a_slow_lie_about_content_length_does_nothing(server, tone: bytes) -> None:
    """A raw client that announces more than it sends, then hangs up: the server goes on, and nothing stays."""
    host, port = server.url.removeprefix("http://").split(":")
    headers = server.gateway.key()
    case = server.gateway.case(headers)
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(
            f"PUT /api/v1/cases/{case}/evidence/a.wav HTTP/1.1\r\nhost: x\r\n"
            f"authorization: {headers['authorization']}\r\n"
            f"content-length: {len(tone) + 1000}\r\n\r\n".encode()
            + tone
        )
    deadline = time.monotonic() + 10
    while server.gateway.app.state.services.uploads.inside and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.gateway.client.get(f"/api/v1/cases/{case}/evidence", headers=headers).json() == []
    assert server.gateway.files() == []
