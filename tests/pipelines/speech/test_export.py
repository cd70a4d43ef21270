"""Transcripts as text, subtitles and JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cases.codec import from_json
from cases.records import Provenance
from cases.transcript import SpeakerTurn, Transcript, TranscriptSegment
from models.errors import BadInput
from pipelines.speech.export import render

PROVENANCE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def segment(number: int, start: float, end: float, text: str, speaker: str | None = None) -> TranscriptSegment:
    return TranscriptSegment(number, start, end, speaker, None, text, 0.9, (), ())


def transcript(*segments: TranscriptSegment) -> Transcript:
    return Transcript("zh", 4000.0, (), segments, "".join(s.text for s in segments), PROVENANCE)


SAMPLE = transcript(
    segment(0, 0.0, 1.5, "姓名？", "S1"), segment(1, 3661.0449, 3661.0451, "A<b> & c --> d\n换行"), segment(2, 5, 6, "")
)


def test_text_has_one_line_a_sentence() -> None:
    assert render(SAMPLE, "txt") == "S1: 姓名？\nA<b> & c --> d 换行\n"


def test_subrip_has_numbered_cues_with_commas_and_no_empty_or_timeless_one() -> None:
    assert render(SAMPLE, "srt") == (
        "1\n00:00:00,000 --> 00:00:01,500\nS1: 姓名？\n\n2\n01:01:01,045 --> 01:01:01,095\nA<b> & c → d 换行\n"
    )


def test_webvtt_escapes_markup_and_names_the_voice() -> None:
    assert render(SAMPLE, "vtt") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v S1>姓名？\n\n"
        "01:01:01.045 --> 01:01:01.095\nA&lt;b&gt; &amp; c --&gt; d 换行\n"
    )


def test_where_roles_are_known_text_and_subtitles_say_question_and_answer_instead_of_the_speaker() -> None:
    told = [
        replace(segment(n, n, n + 1.0, text, speaker), role=role)
        for n, (text, speaker, role) in enumerate(
            [
                ("姓名？", "S1", "question"),
                ("李四。", "S2", "answer"),
                ("他姓李。", "S3", "aside"),
                ("嗯。", "S2", None),
            ]
        )
    ]
    assert render(transcript(*told), "txt") == "问：姓名？\n答：李四。\n旁：他姓李。\nS2: 嗯。\n"
    assert "\n问：姓名？\n" in render(transcript(*told), "srt")
    assert "\n<v S1>问：姓名？\n" in render(transcript(*told), "vtt")


def test_json_is_the_record() -> None:
    assert from_json(Transcript, json.loads(render(SAMPLE, "json"))) == SAMPLE


@pytest.mark.parametrize(("kind", "wanted"), [("txt", ""), ("srt", ""), ("vtt", "WEBVTT\n")])
def test_silence_is_an_empty_but_valid_file(kind: str, wanted: str) -> None:
    assert render(transcript(), kind) == wanted


def test_rttm_has_a_line_of_ten_fields_for_each_turn_by_voice() -> None:
    turns = (SpeakerTurn("S1", 0.5, 2.25), SpeakerTurn("S2", 2.0, 3.0))
    spoken = replace(transcript(segment(0, 0.0, 4.0, "姓名？", "S1")), turns=turns)
    assert render(spoken, "rttm", "room 3") == (
        "SPEAKER room_3 1 0.500 1.750 <NA> <NA> S1 <NA> <NA>\nSPEAKER room_3 1 2.000 1.000 <NA> <NA> S2 <NA> <NA>\n"
    )


def test_rttm_goes_by_sentences_where_voices_were_not_told_apart() -> None:
    (line,) = render(transcript(segment(0, 1.0, 2.0, "好", "S1")), "rttm").splitlines()
    assert line.split() == ["SPEAKER", "recording", "1", "1.000", "1.000", "<NA>", "<NA>", "S1", "<NA>", "<NA>"]


def test_a_blank_in_a_speakers_name_makes_no_field_of_rttm() -> None:
    (line,) = render(transcript(segment(0, 1.0, 2.0, "好", "王 警官")), "rttm").splitlines()
    assert line.split() == ["SPEAKER", "recording", "1", "1.000", "1.000", "<NA>", "<NA>", "王_警官", "<NA>", "<NA>"]


def test_rttm_of_a_transcript_without_speakers_says_what_to_do() -> None:
    with pytest.raises(BadInput, match="with speakers"):
        render(transcript(segment(0, 1.0, 2.0, "好")), "rttm")


def test_an_unknown_format_is_bad_input() -> None:
    with pytest.raises(BadInput, match="docx"):
        render(SAMPLE, "docx")
