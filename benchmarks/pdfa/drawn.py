"""Clauses about what pages draw: operators, colours, images, graphics states, transparency (ISO 19005-2, 6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Stream

from benchmarks.pdfa.opened import Drawing, Opened, words

OPERATORS: Final = words(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG"
    " rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \""
) | {"INLINE IMAGE"}
"""PDF 32000-1, annex A."""
INTENTS: Final = words("/RelativeColorimetric /AbsoluteColorimetric /Perceptual /Saturation")
BLENDING: Final = words(
    "/Normal /Compatible /Multiply /Screen /Overlay /Darken /Lighten /ColorDodge /ColorBurn /HardLight /SoftLight"
    " /Difference /Exclusion /Hue /Saturation /Color /Luminosity"
)
USED: Final = {"Do": "/XObject", "Tf": "/Font", "gs": "/ExtGState", "sh": "/Shading"}
MOST_SAVED: Final = 28
PALETTES: Final = 6
"""Colour spaces within each other that are looked into."""


def content(opened: Opened) -> Iterator[str]:
    """6.2.2: only operators of PDF 1.7, also between BX and EX, and resources that are the stream's own."""
    for one in opened.drawings:
        unknown = {operator for _, operator in one.instructions if operator not in OPERATORS}
        if unknown:
            yield f"{one.where}: operators {sorted(unknown)}"
        wanted = [(USED[operator], str(operands[-1 if operator != "Tf" else 0])) for operands, operator in _users(one)]
        if wanted and one.inherited:
            yield f"{one.where}: uses resources that are not its own"
        missing = sorted({name for kind, name in wanted if name not in one.resources.get(kind, Dictionary())})
        if missing:
            yield f"{one.where}: resources {missing} are missing"


def _users(one: Drawing) -> Iterator[tuple[tuple[Object, ...], str]]:
    return ((operands, operator) for operands, operator in one.instructions if operator in USED and operands)


def saved_states(opened: Opened) -> Iterator[str]:
    """6.1.13: q within q at most 28 deep."""
    for one in opened.drawings:
        depth = deepest = 0
        for _, operator in one.instructions:
            depth += {"q": 1, "Q": -1}.get(operator, 0)
            deepest = max(deepest, depth)
        if deepest > MOST_SAVED:
            yield f"{one.where}: {deepest} graphics states within each other"


def inline_images(opened: Opened) -> Iterator[str]:
    """6.1.10: their filters are not checked here, so none may be."""
    for one in opened.drawings:
        if any(operator == "INLINE IMAGE" for _, operator in one.instructions):
            yield f"{one.where}: an inline image, whose filters are not checked here"


def colours(opened: Opened) -> Iterator[str]:
    """6.2.4: device colours need the output intent, DeviceCMYK one of four inks; profiles as 6.2.4.2 says."""
    inks = _intent_components(opened)
    for one in opened.drawings:
        used = {operator for _, operator in one.instructions}
        if used & {"k", "K"} and inks != 4:
            yield f"{one.where}: DeviceCMYK"
        if used & {"rg", "RG"} and inks != 3:
            yield f"{one.where}: DeviceRGB"
        if used & {"g", "G"} and not inks:
            yield f"{one.where}: DeviceGray"
        for operands, operator in one.instructions:
            if operator in ("cs", "CS") and str(operands[0]) in ("/DeviceCMYK", "/DeviceRGB", "/DeviceGray"):
                yield from _space(one.where, operands[0], inks, 0)
        for space in dict(one.resources.get("/ColorSpace", Dictionary())).values():
            yield from _space(one.where, space, inks, 0)
    for where, image in opened.images:
        if "/ColorSpace" in image:
            yield from _space(where, image["/ColorSpace"], inks, 0)


def _intent_components(opened: Opened) -> int:
    for one in opened.pdf.Root.get("/OutputIntents", Array()):
        profile = one.get("/DestOutputProfile")
        if isinstance(profile, Stream):
            return int(profile.get("/N", 0))
    return 0


