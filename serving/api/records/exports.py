"""Records as files for people: which formats each kind has; the pipelines render them."""

from __future__ import annotations

import json
from enum import StrEnum

from cases.conversation import KINDS, conversation_of
from cases.versions import RecordVersion
from models.errors import BadInput
from serving.api.transcripts import transcript_of


class ExportFormat(StrEnum):
    """A file format of transcripts and 笔录."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    RTTM = "rttm"
    DOCX = "docx"
    PDF = "pdf"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    ExportFormat.TXT: "text/plain; charset=utf-8",
    ExportFormat.SRT: "application/x-subrip; charset=utf-8",
    ExportFormat.VTT: "text/vtt; charset=utf-8",
    ExportFormat.RTTM: "text/plain; charset=utf-8",
    ExportFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ExportFormat.PDF: "application/pdf",
    ExportFormat.JSON: "application/json",
}


def exported(record: RecordVersion, format: ExportFormat, *, figures: bool = False) -> bytes:
    """The file, a transcript's numbers in figures when asked.

    Raises BadInput for a format that this kind does not have, WeightsMissing for a PDF without a font.
    """
    if record.kind in KINDS:
        return _conversation(record, format)
    from pipelines.speech.export import FORMATS, as_file
    from pipelines.speech.itn.layer import figured

    transcript = transcript_of(record.body)
    if format.value not in FORMATS:
        raise BadInput("export.format", f"a transcript has no {format}; there are {', '.join(FORMATS)}")
    return as_file(figured(transcript) if figures else transcript, format.value)


def _conversation(record: RecordVersion, format: ExportFormat) -> bytes:
    value = conversation_of(record.kind, record.body)
    if format is ExportFormat.JSON:
        return (json.dumps(record.body, ensure_ascii=False, indent=2) + "\n").encode()
    if format is ExportFormat.TXT:
        from pipelines.speech.record_text import record_text

        return record_text(value).encode()
    if format is ExportFormat.DOCX:
        from pipelines.speech.record_docx import record_docx

        return record_docx(value)
    if format is ExportFormat.PDF:
        from models.fonts import font_path
        from pipelines.speech.record_pdf import record_pdf

        return record_pdf(value, font_path(fetch=False))
    raise BadInput("export.format", f"a 笔录 has no {format}; there are docx, pdf, txt, json")
