"""A transcript as text for other programs: plain text, SubRip, WebVTT, RTTM, JSON; pure, knows no file and no case.

Formats: SubRip as written by its players (comma before milliseconds), WebVTT of 2019-04 (w3.org/TR/webvtt1), RTTM as in
NIST's Rich Transcription evaluation plan (RT-09, appendix A).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from cases.codec import to_json
from cases.transcript import SpeakerTurn, Transcript, TranscriptSegment
from models.errors import BadInput

ROLE_MARKS: Mapping[str, str] = {"question": "问：", "answer": "答：", "aside": "旁："}
"""What a record puts in front of a turn."""
LEAST_CUE_SECONDS = 0.05
"""Players skip cues without length."""


def to_text(transcript: Transcript) -> str:
    """One line a sentence; in front 问, 答 or 旁 where the role is known, else the speaker where one is."""
    return "".join(f"{_spoken(segment)}\n" for segment in transcript.segments if segment.text)


def to_srt(transcript: Transcript) -> str:
    """SubRip subtitles."""
    cues: list[str] = []
    for number, segment in enumerate(_cues(transcript), 1):
        start, end = _stamp(segment.start, ","), _stamp(_end(segment), ",")
        cues.append(f"{number}\n{start} --> {end}\n{_cue_text(segment)}\n")
    return "\n".join(cues)


def to_vtt(transcript: Transcript) -> str:
    """WebVTT subtitles; the speaker is a voice tag, the role stands before the text."""
    cues = ["WEBVTT\n"]
    for segment in _cues(transcript):
        text = _marked(segment).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if segment.speaker is not None:
            text = f"<v {_one_line(segment.speaker).replace('>', '')}>{text}"
        cues.append(f"{_stamp(segment.start, '.')} --> {_stamp(_end(segment), '.')}\n{text}\n")
    return "\n".join(cues)


def to_json_text(transcript: Transcript) -> str:
    """The record as JSON, one document."""
    return json.dumps(to_json(transcript), ensure_ascii=False, indent=2) + "\n"


def to_rttm(transcript: Transcript, name: str) -> str:
    """Who spoke when in the recording called `name`, one line a turn, by voice; by sentence where voices were not told.

    Raises BadInput when nobody asked who speaks.
    """
    turns = transcript.turns or tuple(_spoken_turns(transcript))
    file = _field(name) or "recording"
    return "".join(
        f"SPEAKER {file} 1 {turn.start:.3f} {turn.end - turn.start:.3f} <NA> <NA> {_field(turn.speaker)} <NA> <NA>\n"
        for turn in turns
    )


def _field(text: str) -> str:
    """Blanks end a field of RTTM; people give speakers names that have some."""
    return "_".join(text.split())


def _spoken_turns(transcript: Transcript) -> Iterator[SpeakerTurn]:
    for segment in transcript.segments:
        if segment.speaker is None:
            raise BadInput("export.speakers", "this transcript does not say who speaks; transcribe with speakers")
        yield SpeakerTurn(segment.speaker, segment.start, _end(segment))


RENDERERS: Mapping[str, Callable[[Transcript], str]] = {
    "json": to_json_text,
    "txt": to_text,
    "srt": to_srt,
    "vtt": to_vtt,
}


def render(transcript: Transcript, kind: str, name: str = "recording") -> str:
    """The transcript of the recording `name` as `kind` (json, txt, srt, vtt or rttm); raises BadInput for any other."""
    if kind == "rttm":
        return to_rttm(transcript, name)
    if kind not in RENDERERS:
        raise BadInput("export.format", f"no format is called {kind!r}; there are {', '.join(RENDERERS)}, rttm")
    return RENDERERS[kind](transcript)


FORMATS = (*RENDERERS, "rttm", "docx")
"""Every kind of file; all but docx are text."""


def as_file(transcript: Transcript, kind: str, name: str = "recording") -> bytes:
    """The transcript of the recording `name` as the bytes of a file of `kind`, one of FORMATS; raises as `render`."""
    if kind == "docx":
        from pipelines.speech.transcript_docx import transcript_docx

        return transcript_docx(transcript)
    return render(transcript, kind, name).encode()


def _cues(transcript: Transcript) -> list[TranscriptSegment]:
    return [segment for segment in transcript.segments if segment.text.strip()]


def _spoken(segment: TranscriptSegment) -> str:
    text = _marked(segment)
    return text if segment.speaker is None or segment.role in ROLE_MARKS else f"{segment.speaker}: {text}"


def _marked(segment: TranscriptSegment) -> str:
    """The text in one line, after 问, 答 or 旁 where the role is known."""
    return ROLE_MARKS.get(segment.role or "", "") + _one_line(segment.text)


def _cue_text(segment: TranscriptSegment) -> str:
    # An arrow inside a text would start a new cue for lenient players.
    return _spoken(segment).replace("-->", "→")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _end(segment: TranscriptSegment) -> float:
    return max(segment.end, segment.start + LEAST_CUE_SECONDS)


def _stamp(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, fraction = divmod(rest, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{point}{fraction:03}"
