"""The figures of labs: drawn from the lab's own data, in words too, the same bytes each time."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.report.drawn_twice import check_drawing

from handbook import cli
from handbook.catalogue import reading
from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.data import registry
from handbook.labs import examples
from handbook.labs.registry import run
from handbook.report.figures.lab import draw, has_figure, module_of
from handbook.report.figures.svg import Words, words
from handbook.workflow import provenance

CATALOGUE = reading.read(Path(__file__).parents[2] / "params.yaml")
DRAWN = [lab for lab in CATALOGUE.labs if has_figure(lab)]
THREE = {"points": [[1, 1], [2, 2], [3, 3]], "targets": [1, 2, 3], "C": 1.0, "epsilon": 0.1}


def drawn(folder: Path, lab: str, **params: Any) -> Words:
    result, figure = folder / "result.json", folder / "figure.svg"
    write_json(result, run(lab, "A title", "2.8", params))
    draw(lab, result, figure)
    assert figure.stat().st_size < 150_000
    return words(figure)


def test_every_drawing_is_of_a_lab_that_has_data_for_it() -> None:
    modules = [
        importlib.import_module(f"handbook.report.figures.labs.{name}")
        for name in provenance.children("handbook.report.figures.labs")
    ]
    names = [name for module in modules for name in module.__all__]
    assert sorted(name.replace("_", "-") for name in names) == sorted(DRAWN)


def test_every_lab_with_data_for_a_figure_is_drawn() -> None:
    for name in provenance.children("handbook.labs.examples"):
        source = Path(examples.__file__).with_name(f"{name}.py").read_text()
        assert ("\ndef plot(" in source) == has_figure(name.replace("_", "-")), name


@pytest.mark.parametrize("lab", DRAWN)
def test_a_figure_is_the_same_bytes_again_and_says_what_it_shows(lab: str, tmp_path: Path) -> None:
    spec = CATALOGUE.labs[lab]
    data = registry.module(spec.data).sample(CATALOGUE.seed) if spec.data else None
    result = tmp_path / "result.json"
    write_json(result, run(lab, spec.title, spec.section, spec.params, data))
    check_drawing(draw, lab, result)


def test_the_margins_say_which_points_each_kernel_gets_right(tmp_path: Path) -> None:
    lab = "svc-three-points"
    text = drawn(tmp_path, lab, **CATALOGUE.labs[lab].params)
    assert text.title == "Linear kernel: 2 of 3 right; RBF kernel: 3 of 3 right"
    assert "(2, 2) of class 1" in text.description
    assert "The linear kernel answers class 0 everywhere" in text.description
    assert "The RBF kernel has a boundary" in text.description


def test_a_line_that_separates_is_drawn_as_a_boundary(tmp_path: Path) -> None:
    # Price high enough for the widest margin: halfway between the second and the third point.
    params = THREE | {"labels": [0, 0, 1], "C": 100.0}
    text = drawn(tmp_path, "svc-three-points", **params)
    assert "The linear kernel has a boundary" in text.description
    assert "the classes 0, 0, 1 and rests on 2 support vectors" in text.description
    assert "3 of 3 right" in text.title


def test_the_lines_give_their_slopes(tmp_path: Path) -> None:
    text = drawn(
        tmp_path, "linear-regression-toy", **CATALOGUE.labs["linear-regression-toy"].params
    )
    assert "least squares 2.000, lasso 1.500, ridge 1.818" in text.description
    assert "lasso 1.995 to 0.000" in text.description


def test_a_lab_without_a_drawing_is_an_error_that_says_where_to_write_one(tmp_path: Path) -> None:
    assert not has_figure("metrics-by-hand")
    with pytest.raises(
        HandbookError, match=r"write a function metrics_by_hand\(plot, caption\) in .*/figures/labs"
    ):
        draw("metrics-by-hand", tmp_path / "result.json", tmp_path / "figure.svg")


def test_a_result_without_data_is_an_error(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    write_json(result, {"title": "t", "section": "s", "results": []})
    with pytest.raises(HandbookError, match=r"result\.json: nothing to draw; write plot\(\)"):
        draw("svc-three-points", result, tmp_path / "figure.svg")


def test_the_command_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lab = "svc-three-points"
    folder = Path("results/labs") / lab
    write_json(folder / "result.json", run(lab, "t", "s", CATALOGUE.labs[lab].params))
    assert cli.main(["draw-lab", lab]) == 0
    assert words(folder / "figure.svg").title.startswith("Linear kernel")


def test_a_drawing_and_a_lab_do_not_depend_on_each_other() -> None:
    for lab in DRAWN:
        name = f"handbook.labs.examples.{lab.replace('-', '_')}"
        assert name not in provenance.closure([module_of(lab), "handbook.report.figures.lab"])
        assert not any("report" in module for module in provenance.closure([name]))


def test_asking_which_labs_have_a_figure_imports_no_drawing() -> None:
    code = (
        "import sys; from handbook.report.figures.lab import has_figure;"
        "print(has_figure('svc-three-points'), {'matplotlib', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True set()"
