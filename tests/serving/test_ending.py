"""A server's end: heard while the main thread hears nothing, over by force where it does not come by itself."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time

import pytest

from serving.ending import SIGNALS, Ending, kept_signals, signals
from serving.run_folder import MARK, marked

DEAF = """
import os, subprocess, sys, time
from serving.ending import Ending, signals
ending = Ending(within_s=1.0)
ending.mark = os.environ[{mark!r}] = {value!r}
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
def refuse(number, frame):
    raise SystemExit(0)
with signals(refuse, ending.begin):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            print("here", flush=True)
            time.sleep(60)
        except BaseException:
            pass  # as code does that catches everything
"""
WAIT_S = 20.0


@pytest.mark.parametrize("number", SIGNALS)
def test_a_main_thread_that_loses_what_the_handler_raises_is_ended_with_its_children(number: signal.Signals) -> None:
    value = f"test-ending-{os.getpid()}-{number}"
    program = DEAF.format(mark=MARK, value=value)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        assert len(marked(value)) == 1
        process.send_signal(number)
        assert process.wait(WAIT_S) == 1
    assert marked(value) == []


def test_an_end_in_time_forces_nothing() -> None:
    ending = Ending(within_s=0.05)
    ending.begin()
    ending.begin()
    ending.done()
    time.sleep(0.2)


def test_signals_are_heard_and_the_earlier_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    heard: list[str] = []
    with signals(lambda _number, _frame: heard.append("handler"), lambda: heard.append("thread")):
        os.kill(os.getpid(), signal.SIGHUP)
        until = time.monotonic() + WAIT_S
        while len(heard) < 2 and time.monotonic() < until:
            time.sleep(0.01)
    assert sorted(heard) == ["handler", "thread"]
    assert [signal.getsignal(number) for number in SIGNALS] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_handlers_come_back_from_native_code_that_put_its_own_in_their_place() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _frame: heard.append(number))
    try:
        with kept_signals():
            ctypes.CDLL(None).signal(int(signal.SIGHUP), ctypes.c_void_p(1))  # SIG_IGN, behind Python's back
            os.kill(os.getpid(), signal.SIGHUP)
            assert heard == []
        os.kill(os.getpid(), signal.SIGHUP)
        assert heard == [signal.SIGHUP]
    finally:
        signal.signal(signal.SIGHUP, before)
