"""Every format that the OpenAI client can ask for, both granularities and streams, held to types of the client."""

from __future__ import annotations

import io
import itertools
import math
import re
import struct
import wave

import openai
import pytest
from openai.types.audio import Transcription, TranscriptionDiarized, TranscriptionVerbose

TYPES = {
    "json": Transcription,
    "text": str,
    "srt": str,
    "verbose_json": TranscriptionVerbose,
    "vtt": str,
    "diarized_json": TranscriptionDiarized,
}
CUE = re.compile(r"(\d\d):(\d\d):(\d\d)[,.](\d{3}) --> (\d\d):(\d\d):(\d\d)[,.](\d{3})")
SAID = "有声"


@pytest.fixture
def transcribe(server):
    """Asks for a transcription, whatever the client's own types do not hold for being an error."""
    strict = server.client.with_options(_extra_kwargs={"_strict_response_validation": True})

    def ask(sound: bytes, **more: object):
        file = ("a.wav", io.BytesIO(sound))
        return strict.audio.transcriptions.create(model="fake-transcribe", file=file, **more)

    return ask


def recording(*stretches: tuple[float, bool]) -> bytes:
    """WAV of a tone and of silence: seconds of each, and whether it is loud."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        for seconds, loud in stretches:
            level = 9000 if loud else 0
            second = b"".join(struct.pack("<h", int(level * math.sin(n / 10))) for n in range(16000))
            file.writeframes((second * math.ceil(seconds))[: int(seconds * 16000) * 2])
    return out.getvalue()


@pytest.fixture(scope="module")
def minutes() -> bytes:
    """Two and a half minutes of talk with pauses: more than one part of the pipeline."""
    return recording(*[(8.0, True), (2.0, False)] * 15)


def text_of(answer: object) -> str:
    return answer if isinstance(answer, str) else answer.text


def without_blanks(text: str) -> str:
    """Sentences that end without a mark are set apart by a blank."""
    return "".join(text.split())


def cues(subtitles: str) -> list[tuple[float, float]]:
    """Start and end of each cue in seconds."""
    times = [[int(one) for one in found.groups()] for found in CUE.finditer(subtitles)]
    return [tuple(3600 * t[n] + 60 * t[n + 1] + t[n + 2] + t[n + 3] / 1000 for n in (0, 4)) for t in times]


@pytest.mark.parametrize("name", TYPES)
def test_each_format_is_of_the_type_that_the_client_declares(transcribe, tone: bytes, name: str) -> None:
    answer = transcribe(tone, response_format=name)
    assert type(answer) is TYPES[name]
    assert SAID in text_of(answer)


@pytest.mark.parametrize("name", TYPES)
def test_a_recording_without_a_word_has_an_answer_in_each_format(transcribe, name: str) -> None:
    answer = transcribe(recording((2.0, False)), response_format=name)
    assert type(answer) is TYPES[name]
    assert SAID not in text_of(answer)
    assert not cues(text_of(answer))


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_have_cues_in_order_within_the_recording(transcribe, minutes: bytes, name: str) -> None:
    found = cues(transcribe(minutes, response_format=name))
    assert len(found) >= 5
    edges = [0.0, *(edge for cue in found for edge in cue), 150.0]
    assert edges == sorted(edges)


def test_without_granularities_verbose_json_has_segments_and_no_words(transcribe, tone: bytes) -> None:
    answer = transcribe(tone, response_format="verbose_json")
    assert answer.segments
    assert answer.words is None


@pytest.mark.parametrize("asked", [["segment"], ["word"], ["word", "segment"]])
def test_verbose_json_has_the_times_that_were_asked_for_alone(transcribe, tone: bytes, asked: list[str]) -> None:
    answer = transcribe(tone, response_format="verbose_json", timestamp_granularities=asked)
    assert (answer.segments is not None, answer.words is not None) == ("segment" in asked, "word" in asked)
    assert (answer.language, answer.duration) == ("zh", pytest.approx(2.0))


def test_every_granularity_goes_with_every_format_plain_and_streamed(transcribe, tone: bytes) -> None:
    # One server for all of them: starting it takes longer than they do.
    for name, asked in itertools.product(TYPES, ([], ["segment"], ["word"], ["word", "segment"])):
        plain = transcribe(tone, response_format=name, timestamp_granularities=asked)
        assert type(plain) is TYPES[name], (name, asked)
        *before, done = transcribe(tone, response_format=name, timestamp_granularities=asked, stream=True)
        assert [event.type for event in before if event.type == "transcript.text.delta"], (name, asked)
        assert done.type == "transcript.text.done"
        assert SAID in text_of(plain)
        assert SAID in done.text


def test_words_are_the_text_in_order_and_each_lies_in_a_segment(transcribe, minutes: bytes) -> None:
    answer = transcribe(minutes, response_format="verbose_json", timestamp_granularities=["word", "segment"])
    assert without_blanks("".join(word.word for word in answer.words)) == without_blanks(answer.text)
    edges = [edge for word in answer.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    for word in answer.words:
        assert any(one.start <= word.start and word.end <= one.end for one in answer.segments)


def test_segments_are_numbered_and_say_how_sure_they_are(transcribe, minutes: bytes) -> None:
    segments = transcribe(minutes, response_format="verbose_json").segments
    assert [one.id for one in segments] == list(range(len(segments)))
    assert all(one.avg_logprob <= 0 and one.no_speech_prob == 0 and one.end > one.start for one in segments)


def test_the_segments_of_speakers_hold_the_whole_text(transcribe, minutes: bytes) -> None:
    answer = transcribe(minutes, response_format="diarized_json")
    assert without_blanks("".join(one.text for one in answer.segments)) == without_blanks(answer.text)
    assert all(one.speaker and one.end > one.start for one in answer.segments)


@pytest.mark.parametrize("name", TYPES)
def test_a_stream_tells_the_same_whatever_the_format(transcribe, minutes: bytes, name: str) -> None:
    *before, done = transcribe(minutes, response_format=name, stream=True)
    deltas = [event for event in before if event.type == "transcript.text.delta"]
    segments = [event for event in before if event.type == "transcript.text.segment"]
    assert len(deltas) > 1
    assert len(before) == len(deltas) + len(segments)
    assert done.type == "transcript.text.done"
    assert "".join(event.delta for event in deltas) == done.text == transcribe(minutes).text
    assert bool(segments) == (name == "diarized_json")


def test_the_segments_of_a_stream_are_those_of_the_plain_answer(transcribe, minutes: bytes) -> None:
    events = list(transcribe(minutes, response_format="diarized_json", stream=True))
    segments = [event for event in events if event.type == "transcript.text.segment"]
    plain = transcribe(minutes, response_format="diarized_json").segments
    assert [one.model_dump() for one in segments] == [one.model_dump() for one in plain]


def test_a_stream_without_a_word_ends_with_an_empty_text(transcribe) -> None:
    events = list(transcribe(recording((2.0, False)), stream=True))
    assert [(event.type, event.text) for event in events] == [("transcript.text.done", "")]


@pytest.mark.parametrize(
    "more",
    [
        {"temperature": 0.2},
        {"chunking_strategy": "auto"},
        {"chunking_strategy": {"type": "server_vad", "threshold": 0.5}},
        {"include": ["logprobs"]},
        {"language": "zh"},
        {"languages": ["zh"]},
        {"languages": ["zh", "en"]},
        {"prompt": "张伟，南山路"},
        {"keywords": ["张伟", "南山路"]},
    ],
)
def test_what_a_client_written_for_their_models_sends_is_taken(
    transcribe, tone: bytes, more: dict[str, object]
) -> None:
    assert SAID in transcribe(tone, **more).text


@pytest.mark.anyio
async def test_the_client_for_event_loops_streams_too(server, minutes: bytes) -> None:
    async with openai.AsyncOpenAI(api_key=server.client.api_key, base_url=f"{server.url}/v1") as client:
        file = ("a.wav", io.BytesIO(minutes))
        stream = await client.audio.transcriptions.create(model="fake-transcribe", file=file, stream=True)
        events = [event async for event in stream]
    assert "".join(event.delta for event in events[:-1]) == events[-1].text


@pytest.mark.parametrize(
    "more", [{"known_speaker_names": ["agent"]}, {"known_speaker_references": ["data:audio/wav;base64,UklGRg=="]}]
)
def test_samples_of_voices_are_refused_with_a_reason(transcribe, tone: bytes, more: dict[str, object]) -> None:
    with pytest.raises(openai.BadRequestError, match="consent"):
        transcribe(tone, response_format="diarized_json", **more)


def test_a_sample_that_is_too_long_for_a_field_names_it(transcribe, tone: bytes) -> None:
    with pytest.raises(openai.APIStatusError, match="known_speaker_references") as refused:
        transcribe(tone, known_speaker_references=["data:audio/wav;base64," + "A" * 100_000])
    assert refused.value.status_code == 413
