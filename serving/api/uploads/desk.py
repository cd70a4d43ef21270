"""The life of a resumable upload, from its announcement to the evidence it becomes; knows no route.

An upload is a note (whose it is, what it shall be) and the bytes that the blob store keeps. The end is safe to repeat:
when the answer to the last piece was lost, the client sends an empty piece at the end and gets the same evidence.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from anyio import to_thread
from starlette.requests import Request

from cases.blobs import Incoming, StoredBlob
from cases.digest import digest_file
from cases.records import Actor, Digest, EvidenceItem
from models.errors import BadInput, NotFound, TooLarge
from serving.api.errors import OffsetMismatch
from serving.api.evidence.intake import announced_size, committed, examined, path_of, pour, require_room
from serving.api.services import Services
from serving.api.uploads.handles import Handles
from serving.api.uploads.notes import UploadNotes
from serving.api.uploads.wire import KeptBlob, NewUpload, UploadNote, UploadShown


@dataclass(slots=True)
class _Lent:
    """An upload's bytes, lent to one request; `over` once they are stored or dropped."""

    incoming: Incoming
    over: bool = False


class UploadDesk:
    """All resumable uploads of one gateway."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self._services = services
        self._handles = Handles(services.blobs, services.media_threads)
        self._notes = UploadNotes(
            settings.work_dir / "uploads", settings.upload_ttl_s, settings.uploads_open_per_account
        )

    def close(self) -> None:
        """Let go of the uploads that are held open; nothing is lost by it."""
        self._handles.close()

    async def announce(self, actor: Actor, case_id: str, wanted: NewUpload) -> UploadShown:
        """Begin an upload; raises TooLarge, Unavailable without room, Busy with too many open."""
        limit = self._services.settings.upload_max_bytes
        if wanted.size > limit:
            raise TooLarge("upload.too_large", f"a file has at most {limit} bytes")
        require_room(self._services, wanted.size)
        lent = _Lent(await self._handles.start())
        note = UploadNote(
            id=lent.incoming.upload_id,
            case_id=case_id,
            account_id=actor.id,
            created_at=datetime.now(UTC),
            **wanted.model_dump(),
        )
        try:
            await self._services.ask(self._notes.add, note)
        except BaseException:
            await self._discard(lent)
            raise
        self._handles.give_back(lent.incoming)
        return _shown(note, 0)

    async def where(self, actor: Actor, upload_id: str) -> UploadShown:
        """How far it came; raises NotFound, and Conflict while bytes are just coming."""
        note = await self._note(actor, upload_id)
        if note.blob is not None:
            return _shown(note, note.size)
        async with self._lent(note) as lent:
            return _shown(note, lent.incoming.offset)

    async def send(
        self, request: Request, actor: Actor, upload_id: str, offset: int
    ) -> tuple[int, EvidenceItem | None]:
        """Take the body in at `offset`; answers the new offset, and the evidence once all has come."""
        note = await self._note(actor, upload_id)
        if offset + announced_size(request) > note.size:
            raise TooLarge("upload.past_end", f"the upload was announced with {note.size} bytes")
        if note.blob is not None:
            if offset != note.size:
                raise OffsetMismatch(note.size)
            return note.size, await self._evidence(actor, note, note.blob)
        with self._services.uploads.enter():
            async with self._lent(note) as lent:
                if offset != lent.incoming.offset:
                    raise OffsetMismatch(lent.incoming.offset)
                await pour(request, lent.incoming, self._services, note.size - offset)
                if lent.incoming.offset < note.size:
                    return lent.incoming.offset, None
                kept = await self._store(lent, note)
        return note.size, await self._evidence(actor, note, kept)

    async def drop(self, actor: Actor, upload_id: str) -> None:
        """Give an upload up; evidence that it became stays."""
        note = await self._note(actor, upload_id)
        if note.blob is None:
            async with self._lent(note) as lent:
                await self._discard(lent)
        await self._services.ask(self._notes.remove, note.id)

    async def _note(self, actor: Actor, upload_id: str) -> UploadNote:
        note = await self._services.ask(self._notes.find, actor, upload_id)
        # The case may have been closed to the sender meanwhile.
        await self._services.ask(self._services.store.case, actor, note.case_id)
        return note

    @asynccontextmanager
    async def _lent(self, note: UploadNote) -> AsyncIterator[_Lent]:
        try:
            lent = _Lent(await self._handles.borrow(note.id))
        except NotFound:
            await self._services.ask(self._notes.remove, note.id)
            raise
        try:
            yield lent
        finally:
            if not lent.over:
                self._handles.give_back(lent.incoming)

    async def _store(self, lent: _Lent, note: UploadNote) -> KeptBlob:
        """Make the whole a blob; what cannot become evidence is dropped, so that nothing of it stays."""
        try:
            await self._check_digest(lent, note)
            facts = await examined(lent.incoming, self._services, cut_short=note.cut_short)
        except BadInput:
            await self._discard(lent)
            await self._services.ask(self._notes.remove, note.id)
            raise
        blob = await committed(lent.incoming, self._services)
        lent.over = True
        lent.incoming.__exit__(None, None, None)
        kept = KeptBlob(
            sha256=blob.digest.sha256,
            sm3=blob.digest.sm3,
            size=blob.size,
            media_type=facts.media_type,
            facts=facts.facts,
        )
        await self._services.ask(self._notes.update, note.model_copy(update={"blob": kept}))
        return kept

    async def _check_digest(self, lent: _Lent, note: UploadNote) -> None:
        """Raises BadInput when what came is not what was announced."""
        if note.sha256 is None:
            return
        path, threads = path_of(lent.incoming, self._services), self._services.media_threads
        digest, _ = await to_thread.run_sync(digest_file, path, limiter=threads)
        if digest.sha256 != note.sha256:
            raise BadInput("upload.digest", "what came has another SHA-256 than was announced; send the file again")

    async def _evidence(self, actor: Actor, note: UploadNote, kept: KeptBlob) -> EvidenceItem:
        """The evidence of a whole upload, made once however often the end is asked for."""
        services = self._services
        if note.evidence is not None:
            return await services.ask(services.store.evidence, actor, note.evidence)
        found = await services.ask(services.store.evidence_of, actor, note.case_id)
        same = (note.account_id, note.filename, kept.sha256)
        made = [i for i in found if (i.created_by, i.filename, i.digest.sha256) == same]
        item = next((i for i in made if i.created_at >= note.created_at), None)
        if item is None:
            blob = StoredBlob(Digest(kept.sha256, kept.sm3), kept.size)
            item = await services.ask(
                services.store.add_evidence,
                actor,
                note.case_id,
                note.filename,
                blob,
                kept.media_type,
                kept.facts,
            )
        done = note.model_copy(update={"blob": kept, "evidence": item.id})
        await services.ask(self._notes.update, done)
        return item

    async def _discard(self, lent: _Lent) -> None:
        """Remove the bytes that came."""
        lent.over = True
        lent.incoming.__exit__(None, None, None)
        await to_thread.run_sync(
            path_of(lent.incoming, self._services).unlink, True, limiter=self._services.media_threads
        )


def _shown(note: UploadNote, offset: int) -> UploadShown:
    return UploadShown(id=note.id, case=note.case_id, filename=note.filename, size=note.size, offset=offset)
