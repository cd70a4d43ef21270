"""The course of a 笔录 from draft to seal, and what a person's version may change on the way; pure, knows no store.

    采集中 -> 草稿 -> 待核对 -> 已核对 -> 已签署 -> 已封存

A record that was checked is fixed by the digest of its content; it goes back to 草稿 to be changed, which voids its
signatures. Nothing that the machine heard can be taken out: a turn may be merged, split, summarised or left out of the
printed text, its raw words stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from cases.conversation import (
    Bookmark,
    ConversationRecord,
    Flag,
    Notice,
    RecordState,
    TimeSpan,
    Turn,
    content_digest,
    kind_of,
)
from models.errors import BadInput, Conflict
from pipelines.speech.forms import form_of
from pipelines.speech.validators.catalogue import errors, findings
from pipelines.speech.validators.rule import Engagement, Finding

STEPS: Mapping[RecordState, frozenset[RecordState]] = {
    RecordState.CAPTURING: frozenset({RecordState.DRAFT}),
    RecordState.DRAFT: frozenset({RecordState.TO_CHECK}),
    RecordState.TO_CHECK: frozenset({RecordState.DRAFT, RecordState.CHECKED}),
    RecordState.CHECKED: frozenset({RecordState.DRAFT, RecordState.SIGNED}),
    RecordState.SIGNED: frozenset({RecordState.SEALED}),
    RecordState.SEALED: frozenset(),
}
STATE_NAMES: Mapping[RecordState, str] = {
    RecordState.CAPTURING: "采集中",
    RecordState.DRAFT: "草稿",
    RecordState.TO_CHECK: "待核对",
    RecordState.CHECKED: "已核对",
    RecordState.SIGNED: "已签署",
    RecordState.SEALED: "已封存",
}
_OPEN = (RecordState.CAPTURING, RecordState.DRAFT, RecordState.TO_CHECK)
_HELD_TO_RULES = (RecordState.CHECKED, RecordState.SIGNED, RecordState.SEALED)

_Doubt: TypeAlias = tuple[str, TimeSpan | None, str | None]
"""What tells a flag from others: code, place, note."""


class Unready(Conflict):
    """Rules stand between the record and the state asked for; `findings` are the errors."""

    def __init__(self, state: RecordState, found: tuple[Finding, ...]) -> None:
        rules = "、".join(dict.fromkeys(finding.rule for finding in found))
        message = f"the record cannot become {STATE_NAMES[state]}: {len(found)} findings to settle first ({rules})"
        super().__init__("record.findings", message)
        self.findings = found


def advanced(
    record: ConversationRecord, state: RecordState, elsewhere: tuple[Engagement, ...] = ()
) -> ConversationRecord:
    """The record in `state`; raises Conflict for a step that there is not, Unready where rules forbid it."""
    if state not in STEPS[record.state]:
        raise Conflict(
            "record.state", f"a record that is {STATE_NAMES[record.state]} cannot become {STATE_NAMES[state]}"
        )
    if state in _HELD_TO_RULES and (open_ := errors(findings(record, elsewhere, wanted=state))):
        raise Unready(state, open_)
    if state is RecordState.CHECKED:
        return replace(record, state=state, content_sha256=content_digest(record))
    if state is RecordState.DRAFT:
        return replace(record, state=state, content_sha256=None, signatures=(), page_count=None)
    return replace(record, state=state)


# --- a person's version -----------------------------------------------------------------------------------------------
def revised(base: ConversationRecord, given: ConversationRecord, who: str, at: str) -> ConversationRecord:
    """`given` as it may be kept on top of `base`: confirmations new in it bear the account `who` and the moment `at`.

    Raises Conflict where the state of `base` forbids the change, BadInput where machine text or provenance was
    touched, or where the form is none for such a record.
    """
    if base.state not in (*_OPEN, RecordState.CHECKED):
        raise Conflict("record.closed", f"the record is {STATE_NAMES[base.state]}; it is not changed any more")
    if given.state is not base.state or given.content_sha256 != base.content_sha256:
        raise BadInput("record.state", "a version keeps the state as it was; ask for the next state by itself")
    for name in ("provenance", "transcript", "media", "organ", "procedure"):
        if getattr(given, name) != getattr(base, name):
            raise BadInput(f"record.{name}", f"a version keeps {name} as it was; who changed what is kept beside it")
    _check_form(given)
    if type(given) is not type(base) or heard(given) != heard(base):
        raise BadInput(
            "record.raw", "the text that the machine heard stays whole: empty a turn's text_final to leave it out"
        )
    _check_places(base, given)
    if lost := _placed_flags(base) - _placed_flags(given):
        raise BadInput("record.flags", f"{len(lost)} flags are gone; a flag is resolved by a person, never removed")
    if base.state is RecordState.CHECKED and content_digest(given) != base.content_sha256:
        raise Conflict("record.checked", "the record was checked; set it back to draft to change its content")
    if len({turn.id for turn in given.turns}) != len(given.turns):
        raise BadInput("record.turns", "two turns bear the same id")
    _check_summaries(given)
    earlier, settled = {turn.id: turn for turn in base.turns}, _settled_flags(base)
    turns = tuple(
        _with_flags(_stamped(turn, earlier.get(turn.id), who, at), earlier.get(turn.id), settled, (who, at))
        for turn in given.turns
    )
    return replace(
        given,
        turns=turns,
        notices=tuple(_stamped_notice(one, base.notices, who) for one in given.notices),
        bookmarks=tuple(_stamped_bookmark(one, base.bookmarks, who) for one in given.bookmarks),
    )


def _check_form(given: ConversationRecord) -> None:
    """The form decides which rules bind: it must be one for this kind of conversation and for who is heard."""
    form = form_of(given.template)
    if (form.kind, form.organ, form.procedure) != (kind_of(given), given.organ, given.procedure):
        raise BadInput("record.template", f"{form.label} is a form for another kind of record; choose another template")
    if not form.is_for(given.header.subject.standing):
        standing = given.header.subject.standing.value
        raise BadInput("record.standing", f"{form.label} is no form for a {standing}; draft it anew")


def heard(record: ConversationRecord) -> tuple[tuple[str, str], ...]:
    """What the machine heard, by recording: the raw words in the order in which they were said, however turns divide
    them; raises BadInput for raw words that come from nowhere."""
    pieces: list[tuple[str, int, int, int, str]] = []
    for turn in record.turns:
        covered = [False] * len(turn.text_raw)
        for span in turn.spans:
            piece = turn.text_raw[span.char_start : span.char_end]
            covered[span.char_start : span.char_end] = [True] * len(piece)
            segment = -1 if span.segment is None else span.segment
            pieces.append((span.at.media, segment, span.at.start_ms, span.char_start, piece))
        if any(not done and not character.isspace() for done, character in zip(covered, turn.text_raw, strict=True)):
            raise BadInput("record.raw", f"turn {turn.id} has raw text without a place in the recording")
    said: dict[str, str] = {}
    for media, _, _, _, piece in sorted(pieces):
        said[media] = said.get(media, "") + piece
    return tuple(sorted(said.items()))


def _check_places(base: ConversationRecord, given: ConversationRecord) -> None:
    """A divided turn divides its places: none comes to lie where its sentence was not said."""
    rooms: dict[tuple[str, int | None], tuple[int, int]] = {}
    for turn in base.turns:
        for span in turn.spans:
            start, end = rooms.get((span.at.media, span.segment), (span.at.start_ms, span.at.end_ms))
            room = min(start, span.at.start_ms), max(end, span.at.end_ms)
            rooms[span.at.media, span.segment] = room
    for turn in given.turns:
        for span in turn.spans:
            start, end = rooms.get((span.at.media, span.segment), (0, -1))
            if not start <= span.at.start_ms <= span.at.end_ms <= end:
                raise BadInput("record.spans", f"turn {turn.id} names a place in the recording that is not its own")


def _check_summaries(given: ConversationRecord) -> None:
    """A summary stands for turns that no other does, and keeps their places; those it took up whole are its own."""
    turns = {turn.id: turn for turn in given.turns}
    taken: set[str] = set()
    for summary in given.turns:
        behind = [turns[one] for one in summary.summary_of if one in turns and one != summary.id]
        if any(turn.id in taken or turn.summary_of for turn in behind):
            raise BadInput("record.summary", f"turn {summary.id} sums up a turn that another summary stands for")
        if any(_sentences(turn) - _sentences(summary) for turn in behind):
            raise BadInput("record.summary", f"turn {summary.id} has lost places of the turns that it stands for")
        taken.update(turn.id for turn in behind)


def _sentences(turn: Turn) -> frozenset[tuple[str, int | None]]:
    """The sentences of the transcript that a turn has places in."""
    return frozenset((span.at.media, span.segment) for span in turn.spans)


def _placed_flags(record: ConversationRecord) -> frozenset[_Doubt]:
    """The doubts about a place in the recording, wherever the turns stand."""
    return frozenset(_doubt(flag) for turn in record.turns for flag in turn.flags if flag.at is not None)


def _settled_flags(record: ConversationRecord) -> dict[_Doubt, Flag]:
    """Doubts about a place that somebody settled: they keep their names when turns are merged or divided."""
    flags = (flag for turn in record.turns for flag in turn.flags)
    return {_doubt(flag): flag for flag in flags if flag.at is not None and flag.resolved_by is not None}


def _doubt(flag: Flag) -> _Doubt:
    return flag.code, flag.at, flag.note


def _stamped(turn: Turn, earlier: Turn | None, who: str, at: str) -> Turn:
    """The turn with its confirmation under the name of who gave it."""
    by, when = None, None
    if turn.confirmed_by is not None:
        same = earlier is not None and earlier.confirmed_by is not None
        if same and earlier is not None and (earlier.text_final, earlier.role) == (turn.text_final, turn.role):
            by, when = earlier.confirmed_by, earlier.confirmed_at
        else:
            by, when = who, at
    return replace(turn, confirmed_by=by, confirmed_at=when)


def _with_flags(turn: Turn, earlier: Turn | None, settled: Mapping[_Doubt, Flag], by: tuple[str, str]) -> Turn:
    """The turn with its doubts settled under the names of those who did: the turn's own first, then the record's."""
    own = {_doubt(flag): flag for flag in (earlier.flags if earlier is not None else ())}
    known = [own.get(_doubt(flag)) or settled.get(_doubt(flag)) for flag in turn.flags]
    flags = tuple(_stamped_flag(flag, was, *by) for flag, was in zip(turn.flags, known, strict=True))
    return replace(turn, flags=flags)


def _stamped_notice(notice: Notice, earlier: tuple[Notice, ...], who: str) -> Notice:
    known = next((one for one in earlier if (one.code, one.turn) == (notice.code, notice.turn)), None)
    if notice.confirmed_by is None:
        return notice
    return replace(notice, confirmed_by=(known.confirmed_by if known is not None else None) or who)


def _stamped_bookmark(mark: Bookmark, earlier: tuple[Bookmark, ...], who: str) -> Bookmark:
    return mark if mark in earlier else replace(mark, by=who)


def _stamped_flag(flag: Flag, earlier: Flag | None, who: str, at: str) -> Flag:
    if flag.resolved_by is None:
        return replace(flag, resolved_at=None)
    if earlier is not None and earlier.resolved_by is not None:
        return earlier
    return replace(flag, resolved_by=who, resolved_at=at)
