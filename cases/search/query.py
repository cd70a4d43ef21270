"""Reads what a person typed into the box: words, phrases, fields, AND OR NOT and brackets; knows no index.

    张三 盗窃                 both; between words AND is meant
    "河滨市场 后门"            exactly these characters; blanks and line breaks do not count
    (盗窃 OR 诈骗) NOT 未遂     also | for OR, - or ！ for NOT; AND binds closer than OR
    type:起诉意见书 date:2026-10   a field, in English or Chinese (类型：起诉意见书)
    zhangsan, zs               a bare word of Latin letters is also read as pinyin or initials

What an input method writes is taken as its plain sister: （ ） “ ” 「 」 ： ｜ and the wide blank. The Chinese marks
， 、 ； 。 part bare words. AND, OR and NOT are words of the query in capitals only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from cases.search.folding import fold
from models.errors import BadInput

MAX_CHARS = 500
MAX_TERMS = 32
"""A query is typed by a person; each term reads a part of the index."""
MAX_DEPTH = 16
FIELDS = {
    **dict.fromkeys(("case", "案件", "案号"), "case"),
    **dict.fromkeys(("type", "类型", "文书"), "type"),
    **dict.fromkeys(("kind", "来源"), "kind"),
    **dict.fromkeys(("person", "人员", "姓名"), "person"),
    **dict.fromkeys(("date", "日期"), "date"),
    **dict.fromkeys(("number", "文号"), "number"),
    **dict.fromkeys(("author", "责任者"), "author"),
    **dict.fromkeys(("title", "标题", "题名"), "title"),
    **dict.fromkeys(("plate", "号牌"), "plate"),
}
"""What is written before a colon -> the field. Any other word before a colon is plain text."""


@dataclass(frozen=True, slots=True)
class Term:
    """Characters that stand in the text in this order (folded); `pinyin`: they may also be how a name is typed."""

    text: str
    pinyin: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field that holds `value` (folded)."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The documents that this does not find."""

    part: Node


Node: TypeAlias = "Term | Field | And | Or | Not"

