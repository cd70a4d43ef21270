"""A live session over its socket: spoken, shown, read again, kept; and everything that may go wrong on the way."""

from __future__ import annotations

import io
import json
import time
import wave

import numpy as np
import pytest
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from cases.records import Role
from models.errors import Conflict
from pipelines.speech.live.opus import OPUS_RATE, PACKET_SAMPLES, OpusPackets
from tests.pipelines.speech.live.opus_voice import encoded, sung
from tests.serving.api.live.conftest import TWO_LINES, Speaker, connect, frame, pcm, speak, until

SAMPLES = len(TWO_LINES) // 2


def by_type(events, kind):
    return [event for event in events if event["type"] == kind]


def test_a_session_is_shown_line_by_line_and_ends_as_evidence_and_record(speaker: Speaker) -> None:
    begun = speaker.begin(title="讯问张三")
    with speaker.socket(begun["id"], begun["ticket"]["ticket"]) as socket:
        assert socket.accepted_subprotocol == "anjuan.live.v1"
        first = socket.receive_json()
        assert (first["type"], first["state"], first["next"]) == ("state", "open", 0)
        speak(socket, TWO_LINES)
        events = until(socket, "rewrite", line=1)
        socket.send_json({"type": "end"})
        events += until(socket, "state", state="ended")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1000
    assert [e["line"] for e in by_type(events, "final")] == [0, 1]
    assert by_type(events, "final")[0]["text"] == "有声有声有声有声"
    assert [e["line"] for e in by_type(events, "rewrite")] == [0, 1]
    assert by_type(events, "partial")
    assert by_type(events, "ack")[-1]["next"] == SAMPLES
    durable = [e["event"] for e in events if e["type"] in ("final", "rewrite")]
    assert sorted(durable) == durable == [1, 2, 3, 4]

    ended = events[-1]
    with wave.open(io.BytesIO(speaker.content(ended["evidence"]))) as file:
        assert (file.getframerate(), file.readframes(SAMPLES + 1)) == (16000, TWO_LINES)
    record = speaker.record(ended["record"])
    assert [s["text"] for s in record["segments"]] == ["有声有声有声", "有声有声"]
    assert [m["task"] for m in record["provenance"]["models"]] == ["voice-activity", "transcribe-stream", "transcribe"]
    shown = speaker.shown(begun["id"])
    assert (shown["state"], shown["evidence"], shown["record"]) == ("ended", ended["evidence"], ended["record"])


@pytest.mark.parametrize(
    ("wanted", "used"),
    [({}, ["张三", "李家村"]), ({"hotwords": ["王五"]}, ["王五", "张三", "李家村"]), ({"hotwords": []}, [])],
    ids=["none said", "some said", "none wanted"],
)
def test_the_second_reading_looks_out_for_the_names_of_the_case(
    speaker: Speaker, wanted: dict[str, object], used: list[str]
) -> None:
    address = f"/api/v1/cases/{speaker.case}/hotwords"
    words = {"words": ["张三", "李家村"]}
    assert speaker.gateway.client.put(address, headers=speaker.headers, json=words).status_code == 200
    session = speaker.begin(**wanted)["id"]
    desk = speaker.gateway.app.state.live_desk
    assert list(desk._open[session].dictation._passes.hotwords) == used
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "ack", next=SAMPLES)
    record = speaker.record(speaker.end(session)["record"])
    assert record["provenance"]["parameters"]["hotwords"] == used


def test_both_readings_of_every_line_stay_beside_the_record(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "final", line=1)
    record = speaker.end(session)["record"]
    client, headers = speaker.gateway.client, speaker.headers
    (copy,) = client.get(f"/api/v1/records/{record}/derived", headers=headers).json()
    assert copy["name"] == "lines.jsonl"
    rows = client.get(f"/api/v1/derived/{copy['id']}/content", headers=headers).text.splitlines()
    assert sorted((json.loads(row)["kind"], json.loads(row)["line"]) for row in rows) == [
        ("final", 0),
        ("final", 1),
        ("rewrite", 0),
        ("rewrite", 1),
    ]


