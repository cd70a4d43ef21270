"""What a session does for its sockets on the event loop: one writer, whole acts, nothing after its end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import anyio
import numpy as np
import pytest

from cases.records import Role
from models.errors import Unavailable
from models.fakes import FakeStreamingTranscriber, FakeVoiceActivity
from pipelines.inline import InlineEngine
from pipelines.speech.live.dictation import Dictation, Passes
from pipelines.speech.live.sound import SoundFile
from serving.api.live.session import LiveSession, whole_in_thread
from serving.api.live.wire import LiveNote

NOTE = LiveNote(
    id="live_0",
    case_id="case_0",
    account_id="acc_0",
    account_name="wang",
    role=Role.OFFICER,
    via=None,
    title="实时笔录",
    rate=16000,
    language="zh",
    hotwords=[],
    model=None,
    created_at=datetime.now(UTC),
)


def with_session(folder: Path, engine: InlineEngine, act: Callable[[LiveSession], Awaitable[None]]) -> None:
    """Run `act` over a new session in `folder`."""

    async def run() -> None:
        dictation = Dictation(folder, 16000, Passes(FakeVoiceActivity(), FakeStreamingTranscriber(), engine))
        session = LiveSession(NOTE, dictation, anyio.CapacityLimiter(8))
        try:
            await act(session)
        finally:
            await session.close()

    asyncio.run(run())


def test_two_sockets_that_send_the_same_sound_at_once_leave_it_once(
    tmp_path: Path, fake_engine: InlineEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = SoundFile._write

    def slow(self: SoundFile, rest: memoryview) -> None:
        time.sleep(0.02)
        write(self, rest)

    monkeypatch.setattr(SoundFile, "_write", slow)
    sound = np.arange(8000, dtype="<i2").tobytes()

    async def act(session: LiveSession) -> None:
        for at in range(0, 8000, 1600):
            piece = sound[2 * at : 2 * at + 3200]
            await asyncio.gather(session.append(at, piece), session.append(at, piece))
        assert session.dictation.sound.samples == 8000

    with_session(tmp_path, fake_engine, act)
    assert (tmp_path / "sound.pcm").read_bytes() == sound


def test_a_session_that_was_let_go_takes_no_more_sound(tmp_path: Path, fake_engine: InlineEngine) -> None:
    async def act(session: LiveSession) -> None:
        await session.append(0, bytes(3200))
        await session.close()
        with pytest.raises(Unavailable) as refused:
            await session.append(1600, bytes(3200))
        assert refused.value.code == "live.let_go"

    with_session(tmp_path, fake_engine, act)
    assert (tmp_path / "sound.pcm").stat().st_size == 3200


@pytest.mark.parametrize("by", ["task", "scope"])
def test_what_began_in_a_thread_is_over_when_its_caller_is_cancelled(by: str) -> None:
    began, over = threading.Event(), threading.Event()

    def act() -> None:
        began.set()
        time.sleep(0.2)
        over.set()

    async def run() -> None:
        threads = anyio.CapacityLimiter(1)
        if by == "scope":
            with anyio.move_on_after(0.05):
                await whole_in_thread(threads, act)
        else:
            task = asyncio.create_task(whole_in_thread(threads, act))
            while not began.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert over.is_set()

    asyncio.run(run())
