"""The page of a sweep says what was found, alone and among the pages of the report."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from tests.sweeps.made import Bench

from handbook.report.figures.sweeps import draw_sweep
from handbook.report.site.standalone import write_sweep_page
from handbook.report.site.sweeps import Sweep, read_sweep, read_sweeps
from handbook.report.verify import differences, masked
from handbook.tasks.figures import SWEEP_FIGURES

SPACE = {
    "n_neighbors": [1, 3, 5, 1000],
    "weights": ["uniform", "distance"],
    "p": {"low": 1.0, "high": 3.0, "points": 2, "when": {"weights": "distance"}},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results with one sweep: nine trials that finish and three that fail."""
    bench = Bench(tmp_path_factory.mktemp("swept") / "results")
    bench.explore(space=SPACE)
    bench.rank(space=SPACE)
    show(bench.folder.path)
    listed = {"near": {"record": "0", "why": "code or versions have changed since"}}
    (bench.results / "sweeps/list.json").write_text(json.dumps(listed))
    return bench.results


def show(folder: Path) -> str:
    figures = {name: folder / "figures" / f"{name}.svg" for name in SWEEP_FIGURES}
    draw_sweep(folder / "sweep.json", figures)
    write_sweep_page(folder / "sweep.json", folder / "times.csv", folder / "index.html")
    return (folder / "index.html").read_text()


def near(results: Path) -> Sweep:
    folder = results / "sweeps/near"
    return read_sweep(folder / "sweep.json", folder / "times.csv", "figures")


def test_the_page_alone_needs_nothing_but_its_figures(results: Path) -> None:
    page = (results / "sweeps/near/index.html").read_text()
    trials = page.partition('id="trials"')[2].partition("</table>")[0]
    assert trials.count("<tr") == 1 + 12
    assert "Generated sample data" in page
    assert '<link rel="stylesheet"' not in page
    assert not re.search(r'(?:src|href)="https?:', page)
    for name in SWEEP_FIGURES:
        assert f'src="figures/{name}.svg"' in page


def test_pages_of_two_makings_differ_by_seconds_alone(results: Path, tmp_path: Path) -> None:
    shutil.copytree(results / "sweeps/near", tmp_path / "after/sweeps/near")
    folder = tmp_path / "after/sweeps/near"
    lines = (folder / "times.csv").read_text().splitlines()
    times = [lines[0], *(f"{line.split(',')[0]},{17 + n}.5" for n, line in enumerate(lines[1:]))]
    (folder / "times.csv").write_text("\n".join(times) + "\n")
    first, second = (results / "sweeps/near/index.html").read_text(), show(folder)
    assert first != second
    assert masked(first.encode()) == masked(second.encode())
    shutil.copytree(results / "sweeps/near", tmp_path / "before" / "sweeps/near")
    assert list(differences(tmp_path / "before", tmp_path / "after")) == []


def test_the_best_trials_are_laid_over_each_other_fold_by_fold(results: Path) -> None:
    content = json.loads(near(results).overlay)
    assert content["kinds"][0]["title"] == "Score on each fold"
    best = near(results).best
    assert best is not None
    first = content["runs"][0]
    assert first["name"] == f"trial {best['number'] + 1}"
    (line,) = first["lines"]["folds"]
    assert sum(line["y"]) / len(line["y"]) == pytest.approx(best["score"])
    assert set(content["pairs"]) == {f"0 {place}" for place in range(1, len(content["runs"]))}
    assert "weights" in content["runs"][-1]["settings"]


def test_the_best_stands_first_and_failures_last(results: Path) -> None:
    sweep = near(results)
    scores = [one["score"] for one in sweep.trials if one["score"] is not None]
    assert scores == sorted(scores, reverse=True)
    assert [one["state"] for one in sweep.trials[-3:]] == ["failed"] * 3
    assert sweep.trials[0] == sweep.best
    assert sum(count for _, count in sweep.failures) == 3


def test_a_parameter_that_does_not_matter_is_sorted_by_nothing(results: Path) -> None:
    sweep = near(results)
    for trial, key in zip(sweep.trials, sweep.column("p"), strict=True):
        assert (key is None) == (trial["setting"]["weights"] == "uniform")
    pairs = zip(sweep.trials, sweep.column("weights"), strict=True)
    kinds = {one["setting"]["weights"]: k for one, k in pairs}
    assert kinds == {"uniform": 0.0, "distance": 1.0}


def test_a_listed_sweep_says_why_it_is_out_of_date(results: Path) -> None:
    (sweep,) = read_sweeps(results)
    assert sweep.why == "code or versions have changed since"
    assert all(figure.copy.startswith("figures/sweeps/near/") for figure in sweep.figures)
    assert read_sweeps(results / "nowhere") == ()


def test_figures_say_in_words_what_they_show(results: Path) -> None:
    record = json.loads((results / "sweeps/near/sweep.json").read_text())
    best = record["trials"][record["best"]]
    said = {figure.name: figure.words for figure in near(results).figures}
    assert f"number {best['number'] + 1} " in said["progress"].description
    assert f"{best['score']:.4g}" in said["progress"].description
    assert "GENERATED" not in said["progress"].description
    assert "n_neighbors" in said["importance"].description
    assert "9 finished trials" in said["parallel"].description


def test_figures_are_the_same_bytes_again(results: Path, tmp_path: Path) -> None:
    draw_sweep(results / "sweeps/near/sweep.json", {"parallel": tmp_path / "again.svg"})
    first = (results / "sweeps/near/figures/parallel.svg").read_bytes()
    assert (tmp_path / "again.svg").read_bytes() == first


@pytest.mark.parametrize("left", [0, 1])
def test_few_trials_are_shown_too(results: Path, tmp_path: Path, left: int) -> None:
    record: dict[str, Any] = json.loads((results / "sweeps/near/sweep.json").read_text())
    finished = [one for one in record["trials"] if one["state"] == "finished"][:left]
    failed = [one for one in record["trials"] if one["state"] == "failed"]
    record["trials"] = [one | {"number": n} for n, one in enumerate(finished + failed)]
    record |= {"best": 0 if left else None, "importance": dict.fromkeys(SPACE)}
    (tmp_path / "sweep.json").write_text(json.dumps(record))
    page = show(tmp_path)
    assert ("No trial finished" in page) == (left == 0)
    for name in SWEEP_FIGURES:
        ElementTree.parse(tmp_path / "figures" / f"{name}.svg")


def test_axes_of_factors_are_marked_with_numbers(results: Path, tmp_path: Path) -> None:
    from handbook.report.figures import style, sweeps

    record: dict[str, Any] = json.loads((results / "sweeps/near/sweep.json").read_text())
    record["spec"]["space"] = {"rate": {"low": 0.001, "high": 10.0, "log": True}, "k": [1, 8, 64]}
    for number, one in enumerate(record["trials"]):
        one["setting"] = {"rate": 0.001 * 2**number, "k": 8 ** (number % 3)}
    with style.applied():
        figure = sweeps._parameters(record).figure
        figure.canvas.draw()
    rate, k = (
        [label.get_text() for label in axes.get_xticklabels() if label.get_text()]
        for axes in figure.axes[:2]
    )
    assert {"0.001", "0.01", "0.1", "1"} <= set(rate)
    assert k == ["1", "8", "64"]
