from __future__ import annotations

import copy
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from tests.report.made_crowd import crowd
from tests.report.made_predictions import many_classes, two_classes
from tests.report.made_results import Made
from tests.report.page import Page, bytes_of, read

from handbook.core.errors import HandbookError
from handbook.core.files import read_json, write_json
from handbook.report.site.assets import scripts, styles
from handbook.report.site.pages import pages, templates


@pytest.fixture(scope="module")
def site(furnished: Made) -> dict[str, Page]:
    return read(furnished.report)


# --- the whole ----------------------------------------------------------------------------------


def test_the_declared_pages_and_the_figures_of_finished_runs_are_all_there_is(
    furnished: Made,
) -> None:
    catalogue = furnished.catalogue
    sections = [
        one["section"] for part in ("models", "labs", "claims") for one in catalogue[part].values()
    ]
    declared = set(
        pages(
            catalogue["models"],
            catalogue["data"],
            catalogue["labs"],
            sections,
            claims=catalogue["claims"],
            watched=["bank-marketing", "boston-housing"],
        )
    )
    drawn = {
        f"figures/{path.parent.parent.relative_to(furnished.results / 'models')}/{path.name}"
        for path in furnished.results.glob("models/*/*/*/figures/*.svg")
    }
    assert drawn
    drawn |= {
        f"figures/{path.parent.parent.relative_to(furnished.results)}/{path.name}"
        for path in furnished.results.glob("diagnose/*/*/figures/*.svg")
    }
    drawn |= {"figures/bias-variance/figure.svg", "figures/labs/linear-regression-toy/figure.svg"}
    drawn |= {"figures/claims/escape-local-minima/figure.svg"}
    assert set(bytes_of(furnished.report)) == declared | drawn


def test_every_link_and_every_image_leads_somewhere(site: dict[str, Page]) -> None:
    for page in site.values():
        targets = [a["href"] for a in page.all("a")] + [link["href"] for link in page.all("link")]
        for target in [*targets, *(image["src"] for image in page.all("img"))]:
            found = urlsplit(target)
            if found.scheme:
                continue
            path = page.path.parent / unquote(found.path) if found.path else page.path
            assert path.is_file(), (page.path, target)
            if found.fragment:
                ids = Page(path).ids
                assert found.fragment in ids, (page.path, target)


def test_nothing_is_loaded_from_elsewhere(site: dict[str, Page], furnished: Made) -> None:
    for page in site.values():
        assert page.all("iframe") == []
        loaded = [link["href"] for link in page.all("link")]
        loaded += [image["src"] for image in page.all("img")]
        loaded += [script["src"] for script in page.all("script") if "src" in script]
        assert {urlsplit(target).scheme for target in loaded} <= {"", "data"}
    for name in styles():
        style = (furnished.report / name).read_text()
        assert "url(" not in style
        assert "@import" not in style
    for name in scripts():
        script = (furnished.report / name).read_text()
        assert not re.search(r"\bfetch\(|XMLHttpRequest|\bimport\b|</script", script), name


def test_every_page_loads_all_styles_and_scripts_in_one_order(site: dict[str, Page]) -> None:
    for page in site.values():
        linked = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
        root = "../" * page.path.relative_to(site["index.html"].path.parent).as_posix().count("/")
        assert linked == [root + name for name in styles()]
        loaded = [script["src"] for script in page.all("script") if "src" in script]
        assert loaded == [root + name for name in scripts()]
    assert styles()[:2] == ["assets/uplot/uPlot.min.css", "assets/base.css"]
    assert scripts()[0] == "assets/uplot/uPlot.iife.min.js"


def test_pages_can_be_read_by_keyboard_and_by_ear(site: dict[str, Page]) -> None:
    for name, page in site.items():
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("h1")) == 1, name
        assert page.all("title")
        assert page.all("a")[0]["href"] == "#main"
        assert len(page.ids) == len(set(page.ids)), name
        assert len(page.all("caption")) == len(page.all("table"))
        assert all("scope" in header for header in page.all("th"))
        assert all(image["alt"] for image in page.all("img"))
        labelled = [a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a]
        assert {one for names in labelled for one in names.split()} <= set(page.ids)
        regions = [a for _, a in page.tags if a.get("role") == "region"]
        assert all(region["tabindex"] == "0" and region["aria-label"] for region in regions)


