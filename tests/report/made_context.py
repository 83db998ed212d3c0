"""The steps and the circumstances of a workflow that tests make up."""

from __future__ import annotations

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
CONTEXT = Context(
    commit="4f1c2d9a0b7e6c5d8f3a2b1c0d9e8f7a6b5c4d3e",
    dirty=False,
    tools={"Python": "3.11.7", "Snakemake": "9.0.0", "DVC": "3.60.0"},
    versions={"jinja2": "3.1.6", "matplotlib": "3.11.2"},
)
