"""A record as a file to take along: text, subtitles, Word, the JSON as stored; pure, knows no page and no store."""

from __future__ import annotations

import json

from cases.codec import from_json
from cases.records import JsonObject, ScanRecord
from cases.traffic import TrafficRecord
from cases.transcript import Transcript
from models.errors import BadInput
from pipelines.speech.export import as_file
from pipelines.traffic.viid import filed, motor_vehicles
from serving.console.present import clock

_FORMATS = {
    "transcribe": ("txt", "docx", "srt", "vtt", "json"),
    "scan": ("txt", "json"),
    "traffic": ("csv", "json", "viid"),
}
_TURNS = {"question": "问", "answer": "答", "aside": "旁"}
"""As a Chinese record writes them, whatever language the console speaks."""
_MEDIA = {
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "viid": "application/json",
}


def formats_of(kind: str) -> tuple[str, ...]:
    """The formats in which a record of `kind` can be had."""
    return _FORMATS.get(kind, ("json",))


def suffix_of(form: str) -> str:
    """How a file of a format is called at its end."""
    return "viid.json" if form == "viid" else form


def write(kind: str, form: str, body: JsonObject) -> tuple[bytes, str]:
    """The file's bytes and media type in format `form`; raises BadInput for a format the record cannot be had in."""
    if form not in formats_of(kind):
        raise BadInput("export.format", f"a {kind} record cannot be had as {form}")
    return _content(kind, form, body), _MEDIA[form]


def _content(kind: str, form: str, body: JsonObject) -> bytes:
    if form == "json":
        return json.dumps(body, ensure_ascii=False, indent=1).encode()
    if kind == "transcribe":
        record = from_json(Transcript, body)
        return _talk(record).encode() if form == "txt" else as_file(record, form)
    if kind == "scan":
        return _pages(from_json(ScanRecord, body)).encode()
    traffic = from_json(TrafficRecord, body)
    if form == "viid":
        return json.dumps(motor_vehicles(traffic, filed(traffic)), ensure_ascii=False, indent=1).encode()
    return _counts(traffic).encode()


def _talk(body: Transcript) -> str:
    lines = []
    for segment in body.segments:
        speaker = _TURNS.get(segment.role or "", segment.role) or segment.speaker
        said = f"{speaker}：{segment.text}" if speaker else segment.text
        lines.append(f"[{clock(segment.start)} - {clock(segment.end)}] {said}")
    return "\n".join(lines) + "\n"


def _pages(body: ScanRecord) -> str:
    return "\f".join("\n".join(line.text for line in page.lines) + "\n" for page in body.pages)


def _counts(body: TrafficRecord) -> str:
    # The byte order mark is what spreadsheet programs need to read Chinese.
    rows = ["line,direction,class,count"]
    rows += [f"{_cell(c.line)},{_cell(c.direction)},{_cell(c.class_)},{c.count}" for c in body.counts]
    return "\ufeff" + "\r\n".join(rows) + "\r\n"


def _cell(value: str | None) -> str:
    """A quoted cell that no spreadsheet takes for a formula."""
    text = value or ""
    text = f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return '"' + text.replace('"', '""') + '"'
