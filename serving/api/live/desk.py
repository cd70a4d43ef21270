"""All live sessions of one gateway: begun, taken up again, and kept as evidence at their end; knows no route.

A session lies in a folder of its own until its end. It is open in one process at a time; one whose socket dropped keeps
its place for a while, then only its folder is left, and when nobody takes it up again it is kept as it is. The end
is safe to repeat, whatever a crash leaves of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import anyio

from cases.acts.evidence import Original
from cases.acts.live import LiveOutcome
from cases.blobs import BlobStore, StoredBlob
from cases.codec import to_json_object
from cases.ids import new_id
from cases.records import Actor, JsonObject, ModelUse, Provenance
from cases.versions import RecordVersion
from models.errors import AnjuanError, Busy, Conflict, Unavailable
from models.task import Task
from pipelines.lines import code_version
from pipelines.speech.live.dictation import JOURNAL, SOUND, Dictation, Passes
from pipelines.speech.live.record import transcript_of
from pipelines.speech.live.sound import SAMPLE_BYTES, SoundFile
from pipelines.speech.params import TranscribeParams, parse_params
from serving.api.errors import problem_of
from serving.api.evidence.intake import require_room
from serving.api.gate import Gate
from serving.api.jobs.check import with_hotwords
from serving.api.live.models import LiveModels
from serving.api.live.notes import LiveNotes
from serving.api.live.protocol import TRY_LATER, error_event
from serving.api.live.session import LiveSession, shown_of, whole_in_thread
from serving.api.live.wire import LiveNote, LiveShown, NewLive
from serving.api.services import Services

log = logging.getLogger(__name__)

TASK, VERSION = "live", "1"
LOOK_S = 5.0
"""How often sessions that nobody watches are looked after."""
CLOSING_S = 60.0
"""A session whose end was broken off is ended again after so long without a sign of life."""
TITLE = "实时笔录"
LINES = "lines.jsonl"
LINES_TYPE = "application/jsonl"


class LiveDesk:
    """Use from the event loop."""

    def __init__(self, services: Services, models: LiveModels | None) -> None:
        settings = services.settings
        self._services = services
        self._models = models
        self._notes = LiveNotes(settings.live_dir)
        self._places = Gate(
            settings.live_sessions_max_concurrent,
            "live.places",
            "all places for live sessions are taken; try again when one ends",
            settings.live_retry_after_s,
        )
        services.metrics.watch("live_sessions", lambda: float(self._places.inside))
        # A session writes, listens and rewrites at once; ends take one more.
        self._threads = anyio.CapacityLimiter(4 * settings.live_sessions_max_concurrent)
        self._open: dict[str, LiveSession] = {}
        self._opening = asyncio.Lock()
        self._told: dict[str, str] = {}
        self._background: set[asyncio.Task[None]] = set()

    # --- life --------------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Look after sessions that nobody watches, until cancelled."""
        while True:
            try:
                await self._look()
            except Exception:  # task border: a disk that is away for a moment must not end the watch
                log.exception("live sessions could not be looked after")
            await asyncio.sleep(LOOK_S)

    async def close(self) -> None:
        """Let go of every session; all are found again by the next server."""
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        for session in list(self._open.values()):
            await self._let_go(session)

    # --- acts --------------------------------------------------------------------------------------------------------
    async def begin(self, actor: Actor, case_id: str, wanted: NewLive) -> LiveSession:
        """A new session in a case; raises Busy without a place, BadInput, NotFound, Unavailable without models."""
        params = await self._params(actor, case_id, wanted)
        now = datetime.now(UTC)
        note = LiveNote(
            id=new_id("live"),
            case_id=case_id,
            account_id=actor.id,
            account_name=actor.name,
            role=actor.role,
            via=actor.via,
            title=f"{wanted.title or TITLE} {now.astimezone():%Y-%m-%d %H-%M-%S}",
            rate=wanted.rate,
            language=params.language,
            hotwords=list(params.hotwords),
            model=params.model,
            created_at=now,
        )
        with self._place() as keep_place:
            # Before anything is written down: without models nothing begins.
            await whole_in_thread(self._threads, self._loaded.load)
            require_room(self._services, 0)
            await self._services.ask(self._services.store.begin_session, actor, case_id, note.id, note.params)
            await self._services.ask(self._notes.add, note)
            session = await self._open_up(note)
            keep_place()
            return session

    async def join(self, actor: Actor, session_id: str) -> LiveSession:
        """The session that `actor` began, open in this process; raises NotFound, Busy, Conflict once it has ended."""
        return await self._taken_up(await self.note(actor, session_id))

    async def note(self, actor: Actor, session_id: str) -> LiveNote:
        """What is remembered of the session that `actor` began; raises NotFound, also outside their cases."""
        note = await self._services.ask(self._notes.find, actor, session_id)
        await self._services.ask(self._services.store.case, actor, note.case_id)
        return note

    async def shown(self, actor: Actor, session_id: str) -> LiveShown:
        """The session as it stands, open or not."""
        note = await self.note(actor, session_id)
        if session_id in self._open:
            return self._open[session_id].shown
        samples = await self._services.ask(_samples_of, self._notes, note)
        return shown_of(note, samples, 0)

    async def comes_as_opus(self, session: LiveSession) -> None:
        """Remember that sound of the session went through a lossy code, before any of it is taken."""
        if session.note.opus or session.ending.locked():
            return  # a session that is being ended takes no more sound
        async with session.ending:
            await self._remember(session, session.note.model_copy(update={"opus": True}))

    def end_soon(self, session: LiveSession) -> None:
        """Have the session kept; its watcher hears of the end, and it goes on when the watcher is gone."""
        task = asyncio.create_task(self._ended(session))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def end(self, session: LiveSession) -> LiveNote:
        """Keep the session as evidence and record; done once however often it is asked for."""
        async with session.ending:
            if session.note.state in ("ended", "empty"):
                return session.note
            await self._remember(session, session.note.model_copy(update={"state": "closing"}))
            await session.finish(self._services.settings.live_rewrite_wait_s)
            if not session.dictation.sound.samples:
                ended = session.note.model_copy(update={"state": "empty"})
            else:
                kept = await whole_in_thread(self._threads, lambda: self._keep(session))
                ids = {"evidence": kept.evidence_id, "record": kept.record_id}
                ended = session.note.model_copy(update={"state": "ended", **ids})
            await self._remember(session, ended)
            await self._let_go(session)
            await self._services.ask(self._notes.drop_sound, ended.id)
            return ended

    async def _params(self, actor: Actor, case_id: str, wanted: NewLive) -> TranscribeParams:
        """What the second pass goes by, the names of the case among it, as in a job of transcription."""
        given: JsonObject = {"language": wanted.language, "model": wanted.model}
        if wanted.hotwords is not None:
            given["hotwords"] = list(wanted.hotwords)
        parse_params(given)  # too many are refused here, and cut short below
        of_case = await self._services.ask(self._services.store.hotwords, actor, case_id)
        return parse_params(with_hotwords("transcribe", given, of_case))

    # --- inside ------------------------------------------------------------------------------------------------------
    async def _ended(self, session: LiveSession) -> None:
        try:
            await self.end(session)
        except Exception as error:  # task border: what could not be kept now stays on disk and is tried again
            log.exception("session %s could not be kept yet", session.note.id)
            if session.watcher is not None:
                problem = problem_of(error)
                session.watcher.tell(error_event(problem.code, problem.message))
                session.watcher.dismiss(TRY_LATER)
            await self._let_go(session)

    async def _taken_up(self, note: LiveNote) -> LiveSession:
        """The session of a note, open in this process; raises Busy, Conflict once it has ended."""
        async with self._opening:
            if note.id in self._open:
                self._open[note.id].touch()
                return self._open[note.id]
            with self._place() as keep_place:
                session = await self._open_up(note)
                keep_place()
                return session

    @contextmanager
    def _place(self) -> Iterator[Callable[[], object]]:
        """A place that is given back at the end of the block, unless what this answers was called."""
        self._places.take()
        with ExitStack() as stack:
            stack.callback(self._places.give)
            yield stack.pop_all

    async def _open_up(self, note: LiveNote) -> LiveSession:
        newest, dictation = await whole_in_thread(self._threads, lambda: self._dictation(note))
        self._open[note.id] = LiveSession(newest, dictation, self._threads)
        return self._open[note.id]

    def _dictation(self, note: LiveNote) -> tuple[LiveNote, Dictation]:
        """Hold the session's folder, and what is remembered of it now that nobody else can end it."""
        voice, quick = self._loaded.load()
        passes = Passes(voice, quick, self._services.engine, note.language, tuple(note.hotwords), note.model)
        _refuse_ended(note)
        dictation = Dictation(self._notes.folder(note.id), note.rate, passes)
        try:
            newest = self._notes.find(note.actor, note.id)
            _refuse_ended(newest)
        except AnjuanError:
            dictation.close()
            raise
        return newest, dictation

    @property
    def _loaded(self) -> LiveModels:
        if self._models is None:
            raise Unavailable("live.models", "this server has no models for live sessions")
        return self._models

    async def _let_go(self, session: LiveSession) -> None:
        if self._open.pop(session.note.id, None) is session:
            await session.close()
            self._places.give()

    async def _remember(self, session: LiveSession, note: LiveNote) -> None:
        await self._services.ask(self._notes.update, note)
        session.become(note)

    async def _look(self) -> None:
        settings = self._services.settings
        for session in list(self._open.values()):
            unwatched = session.watcher is None and not session.ending.locked()
            if unwatched and time.monotonic() - session.unwatched_since > settings.live_hold_s:
                await self._let_go(session)
        for note, age_s in await self._services.ask(lambda: list(self._notes.all())):
            if note.id in self._open:
                continue
            if note.state in ("ended", "empty"):
                if age_s > settings.upload_ttl_s:
                    await self._services.ask(self._notes.remove, note.id)
            elif age_s > (CLOSING_S if note.state == "closing" else settings.live_resume_s):
                await self._take_up(note)

    async def _take_up(self, note: LiveNote) -> None:
        """Have a session that nobody took up again kept; one that cannot be now waits on disk."""
        try:
            self.end_soon(await self._taken_up(note))
            self._told.pop(note.id, None)
        except Busy:
            return
        except AnjuanError as error:
            # Looked at every few seconds: each reason is told once.
            if self._told.get(note.id) != error.code:
                self._told[note.id] = error.code
                log.warning("session %s lies on disk and cannot be kept: %s", note.id, error.code)

    # --- the end, in a thread ----------------------------------------------------------------------------------------
    def _keep(self, session: LiveSession) -> RecordVersion:
        note, dictation, services = session.note, session.dictation, self._services
        sound = _store_sound(services.blobs, dictation.sound)
        services.metrics.received(sound.size)
        lines = services.blobs.add_file(self._notes.folder(note.id) / JOURNAL)
        seconds = dictation.sound.seconds
        made = Provenance(
            pipeline=TASK,
            pipeline_version=VERSION,
            code_version=code_version(),
            models=(*self._loaded.uses(), *self._second(note)),
            parameters=note.params,
            device=services.engine.device,
            source_sha256=sound.digest.sha256,
            started_at=note.created_at.isoformat(timespec="milliseconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        journal = dictation.journal
        transcript = transcript_of(journal.finals(), journal.rewrites(), seconds, made)
        facts: JsonObject = {"duration": round(seconds, 3), "sample_rate": note.rate, "channels": 1, "live": note.id}
        if note.opus:
            facts["received_as"] = "opus"
        outcome = LiveOutcome(
            session_id=note.id,
            original=Original(f"{note.title}.wav", sound, "audio/wav", {**facts, "codec": "pcm_s16le"}),
            task=TASK,
            version=VERSION,
            params=note.params,
            kind="transcribe",
            body=to_json_object(transcript),
            derived=[(LINES, LINES_TYPE, lines)],
        )
        return services.store.keep_session(note.actor, note.case_id, outcome)

    def _second(self, note: LiveNote) -> tuple[ModelUse, ...]:
        """The model of the second pass; none while models are still loading, and then it has read nothing."""
        try:
            return (self._services.engine.model(Task.TRANSCRIBE, note.model),)
        except Busy:
            return ()


def _store_sound(blobs: BlobStore, sound: SoundFile) -> StoredBlob:
    with blobs.receive() as incoming:
        for piece in sound.as_wav():
            incoming.write(piece)
        return incoming.commit()


def _refuse_ended(note: LiveNote) -> None:
    if note.state in ("ended", "empty"):
        raise Conflict("live.ended", "this session has ended; ask for it to learn what it left")


def _samples_of(notes: LiveNotes, note: LiveNote) -> int:
    try:
        return (notes.folder(note.id) / SOUND).stat().st_size // SAMPLE_BYTES
    except FileNotFoundError:
        return 0
