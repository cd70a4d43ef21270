"""Finds the boxes of text on a page through PaddleX's detector, at the size that its letters need, and cuts them at the
rules of tables; knows no character.

What the detector costs grows with the page's area. A page is looked at small first. Where its smallest lines are high
enough there, what was found stands; else the page is looked at again as large as they need. A page on which nothing is
found small is looked at at full size: its letters may be too small to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.text.ruled import ruled_text
from models.values import TableGrid

FULL_SIDE_PX: Final = 2000
"""The longer side of the picture that text is searched on at most; recognition always sees the page's own pixels."""
FIRST_SIDE_PX: Final = 960
"""The longer side at the first look, which costs a quarter of one at full size."""
LEAST_HEIGHT_PX: Final = 12.0
"""How high the boxes of the smallest lines must be at the first look. At 11 some are lost or run together."""
SECOND_HEIGHT_PX: Final = 14.0
"""How high they are made for the second: letters of about 10 pixels."""
SMALLEST: Final = 0.05
"""The smallest lines are the lowest of this share: a speck taken for text decides nothing on a page of many lines."""

Found = MutableMapping[str, object]
"""PaddleX's answer for a picture; its `dt_polys` are corners [n, 4, 2] in pixels of the picture."""


class PageDetector:
    """Takes the place of PaddleX's own detector, `inner`, in its pipeline.

    `grids` are the tables of the last picture, in its pixels. PaddleX takes no second thread, so one picture is read
    after the other.
    """

    def __init__(self, inner: Callable[..., Iterator[Found]]) -> None:
        self._inner = inner
        self.grids: tuple[TableGrid, ...] = ()

    def __call__(self, images: Sequence[NDArray[np.uint8]], **options: object) -> Iterator[Mapping[str, object]]:
        """What was found on each of `images` (blue first), its boxes cut."""
        for image in images:
            found = self._sized(image, options)
            ruled = ruled_text(image[:, :, ::-1], _boxes(found))
            self.grids = ruled.grids
            if ruled.grids:
                found["dt_polys"] = list(np.round(ruled.boxes).astype(np.int16))
            yield found

    def _sized(self, image: NDArray[np.uint8], options: Mapping[str, object]) -> Found:
        longer = max(image.shape[:2])
        if longer <= FIRST_SIDE_PX:
            return self._found(image, options, FULL_SIDE_PX)
        found = self._found(image, options, FIRST_SIDE_PX)
        side = needed_side(_boxes(found) * (FIRST_SIDE_PX / longer))
        return found if side <= FIRST_SIDE_PX else self._found(image, options, side)

    def _found(self, image: NDArray[np.uint8], options: Mapping[str, object], side: int) -> Found:
        (found,) = self._inner([image], **{**options, "limit_side_len": side, "limit_type": "max"})
        return found


def needed_side(boxes: NDArray[np.float64]) -> int:
    """The longer side at which the smallest of these boxes [n, 4, 2], in pixels of the first look, are high enough."""
    if not len(boxes):
        return FULL_SIDE_PX
    across = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1), np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    smallest = float(np.quantile(np.minimum(*across), SMALLEST, method="lower"))
    if smallest >= LEAST_HEIGHT_PX:
        return FIRST_SIDE_PX
    return round(min(FULL_SIDE_PX, FIRST_SIDE_PX * SECOND_HEIGHT_PX / max(1.0, smallest)))


def _boxes(found: Found) -> NDArray[np.float64]:
    return np.asarray(found["dt_polys"], np.float64).reshape(-1, 4, 2)
