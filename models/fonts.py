"""The typeface that PDF files embed: one that is named, or the one that a manifest brings; knows no document."""

from __future__ import annotations

import os
from pathlib import Path

from models.errors import BadInput, WeightsMissing
from models.manifest import load_manifests
from models.task import Material
from models.weights import WeightsCache

FONT_VARIABLE = "ANJUAN_FONT"
"""Names a TrueType file to use instead, such as the 仿宋 of the office."""


def font_path(cache: WeightsCache | None = None, *, fetch: bool = True) -> Path:
    """The TrueType file with Chinese letters: $ANJUAN_FONT, else the default font of the manifests.

    Raises BadInput when the named file is not there, WeightsMissing when the font is neither in the cache nor, with
    `fetch`, on any mirror.
    """
    if named := os.environ.get(FONT_VARIABLE):
        if not Path(named).is_file():
            raise BadInput("font.missing", f"{FONT_VARIABLE} names {named}, which is no file")
        return Path(named)
    known = cache or WeightsCache()
    manifest = next(m for m in load_manifests().values() if m.task is Material.FONT and m.default)
    if not fetch and not known.has(manifest):
        raise WeightsMissing(
            "font.missing",
            f"PDF files need a Chinese font that is not here: run `anjuan models pull {manifest.name}` once, "
            f"import a bundle that holds it, or name a TrueType file in {FONT_VARIABLE}",
        )
    return known.ensure(manifest) / manifest.files[0].path
