"""The clauses of PDF/A-2b as a list: each a number of ISO 19005-2:2011, what it asks, and a function that finds faults.

A fault is a sentence that says where. `faults(path)` runs all of them. What a clause asks and no function here can tell
(the inside of font programs other than TrueType, of JPEG 2000, of other metadata) counts as a fault, so that a file
without one conforms as far as the list goes. The list is ours; veraPDF is the yardstick where it is present.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pikepdf
from lxml import etree
from pikepdf import Array, Dictionary, Name, Stream, String

from benchmarks.pdfa import drawn, fonts
from benchmarks.pdfa.opened import Opened, words

Check = Callable[[Opened], Iterator[str]]

ACTIONS: Final = words(
    "/Launch /Sound /Movie /ResetForm /ImportData /Hide /SetOCGState /Rendition /Trans /GoTo3DView /JavaScript"
)
NAMED: Final = words("/NextPage /PrevPage /FirstPage /LastPage")
ANNOTATIONS: Final = words(
    "/Text /Link /FreeText /Line /Square /Circle /Polygon /PolyLine /Highlight /Underline /Squiggly /StrikeOut /Stamp"
    " /Caret /Ink /Popup /FileAttachment /Widget /PrinterMark /TrapNet /Watermark /Redact"
)
PDFAID: Final = "http://www.aiim.org/pdfa/ns/id/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC: Final = "http://purl.org/dc/elements/1.1/"
PDF_NS: Final = "http://ns.adobe.com/pdf/1.3/"
PREDEFINED: Final = frozenset(
    (
        DC,
        PDF_NS,
        PDFAID,
        "http://ns.adobe.com/xap/1.0/",
        "http://ns.adobe.com/xap/1.0/mm/",
        "http://ns.adobe.com/xap/1.0/rights/",
        "http://www.aiim.org/pdfa/ns/extension/",
    )
)
"""Schemas whose properties need no description in the file (6.6.2.3)."""
MOST_OBJECTS: Final = 8_388_607
MOST_INTEGER: Final = 2**31 - 1
MOST_STRING: Final = 32_767
MOST_NAME: Final = 127


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its number in the standard, what it asks, and what finds faults."""

    number: str
    asks: str
    check: Check


def header(opened: Opened) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7](\r\n|\n|\r)%[\x80-\xff]{4}", opened.raw[:20]):
        yield "the file does not begin with %PDF-1.n and a comment of four bytes above 127"


def trailer(opened: Opened) -> Iterator[str]:
    identifiers = opened.pdf.trailer.get("/ID")
    if not (isinstance(identifiers, Array) and len(identifiers) == 2 and all(len(bytes(one)) for one in identifiers)):
        yield "the trailer has no file identifiers"
    if opened.pdf.is_encrypted:
        yield "the file is encrypted"
    if not re.search(rb"%%EOF(\r\n|\r|\n)?\Z", opened.raw[-16:]):
        yield "something stands behind the last %%EOF"


def cross_reference(opened: Opened) -> Iterator[str]:
    found = re.findall(rb"startxref\s+(\d+)", opened.raw[-2048:])
    start = int(found[-1]) if found else -1
    if opened.raw[start : start + 4] != b"xref":
        if not re.match(rb"\d+ \d+ obj", opened.raw[start : start + 24]):
            yield "startxref points to no cross-reference section"
        return
    # The keyword, one end of line, and a first subsection whose numbers one space parts.
    if not re.match(rb"xref(\r\n|\n|\r)\d+ \d+[ ]?(\r\n|\n|\r)\d{10} \d{5} [nf]", opened.raw[start : start + 64]):
        yield "the cross-reference table is not laid out as it should be"


def streams(opened: Opened) -> Iterator[str]:
    for where, one in opened.streams:
        if any(key in one for key in ("/F", "/FFilter", "/FDecodeParms")):
            yield f"{where}: a stream in another file"


def filters(opened: Opened) -> Iterator[str]:
    allowed = {"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", "/RunLengthDecode"}
    allowed |= {"/ASCIIHexDecode", "/ASCII85Decode"}
    for where, one in opened.streams:
        found = one.get("/Filter")
        for name in found if isinstance(found, Array) else [found] if found is not None else []:
            if str(name) not in allowed:
                yield f"{where}: filter {name}"