def test_begin_and_end_are_on_the_cases_trail_and_the_store_verifies(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "ack", next=SAMPLES)
    speaker.end(session)
    trail = speaker.gateway.client.get(f"/api/v1/cases/{speaker.case}/audit", headers=speaker.headers).json()
    acts = [entry["act"] for entry in trail["entries"]]
    assert [a for a in acts if a != "case.created"][-5:] == [
        "live.began",
        "evidence.added",
        "job.submitted",
        "record.created",
        "job.done",
    ]


# --- dropped sockets -------------------------------------------------------------------------------------------------
def test_three_dropped_sockets_lose_no_sound_and_no_line(speaker: Speaker) -> None:
    session, sound = speaker.begin()["id"], TWO_LINES * 4
    seen: dict[int, str] = {}
    events: list = []
    after = sent = 0
    for drop in range(4):
        with speaker.socket(session, after=after) as socket:
            # The client begins again at what the server has, which may lie before what it sent.
            sent = until(socket, "state")[-1]["next"]
            until_sample = len(sound) // 2 if drop == 3 else (drop + 1) * SAMPLES - 5000
            speak(socket, sound[: 2 * until_sample], sent)
            if drop == 3:
                socket.send_json({"type": "end"})
                events = until(socket, "state", state="ended")
            else:
                events = until(socket, "final", line=2 * drop)
            for event in by_type(events, "final"):
                assert event["line"] not in seen, "a line came twice"
                seen[event["line"]] = event["text"]
            after = max((e["event"] for e in events), default=after)
    assert sorted(seen) == list(range(8))
    ended = events[-1]
    assert speaker.content(ended["evidence"])[44:] == sound
    assert len(speaker.record(ended["record"])["segments"]) >= 8


