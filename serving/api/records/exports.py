"""Records as files for people: which formats each kind has; the pipelines render them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum

from cases.codec import from_json
from cases.conversation import KINDS, conversation_of
from cases.records import Case, ScanRecord
from cases.versions import RecordVersion
from models.errors import BadInput
from serving.api.transcripts import transcript_of


class ExportFormat(StrEnum):
    """A file format of transcripts, 笔录, catalogues and tables."""

    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"
    RTTM = "rttm"
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    JSON = "json"
    SEARCHABLE = "searchable"
    SPLIT = "split"

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
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
    ExportFormat.SEARCHABLE: "application/pdf",
    ExportFormat.SPLIT: "application/zip",
}

VOLUME_FILES = (ExportFormat.SEARCHABLE, ExportFormat.SPLIT)
"""Formats that are made of the evidence itself, on disk: `volume_files` has them."""


def exported(
    record: RecordVersion,
    format: ExportFormat,
    case: Case,
    *,
    figures: bool = False,
    people: Mapping[str, str] | None = None,
) -> bytes:
    """The file, a transcript's numbers in figures when asked; `case` is named on the cover of a volume,
    and of `people` (names by account) those who confirmed its catalogue.

    Raises BadInput for a format that this kind does not have and for the catalogue of a scan without documents,
    for the tables of one without any, WeightsMissing for a PDF without a font.
    """
    if record.kind in KINDS:
        return _conversation(record, format)
    if record.kind == "scan":
        return _tables(record) if format is ExportFormat.XLSX else _catalogue(record, format, case, people or {})
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


def _tables(record: RecordVersion) -> bytes:
    from pipelines.files.tables.xlsx import workbook

    return workbook(from_json(ScanRecord, record.body).pages)


def _catalogue(record: RecordVersion, format: ExportFormat, case: Case, people: Mapping[str, str]) -> bytes:
    if format not in (ExportFormat.DOCX, ExportFormat.PDF):
        raise BadInput(
            "export.format", f"the catalogue of a scan is had as docx or pdf, its tables as xlsx; not {format}"
        )
    from pipelines.files.catalogue.entries import VolumeHeader, mark_of, volume_of
    from pipelines.files.page import blank_pages

    read = from_json(ScanRecord, record.body)
    header = VolumeHeader(case_name=case.name, case_no=case.case_no or "", mark=mark_of(read.documents, people))
    volume = volume_of(read.documents, header, findings=read.findings, blank=blank_pages(read.pages))
    if format is ExportFormat.DOCX:
        from pipelines.files.catalogue.sheets import sheets_docx

        return sheets_docx(volume)
    from models.fonts import font_path
    from pipelines.files.catalogue.sheets_pdf import sheets_pdf

    return sheets_pdf(volume, font_path(fetch=False))
