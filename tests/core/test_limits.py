"""Too little of something is one line that says of what, and what to do."""

from __future__ import annotations

import errno
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.core.errors import HandbookError
from handbook.core.limits import shortage

COMMAND = "import sys; from handbook.cli import main; sys.exit(main(sys.argv[1:]))"


def limited(kind: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (most, most))


def run(
    code: str, *arguments: str, limit: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(__file__).parents[2],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mib", [400, 900, 1500, 2500])
@pytest.mark.parametrize("arguments", [["check"], ["train", "lenet/fashion-mnist/book"]])
def test_too_little_memory_is_said_before_libraries_end_the_process(
    arguments: list[str], mib: int
) -> None:
    done = run(COMMAND, *arguments, limit=limited(resource.RLIMIT_AS, mib * 2**20))
    assert done.returncode == 1
    assert done.stderr.endswith(
        f"error: this shell allows a process {mib:,} MiB of memory (ulimit -v), and 3,072 are "
        "needed; run `ulimit -v unlimited`, or ask whoever set it\n"
    )


def test_what_computes_nothing_needs_less() -> None:
    done = run(COMMAND, "schema", limit=limited(resource.RLIMIT_AS, 900 * 2**20))
    assert (done.returncode, done.stderr) == (0, "")


def test_too_few_threads_are_said() -> None:
    code = (
        "import os, resource\n"
        "from handbook.core.limits import require\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"  # root may always start more
        "resource.setrlimit(resource.RLIMIT_NPROC, (3, 3))\n"
        "try: require(2)\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = run(code)
    assert done.stdout.startswith("HandbookError only "), done.stderr
    assert "of 6 threads could be started: this user, this shell (ulimit -u: 3," in done.stdout
    assert "snakemake --cores 1" in done.stdout


def test_memory_that_runs_out_in_the_middle_is_said() -> None:
    code = (
        "from handbook.core.limits import shortage\n"
        "import numpy as np\n"
        "try: np.ones(2**32)\n"
        "except Exception as error: print(shortage(error))"
    )
    done = run(code, limit=limited(resource.RLIMIT_AS, 2**32))
    assert done.stdout.startswith("memory ran out (ulimit -v: 4194304); end other processes")


def test_files_that_run_out_are_said() -> None:
    code = (
        "from handbook.core.limits import shortage\n"
        "opened = []\n"
        "try:\n"
        "    while True: opened.append(open('/dev/null'))\n"
        "except OSError as error: told = error\n"
        "opened.clear()\n"
        "print(shortage(told))"
    )
    done = run(code, limit=limited(resource.RLIMIT_NOFILE, 64))
    assert done.stdout == "too many files are open (ulimit -n: 64); run `ulimit -n 4096`\n"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("can't start new thread"), "no more threads or processes"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "no more threads"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory ran out"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "memory ran out"),
        (ImportError("libtorch_cpu.so: failed to map segment"), "memory ran out"),
        (OSError(errno.ENOSPC, "No space left on device", "a/b"), "no room left for a/b; make"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device")]), "TMPDIR can name"),
        (OSError(errno.EROFS, "Read-only file system", "a/b"), "a/b: Read-only file system; work"),
        (PermissionError(errno.EACCES, "Permission denied", "a/b"), "a/b: Permission denied; work"),
    ],
)
def test_each_library_says_it_in_its_own_way(error: Exception, message: str) -> None:
    assert message in str(shortage(error))
    wrapped = ValueError("in the job")
    wrapped.__cause__ = error
    assert message in str(shortage(wrapped))


@pytest.mark.parametrize(
    "error",
    [ValueError("x"), KeyError("memory"), OSError(errno.ENOENT, "No such file"), HandbookError("")],
)
def test_other_errors_are_something_else(error: Exception) -> None:
    assert shortage(error) is None
