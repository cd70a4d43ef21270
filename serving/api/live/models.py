"""The models that live where the sessions do: voice activity and the quick pass, loaded once for all of them.

They keep a session's state between two frames and are small. Voice activity runs in the gateway's threads; the quick
pass, whose native code may end its process, has one of its own. The second pass goes through the Engine like
everything else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import cast

from cases.records import ModelUse
from models.device import Device, DeviceKind
from models.speech.stream_process import ProcessBounds, StreamProcess
from models.task import ModelIdentity, StreamingTranscriber, StreamingVoiceActivity, Task
from serving.run_folder import MARK

CPU = Device(DeviceKind.CPU, 0, 1, "live sessions follow many voices, each on one thread")


class LiveModels:
    """Made with the server's model source; `load` takes a second or two and is done once.

    `bounds` are those of the process of the quick pass; without them it runs in this one, as in tests of other things.
    """

    def __init__(
        self, build: Callable[[str], object], names: Callable[[Task], Sequence[str]], bounds: ProcessBounds | None
    ) -> None:
        self._build = build
        self._names = names
        self._bounds = bounds
        self._lock = threading.Lock()
        self._loaded: tuple[StreamingVoiceActivity, StreamingTranscriber] | None = None

    def load(self) -> tuple[StreamingVoiceActivity, StreamingTranscriber]:
        """Voice activity and the quick pass, ready; raises Unavailable when one of them cannot be had."""
        with self._lock:
            if self._loaded is None:
                with ExitStack() as undone:
                    voice = cast(StreamingVoiceActivity, self._build(self._names(Task.VOICE_ACTIVITY)[0]))
                    undone.callback(voice.close)
                    voice.load(CPU)
                    quick = self._quick(self._names(Task.TRANSCRIBE_STREAM)[0])
                    undone.callback(quick.close)
                    quick.load(CPU)
                    undone.pop_all()
                self._loaded = (voice, quick)
            return self._loaded

    def uses(self) -> tuple[ModelUse, ...]:
        """Both models in the words of provenance."""
        return tuple(_use(model.identity) for model in self.load())

    def close(self) -> None:
        """Free them."""
        with self._lock:
            for model in self._loaded or ():
                model.close()
            self._loaded = None

    def _quick(self, name: str) -> StreamingTranscriber:
        if self._bounds is None:
            return cast(StreamingTranscriber, self._build(name))
        return StreamProcess(self._build, name, self._bounds, marks=(MARK,))


def _use(identity: ModelIdentity) -> ModelUse:
    return ModelUse(identity.name, identity.task.value, identity.weights_sha256, identity.licence)
