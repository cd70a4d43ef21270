"""Several recordings of one person's command: the short ones are heard by dozens, then each is finished by itself.

Whisper takes 30 s at once, so that a clip of 5 s alone costs as much as six. Which clips meet follows from the order of
the recordings alone, so that the same command gives the same texts. Work for a case never comes this way: what is said
in one recording is written down as if there were no other. Knows the pipeline of one recording and no command line.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar, cast

from models.errors import BadInput
from models.values import ItemError, Transcription
from pipelines.engine import (
    TRANSCRIBE_GROUP,
    BorrowedEngine,
    Engine,
    Lane,
    OutT,
    RefT,
    SpeechGroup,
    SpeechPieces,
    TaskKind,
)
from pipelines.pipeline import Setting
from pipelines.speech.chunks import CHUNK
from pipelines.speech.params import TranscribeParams
from pipelines.speech.plan import ask, make_plan
from pipelines.speech.transcribe import clip_of

log = logging.getLogger(__name__)

GROUP = 12
"""Recordings heard together: a dozen utterances fill two windows; more pays little."""
GROUPS_AHEAD = 2
"""Groups in work at once: while the model works on one, the next is made ready."""
LONGEST = CHUNK // 2
"""A longer clip has no company in its window."""

T = TypeVar("T")
Finish = Callable[[Setting[TranscribeParams]], T]


def finished(settings: Sequence[Setting[TranscribeParams]], finish: Finish[T]) -> list[T]:
    """What `finish` makes of each setting, in order; all are of one command, with parameters and engine in common.

    Raises what `finish` raises for the first that fails.
    """
    groups = [settings[first : first + GROUP] for first in range(0, len(settings), GROUP)]
    pool = ThreadPoolExecutor(GROUPS_AHEAD, thread_name_prefix="together")
    try:
        return [one for made in pool.map(lambda group: _group(group, finish), groups) for one in made]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _group(settings: Sequence[Setting[TranscribeParams]], finish: Finish[T]) -> list[T]:
    engine = heard_together(settings)
    return [finish(replace(setting, engine=engine)) for setting in settings]


def heard_together(settings: Sequence[Setting[TranscribeParams]]) -> Engine:
    """Their engine, which knows already what the short ones among these recordings say."""
    engine, model = settings[0].engine, settings[0].params.model
    clips = [clip for setting in settings for clip in _short(setting)]
    if len(clips) < 2:
        return engine
    (heard,) = ask(engine, TRANSCRIBE_GROUP, [SpeechGroup(tuple(clips))], model)
    if isinstance(heard, ItemError):
        log.warning("a group of recordings failed, each is heard by itself: %s", heard.code)
        return engine
    # A clip that failed is asked for again, by itself.
    said = {clip: one for clip, one in zip(clips, heard, strict=True) if not isinstance(one, ItemError)}
    return _KnowingEngine(engine, said)


def _short(setting: Setting[TranscribeParams]) -> Iterator[SpeechPieces]:
    """The clip of a recording that is one short clip; what is wrong with a recording is told when it is finished."""
    with suppress(BadInput):
        plan = make_plan(setting)
        if len(plan.parts) == 1 and len(plan.parts[0]) == 1 and plan.parts[0][0].samples <= LONGEST:
            yield clip_of(plan.parts[0][0], plan.sound(setting.scratch, 0), setting.params)


class _KnowingEngine(BorrowedEngine):
    """An engine that was asked before what some clips say."""

    def __init__(self, engine: Engine, said: Mapping[SpeechPieces, Transcription]) -> None:
        super().__init__(engine)
        self._said = said

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """What is known, when all of it is; else what the engine says."""
        known = [self._said.get(item) for item in items if isinstance(item, SpeechPieces)]
        if known and len(known) == len(items) and None not in known:
            return cast("list[OutT | ItemError]", known)
        return super().run(kind, items, model=model, lane=lane)
