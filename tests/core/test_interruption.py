"""Signals that wait until a process can go on from where it ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from handbook.core.interruption import SIGNALS, postponed

WORK = """
import signal, sys
from handbook.core.interruption import postponed

with postponed() as arrived:
    print("working", flush=True)
    while not arrived():
        pass
    print("saved", flush=True)
print("went on", flush=True)
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_process_saves_and_then_ends_by_the_signal(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", WORK], stdout=subprocess.PIPE, text=True) as work:
        assert work.stdout is not None
        assert work.stdout.readline() == "working\n"
        work.send_signal(number)
        assert work.stdout.read() == "saved\n"
    assert work.returncode == -number


def test_handlers_are_put_back_and_ignored_signals_stay_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with postponed() as arrived:
            signal.raise_signal(signal.SIGHUP)  # as under nohup
            assert not arrived()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_where_a_signal_does_not_end_the_process_the_work_does() -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with pytest.raises(KeyboardInterrupt), postponed():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
