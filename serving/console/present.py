"""How values look on a page: durations, sizes, short digests, moments; pure, knows no page and no store."""

from __future__ import annotations

from datetime import UTC, datetime

from cases.records import EvidenceItem, JsonObject, JsonValue
from pipelines.media.word import DOCX
from serving.console.texts import Texts

DOUBTFUL_BELOW = 0.5
"""Words and lines under this probability are marked; the same bound that the legends on the pages name."""
UNSURE_BELOW = 0.75


def clock(seconds: float) -> str:
    """Seconds as m:ss, or h:mm:ss from one hour on."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def size(count: int) -> str:
    """Bytes in binary units with at most one decimal."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def short(digest: str) -> str:
    """The first twelve characters of a digest: enough to compare by eye, the page keeps the whole one at hand."""
    return digest[:12]


def moment(value: datetime | str) -> str:
    """A moment in the server's zone to the second; the page's script shows the reader's own zone instead."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def iso(value: datetime | str) -> str:
    """The same moment for machines: ISO 8601 with zone."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def percent(value: float) -> str:
    """A probability as whole percent, never rounded up to 100."""
    return f"{min(99, int(value * 100)) if value < 1 else 100}%"


def doubt(probability: float) -> str:
    """The shade of a word or line: empty when sure, else `unsure` or `doubtful`."""
    if probability < DOUBTFUL_BELOW:
        return "doubtful"
    return "unsure" if probability < UNSURE_BELOW else ""


HEAT = ((0.95, "sure"), (0.85, "fair"), (0.5, "weak"))
"""Bands of a line's confidence from above, the last is poor: 0.95 and 0.85 are the bounds of the review queue."""


def heat(confidence: float) -> str:
    """The band of a line's confidence: sure, fair, weak or poor."""
    return next((band for least, band in HEAT if confidence >= least), "poor")


def number(facts: JsonObject, name: str) -> float | None:
    """A number among probed facts, or None."""
    value: JsonValue = facts.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def kind(media_type: str) -> str:
    """audio, video, document or image: what the page shows a sign for and proposes tasks by."""
    family = media_type.partition("/")[0]
    return family if family in ("audio", "video", "image") else "document"


def tasks_for(media_type: str) -> tuple[str, ...]:
    """The tasks that make sense for a media type, the likeliest first."""
    if media_type == DOCX:
        # What can be done with it needs a recording beside it.
        return ()
    by_kind = {
        "audio": ("transcribe",),
        "video": ("traffic", "transcribe"),
        "document": ("scan",),
        "image": ("scan",),
    }
    return by_kind[kind(media_type)]


def extent(item: EvidenceItem, texts: Texts) -> str:
    """What tells how much there is: duration, pages, or width and height."""
    seconds, pages = number(item.facts, "duration"), number(item.facts, "pages") or number(item.facts, "frames")
    width, height = number(item.facts, "width"), number(item.facts, "height")
    if seconds is not None:
        return clock(seconds)
    if pages is not None and kind(item.media_type) == "document":
        return texts("extent.pages", n=int(pages))
    return f"{int(width)}×{int(height)}" if width and height else ""


def reason(code: str | None, message: str | None, texts: Texts) -> str:
    """Why something failed, in the reader's language where the catalogue knows the code, else in the error's words."""
    known = texts.known("script.error", code or "")
    return known if known != code else message or code
