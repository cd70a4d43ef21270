"""Transcripts as files for people and players; says which formats the interface offers, the pipeline renders them."""

from __future__ import annotations

from enum import StrEnum

from cases.codec import from_json
from cases.records import JsonObject
from cases.transcript import Transcript
from models.errors import BadInput


class TranscriptFormat(StrEnum):
    """A file format of transcripts."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    RTTM = "rttm"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return {"srt": "application/x-subrip", "vtt": "text/vtt"}.get(self.value, "text/plain")


def transcript_of(body: JsonObject) -> Transcript:
    """The transcript that a record's body holds; raises BadInput for another kind of record."""
    if "segments" not in body:
        raise BadInput("export.kind", "only transcripts have this export")
    return from_json(Transcript, body)


def exported(transcript: Transcript, format: TranscriptFormat, *, figures: bool = False) -> str:
    """The transcript as the text of a file in `format`, its numbers in figures when asked."""
    from pipelines.speech.export import render
    from pipelines.speech.itn.layer import figured

    return render(figured(transcript) if figures else transcript, format.value)
