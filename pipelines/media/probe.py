"""What an upload is, from its bytes alone: kind, media type and facts such as duration or pages; knows no case.

Headers, file names and declared types are never believed. What cannot be read is refused with what to do about it,
before it becomes evidence; what is only cut short is refused unless the sender says that it is meant to be so, since a
recording broken off in a power cut is evidence too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cases.records import JsonObject
from models.errors import BadInput, TooLarge, Unsupported
from pipelines.media.container import SOUND_ALONE, demuxer_of
from pipelines.media.word import DOCX

HEAD_BYTES = 1024
PICTURE_MIN_PX = 8
"""The smallest side on which a character can be drawn at all."""
SHORTFALL = 0.5
"""A file that holds less than this share of what its header states is called cut short."""
SHORTFALL_MIN_S = 5.0
"""Seconds that must be missing before it is worth a word: headers of short files are rounded."""


class Kind(StrEnum):
    """What can be done with a file."""

    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an upload may be at most."""

    max_bytes: int = 8 << 30
    """12 hours of HD interrogation video are about 6 GiB."""
    max_seconds: float = 12 * 3600.0
    """A day of interrogation by law."""
    max_pages: int = 5000
    """A volume has a few hundred pages."""
    max_pixels: int = 200_000_000
    """A picture of 200 megapixels takes 600 MB in memory."""
    max_page_px: int = 20_000
    """An A3 page at 1200 dpi."""


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file is; `facts` holds duration, pages, width, height, codec ... as found."""

    media_type: str
    kind: Kind
    facts: JsonObject


_SOUND: dict[str, str] = {
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "amr": "audio/amr",
    "wav": "audio/wav",
    "w64": "audio/x-w64",
    "aiff": "audio/aiff",
    "au": "audio/basic",
    "caf": "audio/x-caf",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "mov": "audio/mp4",
    "matroska": "audio/x-matroska",
    "avi": "audio/x-msvideo",
    "asf": "audio/x-ms-wma",
    "flv": "audio/x-flv",
    "mpeg": "audio/mpeg",
    "mpegts": "audio/mp2t",
    "dhav": "audio/x-dhav",
}
_VIDEO: dict[str, str] = {
    "mov": "video/mp4",
    "matroska": "video/x-matroska",
    "ogg": "video/ogg",
    "avi": "video/x-msvideo",
    "asf": "video/x-ms-asf",
    "flv": "video/x-flv",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "dhav": "video/x-dhav",
    "h264": "video/h264",
    "hevc": "video/h265",
    "ivf": "video/x-ivf",
}
"""FFmpeg's demuxer -> media type."""

_TASKS: dict[Kind, tuple[str, ...]] = {
    Kind.AUDIO: ("transcribe",),
    Kind.VIDEO: ("traffic", "transcribe"),
    Kind.DOCUMENT: ("scan", "compare"),
    Kind.IMAGE: ("scan", "compare"),
}


def tasks_for(media_type: str) -> tuple[str, ...]:
    """The tasks that evidence of `media_type` can be given to, likeliest first."""
    family = media_type.partition("/")[0]
    if media_type == DOCX:
        return ("compare",)
    if media_type == "application/pdf":
        return _TASKS[Kind.DOCUMENT]
    return _TASKS[Kind(family)] if family in {"audio", "video", "image"} else ()