def syntax(opened: Opened) -> Iterator[str]:
    """Objects as they stand in the bytes, found by the keywords; 6.1.7.1 and 6.1.9 in one pass."""
    data, at = opened.raw, 0
    while (found := re.compile(rb"(?<![a-z])obj\b").search(data, at)) is not None:
        before = data[max(0, found.start() - 24) : found.start()]
        place = found.start()
        at = _object_end(data, found.end())
        number = re.search(rb"(\r|\n)(\d+) (\d+) \Z", before)
        if number is None:
            yield f"byte {place}: an object whose number is not on a line of its own, or not spaced by one"
            at = found.end()
            continue
        if data[found.end() : found.end() + 1] not in (b"\r", b"\n"):
            yield f"object {int(number[2])}: obj is not followed by an end of line"
        body = data[max(found.end(), at - 80) : at]
        if not re.search(rb"(\r|\n)endobj(\r|\n)\Z", body):
            yield f"object {int(number[2])}: endobj does not stand between ends of line"
        yield from _stream_syntax(data, found.end(), at, int(number[2]))


def _object_end(data: object, start: int) -> int:
    """Behind the endobj of the object that begins at `start`, streams skipped by their length."""
    text = data  # an mmap
    stream = re.compile(rb"stream(\r\n|\n)").search(text, start)  # type: ignore[call-overload]
    end = re.compile(rb"endobj(\r\n|\r|\n)?").search(text, start)  # type: ignore[call-overload]
    if end is None:
        return len(text)  # type: ignore[arg-type]
    if stream is not None and stream.start() < end.start():
        length = re.search(rb"/Length (\d+)\b(?! \d+ R)", text[start : stream.start()])  # type: ignore[index]
        jump = stream.end() + (int(length[1]) if length else 0)
        end = re.compile(rb"endobj(\r\n|\r|\n)?").search(text, jump)  # type: ignore[call-overload]
    return int(end.end()) if end is not None else len(text)  # type: ignore[arg-type]


def _stream_syntax(data: object, start: int, end: int, number: int) -> Iterator[str]:
    head = data[start : min(end, start + 65_536)]  # type: ignore[index]
    stream = re.search(rb">>\s*stream(\r\n|\n|\r|.)", head)
    if stream is None:
        return
    if stream[1] not in (b"\r\n", b"\n"):
        yield f"object {number}: stream is not followed by CR LF or LF"
    length = re.search(rb"/Length (\d+)\b(?! \d+ R)", head[: stream.start()])
    if length is None:
        yield f"object {number}: the length of its stream stands elsewhere and is not checked here"
        return
    after = data[start + stream.end() + int(length[1]) :][:12]  # type: ignore[index]
    if not re.match(rb"(\r\n|\n|\r)endstream", after):
        yield f"object {number}: Length is not that of the stream, or endstream follows no end of line"


def permissions(opened: Opened) -> Iterator[str]:
    found = opened.pdf.Root.get("/Perms", Dictionary())
    if set(found.keys()) - {"/UR3", "/DocMDP"}:
        yield "permissions beyond UR3 and DocMDP"


def limits(opened: Opened) -> Iterator[str]:
    if len(opened.pdf.objects) > MOST_OBJECTS:
        yield "too many objects"
    for where, one in opened.objects:
        for key in one.keys():  # noqa: SIM118 - a pikepdf object, no dict
            value = one[key]
            if len(key.encode()) - 1 > MOST_NAME:
                yield f"{where}: a name of more than {MOST_NAME} bytes"
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MOST_INTEGER:
                yield f"{where} {key}: an integer beyond 31 bits"
            if isinstance(value, String) and len(bytes(value)) > MOST_STRING:
                yield f"{where} {key}: a string of more than {MOST_STRING} bytes"
    for number, page in enumerate(opened.pdf.pages, 1):
        box = [float(value) for value in page.mediabox]
        if not all(3 <= abs(side) <= 14_400 for side in (box[2] - box[0], box[3] - box[1])):
            yield f"page {number}: a side below 3 or above 14,400 units"


def output_intent(opened: Opened) -> Iterator[str]:
    found = [one for one in opened.pdf.Root.get("/OutputIntents", Array()) if one.get("/S") == "/GTS_PDFA1"]
    if len(found) != 1:
        yield f"{len(found)} output intents GTS_PDFA1"
        return
    intent = found[0]
    if not str(intent.get("/OutputConditionIdentifier", "")):
        yield "the output intent does not name its condition"
    profile = intent.get("/DestOutputProfile")
    if not isinstance(profile, Stream):
        yield "the output intent has no profile"
        return
    yield from drawn.profile_faults("output intent", profile, ("prtr", "mntr"))