_QUOTES = {'"': '"', "“": "”", "”": "“", "「": "」", "『": "』", "＂": "＂"}
_STOP = r"\s，、；。()（）|｜\"“”「『＂"
_TOKEN = re.compile(
    rf"""(?P<blank>[\s，、；。]+)|(?P<open>[(（])|(?P<close>[)）])|(?P<or>[|｜]+)|(?P<and>&&?)"""
    r"""|(?P<not>[-－!！](?=[^\s\d-]))|(?P<quote>["“”「『＂])"""
    rf"""|(?P<word>(?:AND|OR|NOT|ＡＮＤ|ＯＲ|ＮＯＴ)(?=[(（])|[^{_STOP}]+(?:[(（][^{_STOP}]*[)）][^{_STOP}]*)*)"""
)
"""A bracket that follows a word at once and closes without a blank is a part of it: 京公（2026）12号."""
_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not"}
_LATIN = re.compile(r"[a-z][a-z']+")
_NAMED = re.compile(r"([^:：]{1,12})[:：]")


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind` is open, close, or, and, not, word or phrase; `field` stands before a word or a phrase."""

    kind: str
    text: str = ""
    field: str | None = None


def parse(text: str) -> Node:
    """The query that `text` spells; raises BadInput saying what to mend."""
    if len(text) > MAX_CHARS:
        raise BadInput("search.long", f"a query has at most {MAX_CHARS} characters; leave some words out")
    tokens = _tokens(text)
    if sum(token.kind in ("word", "phrase") for token in tokens) > MAX_TERMS:
        raise BadInput("search.terms", f"a query has at most {MAX_TERMS} words; leave some out")
    if not tokens:
        raise BadInput("search.empty", "type a word, a name or a phrase in quotation marks")
    reader = _Reader(tokens)
    found = reader.either(0)
    if reader.token is not None:
        raise BadInput("search.bracket", "a bracket ) has no ( before it; remove it, or quote the text")
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    field: str | None = None
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # a lone mark that means nothing here
            at += 1
            continue
        kind, at = str(match.lastgroup), match.end()
        if kind == "blank":
            continue
        if kind == "quote":
            said, at = _quoted(text, match.start())
            found.append(_Token("phrase", said, field))
        elif kind == "word":
            named, word = _named(match[0])
            if named and not word:
                field = named
                continue
            found.append(_word(word, named or field))
        else:
            found.append(_Token(kind))
        field = None
    if field is not None:
        raise BadInput("search.field", f"write what {field}: is to hold after the colon, for example {field}:张三")
    return found


def _quoted(text: str, start: int) -> tuple[str, int]:
    """What stands between the marks at `start` and the next closing one, and where to go on."""
    closing = {_QUOTES[text[start]], '"', "”", "＂"} if text[start] in '"“”＂' else {_QUOTES[text[start]]}
    ends = [at for at in (text.find(mark, start + 1) for mark in closing) if at > 0]
    if not ends:
        raise BadInput("search.quote", "a quotation mark has no second one; close the phrase, or remove the mark")
    end = min(ends)
    if not fold(text[start + 1 : end]):
        raise BadInput("search.quote", "there is nothing between two quotation marks; write the phrase there")
    return text[start + 1 : end], end + 1


def _named(word: str) -> tuple[str | None, str]:
    match = _NAMED.match(word)
    named = FIELDS.get(fold(match[1])) if match else None
    return (named, word[match.end() :]) if match and named else (None, word)


def _word(word: str, field: str | None) -> _Token:
    operator = _OPERATORS.get(unicodedata.normalize("NFKC", word))
    return _Token(operator) if operator and field is None else _Token("word", word.rstrip(",;") or word, field)


class _Reader:
    """Reads tokens by recursive descent: either = all (OR all)*, all = single (AND? single)*, single = NOT* ..."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> _Token | None:
        """The next token; None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, kind: str) -> bool:
        if self.token is None or self.token.kind != kind:
            return False
        self._at += 1
        return True

    def either(self, depth: int) -> Node:
        """Parts that OR joins."""
        parts = [self._all(depth)]
        while self._take("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._single(depth)]
        while self._take("and") or (self.token is not None and self.token.kind not in ("or", "close")):
            parts.append(self._single(depth))
        return _joined(parts)

    def _single(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise BadInput("search.depth", f"brackets and NOT nest at most {MAX_DEPTH} deep")
        if self._take("not"):
            return Not(self._single(depth + 1))
        if self._take("open"):
            inner = self.either(depth + 1)
            if not self._take("close"):
                raise BadInput("search.bracket", "a bracket ( is not closed; write ) after the last word that it holds")
            return inner
        token = self.token
        if token is None or token.kind not in ("word", "phrase"):
            raise BadInput("search.operator", "AND, OR and NOT need a word after them; write one, or remove them")
        self._at += 1
        return _leaf(token)


def _leaf(token: _Token) -> Node:
    folded = fold(token.text)
    if not folded:
        raise BadInput("search.empty", "a word of the query holds no character that can be searched")
    if token.field is not None:
        return Field(token.field, folded)
    latin = token.kind == "word" and _LATIN.fullmatch(folded.replace("ü", "v"))
    return Term(folded, pinyin=bool(latin))


def _joined(parts: list[Node]) -> Node:
    """All of `parts`; neighbouring Latin words may also be the syllables of one name (zhang san)."""
    if len(parts) == 1:
        return parts[0]
    words = [part for part in parts if isinstance(part, Term) and part.pinyin]
    if len(words) < len(parts):
        return And(tuple(parts))
    together = "".join(word.text for word in words)
    return Or((And(tuple(parts)), Term(together, pinyin=True)))


def terms(node: Node) -> list[Term]:
    """The terms that a found document may hold: those under NOT are left out."""
    if isinstance(node, Term):
        return [node]
    if isinstance(node, And | Or):
        return [term for part in node.parts for term in terms(part)]
    return []
