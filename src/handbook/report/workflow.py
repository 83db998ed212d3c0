"""The rules of this project's workflow as the report draws them; a test holds them true."""

from __future__ import annotations

from handbook.report.graph import Graph

__all__ = ["WORKFLOW"]

WORKFLOW = Graph(
    rules={
        "acquire": "brings each raw file, checks its digest",
        "prepare": "loads, splits, describes",
        "validate": "checks every expectation",
        "gate": "stops what failed one",
        "judge": "fits who looks at what is generated",
        "train": "fits, measures on held-out rows",
        "crossval": "scores every fold",
        "explain": "computes what a model learnt",
        "diagnose": "learning and validation curves",
        "decompose": "bias and variance",
        "draw": "draws every figure",
        "lab": "computes a worked example",
        "collect": "one table of all runs",
        "track": "brings runs into MLflow",
        "report": "writes these pages",
    },
    edges=[
        ("acquire", "prepare"),
        ("prepare", "validate"),
        ("validate", "gate"),
        ("prepare", "judge"),
        ("gate", "judge"),
        ("prepare", "train"),
        ("gate", "train"),
        ("judge", "train"),
        ("prepare", "crossval"),
        ("gate", "crossval"),
        ("prepare", "explain"),
        ("train", "explain"),
        ("judge", "explain"),
        ("prepare", "diagnose"),
        ("gate", "diagnose"),
        ("prepare", "decompose"),
        ("gate", "decompose"),
        ("train", "draw"),
        ("explain", "draw"),
        ("diagnose", "draw"),
        ("decompose", "draw"),
        ("lab", "draw"),
        ("train", "collect"),
        ("crossval", "collect"),
        ("collect", "track"),
        ("train", "track"),
        ("draw", "track"),
        ("collect", "report"),
        ("draw", "report"),
        ("lab", "report"),
        ("diagnose", "report"),
        ("prepare", "report"),
        ("validate", "report"),
        ("gate", "report"),
    ],
)
