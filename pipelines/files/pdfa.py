"""Whether a page of an original may stand in a PDF/A-2b as it is (ISO 19005-2); writes nothing and alters nothing.

Scans are simple: a picture or some, and a line that puts them on the page. What is known to be allowed passes, all else
is an obstacle with a code, so that a copy is called PDF/A only where every part of it was looked at. Letters
that an original draws are always an obstacle: whether its fonts are as they should be is not checked here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from pypdf import PageObject
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

FONT = "pdfa.font"
COLOUR = "pdfa.colour"
IMAGE = "pdfa.image"
FILTER = "pdfa.filter"
CONTENT = "pdfa.content"
EXTRAS = "pdfa.extras"
SIGNED = "pdfa.signed"
SIZE = "pdfa.size"
OBSTACLES = (FONT, COLOUR, IMAGE, FILTER, CONTENT, EXTRAS, SIGNED, SIZE)
"""Flags of a page: why the searchable copy is no PDF/A."""

CONTENT_BYTES = 1 << 20
"""Drawing instructions of a page that are looked through: a page of scans has a hundred bytes."""
NESTED = 8
"""Forms within forms and colour spaces within colour spaces that are looked into."""
LEAST_PT, MOST_PT = 3.0, 14_400.0
"""Sides of a page (ISO 19005-2, 6.1.13)."""
MOST_SAVED = 27
"""Graphics states saved within each other: 28 (6.1.13), and ours beside them."""


def _words(text: str) -> frozenset[str]:
    """What a text names, blanks between."""
    return frozenset(text.split())


_PAGE_KEYS = _words(
    "/Type /Parent /Resources /Contents /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Annots /LastModified"
    " /StructParents /Tabs /UserUnit /Trans /Dur"
)
_ROOT_KEYS = _words(
    "/Type /Pages /Version /PageLayout /PageMode /ViewerPreferences /Lang /MarkInfo /PageLabels /Metadata"
    " /OutputIntents /Outlines"
)
_RESOURCES = _words("/XObject /ColorSpace /ExtGState /ProcSet /Font")
_FILTERS = _words("/FlateDecode /DCTDecode /CCITTFaxDecode /JBIG2Decode /ASCIIHexDecode /ASCII85Decode") | {
    "/RunLengthDecode"
}
_IMAGE_KEYS = _words(
    "/Type /Subtype /Name /Width /Height /BitsPerComponent /ColorSpace /Filter /DecodeParms /Decode /Length /Mask"
    " /SMask /ImageMask /Interpolate /Intent /StructParent /Matte /ID"
)
_FORM_KEYS = _words(
    "/Type /Subtype /Name /FormType /BBox /Matrix /Resources /Filter /DecodeParms /Length /StructParents"
)
_STATE_KEYS = _words("/Type /LW /LC /LJ /ML /D /RI /FL /SM /SA /CA /ca /AIS /TK /BM /SMask /OP /op /OPM")
_INTENTS = _words("/RelativeColorimetric /AbsoluteColorimetric /Perceptual /Saturation")
_OPERATORS = _words(
    "q Q cm w J j M d ri i gs m l c v y h re S s f F f* B B* b b* n W W* g G rg RG cs CS sc SC scn SCN Do BT ET BMC"
    " EMC MP Tf TL Tc Tw Tz Tr Ts Td TD Tm T*"
)
_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
"""What draws letters: a font that is named and draws none is not used (6.2.11.4.1)."""
_COLOURS = frozenset(("/DeviceRGB", "/DeviceGray"))
_KIND_OF_PROFILE = {1: b"GRAY", 3: b"RGB "}


class Gate:
    """Looks at one original; what several pages share is looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], frozenset[str]] = {}

    def root(self, root: DictionaryObject) -> frozenset[str]:
        """Obstacles of the document itself: forms, actions, layers, attachments, whatever is not known."""
        known = all(key in _ROOT_KEYS for key in root) and not (
            "/Outlines" in root and _has(root.get("/Outlines"), "/First")
        )
        return frozenset() if known else frozenset((EXTRAS,))

    def page(self, page: PageObject) -> frozenset[str]:
        """Obstacles of a page; whatever cannot be read counts as one."""
        try:
            return frozenset(self._page(page))
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            return frozenset((CONTENT,))

    def _page(self, page: PageObject) -> Iterator[str]:
        if set(page) - _PAGE_KEYS or _has_items(page.get("/Annots")):
            yield EXTRAS
        sides = float(page.mediabox.width), float(page.mediabox.height)
        if not all(math.isfinite(side) and LEAST_PT <= side <= MOST_PT for side in sides):
            yield SIZE
        own = page.get("/Contents")
        parts = own.get_object() if own is not None else None
        streams = [one.get_object() for one in parts] if isinstance(parts, ArrayObject) else [parts]
        yield from self._content([one for one in streams if isinstance(one, StreamObject)])
        yield from self._resources(_resolved(page.get("/Resources")), 0)

    def _content(self, streams: list[StreamObject]) -> Iterator[str]:
        for one in streams:
            yield from _filters(one)
        data = b"\n".join(one.get_data() for one in streams)
        if len(data) > CONTENT_BYTES:
            yield CONTENT
            return
        saved = 0
        for operands, operator in ContentStream(_stream(data), None).operations:
            name = operator.decode("latin-1")
            saved += {"q": 1, "Q": -1}.get(name, 0)
            if name in ("k", "K") or (name in ("cs", "CS") and operands and operands[0] in ("/DeviceCMYK", "/Pattern")):
                yield COLOUR
            elif name in _SHOWING:
                yield FONT
            elif name not in _OPERATORS or saved > MOST_SAVED or (name == "ri" and operands[0] not in _INTENTS):
                yield CONTENT

    def _resources(self, found: PdfObject | None, depth: int) -> Iterator[str]:
        if found is None:
            return
        if not isinstance(found, DictionaryObject) or depth > NESTED:
            yield CONTENT
            return
        if any(_has_items(found.get(key)) for key in found if key not in _RESOURCES):
            yield CONTENT
        for state in _members(found.get("/ExtGState")):
            yield from _state(state)
        for space in _members(found.get("/ColorSpace")):
            yield from _colour(space, 0)
        for one in _members(found.get("/XObject")):
            yield from self._drawn(one, depth)

    def _drawn(self, value: PdfObject, depth: int) -> Iterable[str]:
        """Obstacles of an image or a form; those of one that has a number are remembered."""
        if not isinstance(value, IndirectObject):
            return frozenset((CONTENT,))
        key = value.idnum, value.generation
        if key not in self._known:
            # A form that draws itself is met again while it is looked at.
            self._known[key] = frozenset()
            self._known[key] = frozenset(self._looked(value.get_object(), depth))
        return self._known[key]

    def _looked(self, value: PdfObject | None, depth: int) -> Iterator[str]:
        if not isinstance(value, StreamObject):
            yield CONTENT
        elif _name(value.get("/Subtype")) == "/Image":
            yield from self._image(value, depth)
        elif _name(value.get("/Subtype")) == "/Form" and not set(value) - _FORM_KEYS and "/Resources" in value:
            yield from self._content([value])
            yield from self._resources(_resolved(value.get("/Resources")), depth + 1)
        else:
            yield CONTENT

    def _image(self, image: StreamObject, depth: int) -> Iterator[str]:
        yield from _filters(image)
        smooth = _resolved(image.get("/Interpolate"))
        if set(image) - _IMAGE_KEYS or (smooth is not None and bool(getattr(smooth, "value", smooth))):
            yield IMAGE
        if "/Intent" in image and _name(image.get("/Intent")) not in _INTENTS:
            yield IMAGE
        if "/ColorSpace" in image:
            yield from _colour(image.get("/ColorSpace"), 0)
        elif "/ImageMask" not in image:
            yield IMAGE
        for name in ("/SMask", "/Mask"):
            mask = image.get(name)
            if isinstance(mask, IndirectObject) and isinstance(mask.get_object(), StreamObject):
                yield from self._drawn(mask, depth + 1) if depth < NESTED else (IMAGE,)