def notes(opened: Opened) -> Iterator[str]:
    for number, page in enumerate(opened.pdf.pages, 1):
        for one in page.obj.get("/Annots", Array()):
            kind, flags = str(one.get("/Subtype")), int(one.get("/F", 0))
            if kind not in ANNOTATIONS:
                yield f"page {number}: annotation {kind}"
            if kind != "/Popup" and ("/F" not in one or not flags & 4 or flags & (1 | 2 | 32 | 256)):
                yield f"page {number}: annotation {kind} is hidden, or not printed"
            if kind not in ("/Popup", "/Link") and "/AP" not in one:
                yield f"page {number}: annotation {kind} has no appearance"
            if "/A" in one and kind == "/Widget":
                yield f"page {number}: a field with an action"


def forms(opened: Opened) -> Iterator[str]:
    form = opened.pdf.Root.get("/AcroForm")
    if form is None:
        return
    if bool(form.get("/NeedAppearances", False)):
        yield "the form's appearances are to be made by the reader"
    if "/XFA" in form:
        yield "the form is XFA"


def actions(opened: Opened) -> Iterator[str]:
    for where, one in opened.objects:
        kind = str(one.get("/S", ""))
        if kind in ACTIONS or (kind == "/Named" and str(one.get("/N")) not in NAMED):
            yield f"{where}: action {kind}"
        if "/AA" in one:
            yield f"{where}: actions on events"
    names = opened.pdf.Root.get("/Names", Dictionary())
    if "/JavaScript" in names:
        yield "the document has scripts"


def metadata(opened: Opened) -> Iterator[str]:
    stream = opened.pdf.Root.get("/Metadata")
    if not isinstance(stream, Stream):
        yield "the document has no metadata"
        return
    if "/Filter" in stream:
        yield "the metadata are filtered"
    if stream.get("/Type") != Name.Metadata or stream.get("/Subtype") != Name.XML:
        yield "the metadata stream is not typed"
    others = [where for where, one in opened.of_type("/Metadata") if one != stream]
    if others:
        yield f"{others[0]}: metadata of a part, whose content is not checked here"
    packet = stream.read_bytes()
    opening = re.match(
        rb"<\?xpacket begin=[\"'](\xef\xbb\xbf)?[\"'] id=[\"']W5M0MpCehiHzreSzNTczkc9d[\"']([^?]*)\?>", packet
    )
    if opening is None or b"bytes=" in opening[2] or b"encoding=" in opening[2]:
        yield "the packet's wrapper is missing or has attributes that are no longer allowed"
    try:
        tree = _tree(packet)
    except etree.XMLSyntaxError as error:
        yield f"the metadata are no XML: {error}"
        return
    for one in tree.iter(f"{{{RDF}}}Description"):
        spaces = {etree.QName(child).namespace for child in one} | {etree.QName(key).namespace for key in one.attrib}
        for space in sorted(str(space) for space in spaces - PREDEFINED - {RDF}):
            yield f"properties of {space}, which the file does not describe"


def identification(opened: Opened) -> Iterator[str]:
    stream = opened.pdf.Root.get("/Metadata")
    if not isinstance(stream, Stream):
        yield "no metadata, so no identification"
        return
    tree = _tree(stream.read_bytes())
    said = {name: _said(tree, PDFAID, name) for name in ("part", "conformance")}
    if said != {"part": "2", "conformance": "B"}:
        yield f"the metadata state part {said['part']!r}, conformance {said['conformance']!r}"


def information(opened: Opened) -> Iterator[str]:
    """What both say must be the same (19005-1, 6.7.3; part 2 lets readers ignore the dictionary)."""
    stream, info = opened.pdf.Root.get("/Metadata"), opened.pdf.trailer.get("/Info", Dictionary())
    if not isinstance(stream, Stream):
        return
    tree = _tree(stream.read_bytes())
    told = {"/Title": _said(tree, DC, "title"), "/Subject": _said(tree, DC, "description")}
    told["/Producer"] = _said(tree, PDF_NS, "Producer")
    for key in info.keys():  # noqa: SIM118 - a pikepdf object, no dict
        if told.get(key, "") != str(info[key]):
            yield f"{key} is {str(info[key])!r} in the dictionary and {told.get(key)!r} in the metadata"


