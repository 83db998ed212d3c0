"""The whole way after training, by the commands that people call.

``python -m tests.deployment.whole_way FOLDER`` goes it in a new project and prints each command
with what it text, as docs/after-training.md shows it.
"""

from __future__ import annotations

import csv
import http.client
import json
import math
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from mlflow import MlflowClient
from tests.project import ROOT, Project
from tests.services.server import HOST, end, wait

DATA = "calls"
MODELS = ("logistic-regression", "knn-classifier")
LOGISTIC, NEIGHBOURS = (f"{model}/{DATA}/book" for model in MODELS)
TRAINED, USUAL, MOVED, LATER = 3_000, 6_000, 2_500, 1_500  # rows
CLIENTS = 4
JSON = {"content-type": "application/json"}


def calls(rows: int, seed: int, *, moved: bool = False) -> pd.DataFrame:
    """Make phone calls of a bank, and who agreed.

    Who agrees follows a logistic model: the log-odds are 1.2 for a mobile telephone, -0.4 for ten
    years of age and 1 for a thousand euros on the account. After the change, balances are 600 euros
    higher, and the richer agree less: -1 for a thousand.
    """
    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "age": random.normal(42, 12, rows).clip(18, 90).round().astype(int),
            "balance": random.normal(2_100 if moved else 1_500, 900, rows).round().astype(int),
            "contact": random.choice(["cellular", "telephone"], rows, p=[0.7, 0.3]),
        }
    )
    beyond = (X["balance"] - (2_100 if moved else 1_500)) / 1_000
    odds = (
        1.2 * (X["contact"] == "cellular")
        - 0.04 * (X["age"] - 42)
        + (-1 if moved else 1) * beyond
        - 1.5
    )
    return X.assign(y=np.where(odds > random.logistic(size=rows), "yes", "no"))


class Way:
    """A project, its server, and what was sent.

    Parameters
    ----------
    root : Path
        Of the new project.
    """

    def __init__(self, root: Path) -> None:
        self.project = Project.create(root)
        params = self.project.params()
        params |= {"tier": "standard", "data_source": "real", "claims": {}, "sweeps": {}}
        params |= {"bias_variance": None, "data": {"iris": params["data"]["iris"]}}
        params["labs"] = {"corr2d": params["labs"]["corr2d"]}
        params["models"] = {
            name: _iris(params["models"].get(name) or _model(name)) for name in MODELS
        }
        self.project.write_params(params)
        self.labels: dict[str, str] = {}  # by request
        self.port = 0

    def call(self, *words: str, status: int = 0) -> str:
        """Call `handbook`, print it as a console does, and return what it text."""
        done = self.project.run("handbook", *words)
        text = done.stdout + done.stderr
        line = " ".join(word if re.fullmatch(r"[\w./,-]+", word) else f"'{word}'" for word in words)
        print(f"$ handbook {line}\n{text}", flush=True)
        assert done.returncode == status, f"{line}: {done.returncode}\n{text}"
        return text

    def write(self, name: str, rows: pd.DataFrame) -> str:
        """Write rows into a file of the project."""
        rows.to_csv(self.project.root / name, index=False)
        return name

    def key(self, run: str) -> str:
        """Return the job key of a run as it was trained last."""
        path = self.project.root / "results/models" / run / "run.json"
        return str(json.loads(path.read_text())["job_key"])

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve the deployed model until the end of the context."""
        command = ["handbook", "serve", DATA, "--port", "0", "--workers", "2"]
        log = self.project.root / "serve.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                command, cwd=self.project.root, env=self.project.environment(),
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            address = rf"http://{HOST}:(\d+)"
            wait("the server serves", lambda: bool(re.search(address, log.read_text())), 120)
            self.port = int(re.findall(address, log.read_text())[0])
            yield
        finally:
            end(server)

    def send(self, rows: pd.DataFrame) -> list[dict[str, Any]]:
        """Send each row as a request of its own, from several clients; return the answers."""
        parts = [rows.iloc[number::CLIENTS] for number in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            return [answer for part in pool.map(self._send, parts) for answer in part]

    def _send(self, rows: pd.DataFrame) -> list[dict[str, Any]]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        answers = []
        for record in rows.to_dict("records"):
            label = record.pop("y")
            content = {"dataframe_records": [record], "params": {"policy": "flag"}}
            connection.request("POST", "/invocations", json.dumps(content), JSON)
            reply = connection.getresponse()
            answer = json.loads(reply.read())
            assert reply.status == 200, answer
            self.labels[answer["request"]] = label
            answers.append(answer | {"sent": record})
        connection.close()
        return answers

    def write_labels(self) -> str:
        """Write what came of each request, as it comes later."""
        path = self.project.root / "labels.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["request", "row", "label"])
            writer.writerows([request, 0, label] for request, label in self.labels.items())
        return path.name

    def send_while(self, rows: pd.DataFrame, *words: str) -> list[dict[str, Any]]:
        """Send rows again and again while a command runs, and once more after it."""
        answers: list[dict[str, Any]] = []
        ended = threading.Event()

        def send() -> None:
            while not ended.is_set():
                answers.extend(self._send(rows))

        sender = threading.Thread(target=send)
        sender.start()
        try:
            self.call(*words)
        finally:
            ended.set()
            sender.join()
        return answers

    def shown(self) -> str:
        """Return the job key of what MLflow shows as deployed."""
        store = f"sqlite:///{self.project.root / 'mlflow.db'}"
        version = MlflowClient(store, store).get_model_version_by_alias(DATA, "deployed")
        return str(version.tags["job_key"])

    def health(self) -> dict[str, Any]:
        """Return what the server says of itself."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection.request("GET", "/health")
        content: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return content


