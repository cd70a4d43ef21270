"""A recording on its way to a voiceprint: spooled, heard on the live lane, gone with the request; knows no route."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request

from cases.voiceprints import VoiceprintDraft
from models.errors import BadInput, TooLarge
from pipelines.media.probe import Kind, Limits
from pipelines.speech.staff import ENROL_SECONDS, voiceprint_of
from serving.api.evidence.intake import announced_size, probed, require_room, whole_chunks
from serving.api.openai.live import LiveEngine
from serving.api.openai.spool import Spool
from serving.api.services import Services

MAX_BYTES = 64 << 20
"""Two minutes of what the best recorders write (96 kHz, 24 bit, stereo) are 69 MB; a minute fits."""


async def drafted(request: Request, services: Services) -> VoiceprintDraft:
    """The print of whoever speaks in the body; raises BadInput, TooLarge, Busy, Unavailable. Nothing stays."""
    settings = services.settings
    require_room(services, announced_size(request))
    with services.uploads.enter(), services.live.enter():
        spool = Spool(settings.work_dir / "live", MAX_BYTES)
        try:
            async for chunk in whole_chunks(request, settings.upload_chunk_bytes, settings.upload_idle_s):
                await to_thread.run_sync(spool.write, chunk, limiter=services.media_threads)
            spool.finish()
            if not spool.size:
                raise BadInput("voiceprint.empty", "the body is empty; send the recording")
            facts = await probed(spool.path, services, _limits(services), cut_short=True)
            if facts.kind not in (Kind.AUDIO, Kind.VIDEO):
                raise BadInput("voiceprint.type", "this is no recording; send sound, or video with sound")
            engine = LiveEngine(services.engine)
            return await to_thread.run_sync(
                voiceprint_of, spool.path, engine, spool.scratch, limiter=services.probe_threads
            )
        except TooLarge as error:
            raise TooLarge("voiceprint.long", f"{ENROL_SECONDS[1]:.0f} s are more than enough; record less") from error
        finally:
            spool.close()


def _limits(services: Services) -> Limits:
    return services.settings.live_limits
