"""Clones of this project that share a server of MLflow's."""

from __future__ import annotations

from typing import Any

from mlflow import MlflowClient

from handbook.records.tracking.tracker import track
from tests.records.tracking.tracked_results import Results
from tests.services.mlflow_server import Server


class Clone(Results):
    """A clone's results, and what they are in the team's MLflow."""

    def track(self, server: Server, **options: Any) -> list[str]:
        """Bring them in; return what is said."""
        lines: list[str] = []
        track(
            self.results,
            self.catalogue,
            logs=self.logs,
            store_uri=server.uri,
            artifacts=self.root / "mlartifacts",
            output=self.results / "tracked.json",
            say=lines.append,
            **options,
        )
        return lines


class Team:
    """A server, and one part of its names, which no other test has."""

    def __init__(self, server: Server, prefix: str) -> None:
        self.server = server
        self.prefix = prefix
        self.client = MlflowClient(server.uri, server.uri)

    def experiments(self) -> dict[str, str]:
        start = f"{self.prefix}/"
        own = self.client.search_experiments(filter_string=f"name LIKE '{start}%'")
        return {each.name.removeprefix(start): each.experiment_id for each in own}

    def runs(self, **options: Any) -> list[Any]:
        return list(self.client.search_runs([*self.experiments().values()], **options))

    def aliases(self) -> dict[str, dict[str, str]]:
        start = f"{self.prefix}."
        own = self.client.search_registered_models(f"name LIKE '{start}%'")
        return {
            model.name.removeprefix(start): {
                alias: self.client.get_model_version(model.name, version).tags["job_key"]
                for alias, version in model.aliases.items()
            }
            for model in own
        }


def entries(client: MlflowClient, experiments: list[str]) -> dict[str, Any]:
    """Return all that is shown of each run, by its job key."""
    by_key = {}
    for run in client.search_runs(experiments):
        data, run_id = run.data, run.info.run_id
        tags = {key: value for key, value in data.tags.items() if key != "tracking.until"}
        tags.pop("tracking.owner")  # a store of one's own lies in another folder
        histories = {
            # neither store promises an order
            name: sorted((point.step, point.timestamp, str(point.value)) for point in points)
            for name in data.metrics
            if (points := client.get_metric_history(run_id, name))
        }
        inputs = sorted(
            (str(each.dataset.to_dictionary()), [(tag.key, tag.value) for tag in each.tags])
            for each in run.inputs.dataset_inputs
        )
        info = run.info.run_name, run.info.status, run.info.start_time, run.info.end_time
        by_key[data.tags["job_key"]] = (
            *(info, data.params, {name: str(x) for name, x in data.metrics.items()}, tags),
            *(histories, inputs, [len(run.outputs.model_outputs)]),
        )
    return by_key
