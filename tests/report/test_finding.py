"""Search, menu, tables, files to take along and accessibility, as a reader meets them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.report.browsing import IN_A_BROWSER, PHONE
from tests.report.made_context import CONTEXT, GRAPH
from tests.report.made_results import Made

from handbook.report.site.build import build_single

DARK, LIGHT = "rgb(20, 23, 26)", "rgb(252, 252, 250)"

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = IN_A_BROWSER


def address(page: Any, furnished: Made) -> str:
    """Return where a page is, from the report's root."""
    return str(page.url).removeprefix(f"{furnished.report.as_uri()}/")


def background(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


# --- search -------------------------------------------------------------------------------------


def test_a_slash_searches_and_keys_lead_to_what_was_found(
    opened: Callable[..., Any], furnished: Made
) -> None:
    page = opened("labs/corr2d.html")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search the report")
    options = page.get_by_role("option")
    sync_api.expect(options.first).to_contain_text("Results")  # the menu, before anything is typed
    page.keyboard.type("lasso")
    sync_api.expect(options.first).to_contain_text("Lasso Model")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    assert options.first.get_attribute("aria-selected") == "false"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/lasso.html")
    assert address(page, furnished) == "models/lasso.html"


def test_escape_closes_the_search_and_a_slash_in_a_field_is_a_slash(
    opened: Callable[..., Any],
) -> None:
    page = opened("made.html")
    opener = page.get_by_role("button", name="Search")
    opener.click()
    field = page.get_by_role("combobox")
    sync_api.expect(field).to_be_focused()
    page.keyboard.type("a/b")
    assert field.input_value() == "a/b"
    page.keyboard.press("Escape")
    sync_api.expect(field).to_be_hidden()
    sync_api.expect(opener).to_be_focused()


def test_what_newcomers_type_is_found_first(opened: Callable[..., Any]) -> None:
    page = opened("index.html")
    page.keyboard.press("/")
    field, first = page.get_by_role("combobox"), page.get_by_role("option").first
    for typed, expected in [
        ("overfitting", "Overfitting Page"),
        ("what is a dummy?", "Dummy Word"),
        ("lenet", "LeNet Model"),
        ("svm", "support vector machine"),
        ("suport vector machin", "upport vector machine"),
        ("roc auc", "ROC AUC Metric"),
        ("accuracy", "Accuracy Page"),
        ("r2", "R² Metric"),
        ("house prices", "Boston housing Data set"),
        ("shakespeare", "Macbeth Data set"),
        ("clothes", "Fashion-MNIST Data set"),
        ("balance", "balance Column"),
        ("regularization", "Ridge|Lasso"),
        ("regularisation", "Ridge|Lasso"),
        ("3.13", "LeNet Model"),
        ("chapter 4", "Chapter 4"),
        ("local minima", "Claim"),
        ("errors in the book", "Errata Page"),
        ("neural network", "LeNet|Multilayer perceptron|Radial basis function network"),
        ("how was this made", "How it was made Page"),
    ]:
        field.fill(typed)
        sync_api.expect(first).to_contain_text(re.compile(expected), timeout=30000)
    field.fill("qwertyuiop")
    sync_api.expect(page.get_by_role("status").last).to_have_text("no results")


def test_everything_that_is_found_is_there(furnished: Made) -> None:
    text = (furnished.report / "search/entries.js").read_text()
    entries = json.loads(text.removeprefix("var searchEntries = ").removesuffix(";\n"))
    assert {entry[0] for entry in entries} >= {
        "Page", "Chapter", "Model", "Data set", "Column", "Metric", "Parameter", "Worked example",
        "Claim", "Run", "Erratum", "Word",
    }  # fmt: skip
    pages: dict[str, str] = {}
    for _, title, target, *_ in entries:
        page, _, anchor = target.partition("#")
        if page not in pages:
            pages[page] = (furnished.report / page).read_text()
        assert not anchor or f' id="{anchor}"' in pages[page], (title, target)


# --- menu ---------------------------------------------------------------------------------------


def test_the_menu_marks_the_section_and_the_chapter_and_leads_on(
    opened: Callable[..., Any], furnished: Made
) -> None:
    page = opened("models/svc-linear.html")
    marked = page.locator("header [aria-current]").all_inner_texts()
    assert marked[0] == "Models"
    assert len(marked) == 2
    assert marked[1].startswith("2 Machine learning")
    after = page.get_by_role("navigation", name="Before and after").get_by_role("link").last
    title = after.inner_text().removesuffix(" →")
    after.click()
    assert page.get_by_role("heading", level=1).inner_text() == title
    page.locator("[rel=prev]").first.click()
    assert address(page, furnished) == "models/svc-linear.html"
    phone = opened("models/svc-linear.html", viewport=PHONE)
    assert "Machine" not in phone.locator(".chapters").inner_text()


def test_a_heading_has_a_sign_that_links_to_it(opened: Callable[..., Any], furnished: Made) -> None:
    page = opened("data/bank-marketing.html")
    page.get_by_role("link", name="Link to “Validation”").click()
    assert address(page, furnished) == "data/bank-marketing.html#validation"


def test_colours_can_be_chosen_and_stay_but_not_on_paper(opened: Callable[..., Any]) -> None:
    page = opened("index.html", color_scheme="dark")
    assert background(page) == DARK
    button = page.get_by_role("button", name=re.compile("^Colours"))
    button.click()
    assert background(page) == LIGHT
    button.click()
    assert background(page) == DARK
    page.emulate_media(color_scheme="light")
    assert background(page) == DARK
    page.get_by_role("link", name="Models", exact=True).click()
    page.wait_for_url("**/models.html")
    sync_api.expect(page.locator("body")).to_have_css("background-color", DARK)
    page.emulate_media(media="print")
    ink = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('color-scheme')"
    )
    assert ink == "light"


