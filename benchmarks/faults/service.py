"""A real `anjuan serve` in a process of its own, started, asked over HTTP, stopped or killed; imports nothing of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import httpx

from cases.records import JsonObject
from models.errors import Defect, Unavailable

START_S = 60.0
"""Longest time until the gateway has an address: imports and a schema upgrade on a busy machine."""
STOP_S = 25.0
"""Longest time from SIGTERM to the end; the server promises about 15 s."""
REQUEST_S = 30.0
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How to start the service; `settings` are its environment variables without their prefix."""

    data: Path
    engine: str = "inline"
    fake_models: bool = True
    ready_s: float = 300.0
    settings: dict[str, str] = field(default_factory=dict)


def leave_on_sigterm() -> None:
    """Make SIGTERM end this program as Ctrl-C does, so that the servers it started are ended too."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))


class Service:
    """One server process and a client for it."""

    def __init__(self, options: ServiceOptions) -> None:
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._log = options.data.with_name(options.data.name + ".log")
        self._key: str | None = None
        self.client = httpx.Client(timeout=REQUEST_S)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, by force when it does not go."""
        self.stop()
        self.client.close()

    @property
    def pid(self) -> int:
        """The server's main process."""
        if self._process is None:
            raise Defect("service.down", "the service is not running")
        return self._process.pid

    @property
    def output(self) -> str:
        """What it printed since it was first started."""
        return self._log.read_text() if self._log.exists() else ""

    def start(self) -> None:
        """Start and wait until the gateway answers; models may still be loading."""
        options = self.options
        arguments = ["serve", "--port", "0", "--data", str(options.data), "--engine", options.engine]
        arguments += ["--fake-models"] if options.fake_models else []
        earlier = len(self.output)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(*arguments), stdout=log, stderr=log, env=self._environment(), start_new_session=True
            )
        deadline = time.monotonic() + START_S
        while not (found := re.search(r"Anjuan: (http://\S+)\n", self.output[earlier:])):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable("service.start", f"the service did not start:\n{self.output[earlier:]}")
            time.sleep(0.05)
        self.client.base_url = httpx.URL(found.group(1))
        self.client.headers["Authorization"] = f"Bearer {self._api_key()}"

    def wait_until_ready(self) -> float:
        """Wait until models are warm; the seconds that took."""
        began = time.monotonic()
        while not self._is_ready():
            if time.monotonic() - began > self.options.ready_s:
                raise Unavailable("service.ready", f"the service is not ready in time:\n{self.output[-4000:]}")
            if self._process is None or self._process.poll() is not None:
                raise Unavailable("service.ready", f"the service ended while loading:\n{self.output[-4000:]}")
            time.sleep(0.1)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """`kill -9` the server's process group."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_S)
            self._process = None

    def stop(self) -> float:
        """SIGTERM, then wait; the seconds until it ended. Raises Unavailable when it had to be killed or broke down."""
        if self._process is None:
            return 0.0
        began = time.monotonic()
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Unavailable("service.stop", f"the service did not end in {STOP_S:.0f} s") from None
        code, self._process = self._process.returncode, None
        if code < 0:
            raise Unavailable("service.stop", f"the service was ended by {signal.Signals(-code).name}, not by itself")
        return time.monotonic() - began

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command of the program on the same data folder."""
        command = self._command(*arguments, "--data", str(self.options.data))
        return subprocess.run(
            command, capture_output=True, text=True, timeout=120, env=self._environment(), check=False
        )

    # --- what clients ask
    def create_case(self, name: str) -> str:
        """A new case's id."""
        return str(self._json("POST", "/api/v1/cases", json={"name": name})["id"])

    def upload(self, case: str, path: Path) -> JsonObject:
        """Evidence from a file; what the server acknowledged."""
        return self._json("PUT", f"/api/v1/cases/{case}/evidence/{path.name}", content=path.read_bytes())

    def submit(self, case: str, task: str, evidence: str) -> str:
        """A job's id."""
        body = {"task": task, "evidence": evidence, "params": {}}
        return str(self._json("POST", f"/api/v1/cases/{case}/jobs", json=body)["id"])

    def job(self, job: str) -> JsonObject:
        """A job as it is."""
        return self._json("GET", f"/api/v1/jobs/{job}")

    def finish(self, job: str, within_s: float, every_s: float = 0.2) -> JsonObject:
        """A job once it ended, asked for `every_s` seconds; raises Unavailable when it does not in time."""
        deadline = time.monotonic() + within_s
        while (found := self.job(job))["state"] not in ENDED:
            if time.monotonic() > deadline:
                raise Unavailable("service.job", f"job {job} is {found['state']} after {within_s:.0f} s")
            time.sleep(every_s)
        return found

    def record(self, record: str) -> JsonObject:
        """A record's JSON."""
        return self._json("GET", f"/api/v1/records/{record}")

    def content(self, evidence: str) -> bytes:
        """The bytes of a piece of evidence."""
        answer = self.client.get(f"/api/v1/evidence/{evidence}/content")
        answer.raise_for_status()
        return answer.content

    def _json(self, method: str, path: str, **given: object) -> JsonObject:
        answer = self.client.request(method, path, **given)  # type: ignore[arg-type]  # httpx's own keywords
        if answer.status_code >= 400:
            raise Unavailable("service.answer", f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return cast(JsonObject, answer.json())

    def _api_key(self) -> str:
        if self._key is None:
            made = self.run("keys", "add", "benchmark")
            if made.returncode:
                raise Unavailable("service.key", f"no key could be made: {made.stderr}")
            self._key = made.stdout.strip()
        return self._key

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "-m", "serving.cli.main", *arguments]

    def _environment(self) -> dict[str, str]:
        named = {f"ANJUAN_{name.upper()}": value for name, value in self.options.settings.items()}
        return {**os.environ, **named}
