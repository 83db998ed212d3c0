"""The locks of network drives, put in the place of the system's for the processes of a test.

NFS, and so EFS, locks a file for its only user where it is open for writing, and for many where it
is open for reading (flock(2), "NFS details"); other handles get EBADF. Some drives have no locks.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_CODE = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

int flock(int handle, int operation) {
    int mode = fcntl(handle, F_GETFL) & O_ACCMODE;
    if (!LOCKS) { errno = ENOLCK; return -1; }
    if ((operation & LOCK_EX && mode == O_RDONLY) || (operation & LOCK_SH && mode == O_WRONLY)) {
        errno = EBADF;
        return -1;
    }
    return syscall(SYS_flock, handle, operation);
}
"""


def network_drive(folder: Path, *, locks: bool = True) -> dict[str, str]:
    """Return the environment of a process to which every folder is one of a network drive."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler")
    folder.mkdir(exist_ok=True)
    (folder / "drive.c").write_text(_CODE)
    library = folder / "drive.so"
    options = ("-shared", "-fPIC", f"-DLOCKS={int(locks)}")
    subprocess.run(["cc", *options, "-o", library, folder / "drive.c"], check=True)
    return {"LD_PRELOAD": str(library)}
