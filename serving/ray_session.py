"""A private Ray for one server: started on loopback with a token of its own, filled with deployments, and ended.

Nothing of one server's Ray can meet another's: the session has a folder and free ports of its own, it is always started
anew (never found by address), and every connection must show a random token that lives only in this server's
environment. With an address given, the deployments are made on that cluster instead.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from cases.records import ModelUse
from models.device import available_cores
from models.errors import Unavailable
from models.task import ModelIdentity, Task
from serving.deployments import Build, Means, Plan, application, plans
from serving.ending import kept_signals
from serving.priority import LIVE
from serving.ray_engine import RayEngine, RayLimits, Route
from serving.run_folder import end, mentioning

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle

log = logging.getLogger(__name__)

START_TRIES = 3
POLL_S = 0.2
"""How often the start looks whether the deployments run."""
SHORT_ROOT = Path("/tmp")  # noqa: S108 - the folder made in it is private and random; see _session_folder
LONGEST_ROOT = 30
"""Characters of a temporary folder's path: Ray adds about 75, and a Unix socket's path may have 107."""


@dataclass(frozen=True, slots=True)
class RayOptions:
    """How to start Ray and what to serve on it."""

    build: Build
    names: Callable[[Task], Sequence[str]]
    device: str = "auto"
    threads: int = 0
    queue_items: int = 256
    growth_bytes: int = 2 * 1024**3
    object_store_bytes: int = 128 * 1024**2
    start_s: float = 300.0
    """How long the start may go without one more deployment coming up."""
    address: str | None = None
    limits: RayLimits = field(default_factory=RayLimits)


class RaySession:
    """Ray with our deployments; `start` it in the thread that lives longest, since Ray's processes die with it."""

    def __init__(self, options: RayOptions, note_temporary: Callable[[Path], None] | None = None) -> None:
        self._options = options
        self._note_temporary = note_temporary or (lambda _folder: None)
        self._folder: Path | None = None

    def start(self) -> RayEngine:
        """Start Ray, deploy every model, wait until all are warm; raises Unavailable when that fails or takes long."""
        with kept_signals():
            self._init()
        try:
            wanted = plans(self._options.names, self._means())
            handles = self._deploy(wanted)
            _wait_until_running(wanted, self._options.start_s)
        except (ConnectionError, RuntimeError, TimeoutError) as error:
            raise Unavailable("engine.start", f"Ray Serve did not start: {error}") from error
        routes = [
            Route(plan, model_use(self._options.build(plan.model).identity), handle)
            for plan, handle in zip(wanted, handles, strict=True)
        ]
        return RayEngine(routes, self._options.limits)

    def stop(self) -> None:
        """End Ray and remove its folder; a cluster given by address stays as it is."""
        if "ray" in sys.modules:
            import ray

            ray.shutdown()
        self._clear()

    def _init(self) -> None:
        """Connect, or start Ray; it allows 30 s for one step of its start, so a busy machine gets a second try."""
        options = self._options
        if options.address:
            _import_ray().init(address=options.address, log_to_driver=False, logging_level=logging.ERROR)
            return
        set_environment(options.threads or available_cores())
        if options.device.startswith("cuda:"):
            os.environ["CUDA_VISIBLE_DEVICES"] = options.device.partition(":")[2]
        for tried in range(1, START_TRIES + 1):
            try:
                self._init_local()
                return
            except Exception as error:  # Ray's start raises Exception itself when it takes too long
                self._clear()
                if tried == START_TRIES:
                    raise Unavailable("engine.start", f"Ray did not start: {error}") from error
                log.warning("Ray did not start, trying again: %s", error)

    def _init_local(self) -> None:
        options = self._options
        self._folder = _session_folder()
        self._note_temporary(self._folder)
        _import_ray().init(
            address="local",
            num_cpus=available_cores(),
            num_gpus=0 if options.device == "cpu" else None,
            include_dashboard=False,
            object_store_memory=options.object_store_bytes,
            log_to_driver=False,
            logging_level=logging.ERROR,
            _temp_dir=str(self._folder),
        )

    def _clear(self) -> None:
        """End what a half start left running, and remove the session's folder."""
        if self._folder is not None:
            end(mentioning(self._folder))
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _means(self) -> Means:
        import ray

        resources = ray.cluster_resources()
        options = self._options
        cores, cards = int(resources.get("CPU", 1)), resources.get("GPU", 0.0)
        limits = options.queue_items, options.growth_bytes
        return Means(cores, cards, options.device, options.threads, *limits)

    def _deploy(self, wanted: Sequence[Plan]) -> list[DeploymentHandle[object]]:
        from ray import serve
        from ray.serve.schema import LoggingConfig

        logging.getLogger("ray.serve").setLevel(logging.ERROR)
        serve.start(proxy_location="Disabled", logging_config=LoggingConfig(log_level="WARNING"))
        targets = [
            serve.RunTarget(
                target=application(plan, self._options.build),
                name=plan.name,
                route_prefix=None,
                logging_config=LoggingConfig(log_level="WARNING", enable_access_log=False),
            )
            for plan in wanted
        ]
        handles = serve.run_many(targets, wait_for_applications_running=False)
        return cast("list[DeploymentHandle[object]]", handles)


def model_use(identity: ModelIdentity) -> ModelUse:
    """A model's identity in the words of provenance."""
    return ModelUse(identity.name, identity.task.value, identity.weights_sha256, identity.licence)


def _import_ray() -> ModuleType:
    with warnings.catch_warnings():
        # `ray.serve` still uses a Pydantic form that Pydantic calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import ray
        import ray.serve
    return cast(ModuleType, ray)


def set_environment(threads: int) -> None:
    """What Ray and its workers read from the environment, some of it when Ray is first imported: call it before."""
    os.environ.pop("RAY_ADDRESS", None)
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    os.environ.update(
        RAY_AUTH_MODE="token",
        RAY_USAGE_STATS_ENABLED="0",
        # Named for Windows and macOS; on any system it keeps a one-machine Ray on 127.0.0.1.
        RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0",
        # Otherwise Ray sets 1 for workers with less than one CPU of its bookkeeping.
        OMP_NUM_THREADS=str(threads),
        # Otherwise 15 for all, and a process cannot take back what it was given.
        RAY_worker_niceness=str(LIVE),
        RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
    )


def _session_folder() -> Path:
    root = Path(tempfile.gettempdir())
    if len(str(root)) > LONGEST_ROOT:
        root = SHORT_ROOT
    return Path(tempfile.mkdtemp(prefix="aj-", dir=root))


def _wait_until_running(wanted: Sequence[Plan], patience_s: float) -> None:
    """Wait until every deployment runs; `patience_s` without one more of them is too long. Raises Unavailable."""
    from ray import serve

    missing, since = len(wanted), time.monotonic()
    while True:
        found = serve.status().applications
        states = {plan.name: found[plan.name] for plan in wanted if plan.name in found}
        for name, state in states.items():
            if state.status in ("DEPLOY_FAILED", "UNHEALTHY"):
                reasons = "; ".join(d.message for d in state.deployments.values() if d.message) or state.message
                raise Unavailable("engine.start", f"the model deployment {name} did not start: {reasons}")
        waiting = [plan.name for plan in wanted if plan.name not in states or states[plan.name].status != "RUNNING"]
        if not waiting:
            return
        if len(waiting) < missing:
            missing, since = len(waiting), time.monotonic()
        if time.monotonic() - since > patience_s:
            raise Unavailable("engine.start", f"models are not ready in time: {', '.join(waiting)}")
        time.sleep(POLL_S)
