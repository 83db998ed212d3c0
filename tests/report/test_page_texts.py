"""What the pages of a furnished results folder say."""

from __future__ import annotations

import ast
import html
import re

import pytest
from tests.report.made_results import Made
from tests.report.page import Page, read

from handbook.core.files import read_json


@pytest.fixture(scope="module")
def site(furnished: Made) -> dict[str, Page]:
    return read(furnished.report)


def test_the_overview_counts_and_compares(site: dict[str, Page]) -> None:
    words = site["index.html"].words
    assert "13 runs of 8 models on 6 data sets: 10 finished, 1 failed, 2 not run" in words
    assert "By their folds, 9 of 9 are clearly better than the dummy, a guess that looks" in words
    assert "The run without folds is better than it on one split of the rows" in words
    assert "RBF" not in words
    printed = "accuracy 0.88, ours 0.8849 Radial basis function network"
    assert printed in words.replace("\xa0", " ")
    assert "1 of 3 expectations fail" in words


def test_the_front_page_opens_with_findings_and_their_numbers(site: dict[str, Page]) -> None:
    words = site["index.html"].words
    opening = words[words.index("What came out") : words.index("The best on each data set")]
    for said in (
        "88.5 % accuracy comes from always naming “no” 2 of 5 runs on Bank marketing",
        "−0.088 ROC AUC without the column duration",
        "0.8412 → 0.8344 accuracy of LeNet, printed and measured",
        "4 statements of the book do not hold",
    ):
        assert said in opening


def test_a_models_page_says_what_it_is_and_what_came_out(site: dict[str, Page]) -> None:
    words = site["models/ridge.html"].words
    assert words.index("Least squares with a penalty") < words.index("Runs by their primary metric")
    words = site["models/svc-linear.html"].words.replace("\xa0", " ")
    assert (
        "Bank marketing: ROC AUC 0.886 with tuned, place 2 of 4 cross-validated runs, not to be "
        "told apart from the first, Logistic regression book. Searching takes ROC AUC from 0.871 "
        "to 0.886: clearly better (p < 0.001, adjusted for all searches)."
    ) in words
    assert "Differs from book in threshold = −0.77 (none)." in words


def test_a_data_sets_page_shows_rows_then_ranks_then_explains(site: dict[str, Page]) -> None:
    words = site["data/bank-marketing.html"].words
    order = [
        "A Portuguese bank called", "Some of the rows", "Leaderboard: classification",
        "age age in years", "Validation", "Every expectation: 3 expectations that hold", "Licence",
    ]  # fmt: skip
    assert [words.index(part) for part in order] == sorted(words.index(part) for part in order)
    pictures = site["data/fashion-mnist.html"].all("img")
    assert len([one for one in pictures if one["src"].startswith("data:")]) == 16
    assert "train: When shall we three meet again?" in site["data/macbeth.html"].words


def test_a_labs_page_has_claim_outcome_and_picture_before_its_table(site: dict[str, Page]) -> None:
    words = site["labs/corr2d.html"].words
    order = [
        "Correlate a square", "1 of 3 results is not what the book has.", "Where the book differs",
        "Verdict on the book", "What the book’s listing does", "def compute(",
        "handbook lab corr2d",
    ]  # fmt: skip
    assert [words.index(part) for part in order] == sorted(words.index(part) for part in order)
    page = site["labs/linear-regression-toy.html"]
    tags = [tag for tag, _ in page.tags]
    assert tags.index("img") < tags.index("table")


def test_a_models_page_has_metrics_parameters_folds_and_digests(
    site: dict[str, Page], furnished: Made
) -> None:
    page = site["models/logistic-regression.html"]
    folder = furnished.run_dir("logistic-regression", "bank-marketing")
    metrics = read_json(folder / "metrics.json")["metrics"]
    assert f"{metrics['roc_auc']:.4f}" in page.words
    assert f"{metrics['roc_auc']:.3f} [" in page.words
    for said in ("max_iter", "onehot", "Scores of each fold", "job key", "scikit-learn 1.9.1"):
        assert said in page.words
    assert read_json(folder / "run.json")["job_key"] in page.words
    images = page.all("img")
    assert [image["src"].rsplit("/", 1)[1] for image in images] == [
        "roc.svg", "precision-recall.svg", "confusion.svg", "calibration.svg",
    ]  # fmt: skip
    assert images[0]["alt"] == f"ROC curve: AUC {metrics['roc_auc']:.4f}"


