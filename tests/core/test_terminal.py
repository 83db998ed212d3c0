"""Lines of several processes on one standard error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

_LINES, _NAMES = 3000, "abcd"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_no_line_of_another_process_comes_into_one(unbuffered: str) -> None:
    code = "import sys\nfrom handbook.core.terminal import say\n"
    code += f"for _ in range({_LINES}):\n    say(sys.argv[1] * 40)\n"
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    reading, writing = os.pipe()
    ran = [
        subprocess.Popen([sys.executable, "-c", code, name], env=environment, stderr=writing)
        for name in _NAMES
    ]
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as file:
        lines = Counter(file.read().splitlines())
    assert [process.wait() for process in ran] == [0] * len(_NAMES)
    assert lines == {name * 40: _LINES for name in _NAMES}
