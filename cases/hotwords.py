"""热词 of a case: what a list of names and terms may hold; pure, knows no table and no sound."""

from __future__ import annotations

from collections.abc import Sequence

from models.errors import BadInput

MAX_HOTWORDS = 1000
"""More than a case has names; each costs time on every sentence."""
MAX_HOTWORD_CHARACTERS = 50


def cleaned(words: Sequence[str]) -> tuple[str, ...]:
    """The words without doubles and needless blanks, in order; raises BadInput for too many, or one too long."""
    listed = tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if len(listed) > MAX_HOTWORDS:
        raise BadInput("params.hotwords", f"at most {MAX_HOTWORDS} hotwords, not {len(listed)}")
    for word in listed:
        if len(word) > MAX_HOTWORD_CHARACTERS:
            raise BadInput(
                "params.hotwords", f"hotwords have at most {MAX_HOTWORD_CHARACTERS} characters: {word[:20]}…"
            )
    return listed


def joined(own: Sequence[str], of_case: Sequence[str]) -> tuple[str, ...]:
    """A job's own hotwords and then those of its case, as many as there may be."""
    return tuple(dict.fromkeys([*own, *of_case]))[:MAX_HOTWORDS]
