"""Pictures of pages: any common picture to upright 8-bit RGB, and page pictures into arrays; knows no PDF and no job.

What a page picture is: RGB, upright as a person would hold it (the EXIF orientation is obeyed), transparency on white
paper. Files from outside are opened by the child of `pipelines.media.pdf`, never in this process; `read_picture` is for
the page pictures that the child wrote.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import BadInput, TooLarge

if TYPE_CHECKING:
    from PIL.Image import Image

    from models.values import PageImage

FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/bmp": "BMP",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
}
"""Media types that are read, and the one decoder that may open each."""
PAGE_PIXELS = 50_000_000
"""Pixels of a page picture at most: A3 at 400 dpi is 31 million; a larger one is made smaller, and its page flagged."""


def read_picture(path: Path) -> PageImage:
    """The page picture at `path`; raises BadInput when it cannot be decoded, TooLarge beyond PAGE_PIXELS."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    from models.values import PageImage

    try:
        with Image.open(path, formats=tuple(FORMATS.values())) as picture:
            if picture.width * picture.height > PAGE_PIXELS:
                raise TooLarge("picture.pixels", f"the page picture has {picture.width} x {picture.height} pixels")
            return PageImage(np.asarray(flatten(picture), dtype=np.uint8))
    except FileNotFoundError:
        raise BadInput("picture.missing", f"the page picture {path.name} is not there") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadInput("picture.broken", f"the page picture cannot be decoded: {error}") from None


def flatten(picture: Image) -> Image:
    """The picture upright, in 8-bit RGB, on white; 16-bit values keep their upper byte, float values are stretched."""
    from PIL import Image, ImageOps

    # Orientation first: its tag is lost with the conversion.
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I")
    if picture.mode in ("I", "F"):
        picture = _eight_bits(picture)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        over = picture.convert("RGBA")
        paper = Image.new("RGB", over.size, "white")
        paper.paste(over, mask=over.getchannel("A"))
        return paper
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _eight_bits(picture: Image) -> Image:
    """An integer or float picture as grey: by the upper byte of 16 bits, or stretched where values lie elsewhere."""
    low, high = (float(value) for value in picture.getextrema())  # type: ignore[arg-type]  # one band: two numbers
    if low >= 0 and 255 < high <= 65535:
        low, high = 0.0, 65535.0
    elif low >= 0 and 1 < high <= 255:
        low, high = 0.0, 255.0
    scale = 255.0 / (high - low) if high > low else 1.0
    return picture.convert("F").point(lambda value: value * scale - low * scale).convert("L")