def test_pages_are_whole_without_scripts(opened: Callable[..., Any]) -> None:
    page = opened("made.html", java_script_enabled=False)
    assert page.locator("button:visible").count() == 0
    assert page.locator("header nav a").count() > 10
    page.locator("#jobs ~ details summary").click()
    digest = page.locator("#jobs ~ details .digest").last
    assert re.fullmatch(r"[0-9a-f]{64}", digest.inner_text())


# --- tables -------------------------------------------------------------------------------------


def test_a_wide_table_leaves_the_column_of_the_text_and_keeps_the_page_in_the_window(
    opened: Callable[..., Any],
) -> None:
    for width in (400, 1300, 1900):
        page = opened("data/bank-marketing.html", viewport={"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        box = page.locator(".scroll:has(.board)").first
        inside = page.evaluate("e => e.scrollWidth - e.clientWidth", box.element_handle())
        column = page.locator("main h1").bounding_box()["width"]
        if width == 400:
            assert inside > 1
        if width == 1900:
            assert inside <= 1
            assert box.bounding_box()["width"] > column


def test_what_names_a_row_stays_in_sight_and_edges_tell_of_more(
    opened: Callable[..., Any],
) -> None:
    page = opened("data/bank-marketing.html", viewport=PHONE)
    box = page.locator(".scroll:has(.board)").first
    name = box.locator("tbody th").first
    sync_api.expect(box).to_have_attribute("data-more", "right")
    assert box.get_attribute("tabindex") == "0"
    box.evaluate("e => { e.scrollLeft = 200; }")
    sync_api.expect(box).to_have_attribute("data-more", "left right")
    left = box.bounding_box()["x"]
    assert abs(name.bounding_box()["x"] - left) < 2
    assert abs(box.locator("thead th").nth(1).bounding_box()["x"] - left) < 2
    box.evaluate("e => { e.scrollLeft = 9999; }")
    sync_api.expect(box).to_have_attribute("data-more", "left")


def test_rows_are_sorted_turned_and_set_back(opened: Callable[..., Any]) -> None:
    page = opened("data/bank-marketing.html")
    board = page.locator(".board").first
    names = board.locator("tbody th")
    before = names.all_inner_texts()
    heading = board.get_by_role("button", name="Model")
    heading.click()
    rising = names.all_inner_texts()
    assert rising == sorted(before, key=str.casefold)
    heading.click()
    assert names.all_inner_texts() == rising[::-1]
    heading.click()
    assert names.all_inner_texts() == before


def test_rows_can_be_filtered(opened: Callable[..., Any]) -> None:
    page = opened("metrics.html")
    table = page.locator("table").first
    rows = table.locator("tbody tr")
    every = rows.count()
    page.get_by_role("searchbox", name="Filter rows of Every metric").fill("SQUARED errors")
    assert rows.locator("visible=true").count() == 2
    assert f"2 of {every} rows" in page.locator(".bar-of-table").first.inner_text()


def test_a_table_can_be_taken_along_with_all_its_digits(
    opened: Callable[..., Any], furnished: Made
) -> None:
    page = opened("data/boston-housing.html")
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile("Save as CSV: Leaderboard")).click()
    assert started.value.suggested_filename == "leaderboard-boston-housing-regression.csv"
    rows = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_text())))
    by_model = {row["Model"]: row for row in rows}
    scores = json.loads((furnished.run_dir("ridge", "boston-housing") / "metrics.json").read_text())
    ridge = by_model["Ridge regression book"]
    assert float(ridge["RMSE, test rows"]) == scores["metrics"]["rmse"]
    low, high = float(ridge["RMSE, test rows, low"]), float(ridge["RMSE, test rows, high"])
    assert low < scores["metrics"]["rmse"] < high
    assert ridge["#"] == "1"
    assert "Side by side" not in ridge


