"""How `handbook serve` stands to other servers, on the same model and the same two cores.

    .venv/bin/python benchmarks/serving.py [FOLDER] [--peer litserve=PYTHON] [--seconds 10]

takes the model that answers for bank-marketing in a built project, and serves it with two workers:
with `mlflow models serve` as it comes, with that on one thread a process, with `handbook serve`,
with the designs that were weighed against it (`serving_peers.py`), and with LitServe, BentoML or
MLServer where a Python is named that has them; they are no dependencies.

Each is started, waited for, and asked by one process over connections that are kept, as soon as the
answer before is there: one row by 1, 8 and 32 clients, then a hundred rows by 8. Clients share the
two cores, as in any measurement on one machine. All take turns, twice; the better of both counts.
Time on processors is that of the server alone, and hardly depends on what else runs.
The first answer of each connection is compared with the model's own. Memory is what the processes
hold, pages that they share counted once (PSS), after the load. Results go to
`benchmarks/results/serving.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import numpy as np
import psutil
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import AnyType

from handbook.core.folders import DataFolder
from handbook.data.dataset import read
from handbook.deployment.chosen import MODEL, Chosen, choose
from handbook.training import pyfunc

ROOT = Path(__file__).parents[1]
DATA, HOST, WORKERS = "bank-marketing", "127.0.0.1", 2
LOADS = ((1, 1), (1, 8), (1, 32), (100, 8))  # rows of a request, clients
ROUNDS = 2
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


@dataclass(frozen=True)
class Contender:
    """A server, and how it is asked."""

    command: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    address: str = "/invocations"
    ready: str = "/health"
    body: Callable[[Any], Any] = lambda table: {"dataframe_split": table}
    records: Callable[[Any], Any] = lambda answer: answer["predictions"]


def main() -> None:
    """Measure, print and write down."""
    ask = argparse.ArgumentParser()
    ask.add_argument("folder", type=Path, nargs="?", default=Path())
    ask.add_argument("--peer", action="append", default=[], help="NAME=PYTHON that has it")
    ask.add_argument("--only", action="append", help="measure these alone, and write nothing")
    ask.add_argument("--seconds", type=float, default=10.0)
    ask.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "serving.json")
    given = ask.parse_args()
    before = os.getloadavg()[0]
    os.chdir(given.folder)
    chosen = choose(DATA)
    rows = read(DataFolder(DATA).test).X
    table = json.loads(rows.head(max(n for n, _ in LOADS)).to_json(orient="split", index=False))
    texts = dict.fromkeys(rows.select_dtypes("category").columns, object)
    expected = float(chosen.open().predict(rows.head(1).astype(texts))["p:yes"].iloc[0])
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model")
        save(model, chosen)
        peers = dict(peer.split("=") for peer in given.peer)
        everyone = contenders(str(model), str(chosen.folder), peers)
        if given.only:
            everyone = {name: own for name, own in everyone.items() if name in given.only}
        rounds: list[dict[str, Any]] = [
            {name: measured(own, table, expected, given.seconds) for name, own in everyone.items()}
            for _ in range(ROUNDS)
        ]
    names = ("mlflow", "uvicorn", "starlette", "fastapi", "scikit-learn")
    content = {
        "date": time.strftime("%Y-%m-%d"),
        "versions": {name: version(name) for name in names},
        "cores": os.cpu_count(),
        "load_before": round(before, 1),
        "workers": WORKERS,
        "seconds": given.seconds,
        "model": chosen.run,
        "servers": {name: best([turn[name] for turn in rounds]) for name in everyone},
    }
    print(json.dumps(content, indent=2))
    if not given.only:
        given.out.write_text(json.dumps(content, indent=2) + "\n")


def save(path: Path, chosen: Chosen) -> None:
    """Save the model as MLflow's, as `handbook track` does."""
    columns = [ColSpec(AnyType(), own.name, required=False) for own in chosen.about.columns or ()]
    options = [ParamSpec(name, DataType.string, value)
               for name, value in (pyfunc.METHOD, pyfunc.POLICY)]  # fmt: skip
    mlflow.pyfunc.save_model(
        path,
        loader_module=pyfunc.__name__,
        data_path=str(chosen.folder / MODEL),
        model_config=chosen.about.plain(),
        signature=ModelSignature(Schema(columns), params=ParamSchema(options)),
        pip_requirements=[],
    )


