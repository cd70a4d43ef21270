"""What a copy says of itself: bookmarks, page numbers, title and source, and the colours that PDF/A asks for.

Writes objects into an open `PdfFile` and knows neither pages' content nor their text. Nothing depends on the clock:
the same copy made again is the same file.
"""

from __future__ import annotations

import struct
import uuid
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from PIL import ImageCms
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from pipelines.files.pdf_file import PdfFile, names, raw_stream

PRODUCER = "Anjuan"
FRONT = "卷首"
"""Stands before the numbers of pages that the binding does not count: cover and catalogue."""
BLANK = "空白"
"""Names a blank page, which the binding does not count."""
CONDITION = "sRGB IEC61966-2.1"
PROFILE_DATE = (2026, 1, 1, 0, 0, 0)
"""Stands in the colour profile instead of the moment at which it was made."""
PROFILE_VERSION = b"\x04\x20\x00\x00"
"""ICC 4.2, the latest that PDF 1.7 names (PDF 32000-1, table 66); the tags that sRGB needs are those of 4.4."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A row of the outline: its title and the page of the original, from 1, that it leads to."""

    title: str
    page: int


@dataclass(frozen=True, slots=True)
class About:
    """What stands in a copy's metadata: its title, what it was made from, and the digest of that; "" is unknown."""

    title: str = ""
    description: str = ""
    source_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to write: of which pages (none: all), with which rows of the outline, and what it says of itself.

    `unnumbered` is how many pages lie before the one that the binding numbers 1; None names no pages. Pages that are
    `blank` bear no number.
    """

    out: str
    pages: tuple[int, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    unnumbered: int | None = None
    about: About = About()
    blank: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A page of the copy: its reference, and where its upper left corner as shown lies, in points."""

    page: IndirectObject
    left: float
    top: float


def outline(file: PdfFile, rows: Sequence[tuple[str, Target]]) -> IndirectObject:
    """The outline tree, one level (PDF 32000-1, 12.3.3); `rows` must not be empty."""
    root = file.reserve()
    items = [file.reserve() for _ in rows]
    for at, (title, target) in enumerate(rows):
        place = (NameObject("/XYZ"), FloatObject(round(target.left, 2)), FloatObject(round(target.top, 2)))
        item = names(
            {
                "Title": TextStringObject(title),
                "Parent": root,
                "Dest": ArrayObject([target.page, *place, NullObject()]),
            }
        )
        if at:
            item[NameObject("/Prev")] = items[at - 1]
        if at + 1 < len(items):
            item[NameObject("/Next")] = items[at + 1]
        file.put(items[at], item)
    count = NumberObject(len(items))
    file.put(root, names({"Type": NameObject("/Outlines"), "First": items[0], "Last": items[-1], "Count": count}))
    return root


def page_labels(numbers: Sequence[int], unnumbered: int, blank: Collection[int] = ()) -> DictionaryObject:
    """The number tree of page labels (PDF 32000-1, 12.4.2) for pages that the original counts as `numbers`.

    The first `unnumbered` pages of the original are 卷首1, 卷首2 ...; the binding counts from 1 on behind them, without
    the `blank` ones.
    """
    empty = sorted(number for number in set(blank) if number > unnumbered)
    tree = ArrayObject()
    last: tuple[str, int] | None = None
    for at, number in enumerate(numbers):
        kind, shown = _label(number, unnumbered, empty)
        if last != (kind, shown - 1) or kind == BLANK:
            numbered = {"S": NameObject("/D"), "St": NumberObject(shown)} if kind != BLANK else {}
            tree.extend((NumberObject(at), names({**({"P": TextStringObject(kind)} if kind else {}), **numbered})))
        last = kind, shown
    return names({"Nums": tree})


def _label(number: int, unnumbered: int, empty: Sequence[int]) -> tuple[str, int]:
    """What stands before a page's number, and the number itself (0: none)."""
    if number <= unnumbered:
        return FRONT, number
    passed = bisect_right(empty, number)
    if passed and empty[passed - 1] == number:
        return BLANK, 0
    return "", number - unnumbered - passed


def information(file: PdfFile, about: About) -> IndirectObject:
    """The information dictionary: nothing that the metadata does not say too."""
    values: dict[str, PdfObject] = {"Producer": TextStringObject(PRODUCER)}
    if about.title:
        values["Title"] = TextStringObject(about.title)
    if about.description:
        values["Subject"] = TextStringObject(about.description)
    return file.add(names(values))


def metadata(file: PdfFile, about: About, *, archival: bool) -> IndirectObject:
    """The XMP packet, unfiltered (ISO 19005-2, 6.6.2); `archival` states conformance to PDF/A-2b."""
    packet = xmp(about, file.digest, archival=archival).encode()
    stream = raw_stream(packet, {"Type": NameObject("/Metadata"), "Subtype": NameObject("/XML")})
    return file.add(stream)


def xmp(about: About, digest: str, *, archival: bool) -> str:
    """The XMP packet of a file whose content so far has `digest` (SHA-256), from which its identifiers come."""
    instance, document = (uuid.uuid5(uuid.NAMESPACE_OID, one) for one in (digest, about.source_sha256 or digest))
    said = [f"<pdf:Producer>{PRODUCER}</pdf:Producer>", "<dc:format>application/pdf</dc:format>"]
    if about.title:
        said.append(f"<dc:title>{_alternatives(about.title)}</dc:title>")
    if about.description:
        said.append(f"<dc:description>{_alternatives(about.description)}</dc:description>")
    if about.source_sha256:
        said.append(f"<dc:source>sha256:{escape(about.source_sha256)}</dc:source>")
    said.append(f"<xmpMM:DocumentID>uuid:{document}</xmpMM:DocumentID>")
    said.append(f"<xmpMM:InstanceID>uuid:{instance}</xmpMM:InstanceID>")
    if archival:
        said.append("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>")
    spaces = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "pdf": "http://ns.adobe.com/pdf/1.3/",
        "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
        **({"pdfaid": "http://www.aiim.org/pdfa/ns/id/"} if archival else {}),
    }
    declared = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    body = "\n".join(said)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'<rdf:Description rdf:about="" {declared}>\n{body}\n</rdf:Description>\n'
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )


def output_intent(file: PdfFile) -> ArrayObject:
    """What device colours mean: sRGB (ISO 19005-2, 6.2.3)."""
    profile = raw_stream(srgb_profile(), {"N": NumberObject(3)})
    intent = names(
        {
            "Type": NameObject("/OutputIntent"),
            "S": NameObject("/GTS_PDFA1"),
            "OutputConditionIdentifier": TextStringObject(CONDITION),
            "Info": TextStringObject(CONDITION),
            "DestOutputProfile": file.add(profile.flate_encode()),
        }
    )
    return ArrayObject([file.add(intent)])


def srgb_profile() -> bytes:
    """The ICC profile of sRGB that Little CMS makes, with a fixed date, so that it is the same each time."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[8:12] = PROFILE_VERSION
    made[24:36] = struct.pack(">6H", *PROFILE_DATE)
    # The identifier is a digest over what was just changed; zero is "not computed" (ICC.1:2004-10, 7.2.18).
    made[84:100] = bytes(16)
    return bytes(made)


def viewer_preferences() -> DictionaryObject:
    """The window bears the document's title, not a file name."""
    return names({"DisplayDocTitle": BooleanObject(True)})


def _alternatives(text: str) -> str:
    # What XML cannot say (XML 1.0, 2.2) is left out.
    plain = "".join(c for c in text if c.isprintable() or c in "\t\n")
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(plain)}</rdf:li></rdf:Alt>'
