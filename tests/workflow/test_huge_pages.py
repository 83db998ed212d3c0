from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.workflow import huge_pages

_SETTING = Path("/sys/kernel/mm/transparent_hugepage/enabled")
# Memory in huge pages that a process has after it took 64 MB as torch takes them.
_TAKES = """
import ctypes, re
from pathlib import Path
take = ctypes.CDLL(None).malloc
take.restype, take.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
ctypes.memset(ctypes.c_void_p(take(64 << 20)), 1, 64 << 20)
sizes = re.findall(r"AnonHugePages: +([0-9]+) kB", Path("/proc/self/smaps").read_text())
print(sum(map(int, sizes)) // 1024)
"""


def _have_huge_pages() -> bool:
    library, version = platform.libc_ver()
    recent = library == "glibc" and tuple(map(int, version.split("."))) >= (2, 35)
    return recent and _SETTING.exists() and "[madvise]" in _SETTING.read_text()


@pytest.mark.skipif(not _have_huge_pages(), reason="no pages that are asked for in this way")
def test_jobs_take_their_memory_in_huge_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    assert _taken() < 32
    huge_pages.ask()
    try:
        assert _taken() >= 32
    finally:
        os.environ.pop("GLIBC_TUNABLES")


def test_tunables_that_are_set_already_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.arena_max=2")
    huge_pages.ask()
    assert os.environ["GLIBC_TUNABLES"] == "glibc.malloc.arena_max=2"


def _taken() -> int:
    """Return the megabytes in huge pages of a process that is started from here."""
    done = subprocess.run(
        [sys.executable, "-c", _TAKES], check=True, capture_output=True, text=True
    )
    return int(done.stdout)