def contenders(model: str, folder: str, peers: Mapping[str, str]) -> dict[str, Contender]:
    """Return all servers by their names."""
    workers = ("--workers", str(WORKERS))
    mlflow = (
        *(sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", model),
        *("--env-manager", "local", "--host", HOST, "--port", "{port}", *workers),
    )
    handbook = (sys.executable, "-m", "handbook", "serve", DATA, "--port", "{port}", *workers)

    def peer(name: str, python: str = sys.executable, **more: Any) -> Contender:
        script = str(ROOT / "benchmarks" / "serving_peers.py")
        return Contender((python, script, name, "{port}", model), ONE_THREAD, **more)

    own = {
        "mlflow models serve": Contender(mlflow),
        "mlflow models serve, one thread a process": Contender(mlflow, ONE_THREAD),
        "MLflow's application, with a log and counts": peer("extended"),
        "a thin FastAPI application": peer("thin"),
        "handbook serve": Contender(handbook),
        "handbook serve --no-log": Contender((*handbook, "--no-log")),
    }
    manners: dict[str, dict[str, Any]] = {
        "litserve": {"address": "/predict"},
        "bentoml": {
            "address": "/predict",
            "ready": "/readyz",
            "body": lambda table: {"tables": [table]},
            "records": lambda answer: answer[0],
        },
        "mlserver": {
            "address": "/v2/models/bank/infer",
            "ready": "/v2/models/bank/ready",
            "body": _for_mlserver,
            "records": lambda answer: json.loads(answer["outputs"][0]["data"][0]),
        },
    }
    return own | {name: peer(name, python, **manners[name]) for name, python in peers.items()}


def _for_mlserver(table: Any) -> Any:
    text = {"name": "tables", "shape": [1], "datatype": "BYTES", "data": [json.dumps(table)]}
    return {"inputs": [text]}


def measured(
    own: Contender, table: Mapping[str, Any], expected: float, seconds: float
) -> dict[str, Any]:
    """Start a server, put every load on it, and return what was measured."""
    with started(own) as (port, process, start_s):
        result: dict[str, Any] = {"start_s": round(start_s, 2), "loads": {}}
        for rows, clients in LOADS:
            body = json.dumps(own.body(table | {"data": table["data"][:rows]})).encode()
            asyncio.run(load(own, port, body, clients, seconds / 5, expected))  # warm
            before = processor_s(process)
            times, elapsed = asyncio.run(load(own, port, body, clients, seconds, expected))
            used = processor_s(process) - before
            result["loads"][f"{rows} rows, {clients} clients"] = {
                "requests_a_second": round(len(times) / elapsed, 1),
                "processor_ms_a_request": round(1000 * used / len(times), 2),
                "p50_ms": round(1000 * float(np.quantile(times, 0.5)), 1),
                "p99_ms": round(1000 * float(np.quantile(times, 0.99)), 1),
            }
        pss = sum(own.memory_full_info().pss for own in family(process))
        result["memory_mb"] = round(pss / 1e6)
    return result


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a server's processes."""
    return [process, *process.children(recursive=True)]


def processor_s(process: psutil.Process) -> float:
    """Return the time that a server's processes have had on processors."""
    times = [own.cpu_times() for own in family(process)]
    return sum(own.user + own.system for own in times)


def best(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the better of equal measurements."""
    loads = {
        load: max(
            (turn["loads"][load] for turn in rounds), key=lambda own: own["requests_a_second"]
        )
        for load in rounds[0]["loads"]
    }
    least = {name: min(turn[name] for turn in rounds) for name in ("start_s", "memory_mb")}
    return {**least, "loads": loads}


@contextmanager
def started(own: Contender) -> Iterator[tuple[int, psutil.Process, float]]:
    """Run a server; yield its port, its process, and how long it took until it answered."""
    from tests.services.server import free_port

    port = free_port()
    command = [word.format(port=port) for word in own.command]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")} | own.variables
    begin = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True, text=True,
    ) as server:  # fmt: skip
        try:
            while not asyncio.run(up(port, own.ready)):
                if server.poll() is not None or time.perf_counter() - begin > 120:
                    server.kill()
                    sys.exit(f"{' '.join(command)}:\n{server.communicate()[1]}")
                time.sleep(0.02)
            yield port, psutil.Process(server.pid), time.perf_counter() - begin
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                server.communicate(timeout=15)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


async def up(port: int, address: str) -> bool:
    """Tell whether a server says that it is ready."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(f"GET {address} HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
        return b" 200 " in await asyncio.wait_for(reader.readline(), 5)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


async def load(
    own: Contender, port: int, body: bytes, clients: int, seconds: float, expected: float
) -> tuple[list[float], float]:
    """Ask from so many clients for a while; return the time of each request, and of all."""
    head = (
        f"POST {own.address} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    begin = time.perf_counter()
    times: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(HOST, port, limit=2**24)
        first = True
        while (sent := time.perf_counter()) - begin < seconds:
            writer.write(request)
            lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
            length = next(line for line in lines if line.startswith(b"content-length:"))
            answer = await reader.readexactly(int(length.partition(b":")[2]))
            times.append(time.perf_counter() - sent)
            if b" 200 " not in lines[0]:
                sys.exit(f"{lines[0]!r}: {answer[:500]!r}")
            if first:
                first = False
                p = own.records(json.loads(answer))[0]["p:yes"]
                if abs(p - expected) > 1e-12:
                    sys.exit(f"{p}: expected {expected}")
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return times, time.perf_counter() - begin


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
