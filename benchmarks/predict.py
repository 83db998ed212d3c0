"""How long `handbook predict` takes for many rows, and how much memory: one process a size.

    python benchmarks/predict.py . bank-marketing 1 100000 1000000

draws rows from the held-out ones of a project's results, writes them as CSV and as Parquet, and
lets the command answer them. With ``--out NAME`` the figures go to
``benchmarks/results/NAME.json`` too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from handbook.core.folders import DataFolder
from handbook.data.dataset import read


def main() -> None:
    """Print seconds, rows a second and the largest resident memory."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("data")
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--run", help="not the deployed run, or the champion")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--formats", default="csv,parquet", help="%(default)s")
    parser.add_argument("--out", help="name of a file in benchmarks/results")
    options = parser.parse_args()
    X = read(DataFolder(options.data, options.project / "results").test).X
    X = X.astype(dict.fromkeys(X.select_dtypes("category").columns, object))
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            rows = X.iloc[np.random.default_rng(0).integers(0, len(X), size)]
            for ending, write in (("csv", rows.to_csv), ("parquet", rows.to_parquet)):
                if ending not in options.formats:
                    continue
                path = Path(folder) / f"rows.{ending}"
                write(path, index=False)
                figures.append(_measured(options, path, size))
                print(json.dumps(figures[-1]))
    if options.out:
        file = Path(__file__).parent / "results" / f"{options.out}.json"
        file.write_text(json.dumps(figures, indent=2) + "\n")


def _measured(options: argparse.Namespace, path: Path, size: int) -> dict[str, Any]:
    output = path.with_name(f"answers{path.suffix}")
    words = ["predict", options.data, str(path), "--output", str(output)]
    words += ["--threads", options.threads] + (["--run", options.run] if options.run else [])
    clock = time.perf_counter()
    own = shutil.which("handbook") or sys.exit("no `handbook` on the path")
    process = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", 'cd "$0" && exec "$@"', str(options.project), own, *words],
        dict(os.environ),
    )
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - clock
    if status:
        sys.exit(f"{path}: not answered")
    return {
        "rows": size,
        "format": path.suffix[1:],
        "bytes": path.stat().st_size,
        "seconds": round(seconds, 2),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "rows_per_second": round(size / seconds),
        "peak_mib": round(usage.ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