def test_the_same_results_give_the_same_bytes(furnished: Made) -> None:
    again = furnished.results / "again"  # beside the first: links to results are the same
    try:
        assert bytes_of(furnished.build(again)) == bytes_of(furnished.report)
    finally:
        shutil.rmtree(again, ignore_errors=True)


def test_a_report_elsewhere_names_the_files_of_results_without_a_link(
    furnished: Made, tmp_path: Path
) -> None:
    elsewhere = Page(furnished.build(tmp_path / "report") / "models/ridge.html")
    assert "metrics.json, predictions.arrow" in elsewhere.words
    assert not any("metrics.json" in a["href"] for a in elsewhere.all("a"))


def test_a_report_replaces_the_earlier_one_as_a_whole(furnished: Made, tmp_path: Path) -> None:
    output = tmp_path / "report"
    output.mkdir()
    (output / "stale.html").write_text("old")
    furnished.build(output)
    assert not (output / "stale.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_report_that_cannot_be_made_leaves_the_earlier_one(
    furnished: Made, tmp_path: Path
) -> None:
    made = Made(tmp_path, catalogue=furnished.catalogue)
    shutil.copytree(furnished.results, made.results)
    before = bytes_of(made.report)
    broken = made.run_dir("ridge", "boston-housing") / "metrics.json"
    broken.write_text("{")
    with pytest.raises(HandbookError, match=r"metrics\.json: not a whole JSON file"):
        made.build()
    assert bytes_of(made.report) == before


def test_templates_are_what_lies_in_the_package() -> None:
    names = {path.name for path in templates()}
    assert {"base.html", "index.html", "base.css", "tables.js"} <= names


# --- cases of their own -------------------------------------------------------------------------


def test_sample_data_is_announced_on_every_page_and_real_data_on_none(
    made: Callable[..., Made],
) -> None:
    for sample in (True, False):
        one = made(str(sample), sample=sample)
        one.data("iris", "Iris")
        one.model("svc", "Support vectors", "classification", ["iris"])
        one.run(
            "svc", "iris", classes=("a", "b", "c"), draw_figures=False, **many_classes(50, 3, 2)
        )
        one.lab("corr2d", "Correlation", [])
        for page in read(one.build()).values():
            banners = [a for tag, a in page.tags if a.get("class") == "banner"]
            assert len(banners) == sample, page.path
            assert ("Generated sample data." in page.words) == sample


def test_hostile_names_stay_text(made: Callable[..., Made]) -> None:
    evil = "<script>alert('&\"')</script>"
    one = made()
    one.data(
        "iris", evil, classes={evil: {"train": 1, "test": 1}}, target=evil, notes=evil,
        homepage="javascript:alert(1)", licence=evil, citation=evil, release=evil,
        columns=[{"name": evil, "type": "category", "missing": 0, "distinct": 1,
                  "top": [[evil, 1]]}],
        raw=[{"file": evil, "bytes": 1, "sha256": evil}],
    )  # fmt: skip
    one.model("svc", evil, "classification", ["iris"], section=evil, estimator=evil)
    one.model("mlp", evil, "classification", ["iris"])
    one.run(
        "svc", "iris", classes=("no", evil), target=evil, params={evil: evil},
        preprocess={evil: evil}, **two_classes(60, 1, base=0.5),
    )  # fmt: skip
    one.failed("mlp", "iris", evil)
    one.lab("corr2d", evil, [])
    for page in read(one.build()).values():
        text = page.path.read_text()
        assert "<script>alert" not in text
        assert len(page.all("script")) == text.count("<script")
        # these have nothing to name here
        nameless = (
            "overfitting.html", "accuracy.html", "errata.html", "race.html", "monitoring.html",
        )  # fmt: skip
        assert (evil in page.words) != (page.path.name in nameless)
        assert not any(a["href"].startswith("javascript") for a in page.all("a"))


