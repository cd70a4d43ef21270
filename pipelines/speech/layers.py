"""What lies over a sentence's text and never changes it: numbers in figures, and names of the case that it sounds like.

A person's correction has its layers made anew from the parameters that its record names; pure, knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence

from cases.records import JsonObject
from cases.transcript import TranscriptSegment
from pipelines.speech.hotwords import with_suggestions
from pipelines.speech.itn.layer import with_numbers

CHINESE = frozenset({"zh", "yue"})
"""Languages, as Whisper calls them, whose numbers and sounds the layers know."""


def layered(
    segments: Sequence[TranscriptSegment], language: str, names: Sequence[str], *, numbers: bool = True
) -> list[TranscriptSegment]:
    """The segments with their layers; `names` are the hotwords, in which no number is looked for."""
    found = list(segments)
    if language not in CHINESE:
        return found
    if numbers:
        found = list(with_numbers(found, names))
    return list(with_suggestions(found, names)) if names else found


def layered_as(segments: Sequence[TranscriptSegment], language: str, parameters: JsonObject) -> list[TranscriptSegment]:
    """The segments with the layers that a record made with `parameters` has."""
    names = parameters.get("hotwords")
    words = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return layered(segments, language, words, numbers=parameters.get("itn", True) is not False)