def test_a_digest_shows_eight_digits_and_is_copied_whole(opened: Callable[..., Any]) -> None:
    page = opened("made.html")
    page.locator("#jobs ~ details summary").click()
    row = page.locator("#jobs ~ details tbody tr").first
    assert re.search(r"\b[0-9a-f]{8}\b", row.inner_text())
    assert not re.search(r"\b[0-9a-f]{9}", row.inner_text())
    row.get_by_role("button", name=re.compile("^Copy")).last.click()
    sync_api.expect(row).to_contain_text(re.compile("copied|selected"))


# --- to take along ------------------------------------------------------------------------------


def test_files_behind_a_page_lie_where_it_says(furnished: Made, opened: Callable[..., Any]) -> None:
    page = opened("models/ridge.html")
    links = page.locator(".files a")
    assert {"run.json", "metrics.json", "predictions.arrow"} <= set(links.all_inner_texts())
    for link in links.all():
        target = (furnished.report / "models" / link.get_attribute("href")).resolve()
        assert target.is_file()


def test_on_paper_everything_is_open(opened: Callable[..., Any]) -> None:
    page = opened("models/svc-linear.html")
    closed = "document.querySelectorAll('details:not([open])').length"
    before = page.evaluate(closed)
    assert before > 0
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.left = {closed}; }})")
    assert page.pdf().startswith(b"%PDF")
    assert page.evaluate("window.left") == 0
    assert page.evaluate(closed) == before


def test_a_page_in_one_file_needs_no_other(
    opened: Callable[..., Any], furnished: Made, tmp_path: Path
) -> None:
    output = tmp_path / "lenet.html"
    logs = furnished.root / "logs"
    build_single(
        furnished.results, output, "models/lenet", furnished.catalogue, GRAPH, CONTEXT, logs
    )
    page = opened("index.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(output.as_uri())
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.wait_for_function(
        "[...document.querySelectorAll('main img')].every(i => i.complete && i.naturalWidth)"
    )
    assert {url for url in asked if not url.startswith("data:")} == {output.as_uri()}
    assert page.locator("img").count() > 3
    assert page.get_by_role("button", name=re.compile("^Search")).count() == 0
    leading = page.locator("main a[href]:not([href^='#']):not([href^='http'])")
    assert leading.count() == 0


# --- accessibility ------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (400, "dark")])
def test_no_kind_of_page_has_a_barrier_that_axe_sees(
    width: int, scheme: str, opened: Callable[..., Any], furnished: Made
) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="axe-playwright-python is not installed: nobody has looked for barriers",
    ).Axe()
    page = opened("index.html", viewport={"width": width, "height": 900}, color_scheme=scheme)
    barriers = {}
    for name in [
        "index.html", "models.html", "labs.html", "metrics.html", "overfitting.html",
        "leakage.html", "accuracy.html", "race.html", "claims.html", "errata.html", "made.html",
        "deployment.html", "monitoring.html", "models/svc-linear.html", "data/bank-marketing.html",
        "data/credit-approval.html",
        "labs/corr2d.html", "claims/escape-local-minima.html", "chapters/4.html",
        "watch/bank-marketing.html", "watch/boston-housing.html",
    ]:  # fmt: skip
        page.goto((furnished.report / name).as_uri())
        violations = axe.run(page).response["violations"]
        if name == "index.html":
            page.keyboard.press("/")
            page.get_by_role("option").first.wait_for()
            violations += axe.run(page).response["violations"]
        for violation in violations:
            nodes = [node["html"][:200] for node in violation["nodes"][:3]]
            barriers[f"{name}: {violation['id']}"] = nodes
    assert barriers == {}


def test_pictures_of_closed_parts_are_there_to_be_printed(opened: Callable[..., Any]) -> None:
    page = opened("models/svc-linear.html")
    pictures = "[...document.querySelectorAll('details:not([open]) img')]"
    assert page.evaluate(f"{pictures}.length") > 3
    page.wait_for_function(f"{pictures}.every(image => image.complete && image.naturalWidth)")
