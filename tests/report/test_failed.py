"""The report of a run that failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.report.made_context import CONTEXT, GRAPH
from tests.report.made_predictions import many_classes
from tests.report.made_results import Made
from tests.report.page import read

from handbook.records.failures import FailedJob, Failures
from handbook.report.site.build import build

TRACK = FailedJob(
    "track_sweep", "results/sweeps/knn/tracked.json", "logs/track-sweep/knn.log",
    "database is <locked>", ("opening", "error: database is <locked>"),
)  # fmt: skip


def test_the_report_of_a_failed_run_opens_with_what_failed(made: Callable[..., Made]) -> None:
    """Every training has finished: only the box tells it from the report of a good run."""
    folder = made()
    folder.data("iris", "Iris")
    folder.model("svc", "Support vectors", "classification", ["iris"])
    folder.run("svc", "iris", classes=("a", "b", "c"), **many_classes(50, 3, 2))
    good = read(folder.build())
    assert "failed" not in good["index.html"].words
    failures = Failures((TRACK,), again="make demo")
    context = replace(CONTEXT, failures=failures, folder="../../")
    output = folder.root / "logs" / "report"
    build(folder.results, output, folder.catalogue, GRAPH, context)
    site = read(output)
    index = site["index.html"]
    words = index.words.partition("Skip to the content")[2]
    assert words.index("1 job failed") < words.index("Every model, beside the book")
    assert words.index("track_sweep of results/sweeps/knn/tracked.json") < words.index(
        "Every model"
    )
    assert "opening error: database is <locked>" in words
    assert "run this again; what succeeded is kept. make demo " in words
    assert "../../logs/track-sweep/knn.log" in {link.get("href") for link in index.all("a")}
    for name, page in site.items():
        assert "1 job failed. This report is of a run that failed." in page.words, name
    assert "1 job failed ·" in index.words
