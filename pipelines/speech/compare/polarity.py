"""What a stretch of talk affirms and denies: the scope of 没, 不 and 未, bare answers, and states of mind; pure.

A question affirms nothing; a bare answer (对, 没有) affirms or denies what was asked. 是不是 and 有没有 leave it open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.speech.compare.lexicon import DELIBERATE, KNOWING, NEGATORS, NEGLIGENT, NOT_NEGATIONS
from pipelines.speech.compare.written import QUESTION

_SKIPPED = re.compile(
    r"^(再|去|来|过|想|想要|要|能|会|敢|让|给|把|被|跟|对|和|向|同|为|真的|直接|继续|完全|特别|任何|什么|其他|别的|我|你|他|她|它|们|的|了|有|是)+"
)
"""What may stand between a negator and what it denies."""
_ASKS_BACK = ("谁", "哪", "怎", "咋")
"""Words that deny in an answer (谁晓得, 哪会) and ask in a question."""
_SCOPE_CHARS = 4
_FILLING = " ，,。嗯呃啊哦那这个"
_REPLIED = re.compile(r"了|[我他她你它就]")
"""What follows a 没有 that is an answer of its own."""
_NO = re.compile(
    r"^(以前|之前|从前|当时|一路上|后来|一直|[\s，,。啊嗯呃哦那这个我他她就真的确实从来都也])*(没有|没|莫得|冇|不是|不知道|不清楚|不认识|否认|无|并没有|不对|未曾|不会|不能|不|没干|没做)"
)
_YES = re.compile(
    r"^[\s，,。啊嗯呃哦那这个我就确实真的]*(是的|是啊|是|对的|对啊|对|嗯嗯|有的|有(?![点些几时一])|知道|认识|承认|清楚|明白|没错|没问题|愿意|可以|会|能|同意|属实)"
)
_DOUBLE = re.compile(r"^[\s，,。嗯啊呃]*没有?[不没]")
"""没有不懂的: two negators say yes to what the question did not ask."""
_HUM = re.compile(r"^[嗯恩哼啊。，,\s]+$")
_BARE_CHARS = 8
"""A longer answer says itself what it affirms."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A negator and the first characters of what it denies, with the place of the negator.

    `more` marks 没再打: that it went on is denied, not that it happened.
    """

    scope: str
    start: int
    end: int
    more: bool = False


@cache
def _negator() -> re.Pattern[str]:
    open_forms = "|".join(map(re.escape, sorted(NOT_NEGATIONS, key=len, reverse=True)))
    a_not_a = r"(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)"
    negators = "|".join(sorted(NEGATORS, key=len, reverse=True))
    asked_back = r"(?:谁|哪里|哪儿|哪|怎么|咋)(?=知道|晓得|想到|想得到|料到|懂|会(?!议)|敢|可能)|谈不上"
    return re.compile(rf"(?P<open>{open_forms}|{a_not_a})|(?P<no>{negators}|{asked_back})")


@lru_cache(maxsize=16384)
def denials(text: str) -> tuple[Denied, ...]:
    """Every negator of `text` with what it denies; words that only look like one are passed over."""
    return tuple(_denials(text))


def _denials(text: str) -> Iterator[Denied]:
    for match in _negator().finditer(text):
        if match["no"] is None or _is_left_open(text, match.start(), match.end()):
            continue
        if match["no"].startswith(_ASKS_BACK) and text.rstrip().endswith(("?", "？")):
            continue
        clause = re.split(r"[，,。？?！!；;\n]", text[match.end() : match.end() + 14], maxsplit=1)[0]
        if match["no"] == "没有" and not text[: match.start()].strip(_FILLING) and _REPLIED.match(clause):
            # 没有我希望和解: no, and then something of its own, where the machine heard no comma.
            clause = ""
        scope = _SKIPPED.sub("", clause)[:_SCOPE_CHARS]
        yield Denied(
            re.sub(r"[了过的吗呢吧啊呀嘛么]+$", "", scope),
            match.start(),
            match.end(),
            clause.startswith(("再", "又", "继续")),
        )


def _is_left_open(text: str, start: int, end: int) -> bool:
    """Whether a negator ends a question: 你打他了没有."""
    if start == 0 or text[end:].strip("。？?！!的呢啊,， "):
        return False
    return text[start - 1] in "了过" or text.rstrip().endswith(("?", "？"))


def bare_answer(text: str) -> bool | None:
    """True where a short answer says yes, False for no, None where it says something of its own."""
    bare = text.strip()
    if not bare or _HUM.match(bare):
        return True if bare else None
    if _DOUBLE.match(bare):
        return None
    if _NO.match(bare):
        return False
    return True if _YES.match(bare) else None


def is_bare(text: str) -> bool:
    """Whether an answer is no more than yes or no."""
    letters = re.sub(r"[^\w]|[嗯啊呃哦吧的呢呀了]", "", text)
    return len(letters) <= _BARE_CHARS // 2 and bare_answer(text) is not None


def affirms(text: str) -> bool:
    """Whether an answer says yes and no more than repeats what was asked (是，卖过): no tale that begins with 就是."""
    return bare_answer(text) is True and len(re.sub(r"\W", "", text)) <= _BARE_CHARS


@dataclass(frozen=True, slots=True)
class Mind:
    """What is said about intent and knowledge: True, False, or None where nothing is said; with the words' places."""

    deliberate: bool | None = None
    knowing: bool | None = None
    deliberate_at: tuple[int, int] = (0, 0)
    knowing_at: tuple[int, int] = (0, 0)


@cache
def _minds() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    def words(found: Sequence[str]) -> re.Pattern[str]:
        return re.compile("|".join(sorted(found, key=len, reverse=True)))

    return words(NEGLIGENT), words(DELIBERATE), words(KNOWING)


_OPEN_KNOWING = re.compile(r"知不知道|清不清楚|明不明白|知道不知道|是不是知道|你知道吧|你知道吗")
_NEGATED = re.compile(r"(不|没有|没|未|并非|不是|并不|非)(太|是|很|怎么|大|特别|真的|十分|完全)?$")


def mind(text: str, role: str) -> Mind:
    """What `text` says about the speaker's mind; a question says nothing."""
    if role == QUESTION:
        return Mind()
    negligent, deliberate, knowing = _minds()
    text = _OPEN_KNOWING.sub(lambda m: "＿" * len(m[0]), text)
    meant: bool | None = None
    meant_at = knows_at = (0, 0)
    if match := negligent.search(text):
        meant, meant_at = False, match.span()
    else:
        for match in deliberate.finditer(text):
            meant = not _NEGATED.search(text[: match.start()])
            meant_at = match.span()
            break
    knows: bool | None = None
    for match in knowing.finditer(text):
        knows = not _NEGATED.search(text[: match.start()])
        knows_at = match.span()
        break
    return Mind(meant, knows, meant_at, knows_at)