def _model(name: str) -> Any:
    return yaml.safe_load((ROOT / "params.yaml").read_text())["models"][name]


def _iris(model: dict[str, Any]) -> dict[str, Any]:
    """Return a model on iris alone, with its first setting."""
    book = {
        key: value
        for key, value in model["variants"]["book"].items()
        if key not in ("book", "departs", "tiers")
    }
    kept = {key: model[key] for key in ("title", "section", "task", "estimator") if key in model}
    return kept | {"data": ["iris"], "variants": {"book": book}}


def go(way: Way) -> None:
    """Go the whole way, and check each step."""
    # A finished project, with data of one's own.
    trained, usual = calls(TRAINED, 1), calls(USUAL, 2)
    moved, later = calls(MOVED, 3, moved=True), calls(LATER, 4, moved=True)
    models = ",".join(MODELS)
    way.call("new", "data", way.write("calls.csv", trained), "--target", "y", "--models", models)
    done = way.project.snakemake()
    assert done.returncode == 0, done.stderr
    iris = _times(way.project.root / "results/models", "iris")
    first, shadow = way.key(LOGISTIC), way.key(NEIGHBOURS)

    # Predict.
    rows = way.write("rows.csv", usual.head(200).drop(columns="y"))
    text = way.call("predict", DATA, rows, "--policy", "flag", "--output", "answers.csv")
    assert f"{LOGISTIC} (champion): 200 rows" in text
    answers = pd.read_csv(way.project.root / "answers.csv")
    assert list(answers) == ["predicted", "p:no", "p:yes", "unfamiliar"]
    odd = usual.head(3).drop(columns="y")
    odd.loc[2, "contact"] = "pigeon"
    text = way.call("predict", DATA, way.write("odd.csv", odd), status=1)
    assert "'pigeon'" in text
    assert "row 3" in text

    # Deploy and serve.
    way.call("promote", DATA, LOGISTIC, "--why", "the champion of three thousand calls")
    with way.served():
        replies = way.send(usual)
        assert {reply["job_key"] for reply in replies} == {first}
        by_row = {_row(own): own["predictions"][0] for own in replies}
        for record, answer in zip(
            usual.head(200).drop(columns="y").to_dict("records"), answers["p:yes"], strict=True
        ):
            # How many rows are answered together decides the last bit.
            assert math.isclose(by_row[_row({"sent": record})]["p:yes"], answer, rel_tol=1e-12)
        assert "no alarm" in way.call("watch", DATA)

        # The world changes, while another model answers in the shadow.
        way.call("shadow", DATA, NEIGHBOURS, "--why", "would it have done better?")
        way.send(pd.concat([moved, later]))
        assert len(way.labels) == USUAL + MOVED + LATER
        assert "balance" in way.call("watch", DATA, "--last", "2", status=3)
        watched = json.loads(
            way.project.run(
                *("handbook", "watch", DATA, "--labels", way.write_labels(), "--json")
            ).stdout
        )
        scores = [
            own["performance"]["scores"]["roc_auc"]
            for own in watched["windows"]
            if own["performance"]
        ]
        assert min(scores[:12]) > 0.65
        assert max(scores[-7:]) < 0.55
        assert not any(own["alarms"] for own in watched["windows"][:12])
        assert all("score:roc_auc" in own["alarms"] for own in watched["windows"][-7:])
        logs = way.project.root / "served" / DATA
        wait("the shadow answers", lambda: any(logs.glob("*.shadow.jsonl")), 30)

        # Retrain on what has come since: only what stands on these rows runs again.
        way.call(
            *("new", "data", way.write("calls.csv", moved)),
            *("--target", "y", "--models", models, "--replace"),
        )
        done = way.project.snakemake()
        assert done.returncode == 0, done.stderr
        assert _times(way.project.root / "results/models", "iris") == iris
        second = way.key(LOGISTIC)
        assert second != first
        assert way.health()["job_key"] == first

        # Promote, while requests come.
        rows = way.write("later.csv", later)
        during = way.send_while(usual.head(50), "promote", DATA, LOGISTIC, "--rows", rows)
        assert {own["job_key"] for own in during} <= {first, second}
        wait("the new model answers", lambda: way.health()["job_key"] == second, 30)
        assert way.shown() == second
        assert "is not promoted" in way.call("promote", DATA, NEIGHBOURS, "--rows", rows, status=1)

        # And back.
        way.call("rollback", DATA, "--why", "only to see that it works")
        wait("the old model answers", lambda: way.health()["job_key"] == first, 30)
        assert way.shown() == first
        way.call("deployed", DATA)
    changes = json.loads(way.project.run("handbook", "deployed", DATA, "--json").stdout)[DATA]
    assert [(own["action"], own["job_key"]) for own in changes] == [
        ("deploy", first),
        ("shadow", shadow),
        ("promote", second),
        ("rollback", first),
    ]
    low, high = changes[2]["evidence"]["lead"]["interval"]
    assert 0.1 < low < high < 0.5


def _row(reply: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(reply["sent"].values())


def _times(folder: Path, data: str) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.glob(f"*/{data}/*/model.skops")}


def main(arguments: Sequence[str]) -> None:
    """Go it in a new folder."""
    go(Way(Path(arguments[0]).resolve()))


if __name__ == "__main__":
    main(sys.argv[1:])
