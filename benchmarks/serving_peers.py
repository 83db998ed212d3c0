"""Servers that `handbook serve` is measured beside: `serving.py` starts them.

    python benchmarks/serving_peers.py NAME PORT MODEL

Each has two workers and answers a POST of MLflow's `dataframe_split` with one record a row. Those
that can join requests do: up to 64 of them, within 5 ms.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI
from starlette.responses import PlainTextResponse

HOST, WORKERS, TOGETHER, WITHIN_S = "127.0.0.1", 2, 64, 0.005
_MODEL = "SERVING_PEERS_MODEL"


def saved_model() -> Any:
    """Load what MLflow wraps."""
    import mlflow.pyfunc

    return mlflow.pyfunc.load_model(os.environ[_MODEL])._model_impl


def answer(saved: Any, tables: Sequence[Any]) -> list[list[Any]]:
    """Answer several requests in one prediction."""
    import pandas as pd

    frames = [pd.DataFrame(table["data"], columns=table["columns"]) for table in tables]
    answers = saved.predict(pd.concat(frames, ignore_index=True)).to_dict(orient="records")
    records = iter(answers)
    return [list(islice(records, len(frame))) for frame in frames]


def extended() -> Any:
    """Return MLflow's own application, with a log of requests and counts beside it."""
    import time

    from mlflow.pyfunc import load_model, scoring_server

    app = scoring_server.init(load_model(os.environ[_MODEL]))
    log = os.open(Path(tempfile.mkdtemp(), "log.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    counts = {"requests": 0, "seconds": 0.0}

    @app.middleware("http")
    async def kept(request: Any, call_next: Any) -> Any:
        begin = time.perf_counter()
        body = await request.body()
        response = await call_next(request)
        content = b"".join([chunk async for chunk in response.body_iterator])
        if response.status_code == 200 and body:
            os.write(log, b'{"rows": ' + body + b', "answers": ' + content + b"}\n")
        counts["requests"] += 1
        counts["seconds"] += time.perf_counter() - begin
        return PlainTextResponse(content, response.status_code, dict(response.headers))

    @app.get("/metrics")
    async def metrics() -> Any:
        return counts

    return app


def thin() -> Any:
    """Return an application of our own without joined requests, on FastAPI's pool of threads."""
    app, saved = FastAPI(), saved_model()

    @app.get("/health")
    def health() -> dict[str, str]:
        return {}

    @app.post("/invocations")
    def invocations(dataframe_split: Annotated[dict[str, Any], Body(embed=True)]) -> Any:
        (predictions,) = answer(saved, [dataframe_split])
        return {"predictions": predictions}

    return app


SOURCES = {
    "litserve": """
import sys
import litserve
from serving_peers import HOST, TOGETHER, WITHIN_S, WORKERS, answer, saved_model

class Bank(litserve.LitAPI):
    def setup(self, device):
        self.saved = saved_model()

    def decode_request(self, request):
        return request["dataframe_split"]

    def batch(self, inputs):
        return list(inputs)

    def predict(self, tables):
        return answer(self.saved, tables)

    def unbatch(self, output):
        return output

    def encode_response(self, output):
        return {"predictions": output}

if __name__ == "__main__":
    api = Bank(max_batch_size=TOGETHER, batch_timeout=WITHIN_S)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=WORKERS)
    server.run(host=HOST, port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
""",
    "bentoml": """
import bentoml
from serving_peers import TOGETHER, WORKERS, answer, saved_model

@bentoml.service(workers=WORKERS)
class Bank:
    def __init__(self):
        self.saved = saved_model()

    @bentoml.api(route="/predict", batchable=True, max_batch_size=TOGETHER, max_latency_ms=1000)
    def predict(self, tables: list[dict]) -> list[list[dict]]:
        return answer(self.saved, tables)
""",
    "mlserver": """
import json
from serving_peers import answer, saved_model
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceResponse

class Bank(MLModel):
    async def load(self):
        self.saved = saved_model()
        return True

    async def predict(self, payload):
        tables = [json.loads(text) for text in StringCodec.decode_input(payload.inputs[0])]
        texts = [json.dumps(own) for own in answer(self.saved, tables)]
        output = StringCodec.encode_output("predictions", texts)
        return InferenceResponse(model_name=self.name, outputs=[output])
""",
}


def peer(name: str, port: int) -> None:
    """Become a server of another library."""
    folder = Path(tempfile.mkdtemp())
    (folder / "bank.py").write_text(SOURCES[name])
    model = {
        "name": "bank",
        "implementation": "bank.Bank",
        "max_batch_size": TOGETHER,
        "max_batch_time": WITHIN_S,
    }
    settings = {
        "host": HOST,
        "http_port": port,
        "grpc_port": port + 1,
        "metrics_port": port + 2,
        "parallel_workers": WORKERS,
    }
    (folder / "model-settings.json").write_text(json.dumps(model))
    (folder / "settings.json").write_text(json.dumps(settings))
    os.chdir(folder)
    own = (str(Path(__file__).parent), str(folder))
    os.environ["PYTHONPATH"] = os.pathsep.join([os.environ["PYTHONPATH"], *own])
    words = {
        "litserve": ("bank.py", str(port)),
        "bentoml": ("-m", "bentoml", "serve", "bank:Bank", "--host", HOST, "--port", str(port)),
        "mlserver": ("-c", "from mlserver.cli import main; main()", "start", "."),
    }
    os.execv(sys.executable, [sys.executable, *words[name]])


def main() -> None:
    """Start one."""
    name, port, path = sys.argv[1:]
    os.environ[_MODEL] = path
    if name in ("extended", "thin"):
        import uvicorn

        sys.path.insert(0, str(Path(__file__).parent))
        uvicorn.run(
            f"serving_peers:{name}", factory=True, host=HOST, port=int(port), workers=WORKERS
        )
    else:
        peer(name, int(port))


if __name__ == "__main__":
    main()