def test_an_empty_folder_gives_a_report_that_says_so(made: Callable[..., Made]) -> None:
    one = made()
    one.model("svc", "Support vectors", "classification", ["iris"])
    one.catalogue["data"]["iris"] = "bundled"
    site = read(one.build())
    assert "1 run of 1 model on 1 data set: 0 finished, 1 not run" in site["index.html"].words
    assert "no profile of this data set" in site["data/iris.html"].words
    assert "has not been validated" in site["data/iris.html"].words
    assert "no run has finished" in site["made.html"].words


def test_an_empty_catalogue_gives_a_report_too(made: Callable[..., Made]) -> None:
    words = read(made().build())["index.html"].words
    assert "The catalogue names no models" in words
    assert "The catalogue names no labs" in words


def test_results_that_the_catalogue_does_not_ask_for_are_left_out(
    furnished: Made, tmp_path: Path
) -> None:
    fewer = dict(furnished.catalogue)
    fewer["models"] = {"ridge": furnished.catalogue["models"]["ridge"]}
    made = Made(furnished.root, catalogue=fewer)
    site = read(made.build(tmp_path / "report"))
    assert "models/lasso.html" not in site
    assert "Lasso" not in site["index.html"].words


def test_runs_made_with_different_versions_are_pointed_out(made: Callable[..., Made]) -> None:
    one = made()
    one.data("iris", "Iris")
    one.model(
        "svc", "Support vectors", "classification", ["iris"], variants={"book": {}, "new": {}}
    )
    for variant in ("book", "new"):
        folder = one.run(
            "svc", "iris", variant, classes=("no", "yes"), cv=False, draw_figures=False,
            **two_classes(60, 1),
        )  # fmt: skip
    record = read_json(folder / "run.json")
    record["versions"]["numpy"] = "1.0"
    write_json(folder / "run.json", record)
    words = read(one.build())["made.html"].words
    assert "numpy 2.4.6 and 1.0 runs differ" in words
    assert "No figures were drawn" in read(one.report)["models/svc.html"].words


def one_run(make: Callable[..., Made], name: str = "made", **run: Any) -> Made:
    one = make(name)
    one.data("iris", "Iris")
    one.model("svc", "Support vectors", "classification", ["iris"])
    one.run("svc", "iris", classes=("a", "b", "c"), **many_classes(50, 3, 2), **run)
    return one


def test_a_run_out_of_date_is_shown_as_such_and_counts_nowhere(made: Callable[..., Made]) -> None:
    one = one_run(made)
    (one.results / "data" / "iris" / "accepted.json").unlink()
    site = read(one.build())
    words = site["index.html"].words
    assert "0 finished, 1 out of date." in words
    assert "book Iris out of date its data is not accepted" in words.replace("\xa0", " ")
    assert "There are results, but its data is not accepted" in site["models/svc.html"].words
    assert not (one.report / "figures").exists()
    assert "iris / book out of date" in site["made.html"].words
    assert "no run has finished" in site["made.html"].words
    assert "failed" not in words


def test_folds_of_other_rows_are_not_shown(made: Callable[..., Made]) -> None:
    one = one_run(made)
    path = one.results / "cv" / "svc" / "iris" / "book.json"
    write_json(path, read_json(path) | {"data_digests": {"train": "other"}})
    assert "not cross-validated" in read(one.build())["models/svc.html"].words


def test_runs_keep_the_commit_and_the_tier_that_made_them(made: Callable[..., Made]) -> None:
    one = one_run(made)
    one.catalogue["tier"] = "full"
    path = one.run_dir("svc", "iris") / "context.json"
    write_json(path, read_json(path) | {"commit": "c0ffee", "dirty": True})
    site = read(one.build())
    words = site["made.html"].words
    assert "Commit of this report 4f1c2d9a0b7e6c5d8f3a2b1c0d9e8f7a6b5c4d3e " in words
    assert "Commits of the runs c0ffee with uncommitted changes (1 run)" in words
    assert "Tier (how much is run) full" in words
    assert "Python 3.11.7 Snakemake 9.0.0 DVC 3.60.0" in words
    assert "Tier (how much is run) standard" in site["models/svc.html"].words


