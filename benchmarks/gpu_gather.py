"""What the parts of `benchmarks/gpu.sh` have left, in one file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Print it, and write it where asked; a part that failed in a smoke is an error."""
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", type=Path)
    ask.add_argument("parts", nargs="+")
    ask.add_argument("--out", type=Path)
    ask.add_argument("--cpu-smoke", action="store_true")
    given = ask.parse_args()
    content: dict[str, Any] = {"smoke": True} if given.cpu_smoke else {}
    failed = 0
    for name in given.parts:
        status = (given.folder / f"{name}.status").read_text().strip()
        try:
            if status != "0":
                raise ValueError
            content[name] = json.loads((given.folder / f"{name}.json").read_text().splitlines()[-1])
        except (ValueError, IndexError):
            failed += 1
            why = (given.folder / f"{name}.err").read_text().strip().splitlines()[-1:]
            content[name] = {"failed": f"status {status}", "why": "".join(why)[:300]}
    print(json.dumps(content, indent=2))
    if given.out is not None:
        given.out.write_text(json.dumps(content, indent=2) + "\n")
    sys.exit(1 if failed and given.cpu_smoke else 0)


if __name__ == "__main__":
    main()
