"""A second opinion on plates that our reader doubts: PP-OCRv6's line recogniser, which was taught on other pictures.

Two readers that err in different ways are right together more often than either: their characters are voted on. What
it reads counts only where it is a whole plate of GA 36. Knows no frame and no corners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import Defect
from models.text.ctc import readings
from models.vision.plate_format import format_of, read_form
from models.vision.plate_text import PlateReading

if TYPE_CHECKING:
    import onnxruntime

Picture = NDArray[np.uint8]

LINE_HEIGHT: Final = 48
"""Height of the lines that the recogniser takes (PP-OCRv6)."""
MIDDLE: Final = 127.5
"""Bytes go in as -1 to 1."""


class SecondReader:
    """Reads cuts of plates with PP-OCR's recogniser; its alphabet stands in the file's metadata."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        """Raises Defect when the file carries no alphabet."""
        self._session = session
        self._input = session.get_inputs()[0].name
        listed = session.get_modelmeta().custom_metadata_map.get("character", "")
        if not listed:
            raise Defect("weights.alphabet", "the second reader carries no alphabet under `character`; pull it again")
        # Not splitlines(): characters such as U+2028 stand in the alphabet. Its last class is the blank between words.
        self._alphabet = [*(line.rstrip("\r") for line in listed.rstrip("\n").split("\n")), " "]

    def read(self, picture: Picture) -> PlateReading | None:
        """What the cut (uint8 [48, width, 3] RGB) says; None where that is no plate."""
        width = max(LINE_HEIGHT, round(picture.shape[1] * LINE_HEIGHT / picture.shape[0]))
        line = cv2.resize(picture, (width, LINE_HEIGHT))[..., ::-1].astype(np.float32) / MIDDLE - 1
        given = np.ascontiguousarray(line.transpose(2, 0, 1)[None], np.float32)
        answer = cast("NDArray[np.float32]", self._session.run(None, {self._input: given})[0])
        found = [one[0] for one in readings(answer[0], self._alphabet) if one[0].character.isalnum()]
        text = read_form("".join(one.character for one in found))
        form = format_of(text)
        return None if form is None else PlateReading(text, form, tuple(one.probability for one in found))