def test_a_shortened_run_says_so_wherever_its_numbers_stand(made: Callable[..., Made]) -> None:
    folder = one_run(made)
    assert "shortened" not in read(folder.build())["data/iris.html"].words.lower()
    changed = {"compile": [None, True], "epochs": [3, 10000], "share": [0.011, 1.0]}
    folder.catalogue["models"]["svc"]["variants"]["book"]["shortened"] = changed
    site = read(folder.build())
    for page in ("index.html", "data/iris.html", "models/svc.html", "chapters/2.html"):
        assert "shortened: 1.1 % of the data" in site[page].words, page
        assert not re.search('"badge yes" title[^>]*>yes', site[page].path.read_text()), page
    words = site["models/svc.html"].words
    assert "Shortened run: 1.1 % of the data; 3 of 10,000 epochs. A whole run" in words
    assert "compile" not in words


def test_a_verdict_of_one_split_looks_unlike_one_of_folds(made: Callable[..., Made]) -> None:
    folds, split = one_run(made), one_run(made, "split", cv=False)
    assert "test rows only" not in read(folds.build())["models/svc.html"].words
    page = read(split.build())["models/svc.html"]
    assert "yes, test rows only" in page.words
    assert "badge yes" not in [tag.get("class") for tag in page.all("span")]


def test_tools_are_known_without_importing_them() -> None:
    code = (
        "import sys; from handbook.report.site.build import tools; found = tools();"
        "assert not {'snakemake', 'dvc'} & set(sys.modules); print(*found, *found.values())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Python Snakemake DVC 3.")


def test_the_primary_metric_without_folds_follows_from_the_classes(
    made: Callable[..., Made],
) -> None:
    one = made()
    one.data(
        "iris", "Iris", classes={"no": {"train": 1, "test": 1}, "yes": {"train": 1, "test": 1}}
    )
    one.model("svc", "Support vectors", "classification", ["iris"])
    one.run("svc", "iris", classes=("no", "yes"), cv=False, **two_classes(60, 1))
    words = read(one.build())["data/iris.html"].words
    assert "no run has folds, so none is ranked" in words
    assert "ROC AUC, test rows" in words


def test_without_the_pair_of_data_sets_no_page_speaks_of_leakage(made: Callable[..., Made]) -> None:
    site = read(one_run(made).build())
    assert "leakage.html" not in site
    assert "Leakage" not in site["index.html"].words


def test_curves_of_other_settings_are_not_shown(furnished: Made, tmp_path: Path) -> None:
    catalogue = copy.deepcopy(furnished.catalogue)
    catalogue["work"]["ridge/boston-housing/book"] = "other"
    read(Made(furnished.root, catalogue=catalogue).build(tmp_path / "report"))
    assert not (tmp_path / "report/figures/diagnose/ridge").exists()
    assert (tmp_path / "report/figures/diagnose/svc-linear").exists()


def test_a_hundred_runs_make_a_short_front_page(tmp_path: Path) -> None:
    one = crowd(Made(tmp_path))
    site = read(one.build())
    index = site["index.html"]
    assert "112 runs of 19 models on 6 data sets: 112 finished" in index.words
    best = [a for a in index.all("a") if a.get("aria-label", "").startswith("all ")]
    assert len(best) == 6
    assert "Chapter 7: Radial basis function networks" in index.words
    assert index.path.stat().st_size < 60_000
    board = site["data/boston-housing.html"].words.replace("\xa0", " ")
    # gone astray: behind the dummy, and not judged to beat it
    assert board.index("Dummy looks at no feature") < board.index("20 Linear regression tuned")
    assert "Boston housing: Linear regression tuned." in index.words.replace("\xa0", " ")
