"""A read volume as PDF files of any of its versions: one searchable PDF, or a ZIP with one for each document.

They are made anew from the version's text and documents, the evidence and the page pictures, in a folder of their own
that goes when the answer is sent. Knows where the parts lie, and nothing of how PDFs are written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from cases.blobs import BlobStore
from cases.codec import from_json
from cases.records import DerivedCopy, EvidenceItem, ScanRecord
from cases.versions import RecordVersion
from models.errors import BadInput
from serving.api.content import disposition

ZIP = "application/zip"
FOLDER = "job-export-"
"""Begins like the folders of jobs, so that what a crash leaves is swept with them."""


@dataclass(frozen=True, slots=True)
class VolumeParts:
    """What a volume's files are made of: a version of its record, the evidence that it was read from, its copies."""

    record: RecordVersion
    evidence: EvidenceItem
    copies: Sequence[DerivedCopy]


def volume_file(parts: VolumeParts, blobs: BlobStore, work_dir: Path, *, split: bool) -> FileResponse:
    """The searchable PDF, or the ZIP of its documents, as an answer that removes its folder when it was sent.

    Raises BadInput for a record that is no scan and, to split, for one without documents; NotFound and Tampered from
    the blobs.
    """
    if parts.record.kind != "scan":
        raise BadInput("export.format", f"a {parts.record.kind} record has no searchable PDF; scans have")
    work_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=work_dir))
    try:
        made, media_type = _made(parts, blobs, folder, split=split)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"{Path(parts.evidence.filename).stem}-v{parts.record.version}{made.suffix}"
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    headers = {"content-disposition": disposition(name, inline=False)}
    return FileResponse(made, media_type=media_type, headers=headers, background=gone)


def _made(parts: VolumeParts, blobs: BlobStore, folder: Path, *, split: bool) -> tuple[Path, str]:
    from pipelines.files.pdf import printed_pages, write_searchable
    from pipelines.files.pdf_marks import About
    from pipelines.files.split import pack, write_split
    from pipelines.media.pdf import PDF

    read = from_json(ScanRecord, parts.record.body)
    original = blobs.local(parts.evidence.digest.sha256) if parts.evidence.media_type == PDF else None
    wanted = {page.image for page in read.pages if page.image}
    pictures = {copy.name: blobs.local(copy.digest.sha256) for copy in parts.copies if copy.name in wanted}
    pages = printed_pages(read.pages, pictures, original)
    about = About(Path(parts.evidence.filename).stem, "", parts.evidence.digest.sha256)
    if split:
        pack(write_split(pages, read.documents, folder, original, about), folder / "volume.zip")
        return folder / "volume.zip", ZIP
    write_searchable(pages, folder / "volume.pdf", original, read.documents, about)
    return folder / "volume.pdf", PDF
