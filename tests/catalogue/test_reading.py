"""Good catalogues are read, bad ones are refused with the nearest valid name."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.catalogue.catalogues import GOOD, JUDGE, NOTHING, with_change

from handbook.catalogue import reading
from handbook.catalogue.insertion import with_entries
from handbook.catalogue.params import EMPTY
from handbook.catalogue.specs import run_spec
from handbook.core.errors import HandbookError

ROOT = Path(__file__).parents[2]


DEFECT = {
    "run": "iris/book", "what": "depth", "book": "3", "shows": ["max_depth"], "why": "a slip",
    "instead": "takes 2", "fault": "wrong claim", "lines": [7],
}  # fmt: skip
FIGURE = {"figure": 1.0, "lines": [7]}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("sed", 1, "sed: unknown key; did you mean 'seed'?"),
        ("seed", "x", "seed: input should be a valid integer; it is 'x'"),
        ("tier", "standart", "tier: 'standart' is not known; did you mean 'standard'?"),
        ("models.tree.estimater", "x", "estimater: unknown key; did you mean 'estimator'?"),
        ("models.tree.variants.book.parms", {}, "parms: unknown key; did you mean 'params'?"),
        ("models.tree.variants.book.params", [1], "params: input should be a valid dictionary"),
        ("models.tree.task", "clasification", "did you mean 'classification'?"),
        ("models.tree.data", "irsi", "models.tree.data: 'irsi'; did you mean 'iris'?"),
        ("models.tree.data", "diabetes", "'diabetes' serves regression"),
        ("models.tree.variants.book.params", {"a": "1e-3"}, "params.a: YAML reads 1e-3 as text"),
        ("models.tree.variants.book.params", {"a": [1, "1.5e3"]}, "params.a.1: YAML reads 1.5e3"),
        ("models.tree.variants.book.params", {"a": "1e3"}, "write 1000.0"),
        ("models.tree.variants.book.params", {"a": "-.5E+3"}, "write -500.0"),
        ("models.tree.variants.book.params", {"a": "1e-9"}, "write 1.0e-09"),
        ("models.tree.variants.book.params", {"a": float("nan")}, "params.a: nan is no plain"),
        ("models.tree.variants.book.params", {"a": datetime.date(2026, 1, 1)}, "no plain value"),
        (
            "models.tree.variants.book.tiers",
            {"full": {"params": {"a": "2e5"}}},
            "tiers.full.params.a: YAML reads 2e5 as text; write 200000.0",
        ),
        (
            "models.tree.leave_one_out",
            ["diabetes"],
            "models.tree.leave_one_out: 'diabetes'; known: iris",
        ),
        (
            "models.tree.errata",
            [DEFECT | {"run": "iris/bok"}],
            "models.tree.errata.0.run: 'iris/bok'; did you mean 'iris/book'?",
        ),
        (
            "models.tree.errata",
            [DEFECT, DEFECT | {"shows": ["rows", "max_dept"]}],
            "models.tree.errata.1.shows: 'max_dept'; did you mean 'max_depth'?",
        ),
        (
            "models.tree.diagnose",
            {"parameter": "max_depth"},
            "diagnose: parameter and values go together",
        ),
        ("models.tree.shows", ["tre"], "shows.0: 'tre' is not known; did you mean 'tree'?"),
        ("models.tree.variants.book.search", {"space": {}}, "search.space: dictionary should have"),
        (
            "models.tree.variants.book.search",
            {"space": {"max_depth": []}},
            "search.space.max_depth: no values",
        ),
        (
            "models.tree.variants.book.search",
            {"space": {"max_depth": ["1e2"]}},
            "search.space.max_depth.0: YAML reads 1e2 as text",
        ),
        (
            "models.tree.variants.book.threshold",
            "f2",
            "threshold: 'f2' is not known; known: balanced_accuracy, f1",
        ),
        (
            "bias_variance",
            {"data": "iris", "models": {"tree": {"parameter": "max_depth", "values": [1]}}},
            "bias_variance.models.tree: does classification",
        ),
        (
            "bias_variance",
            {"data": "iris", "models": {"tre": {"parameter": "max_depth", "values": [1]}}},
            "bias_variance.models.tre: did you mean 'tree'?",
        ),
        ("models.tree.data", ["iris", "iris"], "'iris' stands there 2 times"),
        ("labs", {"../x": {"title": "t", "section": "s"}}, "'../x' becomes a folder"),
        ("labs", {"x": {"title": "t", "section": "s", "params": {"a": "1e2"}}}, "labs.x.params.a"),
        ("models", {"tree\n": GOOD["models"]["tree"]}, "becomes a folder"),
        ("models.tree.threads", 0, "threads: input should be greater than or equal to 1"),
        ("models.tree.variants", {}, "variants: dictionary should have at least 1 item"),
        ("models.tree.variants", {"A b": {}}, "'A b' becomes a folder"),
        (
            "models.tree.variants.book.book",
            {"iris": {"acuracy": FIGURE}},
            "did you mean 'accuracy'?",
        ),
        ("models.tree.variants.book.book", {"mnist": {}}, "book: 'mnist'; known: iris"),
        ("data.irsi", {"release": "bundled"}, "data.irsi: no such data set; did you mean 'iris'?"),
        ("data.iris.release", "uci", "data.iris.release: 'uci'; known: bundled"),
        ("data.iris.test_size", 1.5, "test_size: input should be less than 1; it is 1.5"),
        ("crossval", {"folds": 1}, "folds: input should be greater than or equal to 2"),
        ("watch", {"levle": 0.1}, "watch.levle: unknown key; did you mean 'level'?"),
        ("watch", {"rows": 5}, "watch.rows: input should be greater than or equal to 20"),
        ("watch", {"ignore": {"irsi": ["x"]}}, "watch.ignore.irsi: no such data set; did you mean"),
    ],
)
def test_a_fault_is_named_with_its_place(path: str, value: Any, message: str) -> None:
    with pytest.raises(HandbookError) as caught:
        reading.load(with_change(path, value))
    assert message in str(caught.value)


POPEN = {"class": "subprocess.Popen", "params": {"args": ["false"]}}
SWEEP = {"model": "tree", "space": {"max_depth": [1, 2]}}


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("models.tree.estimator", "subprocess.Popen", "models.tree.estimator"),
        ("models.tree.estimator", "Tree", "models.tree.estimator"),
        ("models.tree.variants.book.estimator", "os.system", "models.tree.variants.book.estimator"),
        ("models.tree.variants.book.params", {"a": POPEN}, "models.tree.variants.book.params.a"),
        (
            "models.tree.variants.book.params",
            {"a": {"class": "sklearn.svm.SVC", "params": {"b": [POPEN]}}},
            "models.tree.variants.book.params.a.params.b.0",
        ),
        (
            "models.tree.variants.book.tiers",
            {"demo": {"params": {"a": POPEN}}},
            "models.tree.variants.book.tiers.demo.params.a",
        ),
        (
            "models.tree.variants.book.search",
            {"space": {"a": [1, POPEN]}},
            "models.tree.variants.book.search.space.a.1",
        ),
        (
            "models.tree.diagnose",
            {"parameter": "max_depth", "values": [POPEN]},
            "models.tree.diagnose.0",
        ),
        ("judges", {"iris": JUDGE | {"estimator": "os.system"}}, "judges.iris.estimator"),
        ("judges", {"iris": JUDGE | {"params": {"a": POPEN}}}, "judges.iris.params.a"),
        ("sweeps", {"s": SWEEP | {"params": {"a": POPEN}}}, "sweeps.s.params.a"),
        ("sweeps", {"s": SWEEP | {"space": {"a": [POPEN]}}}, "sweeps.s.space.a.0"),
        (
            "sweeps",
            {"s": SWEEP | {"space": {"a": {"values": [POPEN]}}}},
            "sweeps.s.space.a.values.0",
        ),
    ],
)
def test_a_class_that_is_not_trusted_is_refused_wherever_it_stands(
    path: str, value: Any, where: str
) -> None:
    with pytest.raises(HandbookError) as caught:
        reading.load(with_change(path, value))
    lines = str(caught.value).splitlines()
    assert any(line.startswith(f"  {where}: ") and "import" in line for line in lines), lines


def test_what_one_model_trusts_is_not_trusted_for_another() -> None:
    tree = GOOD["models"]["tree"]
    foreign = tree | {"estimator": "lightgbm.LGBMClassifier"}
    trusting = foreign | {"trusted": ["lightgbm"]}
    with pytest.raises(HandbookError, match=r"models\.other\.estimator: .*not imported"):
        reading.load(with_change("models", {"tree": trusting, "other": foreign}))
    content = with_change("models", {"tree": trusting, "other": tree}) | {"trusted": ["xgboost"]}
    params = reading.load(content)
    specs = {name: run_spec(params, params.first(name)) for name in params.models}
    assert specs["tree"].trusted == ("xgboost", "lightgbm")
    assert specs["other"].trusted == ("xgboost",)
    again = reading.load(content | {"trusted": []})
    assert run_spec(again, params.first("tree")).work == run_spec(params, params.first("tree")).work


def test_a_model_has_no_name_of_a_data_set() -> None:
    changed = with_change("models.iris", GOOD["models"]["tree"])
    with pytest.raises(HandbookError, match=r"models\.iris: a data set has this name too"):
        reading.load(changed)


def test_every_fault_is_listed_at_once() -> None:
    changed = with_change("sed", 1)
    del changed["models"]["tree"]["title"]
    with pytest.raises(HandbookError, match="2 to mend") as caught:
        reading.load(changed)
    assert "models.tree.title: missing" in str(caught.value)


def test_the_shipped_schema_is_the_typed_config() -> None:
    shipped = json.loads((ROOT / "workflow/schemas/params.schema.json").read_text())
    assert shipped == reading.schema(), "run `make schema`"


def test_a_file_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("seed: 1\nseed: 2\n")
    for read in (reading.read, lambda path: reading.read_with(path, {})):
        with pytest.raises(HandbookError, match=r"params\.yaml:2: .*'seed' stands there twice"):
            read(path)


def test_a_catalogue_of_another_version_is_named_in_a_job(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps({"seed": 1}))
    with pytest.raises(HandbookError, match="labs: the section is missing"):
        reading.read(path)


@pytest.mark.parametrize("section", NOTHING)
def test_every_section_is_there_if_empty(section: str) -> None:
    assert list(reading.load(NOTHING).runs()) == []
    lacking = {key: value for key, value in NOTHING.items() if key != section}
    empty = "null" if section == "bias_variance" else r"\{\}"
    with pytest.raises(HandbookError, match=f"{section}: the section is missing.* {empty}"):
        reading.load(lacking)


def test_a_file_that_says_where_it_ends_may_leave_sections_out(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    own = {key: value for key, value in GOOD.items() if key not in EMPTY} | {"title": "Mine"}
    own["models"] = {
        name: {key: value for key, value in model.items() if key != "section"}
        for name, model in own["models"].items()
    }
    whole = yaml.safe_dump(own, sort_keys=False) + "...\n"
    path.write_text(whole)
    params = reading.read(path)
    assert params == reading.parse(whole)
    assert params.title == "Mine"
    assert (params.labs, params.bias_variance) == ({}, None)
    # Cut at the end of any line, with and without the last one, it is refused.
    lines = whole.splitlines(keepends=True)
    for number in range(1, len(lines)):
        path.write_text("".join(lines[:number]))
        with pytest.raises(HandbookError, match=r"params\.yaml"):
            reading.read(path)
    path.write_text(whole.removesuffix("...\n"))
    with pytest.raises(HandbookError, match=r"labs: the section is missing.*three dots"):
        reading.read(path)
    # An edit keeps the mark.
    edited = with_entries(whole, {("data",): {"iris": {"release": "bundled"}}})
    assert reading.parse(edited).data["iris"].release == "bundled"
    assert edited.endswith("\n...\n")


def test_the_shipped_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = (ROOT / "params.yaml").read_bytes()
    path = tmp_path / "params.yaml"
    last = whole.index(b"\nsweeps:")
    for size in range(0, last, 997):
        # At the end of a line too, where YAML alone sees nothing amiss.
        for cut in (whole[:size], whole[: whole.index(b"\n", size) + 1]):
            path.write_bytes(cut)
            with pytest.raises(HandbookError, match=r"params\.yaml"):
                reading.read(path)


def test_a_command_line_replaces_single_values(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(GOOD))
    given = {"tier": "demo", "crossval": {"folds": 2}, "sweeps": {"s": SWEEP}}
    params = reading.read_with(path, given)
    assert (params.tier, params.crossval.folds, list(params.sweeps)) == ("demo", 2, ["s"])
    assert params.models == reading.load(GOOD).models


@pytest.mark.parametrize(
    "change",
    [
        lambda name: ("models", {name: GOOD["models"]["tree"]}),
        lambda name: ("models.tree.variants", {name: {}}),
        lambda name: ("labs", {name: {"title": "t", "section": "s"}}),
        lambda name: ("sweeps", {name: SWEEP}),
    ],
)
def test_names_are_no_longer_than_files_allow(change: Any) -> None:
    reading.load(with_change(*change("a" * 60)))
    for length in (61, 300, 100_000):
        with pytest.raises(
            HandbookError, match=r"has .* letters and becomes a folder: use at most 60"
        ):
            reading.load(with_change(*change("a" * length)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"model": "tre"}, "model: 'tre'; did you mean 'tree'"),
        ({"data": "irs"}, "data: 'irs'; did you mean 'iris'"),
        ({"variants": ["book", "bok"]}, "variants: 'bok'; did you mean 'book'"),
        ({"variants": ["book"]}, "variants: list should have at least 2 items"),
    ],
)
def test_histories_side_by_side_are_of_runs_that_exist(changes, told) -> None:
    asked = {"title": "T", "model": "tree", "data": "iris", "variants": ["book", "book"]}
    asked |= {"curves": ["loss"]} | changes
    with pytest.raises(HandbookError, match=told):
        reading.load(GOOD | {"side_by_side": {"both": asked}})