def _tree(packet: bytes) -> etree._Element:
    return etree.fromstring(packet.strip(), etree.XMLParser(resolve_entities=False, no_network=True))


def _said(tree: etree._Element, space: str, name: str) -> str:
    """The text of a property, the default one of several languages."""
    found = next(tree.iter(f"{{{space}}}{name}"), None)
    return "".join(found.itertext()).strip() if found is not None else ""


def attachments(opened: Opened) -> Iterator[str]:
    names = opened.pdf.Root.get("/Names", Dictionary())
    for where, one in opened.objects:
        if "/EF" in one or one.get("/Type") == "/EmbeddedFile":
            yield f"{where}: an attached file, which would have to be PDF/A itself"
    if "/EmbeddedFiles" in names:
        yield "the document has attached files"


def optional_content(opened: Opened) -> Iterator[str]:
    found = opened.pdf.Root.get("/OCProperties")
    if found is None:
        return
    for one in [found.get("/D"), *found.get("/Configs", Array())]:
        if one is None or not str(one.get("/Name", "")) or "/AS" in one:
            yield "a configuration of layers without a name, or that changes by itself"


def presentations(opened: Opened) -> Iterator[str]:
    names = opened.pdf.Root.get("/Names", Dictionary())
    if "/AlternatePresentations" in names or any("/PresSteps" in page.obj for page in opened.pdf.pages):
        yield "alternate presentations or steps"
    if "/Requirements" in opened.pdf.Root:
        yield "requirements on the reader"


CLAUSES: Final = (
    Clause("6.1.2", "file header", header),
    Clause("6.1.3", "file trailer: identifiers, no encryption, nothing behind it", trailer),
    Clause("6.1.4", "cross-reference table", cross_reference),
    Clause("6.1.7.1", "stream objects are inside the file", streams),
    Clause("6.1.7.2", "filters: no LZW, no Crypt", filters),
    Clause("6.1.9", "indirect objects and streams are laid out as they should be", syntax),
    Clause("6.1.10", "inline images", drawn.inline_images),
    Clause("6.1.12", "permissions", permissions),
    Clause("6.1.13", "limits of implementations", limits),
    Clause("6.1.13q", "graphics states saved within each other", drawn.saved_states),
    Clause("6.2.2", "content streams: known operators, resources of their own", drawn.content),
    Clause("6.2.3", "output intent", output_intent),
    Clause("6.2.4", "colour spaces", drawn.colours),
    Clause("6.2.5", "extended graphics states", drawn.states),
    Clause("6.2.6", "rendering intents", drawn.intents),
    Clause("6.2.8", "images", drawn.images),
    Clause("6.2.9", "form XObjects, none of PostScript or in other files", drawn.form_objects),
    Clause("6.2.10", "transparency", drawn.transparency),
    Clause("6.2.11.3", "composite fonts", fonts.composite),
    Clause("6.2.11.4", "fonts are embedded", fonts.embedded),
    Clause("6.2.11.5", "widths of fonts", fonts.widths),
    Clause("6.2.11.7", "characters have Unicode values", fonts.unicode_values),
    Clause("6.2.11.8", "no use of .notdef", fonts.undefined),
    Clause("6.3", "annotations", notes),
    Clause("6.4", "interactive forms", forms),
    Clause("6.5", "actions", actions),
    Clause("6.6.2", "metadata", metadata),
    Clause("6.6.3", "document information says nothing else", information),
    Clause("6.6.4", "identification: part 2, conformance B", identification),
    Clause("6.8", "attached files", attachments),
    Clause("6.9", "layers", optional_content),
    Clause("6.10", "presentations and requirements", presentations),
)


def faults(path: Path) -> tuple[str, ...]:
    """All faults of a file, "6.1.2 file header: ..." each; none when it conforms as far as the list goes."""
    try:
        opened = Opened.open(path)
    except pikepdf.PdfError as error:
        return (f"it cannot be opened: {error}",)
    try:
        return tuple(f"{one.number} {one.asks}: {fault}" for one in CLAUSES for fault in one.check(opened))
    finally:
        opened.close()


def main(arguments: list[str]) -> int:
    """Print the faults of the files that are named; 1 when there are any."""
    found = {name: faults(Path(name)) for name in arguments}
    for name, told in found.items():
        print(f"{name}: {'no fault' if not told else f'{len(told)} faults'} in {len(CLAUSES)} clauses")
        for one in told[:50]:
            print(f"  {one}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