def probe(path: Path, limits: Limits | None = None, *, cut_short_is_meant: bool = False) -> MediaFacts:
    """Kind, media type and facts of the file at `path`.

    Raises Unsupported for a kind of file that Anjuan does not take, TooLarge past a limit, and BadInput for what is
    empty, broken, locked or, unless `cut_short_is_meant`, cut short.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if not size:
        raise BadInput("media.empty", "the file is empty; choose it again, and check that it opens on your computer")
    if size > limits.max_bytes:
        raise TooLarge("media.too-large", f"the file is larger than {limits.max_bytes >> 20} MiB; send it in parts")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    # Readers allow some bytes before the mark, and scanners write them (PDF 32000-1, annex H.3, note 13).
    if b"%PDF-" in head:
        return _document(path, limits)
    if head.startswith(b"PK\x03\x04") and (facts := _word(path)) is not None:
        return facts
    if picture := _picture_type(path):
        return _picture(path, picture, limits, cut_short_is_meant)
    return _recording(path, head, limits, cut_short_is_meant)


def _picture_type(path: Path) -> str | None:
    from pipelines.media.pdf import picture_type

    try:
        return picture_type(path)
    except BadInput:
        return None


def _word(path: Path) -> MediaFacts | None:
    """Facts of a Word document; None for any other archive."""
    from pipelines.media.word import is_docx, word_facts

    return MediaFacts(DOCX, Kind.DOCUMENT, word_facts(path)) if is_docx(path) else None


def _document(path: Path, limits: Limits) -> MediaFacts:
    from pipelines.media.pdf import pdf_facts

    facts = pdf_facts(path, max_pages=limits.max_pages)
    return MediaFacts("application/pdf", Kind.DOCUMENT, facts)


def _picture(path: Path, media_type: str, limits: Limits, cut_short_is_meant: bool) -> MediaFacts:
    from pipelines.media.pdf import picture_facts

    facts = picture_facts(
        path, media_type, max_pixels=limits.max_pixels, max_page_px=limits.max_page_px, max_pages=limits.max_pages
    )
    sides = [side for side in (facts.get("width"), facts.get("height")) if isinstance(side, int)]
    if min(sides, default=0) < PICTURE_MIN_PX:
        raise BadInput("picture.too-small", f"the picture is {sides[0]} x {sides[1]} pixels: nothing can be read on it")
    if facts.pop("complete") is not True and not cut_short_is_meant:
        raise BadInput(
            "media.cut-short",
            "the picture ends before its last line; send it whole, or say that there is no more (cut_short=true)",
        )
    return MediaFacts(media_type, Kind.IMAGE, facts)


def _recording(path: Path, head: bytes, limits: Limits, cut_short_is_meant: bool) -> MediaFacts:
    demuxer = demuxer_of(path)
    if demuxer is None:
        raise _unsupported(head)
    if demuxer not in SOUND_ALONE and (seen := _moving_pictures(path, limits)) is not None:
        media_type, kind, facts = _VIDEO[demuxer], Kind.VIDEO, seen
    else:
        from pipelines.media.audio import audio_facts

        kind, facts = Kind.AUDIO, audio_facts(path, limits.max_seconds)
        media_type = _SOUND[demuxer]
    if not cut_short_is_meant:
        _refuse_cut_short(path, demuxer, facts)
    return MediaFacts(media_type, kind, facts)


def _moving_pictures(path: Path, limits: Limits) -> JsonObject | None:
    """Facts of the video track, or None when the file holds sound alone."""
    from pipelines.media.video import video_facts

    try:
        facts = video_facts(path)
    except BadInput as error:
        if error.code == "video.none":
            return None
        raise
    duration = facts.get("duration")
    if isinstance(duration, int | float) and duration > limits.max_seconds:
        raise TooLarge("video.too-long", f"the video is longer than {limits.max_seconds / 3600:g} hours; send parts")
    return facts


def _refuse_cut_short(path: Path, demuxer: str, facts: JsonObject) -> None:
    stated = _stated_seconds(path, demuxer)
    found = facts.get("duration")
    if not isinstance(found, int | float) or stated - found < SHORTFALL_MIN_S or found >= stated * SHORTFALL:
        return
    raise BadInput(
        "media.cut-short",
        f"the file states {stated:.0f} s and holds {found:.0f} s; send the whole file, "
        "or say that the recording really broke off (cut_short=true)",
    )


def _stated_seconds(path: Path, demuxer: str) -> float:
    """The duration that the header claims, in seconds; 0 when it claims none."""
    if demuxer == "wav":
        return _wav_seconds(path)
    import av

    with path.open("rb") as file, av.open(file, format=demuxer, options={"protocol_whitelist": ""}) as container:
        return max(0.0, (container.duration or 0) / 1e6)


def _wav_seconds(path: Path) -> float:
    """Data bytes over byte rate, as the RIFF header states them; FFmpeg mends the figure, so it is read here."""
    with path.open("rb") as file:
        head = file.read(4096)
    form, data = head.find(b"fmt "), head.find(b"data")
    if form < 0 or data < 0 or len(head) < max(form + 20, data + 8):
        return 0.0
    rate = int.from_bytes(head[form + 16 : form + 20], "little")
    size = int.from_bytes(head[data + 4 : data + 8], "little")
    # Recorders that stream write 0 or the largest number and never come back to mend it.
    return size / rate if rate and size < 0xFFFFFF00 else 0.0


_HINTS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "this is a ZIP archive or an Office file; unpack it, or save it as docx or PDF"),
    (b"Rar!", "this is an archive; unpack it and send the files"),
    (b"7z\xbc\xaf", "this is an archive; unpack it and send the files"),
    (b"\x1f\x8b", "this is an archive; unpack it and send the files"),
    (b"\xd0\xcf\x11\xe0", "this is an old Office file or one under a password; save it as open docx or PDF"),
    (b"GIF8", "GIF is not taken; save the picture as PNG"),
    (b"#EXTM3U", "this is a playlist, not a recording; send the recording itself"),
)


def _unsupported(head: bytes) -> Unsupported:
    hint = next((text for magic, text in _HINTS if head.startswith(magic)), None)
    known = "sound (wav, mp3, m4a, flac), video (mp4, mkv, avi), PDF, docx and pictures (png, jpeg, tiff) are taken"
    return Unsupported(
        "media.unsupported", f"{hint}; {known}" if hint else f"the type of this file is unknown; {known}"
    )
