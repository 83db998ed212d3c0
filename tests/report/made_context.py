"""The steps and the circumstances of a workflow that tests make up."""

from __future__ import annotations

from handbook.records.jobs import Job
from handbook.records.times import Times, laid_out
from handbook.report.site.build import Context
from handbook.workflow.graph import Graph

GRAPH = Graph(
    rules={
        "acquire": "brings one raw file and checks its digest",
        "prepare": "loads, splits and profiles a data set",
        "validate": "checks every expectation of a data set",
        "gate": "stops what follows where one fails",
        "train": "fits a model and scores it on the test rows",
        "crossval": "scores a model on every fold of the training rows",
        "draw": "draws the figures of a run",
        "collect": "puts all records into one table",
        "track": "brings every run into MLflow",
        "report": "writes these pages",
    },
    edges=[
        ("acquire", "prepare"),
        ("prepare", "validate"),
        ("validate", "gate"),
        ("gate", "train"),
        ("prepare", "train"),
        ("gate", "crossval"),
        ("prepare", "crossval"),
        ("train", "draw"),
        ("train", "collect"),
        ("crossval", "collect"),
        ("collect", "track"),
        ("draw", "track"),
        ("train", "track"),
        ("collect", "report"),
        ("draw", "report"),
        ("validate", "report"),
        ("crossval", "report"),
    ],
)
JOBS = {
    "train/svc/bank-marketing/book": Job("train", 75.0, threads=2),
    "train/ridge/diabetes/book": Job("train", 5.0),
    "collect": Job("collect", 2.0, needs=("train/svc/bank-marketing/book",)),
}
CONTEXT = Context(
    commit="4f1c2d9a0b7e6c5d8f3a2b1c0d9e8f7a6b5c4d3e",
    dirty=False,
    tools={"Python": "3.11.7", "Snakemake": "9.0.0", "DVC": "3.60.0"},
    versions={"jinja2": "3.1.6", "matplotlib": "3.11.2"},
    times=Times(None, 0, laid_out(JOBS, 2), whole=False),
)