def test_events_are_told_again_from_any_number(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        all_events = [e for e in until(socket, "rewrite", line=1) if e["type"] in ("final", "rewrite")]
    for after in range(5):
        with speaker.socket(session, after=after) as socket:
            assert until(socket, "state")[-1]["event"] == 4
            told = [socket.receive_json() for _ in range(4 - after)]
            assert told == all_events[after:]


def test_frames_sent_again_are_taken_once_whatever_their_cut(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        socket.send_bytes(frame(0, TWO_LINES[:8000]))
        socket.send_bytes(frame(1000, TWO_LINES[2000:20_000]))
        socket.send_bytes(frame(0, TWO_LINES[:400]))
        speak(socket, TWO_LINES, 10_000, step=9998)
        until(socket, "ack", next=SAMPLES)
    assert speaker.content(speaker.end(session)["evidence"])[44:] == TWO_LINES


def test_a_gap_is_told_once_with_the_sample_to_go_on_from(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        socket.send_bytes(frame(0, TWO_LINES[:3200]))
        for at in (3200, 4800, 6400):
            socket.send_bytes(frame(at, TWO_LINES[2 * at : 2 * at + 3200]))
        error = until(socket, "error")[-1]
        assert (error["code"], error["next"]) == ("live.gap", 1600)
        speak(socket, TWO_LINES, 1600)
        events = until(socket, "ack", next=SAMPLES)
        assert by_type(events, "error") == []


def test_a_second_socket_takes_over_and_the_first_is_sent_away(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as first:
        until(first, "state")
        with speaker.socket(session) as second:
            until(second, "state")
            with pytest.raises(WebSocketDisconnect) as closed:
                until(first, "never")
            assert closed.value.code == 4409
            speak(second, TWO_LINES)
            until(second, "final", line=0)


def test_a_server_that_starts_again_finds_the_session_and_goes_on(open_gateway) -> None:
    with open_gateway() as gateway:
        speaker = Speaker(gateway)
        session = speaker.begin()["id"]
        with speaker.socket(session) as socket:
            speak(socket, TWO_LINES[: 2 * 60_000])
            seen = by_type(until(socket, "ack", next=60_000), "final")
    with open_gateway() as gateway:
        again = Speaker.__new__(Speaker)
        again.gateway, again.headers, again.case = gateway, speaker.headers, speaker.case
        with again.socket(session) as socket:
            assert until(socket, "state")[-1]["next"] == 60_000
            speak(socket, TWO_LINES, 60_000)
            socket.send_json({"type": "end"})
            events = until(socket, "state", state="ended")
        finals = {e["line"]: e["text"] for e in by_type(events, "final")}
        assert all(finals[e["line"]] == e["text"] for e in seen), "a line that was shown stays"
        assert sorted(finals) == [0, 1]
        assert again.content(events[-1]["evidence"])[44:] == TWO_LINES


def test_a_session_that_nobody_takes_up_again_becomes_evidence_by_itself(open_gateway, monkeypatch) -> None:
    monkeypatch.setattr("serving.api.live.desk.LOOK_S", 0.1)
    with open_gateway(live_hold_s=5, live_resume_s=10) as gateway:
        desk = gateway.app.state.live_desk
        speaker = Speaker(gateway)
        session = speaker.begin()["id"]
        with speaker.socket(session) as socket:
            speak(socket, TWO_LINES)
            until(socket, "ack", next=SAMPLES)
        desk._open[session].unwatched_since -= 6
        note = desk._notes.folder(session)
        deadline = time.monotonic() + 20
        while session in desk._open and time.monotonic() < deadline:
            time.sleep(0.05)
        import os

        for path in (note, *note.iterdir()):
            os.utime(path, (time.time() - 20, time.time() - 20))
        while speaker.shown(session)["state"] != "ended" and time.monotonic() < deadline:
            time.sleep(0.05)
        shown = speaker.shown(session)
        assert speaker.content(shown["evidence"])[44:] == TWO_LINES
        assert len(speaker.record(shown["record"])["segments"]) == 2
        assert sorted(path.name for path in note.iterdir()) == ["session.json"]


def test_a_session_whose_speaker_may_only_read_by_now_becomes_evidence(speaker: Speaker) -> None:
    gateway, session = speaker.gateway, speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "ack", next=SAMPLES)
        wang = gateway.actor("wang")
        gateway.store.add_member(wang, speaker.case, wang.id, Role.READER)
        socket.send_json({"type": "end"})
        ended = until(socket, "state", state="ended")[-1]
    assert speaker.content(ended["evidence"])[44:] == TWO_LINES


def test_a_session_without_a_word_leaves_nothing_in_the_case(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    assert speaker.end(session)["state"] == "empty"
    evidence = speaker.gateway.client.get(f"/api/v1/cases/{speaker.case}/evidence", headers=speaker.headers)
    assert evidence.json() == []


def test_the_end_may_be_asked_for_again_and_is_the_same(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "ack", next=SAMPLES)
    assert speaker.end(session) == speaker.end(session)
    with pytest.raises(WebSocketDenialResponse) as refused, speaker.socket(session):
        pass
    assert refused.value.status_code == 409


def test_a_session_that_ended_while_somebody_was_on_the_way_to_it_is_not_begun_again(speaker: Speaker) -> None:
    desk, portal = speaker.gateway.app.state.live_desk, speaker.gateway.client.portal
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "ack", next=SAMPLES)
    open_note = desk._open[session].note
    ended = speaker.end(session)
    # As another gateway does that read the note a moment before the end.
    with pytest.raises(Conflict) as refused:
        portal.call(desk._taken_up, open_note)
    assert refused.value.code == "live.ended"
    assert speaker.shown(session)["record"] == ended["record"]
    assert desk._places.inside == 0


def test_an_end_that_cannot_be_written_down_is_told_and_may_be_asked_for_again(speaker: Speaker, monkeypatch) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "ack", next=SAMPLES)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("serving.api.live.notes.os.fsync", full)
        answer = speaker.gateway.client.post(f"/api/v1/live/{session}/end", headers=speaker.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "live.disk")
    assert speaker.content(speaker.end(session)["evidence"])[44:] == TWO_LINES


@pytest.mark.parametrize("rate", [8000, 48000])
def test_sound_of_another_rate_is_kept_as_it_came(speaker: Speaker, rate: int) -> None:
    sound = pcm((0.5, 0), (2, 9000), (1, 0), rate=rate)
    session = speaker.begin(rate=rate)["id"]
    with speaker.socket(session) as socket:
        speak(socket, sound)
        final = until(socket, "final", line=0)[-1]
        assert final["start"] < 0.5 < 2.5 < final["end"] < 3
    ended = speaker.end(session)
    with wave.open(io.BytesIO(speaker.content(ended["evidence"]))) as file:
        assert (file.getframerate(), file.getnframes()) == (rate, len(sound) // 2)


# --- Opus ------------------------------------------------------------------------------------------------------------
OPUS = {"type": "hello", "after": 0, "codec": "opus"}


def packets_of(sound: bytes) -> list[bytes]:
    return encoded(np.frombuffer(sound, "<i2"))


def send_packets(socket: WebSocketTestSession, packets: list[bytes], start: int = 0) -> None:
    for number, packet in enumerate(packets[start:], start):
        socket.send_bytes(frame(number * PACKET_SAMPLES, packet))


def kept_of(speaker: Speaker, session: str) -> np.ndarray:
    with wave.open(io.BytesIO(speaker.content(speaker.end(session)["evidence"]))) as file:
        assert file.getframerate() == OPUS_RATE
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)


def test_a_session_that_is_spoken_in_opus_shows_lines_and_keeps_what_was_decoded(speaker: Speaker) -> None:
    packets = packets_of(pcm((0.5, 0), (2, 9000), (1, 0), rate=OPUS_RATE))
    session = speaker.begin(rate=OPUS_RATE)["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        send_packets(socket, packets)
        final = until(socket, "final", line=0)[-1]
        assert final["start"] < 0.5 < 2.5 < final["end"] < 3.2
        until(socket, "ack", next=len(packets) * PACKET_SAMPLES)
    decoder = OpusPackets()
    decoded = b"".join(decoder.decode(n * PACKET_SAMPLES, packet) for n, packet in enumerate(packets))
    again = speaker.gateway.app.state.live_desk._notes._read(session)
    assert again is not None
    assert again.opus, "a server that starts again knows it too"
    assert kept_of(speaker, session).tolist() == np.frombuffer(decoded, "<i2").tolist()
    (item,) = speaker.gateway.store.evidence_of(speaker.gateway.actor(), speaker.case)
    assert (item.facts["codec"], item.facts["received_as"]) == ("pcm_s16le", "opus")


def test_an_opus_session_goes_on_after_a_drop_without_a_hole_or_an_echo(speaker: Speaker) -> None:
    voice = sung(2)
    packets, session = encoded(voice), speaker.begin(rate=OPUS_RATE)["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        send_packets(socket, packets[:50])
        until(socket, "ack", next=50 * PACKET_SAMPLES)
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        assert until(socket, "state")[-1]["next"] == 50 * PACKET_SAMPLES
        # 80 ms again, from which the new decoder learns; they are not kept twice.
        send_packets(socket, packets, 46)
        until(socket, "ack", next=len(packets) * PACKET_SAMPLES)
    decoder = OpusPackets()
    whole = b"".join(decoder.decode(n * PACKET_SAMPLES, packet) for n, packet in enumerate(packets))
    expected = np.frombuffer(whole, "<i2").astype(np.float64)
    kept = kept_of(speaker, session)
    assert kept.size == expected.size
    assert np.sqrt(np.square(kept - expected).mean()) < 0.03 * np.sqrt(np.square(expected).mean())


def test_a_missing_packet_is_told_with_the_sample_to_go_on_from(speaker: Speaker) -> None:
    packets, session = encoded(sung(0.5)), speaker.begin(rate=OPUS_RATE)["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        send_packets(socket, packets[:5])
        send_packets(socket, packets, 7)
        error = until(socket, "error")[-1]
        assert (error["code"], error["next"]) == ("live.gap", 5 * PACKET_SAMPLES)
        send_packets(socket, packets, 5)
        until(socket, "ack", next=len(packets) * PACKET_SAMPLES)


def test_a_session_may_go_on_as_pcm_after_it_was_spoken_in_opus(speaker: Speaker) -> None:
    packets, session = encoded(sung(0.5)), speaker.begin(rate=OPUS_RATE)["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        send_packets(socket, packets)
        until(socket, "ack", next=len(packets) * PACKET_SAMPLES)
    rest = pcm((1, 9000), rate=OPUS_RATE)
    with speaker.socket(session) as socket:
        socket.send_bytes(frame(len(packets) * PACKET_SAMPLES, rest))
        until(socket, "ack", next=len(packets) * PACKET_SAMPLES + len(rest) // 2)
    assert kept_of(speaker, session)[-OPUS_RATE:].tolist() == np.frombuffer(rest, "<i2").tolist()


@pytest.mark.parametrize(
    "packet",
    [b"", b"\x0b\x01\x00", b"\x78" + bytes(1276), bytes(2000)],
    ids=["empty", "several frames", "too long", "far too long"],
)
def test_a_packet_that_is_none_closes_the_socket_and_not_the_session(speaker: Speaker, packet: bytes) -> None:
    session = speaker.begin(rate=OPUS_RATE)["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        until(socket, "state")
        socket.send_bytes(frame(0, packet))
        with pytest.raises(WebSocketDisconnect) as closed:
            until(socket, "never")
        assert closed.value.code == 1008
        assert "Opus" in str(closed.value.reason)
    assert speaker.shown(session)["next"] == 0


def test_opus_in_a_session_of_another_rate_is_refused_with_the_rate_it_needs(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_json(OPUS)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1008
        assert "48000" in str(closed.value.reason)


# --- what is refused -------------------------------------------------------------------------------------------------
def test_a_ticket_opens_one_socket_of_one_session_once(speaker: Speaker) -> None:
    one, other = speaker.begin()["id"], speaker.begin()["id"]
    ticket = speaker.ticket(one)
    for session, shown in ((other, ticket), (one, ticket), (one, "x" * 43), (one, "")):
        with pytest.raises(WebSocketDenialResponse) as refused, connect(speaker.gateway, session, shown):
            pass
        assert refused.value.status_code == 401, "shown at another session it is spent too"
    fresh = speaker.ticket(one)
    with speaker.socket(one, fresh) as socket:
        until(socket, "state")
    with pytest.raises(WebSocketDenialResponse), speaker.socket(one, fresh):
        pass


def test_a_ticket_is_good_for_seconds(open_gateway) -> None:
    with open_gateway(live_ticket_s=1) as gateway:
        speaker = Speaker(gateway)
        begun = speaker.begin()
        time.sleep(1.1)
        with pytest.raises(WebSocketDenialResponse), speaker.socket(begun["id"], begun["ticket"]["ticket"]):
            pass


def test_a_key_alone_does_not_open_the_socket(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        speaker.gateway.client.websocket_connect(f"/api/v1/live/{session}", headers=speaker.headers),
    ):
        pass
    assert refused.value.status_code == 401
    assert speaker.gateway.client.request("WEBSOCKET", f"/api/v1/live/{session}").status_code == 401


def test_another_account_sees_no_session_and_gets_no_ticket(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    headers = speaker.gateway.key("zhao")
    client = speaker.gateway.client
    assert client.get(f"/api/v1/live/{session}", headers=headers).status_code == 404
    assert client.post(f"/api/v1/live/{session}/tickets", headers=headers).status_code == 404
    assert client.post(f"/api/v1/live/{session}/end", headers=headers).status_code == 404
    assert client.post(f"/api/v1/cases/{speaker.case}/live", headers=headers, json={}).status_code == 404


def test_places_are_bounded_and_refused_before_anything_opens(open_gateway) -> None:
    with open_gateway(live_sessions_max_concurrent=1) as gateway:
        speaker = Speaker(gateway)
        session = speaker.begin()["id"]
        answer = gateway.client.post(f"/api/v1/cases/{speaker.case}/live", headers=speaker.headers, json={})
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "5"
        speaker.end(session)
        again = speaker.begin()["id"]
        # A session whose place was given back meanwhile has to wait for one, and hears so before the socket opens.
        gateway.client.portal.call(gateway.app.state.live_desk.close)
        ticket = speaker.ticket(again)
        speaker.begin()
        with pytest.raises(WebSocketDenialResponse) as refused, connect(gateway, again, ticket):
            pass
        assert refused.value.status_code == 429


@pytest.mark.parametrize(
    "message",
    [b"", b"1234567", b"\x00" * 8 + b"odd", b"\x00" * 8 + bytes(1 << 18)],
    ids=["empty", "short", "half a sample", "too long"],
)
def test_a_frame_that_is_none_closes_the_socket_and_not_the_session(speaker: Speaker, message: bytes) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        until(socket, "state")
        socket.send_bytes(message)
        with pytest.raises(WebSocketDisconnect) as closed:
            until(socket, "never")
        assert closed.value.code == 1008
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES)
        until(socket, "final", line=0)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"type": "shout"}', '{"type": "end", "now": 1}', "x" * 2000])
def test_a_message_that_is_none_closes_the_socket(speaker: Speaker, text: str) -> None:
    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        until(socket, "state")
        socket.send_text(text)
        with pytest.raises(WebSocketDisconnect) as closed:
            until(socket, "never")
        assert closed.value.code == 1008


def test_sound_before_hello_closes_the_socket(speaker: Speaker) -> None:
    session = speaker.begin()["id"]
    with connect(speaker.gateway, session, speaker.ticket(session)) as socket:
        socket.send_bytes(frame(0, TWO_LINES[:320]))
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1008


@pytest.mark.parametrize("wanted", [{"rate": 44100}, {"surprise": 1}, {"hotwords": "x"}, {"title": "a\u0000"}])
def test_a_session_that_cannot_be_is_refused(speaker: Speaker, wanted: dict[str, object]) -> None:
    answer = speaker.gateway.client.post(f"/api/v1/cases/{speaker.case}/live", headers=speaker.headers, json=wanted)
    assert answer.status_code == 422
    assert speaker.gateway.app.state.live_desk._places.inside == 0


def test_a_full_disk_is_told_and_what_was_acknowledged_is_kept(speaker: Speaker, monkeypatch) -> None:
    from models.errors import Unavailable

    session = speaker.begin()["id"]
    with speaker.socket(session) as socket:
        speak(socket, TWO_LINES[:32_000])
        until(socket, "ack", next=16_000)

        def full(*_: object) -> None:
            raise Unavailable("live.full", "the server's disk is full")

        with monkeypatch.context() as patch:
            patch.setattr("pipelines.speech.live.sound.SoundFile.append", full)
            socket.send_bytes(frame(16_000, TWO_LINES[32_000:35_200]))
            assert until(socket, "error")[-1]["code"] == "live.full"
            with pytest.raises(WebSocketDisconnect) as closed:
                until(socket, "never")
            assert closed.value.code == 1013
    with speaker.socket(session) as socket:
        assert until(socket, "state")[-1]["next"] == 16_000
        speak(socket, TWO_LINES, 16_000)
        until(socket, "ack", next=SAMPLES)
    assert speaker.content(speaker.end(session)["evidence"])[44:] == TWO_LINES


def test_a_session_as_long_as_one_may_be_is_kept_by_itself(open_gateway) -> None:
    with open_gateway(live_session_max_s=60) as gateway:
        speaker = Speaker(gateway)
        session = speaker.begin()["id"]
        with speaker.socket(session) as socket:
            speak(socket, bytes(2 * 16_000 * 61), step=160_000)
            assert until(socket, "error")[-1]["code"] == "live.too_long"
            ended = until(socket, "state", state="ended")[-1]
        assert ended["seconds"] >= 60


def test_without_models_nobody_can_dictate(tmp_path, fake_engine) -> None:
    from starlette.testclient import TestClient

    from cases.blobs import LocalBlobs
    from cases.store import Store
    from serving.app import create_app
    from serving.settings import Settings
    from tests.serving.conftest import Gateway

    settings = Settings.model_validate({"data_dir": tmp_path, "console": False})
    store = Store.open(settings.store_url)
    app = create_app(settings, fake_engine, store, LocalBlobs(settings.blobs_dir))
    with TestClient(app) as client:
        gateway = Gateway(app, store, settings, client)
        headers = gateway.key()
        answer = client.post(f"/api/v1/cases/{gateway.case(headers)}/live", headers=headers, json={})
        assert (answer.status_code, answer.json()["code"]) == (503, "live.models")
        assert not settings.live_dir.exists() or not list(settings.live_dir.iterdir())
    store.close()