def _space(where: str, space: Object, inks: int, depth: int) -> Iterator[str]:
    if depth > PALETTES:
        yield f"{where}: colour spaces without end"
        return
    kind = str(space[0]) if isinstance(space, Array) else str(space)
    wanted = {"/DeviceRGB": inks == 3, "/DeviceCMYK": inks == 4, "/DeviceGray": inks > 0}
    if kind in wanted:
        if not wanted[kind]:
            yield f"{where}: {kind} without an output intent of it"
    elif kind == "/Indexed":
        yield from _space(where, space[1], inks, depth + 1)
    elif kind == "/ICCBased":
        yield from profile_faults(where, space[1], ("scnr", "mntr", "spac", "prtr"))
    elif kind not in ("/CalGray", "/CalRGB", "/Lab"):
        yield f"{where}: colour space {kind}, which is not checked here"


def profile_faults(where: str, profile: Object, classes: tuple[str, ...]) -> Iterator[str]:
    """Faults of an ICC profile: signature, version up to 4, class, and as many components as are said."""
    head = profile.read_bytes()[:128] if isinstance(profile, Stream) else b""
    if len(head) < 128 or head[36:40] != b"acsp":
        yield f"{where}: no ICC profile"
        return
    if head[8] > 4:
        yield f"{where}: an ICC profile of version {head[8]}"
    if head[12:16].decode("latin-1") not in classes:
        yield f"{where}: an ICC profile of class {head[12:16]!r}"
    components = {b"GRAY": 1, b"RGB ": 3, b"Lab ": 3, b"CMYK": 4}.get(head[16:20])
    if components != int(profile.get("/N", 0)):
        yield f"{where}: N is not the number of components of the ICC profile"


def states(opened: Opened) -> Iterator[str]:
    """6.2.5: no transfer functions, no halftones that are not plain."""
    for where, one in _all_states(opened):
        if "/TR" in one or "/HTP" in one or str(one.get("/TR2", "/Default")) != "/Default":
            yield f"{where}: a transfer function"
        if isinstance(one.get("/HT"), Dictionary | Stream) and one["/HT"].get("/HalftoneType") not in (1, 5):
            yield f"{where}: a halftone"


def _all_states(opened: Opened) -> Iterator[tuple[str, Object]]:
    for one in opened.drawings:
        for name, state in dict(one.resources.get("/ExtGState", Dictionary())).items():
            yield f"{one.where} {name}", state


def intents(opened: Opened) -> Iterator[str]:
    """6.2.6: one of the four intents."""
    for one in opened.drawings:
        if any(operator == "ri" and str(operands[0]) not in INTENTS for operands, operator in one.instructions):
            yield f"{one.where}: a rendering intent that does not exist"
    for where, image in opened.images:
        if "/Intent" in image and str(image["/Intent"]) not in INTENTS:
            yield f"{where}: a rendering intent that does not exist"


def images(opened: Opened) -> Iterator[str]:
    """6.2.8: not smoothed, no alternates, nothing from other files; JPEG 2000 is not checked here."""
    for where, one in opened.images:
        if bool(one.get("/Interpolate", False)):
            yield f"{where}: Interpolate"
        if "/Alternates" in one or "/OPI" in one:
            yield f"{where}: alternates or OPI"
        if int(one.get("/BitsPerComponent", 1)) not in (1, 2, 4, 8, 16):
            yield f"{where}: {one['/BitsPerComponent']} bits a component"
        if "/JPXDecode" in str(one.get("/Filter")):
            yield f"{where}: JPEG 2000, which is not checked here"


def form_objects(opened: Opened) -> Iterator[str]:
    """6.2.9: no PostScript, no pages of other files."""
    for where, one in opened.streams:
        if one.get("/Subtype") == Name.PS or one.get("/Subtype2") == Name.PS or "/PS" in one:
            yield f"{where}: PostScript"
        if one.get("/Subtype") == Name.Form and ("/Ref" in one or "/OPI" in one):
            yield f"{where}: a form in another file"


def transparency(opened: Opened) -> Iterator[str]:
    """6.2.10: known ways of blending; a blending space where no output intent gives one."""
    for where, one in _all_states(opened):
        modes = one.get("/BM", Name.Normal)
        for mode in modes if isinstance(modes, Array) else [modes]:
            if str(mode) not in BLENDING:
                yield f"{where}: blend mode {mode}"
    if _intent_components(opened):
        return
    blended = any("/SMask" in image for _, image in opened.images) or any(
        str(one.get("/SMask", "/None")) != "/None" or float(one.get("/ca", 1)) < 1 for _, one in _all_states(opened)
    )
    if blended:
        yield "transparency without a blending space"
