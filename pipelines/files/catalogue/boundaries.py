"""Where one document of a volume ends and the next begins: page by page, with how sure that is; pure.

A page begins a document when it bears a title or says that it is page 1, and goes on with one when it says that it is a
later page, has the same head as the page before, or carries on its talk. What says nothing begins one only after a page
that closes. The rules are told with their sureness, so that a person sees the doubtful ones first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cases.records import ScannedPage
from pipelines.files.catalogue.distance import distance_within
from pipelines.files.catalogue.marks import Place, caption_of, is_dated, is_signed, is_talk, place_of, runs_on
from pipelines.files.catalogue.taxonomy import taxonomy
from pipelines.files.catalogue.titles import Title, title_of
from pipelines.files.page import is_blank

SURE: Final = 0.75
"""A title from this sureness on begins a document, whatever the page before was."""
HEAD_LINES: Final = 3
LIST_HEAD: Final = 12
"""Lines in which the head of a list stands: the title, and a cell for each column."""
COVER_LINES: Final = 6
SAME_HEAD: Final = 8
"""Letters that a repeated head has at least, one in eight of which may be misread."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A document begins at page `page` (its index from 0), with its title if it bears one; `sureness` 0 to 1."""

    page: int
    title: Title | None
    sureness: float


@dataclass(frozen=True, slots=True)
class Vote:
    """What the rules say of page `page` (its index from 0): whether a document begins, how sure, and its title."""

    page: int
    title: Title | None
    begins: bool
    sureness: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is asked of each page once."""

    page: ScannedPage
    title: Title | None
    place: Place | None
    talk: bool
    signed: bool
    dated: bool
    known: bool
    """Whether its text alone tells its type."""


def beginnings(pages: Sequence[ScannedPage]) -> tuple[Beginning, ...]:
    """Where documents begin; the first page that is not blank always begins one, and a blank page none."""
    return tuple(Beginning(one.page, one.title, one.sureness) for one in votes(pages) if one.begins)


def votes(pages: Sequence[ScannedPage]) -> tuple[Vote, ...]:
    """What the rules say of each page that is not blank, in order."""
    found: list[Vote] = []
    before: _Seen | None = None
    for number, page in enumerate(pages):
        if is_blank(page):
            continue
        seen = _seen(page)
        begins, sureness = (True, 1.0) if before is None else _begins(before, seen)
        found.append(Vote(number, seen.title, begins, sureness))
        before = seen
    return tuple(found)


def _seen(page: ScannedPage) -> _Seen:
    text = "".join(line.text.replace(" ", "") for line in page.lines)
    known = any(one.is_known_by(text) for one in taxonomy())
    return _Seen(page, title_of(page), place_of(page), is_talk(page), is_signed(page), is_dated(page), known)


def _begins(before: _Seen, now: _Seen) -> tuple[bool, float]:
    """Whether `now` begins a document, and how sure that is."""
    if now.place is not None and now.place.number > 1:
        follows = before.place is not None and now.place.number == before.place.number + 1
        # A page whose neighbours are lost still belongs to no other document than its own.
        return (False, 1.0) if follows or not _titled(now) else (True, 0.6)
    if now.place is not None and now.place.number == 1:
        return True, 1.0 if _titled(now) else 0.8
    if _listed(before.page) and _listed(now.page):
        return False, 0.95
    if _titled(now) and _covers(before, now):
        return False, 0.8
    if _titled(now):
        return not (_same_head(before, now) and not before.dated), 0.95
    if before.place is not None and before.place.number < before.place.of:
        return False, 0.9
    if now.title is not None:
        return True, now.title.sureness
    return _untitled(before, now)


def _untitled(before: _Seen, now: _Seen) -> tuple[bool, float]:
    """A page without title and number of its own."""
    if _same_head(before, now):
        # Two copies of cards, two statements by one hand begin alike as well.
        return False, 0.9
    if (now.talk and before.talk) or _pictured(before, now):
        return False, 0.9
    if before.place is not None or (now.known and not now.talk):
        return True, 0.8
    if runs_on(before.page):
        return False, 0.9
    closed = before.dated or (before.signed and not before.talk)
    return (True, 0.6) if closed else (False, 0.7)


def _listed(page: ScannedPage) -> bool:
    """Whether the page is of a list of documents, whose rows are titles of others."""
    head = "".join(line.text.replace(" ", "") for line in page.lines[:LIST_HEAD])
    return all(word in head for word in ("序号", "责任者", "页号"))


def _covers(before: _Seen, now: _Seen) -> bool:
    """Whether the page before is a cover of this one: little more than the same title."""
    same = before.title is not None and now.title is not None and before.title.types == now.title.types
    return same and len(before.page.lines) <= COVER_LINES and len(now.page.lines) > COVER_LINES


def _pictured(before: _Seen, now: _Seen) -> bool:
    """Whether the pictures of the page before go on."""
    first = caption_of(now.page)
    return first is not None and first > 1 and caption_of(before.page) is not None


def _titled(seen: _Seen) -> bool:
    return seen.title is not None and seen.title.sureness >= SURE


def _same_head(before: _Seen, now: _Seen) -> bool:
    """Whether both pages begin with the same words: the head of a list that goes on."""
    if (before.title.types if before.title else None) != (now.title.types if now.title else None):
        return False
    mine, theirs = _head(now.page), _head(before.page)
    if len(mine) < SAME_HEAD:
        return False
    return distance_within(mine, theirs, len(mine) // SAME_HEAD) is not None


def _head(page: ScannedPage) -> str:
    lines = [text for line in page.lines if len(text := line.text.replace(" ", "")) > 3 and not text.isdecimal()]
    return "".join(lines[:HEAD_LINES])
