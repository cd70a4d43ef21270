"""A 笔录 as turns of question and answer with their place on paper; knows lines of text, no file and no recording.

Lines are joined to paragraphs, paragraphs to turns: a turn begins at 问: or 答: and goes on until the next. What stands
before the first (the form's head) and after the last (closing sentence, signatures) is no talk; page numbers and
signature lines between are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.discrepancy import RecordPlace
from models.errors import BadInput

QUESTION, ANSWER = "question", "answer"
_MARK = re.compile(r"(?:^|(?<=[。？！?!；;\s]))\s*(?P<who>被?[讯询]问人|[问答间])(?:（[^）]{1,6}）)?\s*[:：∶﹕;；]\s*")
"""How a turn begins; OCR reads 问 as 间 now and then."""
_ASIDE = re.compile(
    r"^\s*(第?\s*[\d一二三四五六七八九十]+\s*页(\s*[,，/]?\s*共\s*[\d一二三四五六七八九十]+\s*页)?|共\s*\d+\s*页|-?\s*\d{1,3}\s*-?|\d+\s*/\s*\d+)\s*$"
    r"|^\s*(被?[讯询]问人|被?[讯询]问人?员|侦查人员|记录人|办案民警|翻译|法定代理人|见证人)?[（(]?(签名|签字|捺印|捺指印|签名捺指印)[）)]?[、捺手指印]*\s*[:：]?[\s_年月日\d]*$"
    r"|^\s*(讯问|询问)笔录\s*(（?续页）?)?\s*(第\s*\d+\s*页)?\s*$"
)
_CLOSING = re.compile(r"^\s*(以上(笔录|记录|内容)|本笔录|.{0,12}和我说的(一致|相符))")
_STARTS = re.compile(r"^\s*(被?[讯询]问人|侦查员|侦查人员|记录人|书记员|办案民警)\s*[（(:：]")
MAX_CHARACTERS = 400_000
"""Three hundred pages of close writing: more is no record of one interrogation."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line of a page, or a paragraph of a document without lines; `line` counts from 1 on its page.

    `page` is None where the document does not say. `whole` marks a paragraph that is not to be joined to its neighbour.
    """

    page: int | None
    line: int
    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """From `offset` of a turn's text on, what stands in `paragraph` from its character `at` on."""

    offset: int
    paragraph: int
    at: int
    page: int | None
    line: int


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """问 or 答: `role`, the words without the mark, and where they stand."""

    number: int
    role: str
    text: str
    pieces: tuple[Piece, ...]

    def place(self, start: int, end: int) -> RecordPlace:
        """The place of `text[start:end]`; what runs on into the next line's paragraph is cut at its end."""
        start = max(0, min(start, len(self.text)))
        end = max(start, min(end, len(self.text)))
        index = max(0, bisect_right([piece.offset for piece in self.pieces], start) - 1)
        piece = self.pieces[index]
        first = piece.at + start - piece.offset
        for later in self.pieces[index + 1 :]:
            if later.paragraph != piece.paragraph:
                end = min(end, later.offset)
                break
        return RecordPlace(
            page=piece.page,
            paragraph=piece.paragraph,
            line=piece.line,
            start=first,
            end=first + end - start,
            turn=self.number,
            text=self.text[start:end],
        )


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """The paragraphs of the paper (numbered from 1), the turns among them, and the form's head."""

    paragraphs: tuple[str, ...]
    turns: tuple[WrittenTurn, ...]
    head: str


@dataclass(slots=True)
class _Open:
    role: str
    text: str
    pieces: list[Piece]


def read_turns(lines: Sequence[WrittenLine]) -> WrittenRecord:
    """The record that the lines hold; raises BadInput when no 问 and no 答 stands in them."""
    if sum(len(line.text) for line in lines) > MAX_CHARACTERS:
        raise BadInput("compare.too-long", f"the record has more than {MAX_CHARACTERS} characters; send one record")
    paragraphs: list[str] = []
    turns: list[_Open] = []
    head: list[str] = []
    closed = False
    for line in lines:
        if not line.text.strip() or _ASIDE.match(line.text):
            continue
        marks = list(_MARK.finditer(line.text))
        if not marks and turns and (_CLOSING.match(line.text) or _STARTS.match(line.text)):
            closed = True
        if marks:
            closed = False
        joins = not marks and turns and not closed and not line.whole and paragraphs
        if not joins:
            paragraphs.append("")
        at, paragraph = len(paragraphs[-1]), len(paragraphs)
        paragraphs[-1] += line.text
        if not turns and not marks:
            head.append(line.text)
        elif not closed:
            _take(turns, line, marks, paragraph, at)
    found = [turn for turn in turns if turn.text.strip()]
    if not found:
        raise BadInput(
            "compare.no-turns",
            "no 问: and 答: were found in the record; send the 笔录 itself, as docx, PDF or a clear scan",
        )
    made = (WrittenTurn(n, one.role, one.text, tuple(one.pieces)) for n, one in enumerate(found, start=1))
    return WrittenRecord(tuple(paragraphs), tuple(made), "\n".join(head))


def _take(turns: list[_Open], line: WrittenLine, marks: Sequence[re.Match[str]], paragraph: int, at: int) -> None:
    """Add a line's words to the turns: what stands before its first mark belongs to the turn that is open."""
    first = marks[0].start() if marks else len(line.text)
    if turns and line.text[:first].strip():
        turn = turns[-1]
        turn.pieces.append(Piece(len(turn.text), paragraph, at, line.page, line.line))
        turn.text += line.text[:first]
    for start, end, role in _marked(line.text, marks):
        turns.append(_Open(role, line.text[start:end], [Piece(0, paragraph, at + start, line.page, line.line)]))


def _marked(text: str, marks: Sequence[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    ends = [*(mark.start() for mark in marks[1:]), len(text)] if marks else []
    for mark, end in zip(marks, ends, strict=True):
        yield mark.end(), end, ANSWER if mark["who"] in ("答", "被讯问人", "被询问人") else QUESTION