def _filters(stream: StreamObject) -> Iterator[str]:
    """LZW and Crypt are forbidden (6.1.7); JPX has rules for what is inside, which are not checked here."""
    if any(key in stream for key in ("/F", "/FFilter", "/FDecodeParms")):
        yield FILTER
    found = _resolved(stream.get("/Filter"))
    filters = list(found) if isinstance(found, ArrayObject) else [found]
    if any(_name(one) not in _FILTERS for one in filters if one is not None):
        yield FILTER


def _state(value: PdfObject) -> Iterator[str]:
    """A graphics state (6.2.5, 6.2.10): no transfer or halftone functions, no mask, plain blending."""
    state = _resolved(value)
    if not isinstance(state, DictionaryObject) or set(state) - _STATE_KEYS:
        yield CONTENT
        return
    allowed = {"/SMask": ("/None",), "/BM": ("/Normal",), "/RI": _INTENTS}
    if any(key in state and _name(state.get(key)) not in names for key, names in allowed.items()):
        yield CONTENT


def _colour(value: PdfObject | None, depth: int) -> Iterator[str]:
    """A colour space beside an RGB output intent (6.2.4): grey, RGB, their profiles, and palettes of these."""
    space = _resolved(value)
    if isinstance(space, ArrayObject) and len(space) == 1:
        space = _resolved(space[0])
    if _name(space) in _COLOURS:
        return
    if not isinstance(space, ArrayObject) or depth > NESTED:
        yield COLOUR
        return
    kind = _name(space[0])
    if kind == "/Indexed":
        yield from _colour(space[1], depth + 1)
    elif kind == "/ICCBased":
        if not _is_profile(_resolved(space[1])):
            yield COLOUR
    elif kind not in ("/CalRGB", "/CalGray", "/Lab"):
        yield COLOUR


def _is_profile(profile: PdfObject | None) -> bool:
    """Whether it is an ICC profile of grey or RGB, up to version 4 (ICC.1:2004-10, 7.2)."""
    if not isinstance(profile, StreamObject):
        return False
    count = _resolved(profile.get("/N"))
    head = profile.get_data()[:40]
    if len(head) < 40 or head[36:40] != b"acsp" or head[8] > 4 or head[12:16] not in (b"mntr", b"scnr", b"spac"):
        return False
    return _KIND_OF_PROFILE.get(int(count) if count is not None else 0) == head[16:20]  # type: ignore[call-overload]


def _stream(data: bytes) -> StreamObject:
    stream = StreamObject()
    stream._data = data
    return stream


def _name(value: PdfObject | None) -> str:
    """A name as text, "" for what is none."""
    found = _resolved(value)
    return str(found) if isinstance(found, NameObject) else ""


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if value is not None else None


def _members(value: PdfObject | None) -> list[PdfObject]:
    found = _resolved(value)
    return list(found.values()) if isinstance(found, DictionaryObject) else []


def _has(value: PdfObject | None, key: str) -> bool:
    found = _resolved(value)
    return isinstance(found, DictionaryObject) and key in found


def _has_items(value: PdfObject | None) -> bool:
    found = _resolved(value)
    return bool(found) if isinstance(found, DictionaryObject | ArrayObject) else found is not None
