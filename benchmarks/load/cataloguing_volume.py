"""A volume for a clerk's run: its scan, what the machine proposes, and the truth; kept in a service over the wire.

The scan is drawn from the truth and uploaded; a stand-in reads it, so that the pages have their pictures at once. Then
the record gets the text of a reader that errs at a stated rate, and the documents that the rules find in that text: the
machine's own proposal with the faults that it really has.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.faults.service import Service
from benchmarks.volumes.make import USUAL_FAULTS, scanned
from benchmarks.volumes.reading import misread
from benchmarks.volumes.volume import Volume, make_volume
from cases.codec import from_json, to_json_object
from cases.records import CaseDocument, ScannedPage, ScanRecord
from models.errors import Unavailable
from models.fonts import font_path
from pipelines.files.catalogue.checks import findings
from pipelines.files.catalogue.documents import documents_of
from pipelines.files.page import volume_text

MOST_DOCUMENTS: Final = 90
JOB_S: Final = 600.0
JSON_BYTES: Final = "16777216"
"""What the service must take as a JSON body: the whole record of a hundred pages has about one MiB."""


@dataclass(frozen=True, slots=True)
class KeptVolume:
    """The record in the service, the documents that its volume truly has, and those that the machine proposes."""

    record: str
    pages: int
    truth: tuple[CaseDocument, ...]
    proposed: tuple[CaseDocument, ...]


def volume_of_pages(seed: int, pages: int) -> Volume:
    """The volume of this seed with about so many pages, and a missing, a double, a foreign and two swapped pages."""
    sizes = range(1, MOST_DOCUMENTS)
    return min((make_volume(seed, n, USUAL_FAULTS) for n in sizes), key=lambda one: abs(len(one.pages) - pages))


def keep_volume(service: Service, volume: Volume, rate: float, scan: str) -> KeptVolume:
    """The volume in a case of its own, read by a reader that takes this share of the letters for others."""
    data, drawn = scanned(volume, scan, font_path())
    read = tuple(
        replace(page, tables=true.tables, seals=true.seals)
        for page, true in zip(misread(drawn, rate, volume.seed).pages, drawn.pages, strict=True)
    )
    with tempfile.TemporaryDirectory(prefix="cataloguing-") as name:
        path = Path(name) / f"{volume.name}.pdf"
        path.write_bytes(data)
        case = service.create_case("编目测速")
        job = service.finish(service.submit(case, "scan", str(service.upload(case, path)["id"])), JOB_S)
    if job["state"] != "done":
        raise Unavailable("cataloguing.scan", f"the scan ended as {job['state']}: {job['error_message']}")
    record = str(job["record"])
    proposed = _write(service, record, read)
    return KeptVolume(record, len(read), volume.documents, proposed)


def latest(service: Service, record: str) -> ScanRecord:
    """The record as it stands."""
    body = service.record(record)
    return from_json(ScanRecord, {name: value for name, value in body.items() if name != "record"})


def _write(service: Service, record: str, read: tuple[ScannedPage, ...]) -> tuple[CaseDocument, ...]:
    """Give the record the text and the documents of `read`; the pictures stay the stand-in's."""
    kept = latest(service, record)
    pages = tuple(
        replace(page, width=old.width, height=old.height, image=old.image)
        for page, old in zip(read, kept.pages, strict=True)
    )
    documents = documents_of(pages)
    made = replace(kept, pages=pages, documents=documents, text=volume_text(pages), findings=findings(pages, documents))
    answer = service.client.post(
        f"/api/v1/records/{record}/versions", json={"base_version": 1, "body": to_json_object(made)}
    )
    if answer.status_code != 201:
        raise Unavailable("cataloguing.record", f"the record was not taken: {answer.status_code} {answer.text[:300]}")
    return documents
