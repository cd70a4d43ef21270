"""Doubts about machine-written text, as flags on it; nothing here ever deletes or changes a word.

A flag is a short stable name that a person sees beside the sentence with a link to its sound.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from difflib import SequenceMatcher

REPETITION = "repetition"
"""The same words again and again: a decoding loop, or a person who really says 对对对对对."""
LOW_CONFIDENCE = "low-confidence"
"""The model was unsure of most of the words."""
NO_SPEECH = "maybe-no-speech"
"""The model thinks that nobody speaks here."""
CREDIT = "subtitle-credit"
"""Words that Whisper learned from subtitle files and writes over noise."""
REDECODED = "redecoded"
"""The first decoding fell into a loop; this is a second one, with repetition forbidden."""
PROMPT_ECHO = "prompt-echo"
"""The text repeats what was given to the model as a hint."""
NO_WORDS = "no-words"
"""A voice was heard here and no words were made out, twice: listen."""
NOT_TRANSCRIBED = "not-transcribed"
"""Somebody speaks here and the model failed: listen."""
OVERLAP = "overlapping-speech"
"""Two people speak at once: the words may be of both, and some may be missing."""

LOW_CONFIDENCE_BELOW = 0.5
"""Mean token probability; Whisper's own threshold for a failed decoding, a mean log probability of -1, is 0.37."""
NO_SPEECH_ABOVE = 0.6
"""Whisper's own threshold (openai/whisper, transcribe.py)."""
ECHO_CHARACTERS = 6
"""A shorter piece of a hint may well have been said."""
COMPRESSION_ABOVE = 2.4
"""Bytes over deflated bytes; Whisper's own threshold."""

ABOUT_CHARACTERS = 12
ABOUT_ALIKE = 0.9
"""Twice the letters that both halves share over all: one in ten may differ."""
AGAIN_CHARACTERS = 4
"""A sentence that is a phrase of so many characters said twice is worth a look; people do say 对对 and 知道知道."""
BABBLE_CHARACTERS = 20
BABBLE_DIFFERENT = 4
"""So few different characters in so many: no fact or sentence of 956 has fewer than 6. A decoder that may not repeat
itself word by word still goes round among three or four."""

# A unit of up to 20 characters, five times in a row, or three times when it is a phrase.
_LOOP = re.compile(r"(.{1,3}?)\1{5,}|(.{4,20}?)\2{2,}", re.DOTALL)
_CREDITS = re.compile(
    r"字幕(由|志愿者|组|提供|製作|制作|by)|中文字幕|amara\.?org|明镜与?点点|点点栏目|优优独播|独播剧场"
    r"|(请|請)?(不吝)?点赞|订阅.{0,4}转发|打赏支持|谢谢(观看|收看|大家收看)|感谢(观看|收看)|杨茜茜|索兰娅"
    r"|李宗盛|词曲|(作词|作曲|编曲)\s*[:：]|thanks for watching|subtitles? by|ming\s?pao",
    re.IGNORECASE,
)


def compression_ratio(text: str) -> float:
    """Bytes of `text` over its deflated bytes; high for text that repeats itself."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def repeats(text: str) -> bool:
    """Whether the text goes round in circles."""
    return compression_ratio(text) > COMPRESSION_ABOVE or _LOOP.search(text) is not None or _babbles(_bare(text))


def _babbles(bare: str) -> bool:
    return any(
        len(set(bare[first : first + BABBLE_CHARACTERS])) <= BABBLE_DIFFERENT
        for first in range(len(bare) - BABBLE_CHARACTERS + 1)
    )


def said_again(text: str, shortest: int = 2) -> bool:
    """Whether all of it is a phrase of `shortest` characters twice or more: a decoder that began anew, or a person."""
    bare = _bare(text)
    again = any(bare[unit:] == bare[:-unit] for unit in range(shortest, len(bare) // 2 + 1))
    return again or _said_about_again(bare)


def _said_about_again(bare: str) -> bool:
    """Whether a long text is one phrase twice with a letter more or less: a number is seldom misheard alike."""
    if len(bare) < ABOUT_CHARACTERS:
        return False
    middle = len(bare) // 2
    return any(
        SequenceMatcher(None, bare[:cut], bare[cut:], autojunk=False).ratio() >= ABOUT_ALIKE
        for cut in range(middle - 1, middle + 2)
    )


def echoes(text: str, hints: Sequence[str]) -> bool:
    """Whether the text is a piece of what the model was given as a hint, six characters or more."""
    bare = _bare(text)
    return len(bare) >= ECHO_CHARACTERS and any(bare in _bare(hint) for hint in hints)


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def is_credit(text: str) -> bool:
    """Whether the text is one of the credits that Whisper writes over silence and noise."""
    return _CREDITS.search(text) is not None


def doubts(text: str, confidence: float, no_speech_probability: float = 0.0) -> tuple[str, ...]:
    """The flags that one sentence deserves, in a fixed order."""
    found = {
        REPETITION: repeats(text) or said_again(text, AGAIN_CHARACTERS),
        LOW_CONFIDENCE: confidence < LOW_CONFIDENCE_BELOW,
        NO_SPEECH: no_speech_probability > NO_SPEECH_ABOVE,
        CREDIT: is_credit(text),
    }
    return tuple(flag for flag, holds in found.items() if holds)
