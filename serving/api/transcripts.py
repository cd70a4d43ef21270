"""A transcript in the formats of people and players: text, SubRip, WebVTT; knows no route."""

from __future__ import annotations

from enum import StrEnum

from cases.codec import from_json
from cases.records import JsonObject, Transcript, TranscriptSegment
from models.errors import BadInput


class TranscriptFormat(StrEnum):
    """A file format of transcripts."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return {"txt": "text/plain", "srt": "application/x-subrip", "vtt": "text/vtt"}[self.value]


def transcript_of(body: JsonObject) -> Transcript:
    """The transcript that a record's body holds; raises BadInput for another kind of record."""
    if "segments" not in body:
        raise BadInput("export.kind", "only transcripts have this export")
    return from_json(Transcript, body)


def exported(transcript: Transcript, format: TranscriptFormat) -> str:
    """The transcript as the text of a file in `format`."""
    if format is TranscriptFormat.TXT:
        return "".join(f"{_line(segment)}\n" for segment in transcript.segments)
    numbered = list(enumerate(transcript.segments, start=1))
    if format is TranscriptFormat.SRT:
        return "".join(f"{n}\n{_span(s, ',')}\n{_line(s)}\n\n" for n, s in numbered)
    # "-->" inside a cue's text would end the cue (WebVTT 4.1).
    cues = (f"{n}\n{_span(s, '.')}\n{_line(s).replace('-->', '--＞')}\n\n" for n, s in numbered)
    return "WEBVTT\n\n" + "".join(cues)


def _line(segment: TranscriptSegment) -> str:
    text = " ".join(segment.text.split())
    return f"{segment.speaker}: {text}" if segment.speaker else text


def _span(segment: TranscriptSegment, point: str) -> str:
    return f"{_stamp(segment.start, point)} --> {_stamp(segment.end, point)}"


def _stamp(seconds: float, point: str) -> str:
    whole = max(0, round(seconds * 1000))
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