def test_a_models_page_begins_with_its_runs_side_by_side(site: dict[str, Page]) -> None:
    words = site["models/svc-linear.html"].words
    assert words.index("Runs by their primary metric") < words.index("Does it over- or underfit?")
    table = words[words.index("Runs by their primary metric") : words.index("Does it over-")]
    assert table.count("ROC AUC") == 4
    assert "Bank marketing, realistic book ROC AUC" in table
    assert "max_iter = 1000" in table
    assert table.count("found: C = 1 , threshold −0.770".replace(" ,", ",")) == 2


def test_a_models_page_says_where_a_variant_departs_from_the_book(site: dict[str, Page]) -> None:
    page = site["models/lenet.html"]
    assert "book departs from the book: images are passed over once an epoch" in page.words
    assert "an epoch (lines 4845, 4856 of its text)." in page.words
    assert ": garments lie on <black>." in page.words
    assert {"href": "../data/fashion-mnist.html"} in page.all("a")
    for name in ("models/lasso.html", "models/rbf-network.html"):
        assert "departs from the book" not in site[name].words


def test_a_models_runs_fold_away_and_its_best_is_open(site: dict[str, Page]) -> None:
    page = site["models/svc-linear.html"]
    runs = [a for a in page.all("details") if a.get("class") == "run"]
    assert ["open" in run for run in runs] == [False, True, False, False]
    assert "bank-marketing-realistic-tuned" in page.ids
    assert all(image["loading"] == "lazy" for image in page.all("img"))


def test_a_search_says_what_it_tried_and_what_each_fold_chose(site: dict[str, Page]) -> None:
    words = site["models/svc-linear.html"].words
    assert "Searched on 3 splits of at most 4,000 training rows: every setting out of C in" in words
    assert "Every setting that was tried (4)" in words
    tried = words[words.index("Every setting that was tried") :]
    assert "1 0.9020 0.0040 10 0.9010 0.0040 0.1 0.8930" in tried  # best first
    assert "from a score of −0.770 on; chosen on the same splits" in words
    assert "by models of at most 4,000 rows, for balanced accuracy" in words
    chosen = words[words.index("the search ran anew on each fold") :]
    assert chosen.index("C = 10") < chosen.index("C = 0.1")
    assert "◆" in words


def test_other_schemes_of_cross_validation_stand_beside_the_folds(site: dict[str, Page]) -> None:
    words = site["models/ridge.html"].words
    assert "5 folds, 5 times" in words
    assert "Leave one out (404 rows)" in words
    assert "4.70 [4.30, 5.10] 0.15 4.650 0.11" in words
    assert "0.700 0.020 0.7100 –" in words  # neither interval nor standard error


def test_curves_stand_on_the_models_page_and_on_that_of_over_and_underfitting(
    site: dict[str, Page],
) -> None:
    for name, n in (("models/ridge.html", 1), ("overfitting.html", 3)):
        images = [image["src"] for image in site[name].all("img")]
        assert sum("diagnose/" in image for image in images) == 2 * n, name
    assert any("bias-variance/figure.svg" in image for image in images)
    assert {"href": "models/ridge.html#curves"} in site["overfitting.html"].all("a")


def test_a_data_sets_page_ranks_all_runs_with_the_dummy_among_them(site: dict[str, Page]) -> None:
    words = site["data/boston-housing.html"].words.replace("\xa0", " ")
    board = words[words.index("Leaderboard: regression") : words.index("Which models really")]
    places = [board.index(name) for name in ("1 Ridge regression", "2 Lasso", "Dummy looks at")]
    assert places == sorted(places)
    failed = site["data/bank-marketing.html"].words
    assert "failed HandbookError: bank-marketing: memory ran out" in failed


def test_a_data_sets_page_says_which_models_really_differ(site: dict[str, Page]) -> None:
    page = site["data/bank-marketing.html"]
    words = page.words.replace("\xa0", " ")
    assert "cannot be told apart from" in words
    cells = [a for a in page.all("td") if "cell" in a.get("class", "").split()]
    assert len(cells) == 4 * 3 / 2  # each pair once
    assert {cell["title"].split(";")[0] for cell in cells} == {"p < 0.001", "p = 0.31"}
    assert any("; could have been seen: " in cell["title"] for cell in cells)
    assert "Cannot be told apart is no evidence that two models are equal" in words
    better = [cell for cell in cells if "better" in cell["class"].split()]
    assert {cell["title"].split(";")[0] for cell in better} == {"p < 0.001"}
    assert words.count("▲") == len(better) + 1  # the caption explains it


