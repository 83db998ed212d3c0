"""Threads that wait stop spinning while other processes want the processors."""

from __future__ import annotations

import os
import subprocess
import sys

from handbook.core import contention

# The processor time of a process whose second thread waits between small computations.
SPINNING = """
import time
import torch
from handbook.core import contention

torch.set_num_threads(2)
x = torch.ones(1 << 20)

def spent():
    begin = time.process_time()
    for _ in range(20):
        x.add_(1)
        time.sleep(0.02)
    return time.process_time() - begin

idle = contention._IdleTeams(2)
spent()
print(spent())
idle.hold()
spent()
print(spent())
idle.release()
print(spent())
"""


def test_beside_an_idle_team_threads_sleep_at_once_and_spin_again_after_it() -> None:
    usual = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    command = [sys.executable, "-c", SPINNING]
    done = subprocess.run(command, env=usual, capture_output=True, text=True, check=True)
    before, held, after = map(float, done.stdout.split())
    assert held < before / 2
    assert held < after / 2


def test_time_that_threads_ran_and_waited_is_counted() -> None:
    first = contention.waited()
    sum(range(1_000_000))
    second = contention.waited()
    assert first
    assert second
    assert second[0] > first[0]
    assert second[1] >= first[1] >= 0


def test_a_block_is_watched_and_left_as_it_was() -> None:
    with contention.giving_way(2):
        pass
    with contention.giving_way(1):
        pass