def test_the_page_on_leakage_has_both_figures_and_their_difference(
    site: dict[str, Page], furnished: Made
) -> None:
    page = site["leakage.html"]
    found = {
        (data, variant): read_json(furnished.results / "cv/svc-linear" / data / f"{variant}.json")
        for data in ("bank-marketing", "bank-marketing-realistic")
        for variant in ("book", "tuned")
    }
    drops = []
    for variant in ("book", "tuned"):
        with_it = found["bank-marketing", variant]["mean"]["roc_auc"]
        without = found["bank-marketing-realistic", variant]["mean"]["roc_auc"]
        drops.append(without - with_it)
        assert f"−{with_it - without:.3f}" in page.words
    assert f"changes by −{-sum(drops) / 2:.3f} when the column is left out" in page.words


def test_an_undefined_metric_says_why(site: dict[str, Page]) -> None:
    words = site["models/rbf-network.html"].words
    assert "precision is undefined: no row was predicted as the positive class" in words


def test_a_run_without_cross_validation_says_so(site: dict[str, Page]) -> None:
    assert "not cross-validated" in site["models/rbf-network.html"].words


def test_a_failed_run_shows_its_error_on_both_pages(site: dict[str, Page]) -> None:
    assert "failed HandbookError: bank-marketing: memory ran out" in site["index.html"].words
    assert "memory ran out at row 12 <of> many" in site["models/svc.html"].words


def test_a_run_that_never_ran_says_so(site: dict[str, Page]) -> None:
    assert "There are no results of this run" in site["models/mlp.html"].words


def test_a_failed_expectation_comes_first_with_its_remedy(site: dict[str, Page]) -> None:
    words = site["data/credit-approval.html"].words
    assert "1 of 3 expectations do not hold" in words
    for said in ("7, 19, 44", "[7, 12.5, 17]", "delete data/raw/credit-approval"):
        assert said in words
    table = words[words.index("Every expectation: 2 expectations that hold, and 1 that does not") :]
    assert table.index("Customers are adults") < table.index("known number of rows")


def test_data_pages_show_each_kind(site: dict[str, Page]) -> None:
    assert "blue-collar (9,732)" in site["data/bank-marketing.html"].words
    assert "28 × 28 pixels" in site["data/fashion-mnist.html"].words
    assert "3,000 training, 330 test" in site["data/macbeth.html"].words
    assert "23 characters" in site["data/macbeth.html"].words


def test_a_lab_shows_computed_expected_and_printed(site: dict[str, Page]) -> None:
    words = site["labs/corr2d.html"].words
    # What was computed, what was expected and what is printed are one value here, and stand once.
    assert (
        "[[19, 25], [37, 43]] as expected: scipy.signal.correlate2d the same printed, line 5289 "
        "agrees"
    ) in words
    assert (
        "0.312346 as expected: closed form; within 10⁻⁶ 3 given by its listing, which has no "
        "seed: ours is 5; lines 3110 and 3112 book differs"
    ) in words
    # The legend tells the three apart.
    assert "what it prints, with its own digits; what its listing gives when it is run; or" in words
    assert (
        "saddle (gives another number): the book's listing is wrong. "
        "This project computes it in closed form." in words
    )
    assert "no result of this lab" in site["labs/padding.html"].words


def test_the_page_on_its_making_has_graph_digests_and_versions(site: dict[str, Page]) -> None:
    page = site["made.html"]
    for said in ("4f1c2d9a0b7e6c5d", "bank.zip", "0123456789abcdef", "numpy", "3.1.6"):
        assert said in page.words
    assert (
        "track collect, draw, train"
        not in page.words.replace("brings every run into MLflow", "")[:0]
    )
    assert len(page.all("rect")) == 10


def test_the_page_on_its_making_says_where_the_time_goes(site: dict[str, Page]) -> None:
    words = site["made.html"].words
    assert "All 3 jobs, each as it last ran, laid out on 2 cores." in words
    assert "Work 2 min 37 s" in words
    assert (
        "Critical path 1 min 17 s: train/svc/bank-marketing/book 1 min 15 s, then collect" in words
    )
    assert "train 2 2 min 35 s 3 s train/svc/bank-marketing/book, 1 min 15 s" in words
    # Rules without a job have a row too, so that pages differ by what was measured alone.
    assert "acquire – – – –" in words


def test_code_is_shown_as_it_is_written(site: dict[str, Page]) -> None:
    text = "".join(page.path.read_text() for page in site.values())
    blocks = re.findall(r'<pre class="code"[^>]*><code>(.*?)</code></pre>', text, re.DOTALL)
    for block in blocks:
        ast.parse(html.unescape(block))
    assert "-1" in "".join(blocks)
